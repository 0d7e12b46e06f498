import { messageOf } from '../core/errors';
import { type Clock, systemClock } from './clock';
import { DEFAULT_RETRIES, type RetryPolicy, pauseAfter } from './retry';

/** `closed`: requests flow. `open`: none is made. `half-open`: one is being tried. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitStatus {
  readonly state: CircuitState;
  /** When the server went away, in milliseconds since 1970; undefined while closed. */
  readonly since: number | undefined;
  /** What was last heard of it; undefined while closed. */
  readonly reason: string | undefined;
}

export interface CircuitOptions {
  /** Makes one small request and tells `succeeded` or `failed` how it went. */
  readonly probe: () => void;
  /** Told when it opens, when a probe has failed, and when it closes. */
  readonly onChange?: ((status: CircuitStatus) => void) | undefined;
  /** How many failures in a row open it; 2 by default, so that a hiccup does not. */
  readonly threshold?: number;
  /** `base` and `longest` of the pauses between probes; `retries` does not matter: probes do not end. */
  readonly retry?: RetryPolicy;
  readonly clock?: Clock;
  /** A number from 0 up to 1, for the jitter of the pauses. */
  readonly random?: () => number;
}

/**
 * A circuit breaker (Nygard, "Release It!", 2nd ed., 5.2; Fowler, "CircuitBreaker", 2014) before one server: opens when
 * the server is away, then has it probed, one request at a time with growing pauses, and closes when it answers.
 */
export class Circuit {
  readonly #clock: Clock;
  readonly #retry: RetryPolicy;
  readonly #random: () => number;
  #state: CircuitState = 'closed';
  #failures = 0;
  #since: number | undefined;
  #reason: string | undefined;
  #cancel: (() => void) | undefined;

  constructor(private readonly options: CircuitOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#retry = options.retry ?? DEFAULT_RETRIES;
    this.#random = options.random ?? Math.random;
  }

  get state(): CircuitState {
    return this.#state;
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  status(): CircuitStatus {
    return this.closed
      ? { state: 'closed', since: undefined, reason: undefined }
      : { state: this.#state, since: this.#since, reason: this.#reason };
  }

  /** The server has answered, be it with an error. */
  succeeded(): void {
    this.#failures = 0;
    this.#since = undefined;
    if (this.closed) return;
    this.stop();
    this.#state = 'closed';
    this.#changed();
  }

  /**
   * The server is away.
   * @returns how long to leave it alone, in milliseconds, for whoever goes on because the circuit is still closed
   */
  failed(thrown: unknown): number {
    this.#reason = messageOf(thrown);
    // Of requests that were under way when it opened there is nothing new to learn.
    if (this.#state === 'open') return 0;
    this.#failures++;
    this.#since ??= this.#clock.now();
    const pause = pauseAfter(thrown, this.#failures, this.#retry, this.#random);
    if (this.closed && this.#failures < (this.options.threshold ?? 2)) return pause;
    this.#state = 'open';
    this.#cancel = this.#clock.after(pause, () => {
      this.#cancel = undefined;
      this.#state = 'half-open';
      this.options.probe();
    });
    this.#changed();
    return pause;
  }

  /** Probes no more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #changed(): void {
    this.options.onChange?.(this.status());
  }
}
