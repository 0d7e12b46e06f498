import type { Fields } from '../core/records';
import type { Page, PostReader, ReaderStatus } from '../posts/reader';
import type { Account, Answer } from './account';
import { Backoff } from './backoff';
import { failureOf } from './failure';
import type { Grant } from './postBudget';
import { type SearchAnswer, readAnswer } from './searchAnswer';
import { earlierId, laterId, timeOfId } from './snowflake';

interface Paging {
  /** The newest post of the poll, from its first page. */
  readonly newestId: string;
  readonly nextToken: string;
  /** The `since_id` that every page of the poll has to be asked for with. */
  readonly since: string;
}

/** Where a search goes on. */
export interface SearchPosition {
  /** The newest post of the last poll that is complete. */
  readonly sinceId?: string;
  /** A poll of several pages that is not complete yet. */
  readonly paging?: Paging;
  /** Posts already given out that may come again. */
  readonly recent?: readonly string[];
}

export interface SearchOptions {
  readonly query: string;
  /** Posts in a request, 10 to 100. */
  readonly maxResults: number;
  /** Between two polls, in milliseconds. */
  readonly interval: number;
  /** The most posts that the account may read in a UTC month, those of its other nodes among them. */
  readonly postBudget: number;
  /** The clock, milliseconds since 1970. */
  readonly now: () => number;
  /** 0 to before 1, to spread waits. */
  readonly random: () => number;
  /** How much of the time before the newest post is asked for again, in ms; 5 s by default. See `#since`. */
  readonly overlap?: number;
}

const SEARCH_ENDPOINT = 'tweets/search/recent';

/** X's bounds for `max_results`. */
const LEAST = 10;
const MOST = 100;
const CAPPED_WAIT = 3_600_000;
const LIMITED_WAIT = 60_000;
const LIVE = 60_000;
const OVERLAP = 5_000;
const RECENT = 1_000;

const FIELDS = {
  'tweet.fields': 'id,text,created_at,lang,author_id,entities,public_metrics,edit_history_tweet_ids',
  expansions: 'author_id',
  'user.fields': 'id,name,username,public_metrics',
} as const;

/**
 * Polls X's recent search. The first poll takes one page; each later one takes all posts since the one before it. One
 * request a `read`, and none that the account's request limit or the month's post budget has no room for.
 */
export class SearchReader implements PostReader<SearchPosition> {
  readonly #backoff: Backoff;
  #position: SearchPosition;
  #recent: Set<string>;
  /** No request before this time. */
  #notBefore = 0;
  #waitStatus: ReaderStatus | undefined;

  constructor(
    private readonly account: Account,
    private readonly options: SearchOptions,
    position: SearchPosition = {},
  ) {
    this.#backoff = new Backoff(options.random);
    this.#position = position;
    this.#recent = new Set(position.recent);
  }

  async read(max: number, signal: AbortSignal): Promise<Page<SearchPosition>> {
    signal.throwIfAborted();
    const { now, maxResults, postBudget } = this.options;
    const early = this.#notBefore - now();
    if (early > 0) return this.#nothing(early, this.#waitStatus);
    const limited = this.account.requests.wait(SEARCH_ENDPOINT);
    if (limited > 0) return this.#limited(limited);
    const wanted = Math.min(MOST, Math.max(LEAST, Math.min(max, maxResults)));
    const grant = this.account.posts.grant(wanted, LEAST, postBudget);
    if (!grant) return this.#outOfBudget();
    return await this.#request(grant, signal);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #request(grant: Grant, signal: AbortSignal): Promise<Page<SearchPosition>> {
    const { paging } = this.#position;
    const since = paging?.since ?? this.#sinceId();
    const query = {
      query: this.options.query,
      max_results: grant.posts,
      ...FIELDS,
      ...(since === undefined ? {} : { since_id: since }),
      ...(paging ? { next_token: paging.nextToken } : {}),
    };
    const asked = this.account.get(SEARCH_ENDPOINT, query).then(
      (answer) => this.#answered(answer, grant, since),
      (thrown: unknown) => this.#failed(thrown, grant),
    );
    // An aborted read does not wait for the answer, but its posts are counted when it comes.
    return await withAbort(asked, signal);
  }

  /**
   * Ids ascend only roughly: a post may become visible after one with a larger id. So a little of the time before the
   * newest post is asked for again, and what was given out already is left out. X bills the same post once a UTC day;
   * where the newest post is older than a minute, nothing can come late any more, and nothing is asked for again.
   */
  #sinceId(): string | undefined {
    const { sinceId } = this.#position;
    const time = sinceId === undefined ? undefined : timeOfId(sinceId);
    if (sinceId === undefined || time === undefined || this.options.now() - time >= LIVE) return sinceId;
    return earlierId(sinceId, this.#overlap);
  }

  get #overlap(): number {
    return this.options.overlap ?? OVERLAP;
  }

  #answered(answer: Answer, grant: Grant, since: string | undefined): Page<SearchPosition> {
    this.account.requests.learn(SEARCH_ENDPOINT, answer.headers);
    this.#backoff.succeed();
    const found = readAnswer(answer.data);
    const fresh = found.posts.filter(({ id }) => typeof id !== 'string' || !this.#recent.has(id));
    // Posts read twice on the same day are billed once; around midnight this counts a few too few.
    grant.settle(fresh.length);
    this.#advance(found, fresh, since);
    const more = this.#position.paging !== undefined;
    if (!more) this.#hold(this.options.interval, undefined);
    const status = this.#problemStatus(found);
    return {
      records: fresh,
      rejected: [],
      position: this.#position,
      ...(more ? {} : { wait: this.options.interval }),
      ...(status ? { status } : {}),
    };
  }

  #advance(found: SearchAnswer, fresh: readonly Fields[], since: string | undefined): void {
    const { sinceId, paging } = this.#position;
    const newestId = newer(sinceId, paging?.newestId ?? found.newestId);
    for (const { id } of fresh) if (typeof id === 'string') this.#recent.add(id);
    const { nextToken } = found;
    // The first poll would page back through seven days: it takes one page and goes on from there.
    const goesOn = sinceId !== undefined && since !== undefined && newestId !== undefined && nextToken !== undefined;
    this.#forgetOld(newestId, goesOn ? sinceId : undefined);
    this.#position = {
      ...(goesOn
        ? { sinceId, paging: { newestId, nextToken, since } }
        : newestId === undefined
          ? {}
          : { sinceId: newestId }),
      ...(this.#recent.size > 0 ? { recent: [...this.#recent] } : {}),
    };
  }

  /** Keeps the ids that may come again: in the next poll, and in the last pages of one that is not complete. */
  #forgetOld(newestId: string | undefined, sinceId: string | undefined): void {
    if (newestId === undefined) return;
    const oldest = timeOfId(newestId) === undefined ? newestId : earlierId(newestId, this.#overlap);
    const kept = [...this.#recent].filter(
      (id) => laterId(id, oldest) || id === newestId || (sinceId !== undefined && !laterId(id, sinceId)),
    );
    this.#recent = new Set(kept.slice(-RECENT));
  }

  #problemStatus({ problems }: SearchAnswer): ReaderStatus | undefined {
    const [first] = problems;
    if (first === undefined) return undefined;
    return { kind: 'partial', message: `X answered, but could not give everything: ${first}` };
  }

  #failed(thrown: unknown, grant: Grant): Page<SearchPosition> {
    if (hasHeaders(thrown)) this.account.requests.learn(SEARCH_ENDPOINT, thrown.headers);
    const failure = failureOf(thrown);
    grant.settle(failure.kind === 'unreachable' && failure.read ? grant.posts : 0);
    switch (failure.kind) {
      case 'final':
        throw failure.error;
      case 'limited':
        this.account.requests.exhaust(SEARCH_ENDPOINT, LIMITED_WAIT);
        return this.#limited(this.account.requests.wait(SEARCH_ENDPOINT));
      case 'capped':
        return this.#pause(CAPPED_WAIT, 'capped', failure.message);
      case 'stale':
        return this.#startOver(failure.message);
      case 'unreachable':
        return this.#pause(this.#backoff.fail(), 'unreachable', failure.message);
    }
  }

  /** X no longer knows the place: a lost page token costs a second reading, a since_id of a week ago leaves a gap. */
  #startOver(reason: string): Page<SearchPosition> {
    const { sinceId, paging } = this.#position;
    const again = paging !== undefined && sinceId !== undefined && !/since_id/iu.test(reason);
    this.#position = again ? { sinceId, recent: [...this.#recent] } : {};
    if (again)
      return this.#pause(
        this.#backoff.fail(),
        'partial',
        `X has forgotten a page of the search; it is read again. (${reason})`,
      );
    const message = `The last poll is too long ago for X to go on from there: posts in between are missing. (${reason})`;
    return this.#pause(this.#backoff.fail(), 'gap', message);
  }

  #limited(wait: number): Page<SearchPosition> {
    const until = this.options.now() + wait;
    return this.#nothing(wait, {
      kind: 'limited',
      message: "The account's requests of these 15 minutes are used up.",
      until,
    });
  }

  #outOfBudget(): Page<SearchPosition> {
    const { posts } = this.account;
    const { postBudget, now } = this.options;
    const left = posts.left(postBudget);
    const rest = left === 0 ? 'is used up' : `has ${left} left, and X gives no fewer than ${LEAST} at once`;
    const message = `The budget of ${postBudget} posts for this month ${rest}. Raise the post budget, or wait for the next month.`;
    const until = posts.renewsAt;
    // Another node's grant may be given back in part: look again soon enough.
    return this.#nothing(Math.min(until - now(), LIMITED_WAIT), { kind: 'budget', message, until });
  }

  #pause(wait: number, kind: ReaderStatus['kind'], message: string): Page<SearchPosition> {
    const status = { kind, message, until: this.options.now() + wait };
    this.#hold(wait, status);
    return this.#nothing(wait, status);
  }

  #hold(wait: number, status: ReaderStatus | undefined): void {
    this.#notBefore = this.options.now() + wait;
    this.#waitStatus = status;
  }

  #nothing(wait: number, status: ReaderStatus | undefined): Page<SearchPosition> {
    return { records: [], rejected: [], position: this.#position, wait, ...(status ? { status } : {}) };
  }
}

function newer(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return laterId(a, b) ? a : b;
}

function hasHeaders(thrown: unknown): thrown is { headers: Answer['headers'] } {
  return typeof thrown === 'object' && thrown !== null && 'headers' in thrown && typeof thrown.headers === 'object';
}

/** The promise, or the signal's reason if that comes first. A failure after that is nobody's business. */
async function withAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    promise.catch(() => undefined);
  }
}
