import { RecordError, messageOf } from './errors';

/** A record with named fields; posts, counts and rows are all of this shape. */
export type Fields = Record<string, unknown>;

/** A record that a step could not take, as it leaves a node's second output. */
export interface Rejection {
  readonly record: unknown;
  readonly error: { readonly name: string; readonly message: string; readonly setting?: string };
}

/** What a step made of a batch: the records that go on, and those that do not, both in the batch's order. */
export interface Outcome {
  readonly records: unknown[];
  readonly rejected: Rejection[];
}

/** A record-wise processing step: takes a batch, never throws for a bad record. */
export type Step = (batch: readonly unknown[]) => Outcome;

/** True for a plain object with fields; null, arrays and primitives are not. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Builds the rejection of one record from whatever a step threw for it. */
export function reject(record: unknown, thrown: unknown): Rejection {
  const name = thrown instanceof Error ? thrown.name : 'Error';
  const setting = thrown instanceof RecordError ? thrown.setting : undefined;
  return { record, error: { name, message: messageOf(thrown), ...(setting === undefined ? {} : { setting }) } };
}

/**
 * Makes a step out of a function of one record, with its place in the batch: what it adds to the records goes on, what it throws a record for is rejected,
 * and anything that is no object is rejected without being shown to it.
 */
export function recordStep(each: (record: Fields, records: unknown[], index: number) => void): Step {
  return (batch) => {
    const outcome: Outcome = { records: [], rejected: [] };
    let index = -1;
    for (const record of batch) {
      index++;
      if (!isFields(record)) {
        outcome.rejected.push(reject(record, new RecordError(`A record must be an object, not ${describe(record)}.`)));
        continue;
      }
      try {
        each(record, outcome.records, index);
      } catch (thrown) {
        outcome.rejected.push(reject(record, thrown));
      }
    }
    return outcome;
  };
}

/** A short description of any value for an error message: its type, and its beginning if it is short text. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return value.length <= 40 ? `"${value}"` : `"${value.slice(0, 40)}…"`;
  return plainText(value);
}

/** A value as text: text as it is, numbers and the like as they are written, objects as JSON. */
export function plainText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return `${value}`;
    case 'object':
      return JSON.stringify(value);
    case 'symbol':
    case 'function':
      return typeof value;
  }
}
