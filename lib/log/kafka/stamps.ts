import type { Origin } from '../../delivery/participant';
import { textOf } from '../codec';
import type { Datum, Headers, NewRecord } from '../log';
import { murmur2 } from '../partitioner';

/**
 * The header that says which message of which source a record was made of: `position.which oldest source`. One header,
 * not one for each: kafkajs takes 3 µs of the processor for each header that it writes, half of what a record takes.
 */
export const STAMP = 'pulseflow-stamp';

/** What a record's stamp says. */
export interface Stamp {
  /** The source's lane and the node that wrote. */
  readonly source: string;
  /** The position of the message it was made of. */
  readonly position: number;
  /** Which of the records of that message it is: the hash of its content, and which one with that hash. */
  readonly which: string;
  /** Messages before this position are committed where they came from, and are never written again. */
  readonly oldest: number;
}

/** How many messages a stamper remembers the records of. */
const REMEMBERED = 4_096;

/**
 * Stamps the records of one node. A message that is given out again after a crash gets the same stamps, if the flow
 * makes the same of it; in which order does not matter.
 */
export class Stamper {
  /** How often each content has occurred in a message. A new attempt counts anew. */
  readonly #messages = new Map<string, Map<number, number>>();

  /** @param writer the node that writes */
  constructor(private readonly writer: string) {}

  /** The headers that stamp `records`; undefined where the source may use its positions again for other messages. */
  stamp(records: readonly NewRecord[], origin: Origin | undefined): Headers[] | undefined {
    if (origin?.epoch === undefined || typeof origin.position !== 'number') return undefined;
    const { lane, epoch, position, attempt } = origin;
    const oldest = typeof origin.oldest === 'number' ? origin.oldest : position;
    const rest = `${Math.min(oldest, position)} ${lane}@${epoch}>${this.writer}`;
    const occurred = this.#occurred(`${lane}@${epoch} ${position} ${attempt}`);
    return records.map(({ key, value }) => {
      return { [STAMP]: `${position}.${whichOf(key, value, occurred)} ${rest}` };
    });
  }

  #occurred(message: string): Map<number, number> {
    let occurred = this.#messages.get(message);
    if (occurred === undefined) {
      occurred = new Map();
      this.#messages.set(message, occurred);
      const [first] = this.#messages.keys();
      if (this.#messages.size > REMEMBERED && first !== undefined) this.#messages.delete(first);
    }
    return occurred;
  }
}

/** Headers without stamps: those of a record that was read say nothing of the one that is written. */
export function unstamped(headers: Headers | undefined): Headers {
  if (headers === undefined) return {};
  if (!(STAMP in headers)) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== STAMP));
}

/** Reads the stamp of a record, if it has one. */
export function stampOf(headers: Headers): Stamp | undefined {
  const stamp = headers[STAMP];
  if (stamp === undefined) return undefined;
  const [, position, which, oldest, source] = /^(\d+)\.(\w+\.\d+) (\d+) (.+)$/su.exec(stamp) ?? [];
  if (which === undefined || source === undefined || !Number.isSafeInteger(Number(oldest))) return undefined;
  return { source, position: Number(position), which, oldest: Number(oldest) };
}

/**
 * Which of the records of its message a record is; see `Stamp.which`.
 * @param occurred how often each content has occurred in the message so far
 */
export function whichOf(key: Datum, value: Datum, occurred: Map<number, number>): string {
  const hash = hashOf(key, value);
  const count = occurred.get(hash) ?? 0;
  occurred.set(hash, count + 1);
  return `${(hash >>> 0).toString(36)}.${count}`;
}

function hashOf(key: Datum, value: Datum): number {
  return Math.imul(datumHash(key), 31) ^ datumHash(value);
}

function datumHash(datum: Datum): number {
  if (datum === null) return 0x6e756c6c;
  return murmur2(typeof datum === 'string' ? Buffer.from(textOf(datum)) : datum);
}
