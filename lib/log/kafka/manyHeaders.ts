import { createRequire } from 'node:module';

interface Header {
  readonly key: string;
  readonly value: unknown;
}

interface Decoder {
  readVarIntArray(this: Decoder, reader: unknown): unknown[];
}

let mended = false;

/**
 * kafkajs 2.2.4 puts the headers of a record together by copying those it has for each one more (`record/v0/decoder.js`):
 * a record with 10,000 headers stands still for half a minute, and one named `__proto__` is lost. The list that it does
 * so with is given a `reduce` of its own, which makes the same in one go.
 */
export function mendManyHeaders(): void {
  if (mended) return;
  mended = true;
  const load = createRequire(__filename);
  const { prototype } = load('kafkajs/src/protocol/decoder') as { prototype: Decoder };
  const readHeader: unknown = load('kafkajs/src/protocol/recordBatch/header/v0/decoder');
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own decoder below
  const readArray = prototype.readVarIntArray;
  prototype.readVarIntArray = function (this: Decoder, reader: unknown): unknown[] {
    const read = readArray.call(this, reader);
    if (reader !== readHeader || read.length === 0) return read;
    return Object.assign(read, { reduce: () => byName(read as Header[]) });
  };
}

/** The value of each header, or its values in an array, as kafkajs has them. */
function byName(headers: readonly Header[]): Record<string, unknown> {
  const values = new Map<string, unknown>();
  const lists = new Map<string, unknown[]>();
  for (const { key, value } of headers) {
    const list = lists.get(key);
    if (list !== undefined) list.push(value);
    else if (values.has(key)) {
      const made = [values.get(key), value];
      lists.set(key, made);
      values.set(key, made);
    } else values.set(key, value);
  }
  return Object.fromEntries(values);
}
