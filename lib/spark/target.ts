import type { Rejection } from '../core/records';
import type { Form, Message } from './message';

/** Where records leave the worker: collects them, and gives what Spark needs of them. */
export interface Target {
  take(message: Message): void;
  /** What was taken since the last time, in columns of equal length. */
  give(): object;
}

/**
 * The records that a message carries: a single one may carry an array, which is a batch then; in a batch, an array is
 * what a record turned out to be.
 */
export function recordsIn(payload: unknown, form: Form): readonly unknown[] {
  return form === 'single' && Array.isArray(payload) ? payload : [payload];
}

/** Takes up a record that cannot be taken there. */
export type Refuse = (rejection: Rejection) => void;
