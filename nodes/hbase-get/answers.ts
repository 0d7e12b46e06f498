import type { Asked } from '../../lib/hbase/asked';
import type { HBaseReader, Read } from '../../lib/hbase/reader';
import type { Scan } from '../../lib/hbase/table';
import { RecordError } from '../../lib/core/errors';
import { type Outcome, reject } from '../../lib/core/records';
import { PacedSender } from '../../lib/delivery/paced';
import { Output } from '../common/processor';
import type { Message, Send } from '../common/red';
import type { NodeContext } from '../common/register';
import type { Runtime } from '../common/runtime';
import type { spec } from './spec';

type Context = NodeContext<typeof spec>;
/** Hands on what a scan has found, as one message. @returns false if no more is wanted */
type Hand = (message: Message, outcome: Outcome) => Promise<boolean>;

/** How many rows of one message are looked up at once. */
const AT_ONCE = 8;

/** Answers the messages of a node: with single rows in the form of the message, with ranges as a sequence of messages. */
export class Answers {
  readonly #output: Output;
  #sender: PacedSender | undefined;
  #closed = false;

  constructor(
    private readonly context: Context,
    private readonly runtime: Runtime,
    private readonly reader: HBaseReader,
    private readonly asked: (record: unknown, own?: unknown) => Asked,
  ) {
    this.#output = new Output(context);
  }

  /** @throws {PulseflowError} if the table is missing, the cluster away, or the flow has failed at an answer */
  async answer(message: Message, send: Send): Promise<void> {
    const { payload, hbase } = message;
    const records: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
    const outcome: Outcome = { records: [], rejected: [] };
    const rows: { readonly record: unknown; readonly row: string }[] = [];
    for (const record of records) {
      try {
        const asked = this.asked(record, hbase);
        if ('row' in asked) rows.push({ record, row: asked.row });
        else await this.#scan(asked.scan, message, send);
      } catch (thrown) {
        if (!(thrown instanceof RecordError)) throw thrown;
        outcome.rejected.push(reject(record, thrown));
      }
    }
    await this.#rows(rows, outcome);
    if (rows.length > 0 || outcome.rejected.length > 0) this.#output.send(message, outcome, send);
  }

  close(): void {
    this.#closed = true;
    this.#sender?.close();
  }

  async #rows(asked: readonly { readonly record: unknown; readonly row: string }[], outcome: Outcome): Promise<void> {
    for (let at = 0; at < asked.length; at += AT_ONCE) {
      const some = asked.slice(at, at + AT_ONCE);
      const found = await Promise.all(some.map(({ row }) => this.reader.row(row)));
      some.forEach(({ record, row }, index) => {
        const read = found[index];
        if (read !== undefined) add(outcome, read);
        else outcome.rejected.push(reject(record, new RecordError(`${this.#table} has no row "${row}".`)));
      });
    }
  }

  /**
   * Where a source follows the message, what is found belongs to it, and is finished with it. Otherwise it is sent as
   * fast as the flow takes it.
   */
  async #scan(scan: Scan, message: Message, send: Send): Promise<void> {
    const { ledger } = this.runtime;
    if (ledger.laneOf(message) !== undefined) {
      await this.#sequence(scan, message, async (each, outcome) => {
        this.#output.send(each, outcome, send);
        await new Promise((resolve) => setImmediate(resolve));
        return !this.#closed;
      });
      return;
    }
    const { RED, node, settings, emit } = this.context;
    const sender = new PacedSender(ledger, {
      name: `hbase-get/${node.id}`,
      origin: node.id,
      maxInFlight: settings.maxInFlight,
      send: (outputs) => emit(outputs),
    });
    this.#sender = sender;
    try {
      await this.#sequence(scan, message, (each, outcome) => {
        let made: Parameters<Send>[0] = [];
        this.#output.send(each, outcome, (outputs) => (made = outputs));
        return sender.send(outcome.records.length + outcome.rejected.length, () => RED.util.cloneMessage(made) as []);
      });
      await sender.finished();
    } finally {
      sender.close();
      this.#sender = undefined;
    }
  }

  /** Hands on the rows of a scan in messages that say by `msg.parts` which part of the whole they are. */
  async #sequence(scan: Scan, message: Message, hand: Hand): Promise<void> {
    const { batch } = this.context.settings;
    const id = this.context.RED.util.generateId();
    const nested = message.parts === undefined ? {} : { parts: message.parts };
    let index = 0;
    let some: Read[] = [];
    const handOn = (isLast: boolean): Promise<boolean> => {
      const outcome: Outcome = { records: [], rejected: [] };
      for (const read of some) add(outcome, read);
      const len = batch === 0 ? some.length : batch;
      const parts = { id, type: 'array', index: index++, len, ...(isLast ? { count: index } : {}), ...nested };
      some = [];
      return hand({ ...message, payload: batch === 1 ? outcome.records[0] : outcome.records, parts }, outcome);
    };
    for await (const read of this.reader.scan(scan)) {
      // A full message waits for one more row, so that the last one is known.
      if (some.length === batch && batch > 0 && !(await handOn(false))) return;
      some.push(read);
    }
    if (some.length > 0) {
      await handOn(true);
      return;
    }
    const { prefix, start, stop } = scan;
    const nothing = new RecordError(`${this.#table} has no rows there.`);
    await hand({ ...message }, { records: [], rejected: [reject({ prefix, start, stop }, nothing)] });
  }

  get #table(): string {
    return `The HBase table "${this.context.settings.table}"`;
  }
}

function add({ records, rejected }: Outcome, read: Read): void {
  if ('record' in read) records.push(read.record);
  else rejected.push(read.rejection);
}
