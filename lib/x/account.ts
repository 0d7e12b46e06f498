import http from 'node:http';
import https from 'node:https';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { TwitterApi } from 'twitter-api-v2';
import { SettingError } from '../core/errors';
import { X_API } from './api';
import { type BudgetStore, PostBudget } from './postBudget';
import { RateLimits } from './rateLimits';

export interface AccountOptions {
  /** The API's address without the version; X's own by default. */
  readonly apiUrl?: string;
  readonly bearerToken: string;
  /** The clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Where the month's count of posts outlives the process. */
  readonly budgetStore?: BudgetStore;
  /** How long a silent connection is waited for, in ms; 30 s by default. */
  readonly timeout?: number;
}

/** An answer of the API. */
export interface Answer {
  readonly data: unknown;
  readonly headers: http.IncomingHttpHeaders;
}

/** One account at X, with its limits, shared by all nodes that use it. */
export class Account {
  /** Requests left, by endpoint. */
  readonly requests: RateLimits;
  /** Posts read in this month. */
  readonly posts: PostBudget;
  readonly #client: TwitterApi;
  readonly #agent: http.Agent;
  readonly #prefix: string;
  readonly #timeout: number;
  readonly #asked = new Set<Promise<unknown>>();

  /** @throws {SettingError} if the address is none, or there is no token */
  constructor(options: AccountOptions) {
    const url = addressOf(options.apiUrl ?? X_API);
    if (options.bearerToken.trim() === '') {
      throw new SettingError('The X account has no bearer token.', {
        setting: 'bearerToken',
        remedy: "Copy it from your app's page at developer.x.com into the account's settings.",
      });
    }
    this.requests = new RateLimits(options.now);
    this.posts = new PostBudget(options.now, options.budgetStore);
    this.#agent =
      url.protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
    this.#client = new TwitterApi(options.bearerToken.trim(), { httpAgent: this.#agent });
    this.#prefix = `${url.href.replace(/\/+$/u, '')}/2/`;
    this.#timeout = options.timeout ?? 30_000;
  }

  /**
   * Asks the API once.
   * @param endpoint below the version: `tweets/search/recent`
   * @throws what twitter-api-v2 throws: ApiResponseError, ApiPartialResponseError, ApiRequestError
   */
  async get(endpoint: string, query: Record<string, string | number>): Promise<Answer> {
    const options = { prefix: this.#prefix, fullResponse: true, timeout: this.#timeout } as const;
    const asked = this.#client.v2.get<unknown>(endpoint, query, options);
    this.#asked.add(asked);
    try {
      return await asked;
    } finally {
      this.#asked.delete(asked);
    }
  }

  /**
   * Ends its connections. Requests under way have a moment to be answered, so that their posts are counted as what
   * they are; then they fail.
   */
  async close(patience = 2_000): Promise<void> {
    const waiting = new AbortController();
    const { signal } = waiting;
    await Promise.race([
      Promise.allSettled(this.#asked),
      setTimeout(patience, undefined, { signal }).catch(() => undefined),
    ]);
    waiting.abort();
    this.#agent.destroy();
    // Whoever asked is told of the answer, or the end, in this turn.
    await setImmediate();
  }
}

function addressOf(text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new SettingError(`"${text}" is not the address of an API.`, {
    setting: 'apiUrl',
    remedy: `Write one such as ${X_API}.`,
  });
}
