import { Batcher } from '../lib/sinks/batcher';
import type { Destination } from '../lib/sinks/destination';
import { type Subject, measure, timed } from './measure';
import { print } from './page';
import { FIGURE_HEAD, figureCells, printTable } from './table';

interface Row {
  readonly key: string;
  readonly text: string;
}

const MAX_BATCH = 500;
/** Rows in the flow at once: five partitions of a source with `maxInFlight` of 2,000. */
const IN_FLIGHT = 10_000;
const ROWS = 100_000;
const MILLION = 1_000_000;

/** Answers a turn later, as the nearest of servers would, and keeps nothing. */
const DISCARD: Destination<Row> = {
  write: () => new Promise((resolve) => setImmediate(() => resolve(undefined))),
  size: ({ key, text }) => key.length + text.length,
  key: ({ key }) => key,
};

const FORMS = [
  { name: 'messages of 500', each: 500, writers: 1 },
  { name: 'messages of 500, four writes at once', each: 500, writers: 4 },
  { name: 'messages of 1', each: 1, writers: 1 },
] as const;

/** Measures what the batching sink costs for a row, beside a bare loop that writes the same batches. */
export async function benchBatcher(): Promise<void> {
  const subjects = FORMS.map(({ name, each, writers }) => batched(name, each, writers));
  const figures = await measure([...subjects, bareLoop()]);
  const rows = figures.map((figure) => [figure.name, ...figureCells(figure)]);
  printTable('The batching sink before a server that discards', ['rows come in', ...FIGURE_HEAD], rows);
  print(await heapLine());
}

function batched(name: string, each: number, writers: number): Subject {
  const batcher = make(writers);
  return { name, round: timed(ROWS, () => feed(batcher, ROWS, each)) };
}

function bareLoop(): Subject {
  const rows = message(MAX_BATCH);
  const write = async (): Promise<void> => {
    for (let written = 0; written < ROWS; written += rows.length) await DISCARD.write(rows);
  };
  return { name: '(a bare loop of the same writes)', round: timed(ROWS, write) };
}

function make(writers: number): Batcher<Row> {
  return new Batcher(DISCARD, { name: 'The bench', maxBatch: MAX_BATCH, linger: 5, writers });
}

/** Has as many messages under way as the source would, each sent when an earlier one is done. */
async function feed(batcher: Batcher<Row>, rows: number, each: number): Promise<void> {
  const given = message(each);
  let left = rows;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= each;
      await batcher.add(given);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT / each }, lane));
}

function message(rows: number): Row[] {
  return Array.from({ length: rows }, (_, index) => ({ key: `key ${index}`, text: 'x'.repeat(200) }));
}

async function heapLine(): Promise<string> {
  const batcher = make(1);
  await feed(batcher, MILLION, 1);
  const before = heap();
  await feed(batcher, 9 * MILLION, 1);
  const grown = (heap() - before).toFixed(1);
  return `Live heap between the first million of rows, one by one, and the tenth: ${grown} MB more.`;
}

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}
