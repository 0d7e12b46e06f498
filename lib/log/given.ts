import type { Range } from '../delivery/participant';
import type { LogRecord } from './log';

interface Stretch {
  /** The sequence of the first message made of these records. */
  readonly sequence: number;
  readonly records: readonly LogRecord[];
  /** The offset behind all that it stands for. */
  readonly end: number;
}

/**
 * Which offsets the messages of a lane carry, by their sequence; a lane numbers what it is given from 0. Kept by
 * batches, not by records, so that it costs nothing beside them.
 */
export class Given {
  readonly #stretches: Stretch[] = [];
  #next = 0;

  /** @param batch each batch is one message; otherwise each record is */
  constructor(private readonly batch: boolean) {}

  /** Records that are about to be given to the lane; if there are none, as one message. */
  add(records: readonly LogRecord[], end = (records.at(-1)?.offset ?? -1) + 1): void {
    this.#stretches.push({ sequence: this.#next, records, end });
    this.#next += this.batch ? 1 : Math.max(1, records.length);
  }

  /** Everything before this offset is finished. */
  committed(next: number): void {
    let done = 0;
    while ((this.#stretches[done]?.end ?? Infinity) <= next) done++;
    if (done > 0) this.#stretches.splice(0, done);
  }

  /** The offsets of the first and the last record of a message that is not committed. */
  offsetsOf(sequence: number): Range | undefined {
    const found = this.#stretches.findLast((each) => each.sequence <= sequence);
    if (found === undefined) return undefined;
    const first = found.records[this.batch ? 0 : sequence - found.sequence];
    const last = this.batch ? found.records.at(-1) : first;
    return first === undefined || last === undefined ? undefined : { offset: first.offset, lastOffset: last.offset };
  }
}
