import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Peek } from '../flows/peek';
import { startNodeRed } from '../support/nodeRed';
import { temporaryFolder } from '../support/store';

/**
 * Runs the flow of `npm start` for some minutes at half its top rate, and looks at memory, lag and counts:
 * `npm run soak -- [minutes]`.
 */
interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly name?: string;
  rate?: number;
}

interface Sample {
  readonly memory: number;
  readonly lag: number;
}

const MINUTES = Number(process.argv[2] ?? 10);
const WARM_UP = 15_000;
const EVERY = 2_000;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function flow(): FlowNode[] {
  const nodes = JSON.parse(readFileSync(join(process.cwd(), 'flows/flows.json'), 'utf8')) as FlowNode[];
  const source = nodes.find((node) => node.type === 'twitter-poll');
  if (source === undefined) throw new Error('flows.json has no twitter-poll');
  source.rate = 0;
  // The dashboard's controls would set the pace; here `POST /control` does.
  const kept = nodes.filter((node) => node.name !== 'as it starts');
  const control = {
    id: 'control',
    type: 'http in',
    z: source.z,
    url: '/control',
    method: 'post',
    wires: [['unpack', 'answer']],
  };
  const unpack = {
    id: 'unpack',
    type: 'function',
    z: source.z,
    func: 'return msg.payload;',
    outputs: 1,
    wires: [[source.id]],
  };
  const answer = { id: 'answer', type: 'http response', z: source.z, statusCode: '200', wires: [] };
  return [...kept, control, unpack, answer] as FlowNode[];
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  const peek = new Peek(join(folder.path, 'pulseflow', 'pulseflow.db'));
  const nodeRed = await startNodeRed({ home: folder.path, flows: flow() });
  const { pid } = nodeRed;
  const control = (message: object): Promise<unknown> =>
    fetch(`${nodeRed.url}/control`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(message),
    });
  const stored = (): number => peek.done('store', 'tweets.enriched');
  // What is done is read first, for what is written goes on while it is read.
  const lag = (): number => {
    const done = peek.done('process', 'tweets') + peek.done('archive', 'tweets') + stored();
    return 2 * peek.written('tweets') + peek.written('tweets.enriched') - done;
  };
  try {
    await pause(WARM_UP / 3);
    const [from, at] = [stored(), Date.now()];
    await pause(WARM_UP);
    const top = ((stored() - from) * 1000) / (Date.now() - at);
    const rate = Math.floor(top / 2);
    await control({ rate });
    console.log(`top rate ${Math.round(top)} posts/s; ${MINUTES} minutes at ${rate}`);
    const samples: Sample[] = [];
    const end = Date.now() + MINUTES * 60_000;
    while (Date.now() < end) {
      await pause(EVERY);
      samples.push({ memory: residentMegabytes(pid), lag: lag() });
      if (samples.length % 15 === 0)
        console.log(`  ${residentMegabytes(pid)} MB, ${lag()} records behind, ${stored()} stored`);
    }
    await control({ pause: true });
    for (let wait = 0; wait < 600 && (lag() > 0 || peek.outbox() > 0); wait++) await pause(100);
    const log = nodeRed.log();
    await nodeRed.stop();
    report(samples, peek, log);
  } finally {
    await nodeRed.kill();
    folder.remove();
  }
}

function report(samples: readonly Sample[], peek: Peek, log: string): void {
  const fifth = Math.floor(samples.length / 5);
  const early = samples.slice(fifth, 2 * fifth);
  const late = samples.slice(-fifth);
  const memory = [median(early.map((each) => each.memory)), median(late.map((each) => each.memory))] as const;
  const behind = [median(early.map((each) => each.lag)), median(late.map((each) => each.lag))] as const;
  console.log(`memory, median of the second and the last fifth: ${memory.join(' and ')} MB`);
  console.log(`records behind, likewise: ${behind.join(' and ')}`);
  // By offsets and rows, for what is older than the log's retention is no longer in it. A row a post: as many rows as
  // posts kept means that none was lost or had the number of another.
  const [kept, rejected, processed] = ['tweets', 'rejected', 'tweets.enriched'].map((topic) => peek.written(topic));
  const { n } = peek.position('poll/%') as { n: number };
  const rows = peek.rowCount();
  console.log(`posts given out ${n}, kept ${kept}, rejected ${rejected}, processed ${processed}, rows ${rows}`);
  assert.equal((kept ?? 0) + (rejected ?? 0), n, 'lost or doubled on the way in');
  assert.equal(processed, kept, 'lost or doubled in processing');
  assert.equal(rows, kept, 'lost on the way to the rows');
  assert.ok(memory[1] <= memory[0] * 1.2, 'memory grows');
  assert.ok(behind[1] <= Math.max(behind[0] * 2, 5_000), 'it falls behind');
  assert.doesNotMatch(log, /\[error\]/u);
  console.log('memory flat, lag flat, counts exact');
}

function residentMegabytes(pid: number): number {
  return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
