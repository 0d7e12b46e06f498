import { StoreError } from '../core/errors';

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

/**
 * The pause before try number `attempt` (1 is the first repetition): exponential with full jitter,
 * `random() * min(longest, base * 2^(attempt - 1))`, after Brooker, "Exponential Backoff And Jitter" (AWS, 2015).
 * @param random a number from 0 up to 1
 * @returns milliseconds, a whole number
 */
export function backoff(attempt: number, policy: RetryPolicy, random: () => number): number {
  return Math.floor(random() * Math.min(policy.longest, policy.base * 2 ** (attempt - 1)));
}

/**
 * True if the same write may succeed later: a StoreError, or anything whose own `retriable` says so. What is wrong with
 * a setting or a program does not pass by waiting.
 */
export function isRetriable(thrown: unknown): boolean {
  if (typeof thrown === 'object' && thrown !== null && 'retriable' in thrown) return thrown.retriable === true;
  return thrown instanceof StoreError;
}
