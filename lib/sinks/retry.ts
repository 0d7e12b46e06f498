import { SettingError, StoreError, StoreUnavailableError } from '../core/errors';

/** How often and how patiently a failed write is tried again. */
export interface RetryPolicy {
  /** How many times a write is tried again after its first failure. */
  readonly retries: number;
  /** The ceiling of the first pause in milliseconds; it doubles with each try. */
  readonly base: number;
  /** The ceiling of any pause in milliseconds. */
  readonly longest: number;
}

export const DEFAULT_RETRIES: RetryPolicy = { retries: 8, base: 100, longest: 30_000 };

/** A server that asks for a longer pause is asked again after this one all the same, in milliseconds. */
const LONGEST_ASKED = 300_000;

/**
 * The pause before try number `attempt` (1 is the first repetition): exponential with full jitter,
 * `random() * min(longest, base * 2^(attempt - 1))`, after Brooker, "Exponential Backoff And Jitter" (AWS, 2015).
 * @param random a number from 0 up to 1
 * @returns milliseconds, a whole number
 */
export function backoff(attempt: number, policy: RetryPolicy, random: () => number): number {
  return Math.floor(random() * Math.min(policy.longest, policy.base * 2 ** (attempt - 1)));
}

/** The pause after a failure: `backoff`, or longer if the server asks for it (`retryAfter`), but five minutes at most. */
export function pauseAfter(thrown: unknown, attempt: number, policy: RetryPolicy, random: () => number): number {
  const asked = thrown instanceof StoreError ? (thrown.retryAfter ?? 0) : 0;
  return Math.max(backoff(attempt, policy, random), Math.min(asked, LONGEST_ASKED));
}

/**
 * True if the same write may succeed later: a StoreError, or anything whose own `retriable` says so. What is wrong with
 * a setting or a program does not pass by waiting.
 */
export function isRetriable(thrown: unknown): boolean {
  return ownWord(thrown) ?? thrown instanceof StoreError;
}

/**
 * What a failed write is about:
 * - `server`: it is away, and whatever is sent there meets the same
 * - `passing`: it may pass; if it does not, it may be about some of the rows only
 * - `row`: something is wrong with one of the rows
 * - `sink`: it is about no row, and does not pass
 */
export type FailureKind = 'server' | 'passing' | 'row' | 'sink';

/** See `Destination.write` for what is thrown. */
export function kindOf(thrown: unknown): FailureKind {
  if (thrown instanceof StoreUnavailableError) return 'server';
  if (isRetriable(thrown)) return 'passing';
  return thrown instanceof SettingError || ownWord(thrown) === false ? 'sink' : 'row';
}

function ownWord(thrown: unknown): boolean | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('retriable' in thrown)) return undefined;
  return thrown.retriable === true;
}
