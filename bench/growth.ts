import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Growth, Load } from './growthRun';
import { print } from './page';
import { micros, printTable } from './table';

/** Of what one table has rows: the same load with one thing growing. */
interface Dimension {
  readonly title: string;
  readonly head: string;
  /** What grows, and the load with so much of it. */
  readonly loads: readonly (readonly [number, Partial<Load>])[];
}

const BASE: Load = {
  posts: 500_000,
  keys: 10_000,
  evenly: false,
  maxKeys: 0,
  ...{ open: 1, scattered: false },
  overlap: 1,
  partitions: 1,
};
const MILLION = 1_000_000;

const DIMENSIONS: readonly Dimension[] = [
  {
    title: 'Windows: more posts',
    head: 'posts',
    loads: [10_000, 100_000, MILLION, 10 * MILLION].map((posts) => [posts, { posts }]),
  },
  {
    title: 'Windows: more distinct keys in a window, exact',
    head: 'keys',
    loads: distinct().map((keys) => [keys, { keys, evenly: true, posts: 2 * MILLION }]),
  },
  {
    title: 'Windows: more distinct keys in a window, with counters for 10,000',
    head: 'keys',
    loads: distinct().map((keys) => [keys, { keys, evenly: true, posts: 2 * MILLION, maxKeys: 10_000 }]),
  },
  {
    title: 'Windows: more of them open',
    head: 'open',
    loads: [1, 10, 100, 1_000].map((open) => [open, { open }]),
  },
  {
    title: 'Windows: more of them open, and posts for any of them',
    head: 'open',
    loads: [1, 10, 100, 1_000].map((open) => [open, { open, scattered: true, keys: 1_000 }]),
  },
  {
    title: 'Windows: more that overlap',
    head: 'size / slide',
    loads: [1, 6, 12, 60].map((overlap) => [overlap, { overlap }]),
  },
  {
    title: 'Windows: more partitions',
    head: 'partitions',
    loads: [1, 4, 16, 64].map((partitions) => [partitions, { partitions }]),
  },
];

/** The cost of a post may differ so much from the first row to the last, and still count as the same. */
const SAME = 1.5;

/** Measures how time and memory of the windows alone grow. Each row is a process of its own, so that memory is its own. */
export async function benchGrowth(): Promise<void> {
  for (const { title, head, loads } of DIMENSIONS) {
    const grown: Growth[] = [];
    for (const [, load] of loads) grown.push(await inItsOwnProcess({ ...BASE, ...load }));
    const rows = grown.map((growth, row) => [
      named(loads[row]?.[0] ?? 0),
      micros(growth.microsPerPost),
      named(growth.windows),
      named(growth.distinct),
      megabytes(growth.heap),
      megabytes(growth.rss),
      megabytes(growth.stated),
    ]);
    printTable(title, [head, 'µs/post', 'open', 'keys held', 'heap MB', 'process MB', 'stated MB'], rows);
    print(`\n${verdict(head, loads, grown)}`);
  }
}

/**
 * Compares the ends. Work is linear in the posts if each of them costs the same, however many came before; it is linear in
 * anything else if the cost of a post grows no more than that does.
 */
function verdict(head: string, loads: Dimension['loads'], grown: readonly Growth[]): string {
  const costs = grown.map(({ microsPerPost }) => microsPerPost);
  const ratio = (costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN);
  const growth = (loads.at(-1)?.[0] ?? Number.NaN) / (loads[0]?.[0] ?? Number.NaN);
  const same = ratio <= SAME;
  const linear = head === 'posts' ? same : ratio <= growth;
  const times = `${named(growth)} times the ${head}: a post costs ${ratio.toFixed(2)} times as much`;
  return `linear: ${linear ? 'yes' : 'no'}; a post costs the same: ${same ? 'yes' : 'no'} (${times})`;
}

async function inItsOwnProcess(load: Load): Promise<Growth> {
  const child = fork(join(__dirname, 'growthRun.js'), { execArgv: ['--expose-gc', '--enable-source-maps'] });
  const ended = once(child, 'exit');
  child.send(load);
  const answer = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (answer === undefined) throw new Error(`the windows did not hold ${JSON.stringify(load)}; see above`);
  await ended;
  return answer[0] as Growth;
}

function distinct(): number[] {
  return [1_000, 10_000, 100_000, MILLION];
}

function named(number: number): string {
  return number.toLocaleString('en-US');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
