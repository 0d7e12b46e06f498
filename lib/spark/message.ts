import type { Headers } from '../log/log';

/**
 * What a Node-RED message would be: of a batch, one of its records with what came beside it. It is never changed, for
 * other branches have it too.
 */
export interface Message {
  readonly payload: unknown;
  /** Which row, or window, of the worker's input it was made of. */
  readonly at: number;
  readonly topic?: unknown;
  readonly key?: unknown;
  readonly headers?: Headers | undefined;
  readonly kafka?: Place | undefined;
  /** What sentiment has judged, of single messages. */
  readonly sentiment?: unknown;
}

/** Where a record lay. */
export interface Place {
  readonly topic: unknown;
  readonly partition: unknown;
  readonly offset?: unknown;
  readonly timestamp?: unknown;
}

/** Whether messages would carry records by themselves, or batches of them. */
export type Form = 'single' | 'batch';

/** Gives a message to what is wired to an output, counted from 1. */
export type Send = (output: number, message: Message) => void;

/** A node as the worker runs it. What it throws, its message has failed with. */
export type RecordNode = (message: Message, send: Send) => void;
