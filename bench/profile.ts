import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test/support/store';
import { ours } from './flow';
import type { Posts } from './posts';
import { printTable } from './table';

const ROUNDS = 6;
const TOP = 15;
const UNCOUNTED = new Set(['(idle)', '(program)']);

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  /** Microseconds of the machine's monotonic clock, which `process.hrtime` has too. */
  readonly startTime: number;
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

/** Where the time of the processing flow in batches goes, once it is warm: self times, by part and by function. */
export async function profileFlow(posts: Posts): Promise<void> {
  const folder = temporaryFolder();
  try {
    const env = { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder.path}` };
    const { nodeRed, subject } = await ours(posts.lines, 'batches of 500', env);
    await subject.round();
    const began = microseconds();
    for (let round = 0; round < ROUNDS; round++) await subject.round();
    const ended = microseconds();
    await nodeRed.stop();
    const [file] = readdirSync(folder.path);
    if (file === undefined) throw new Error('Node-RED has left no profile');
    print(posts, selfTimes(JSON.parse(readFileSync(join(folder.path, file), 'utf8')) as CpuProfile, began, ended));
  } finally {
    folder.remove();
  }
}

/** Microseconds by function, between two times. */
function selfTimes(profile: CpuProfile, began: number, ended: number): Map<CallFrame, number> {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const known = new Map<string, CallFrame>();
  const times = new Map<CallFrame, number>();
  let now = profile.startTime;
  for (let at = 0; at < profile.samples.length; at++) {
    const took = profile.timeDeltas[at] ?? 0;
    now += took;
    const frame = frames.get(profile.samples[at] ?? -1);
    if (frame === undefined || now < began || now > ended || UNCOUNTED.has(frame.functionName)) continue;
    const name = nameOf(frame);
    const same = known.get(name) ?? frame;
    known.set(name, same);
    times.set(same, (times.get(same) ?? 0) + took);
  }
  return times;
}

function print(posts: Posts, times: ReadonlyMap<CallFrame, number>): void {
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  const share = (time: number): string => `${((time / all) * 100).toFixed(1)}%`;
  const parts = new Map<string, number>();
  for (const [frame, time] of times) parts.set(partOf(frame), (parts.get(partOf(frame)) ?? 0) + time);
  const byTime = ([, a]: readonly [unknown, number], [, b]: readonly [unknown, number]): number => b - a;
  const ofParts = [...parts].sort(byTime).map(([part, time]) => [part, share(time)]);
  printTable(`Where the flow's time goes, ${posts.name}`, ['part', 'self time'], ofParts);
  const ofFunctions = [...times].sort(byTime).slice(0, TOP);
  const rows = ofFunctions.map(([frame, time]) => [nameOf(frame), partOf(frame), share(time)]);
  printTable(`The functions with the most self time, ${posts.name}`, ['function', 'part', 'self time'], rows);
}

/**
 * By function and file, the first that fits. The time of native code (JSON, SQLite, most of regular expressions) is
 * counted where it is called from, so that functions which do little else stand for it.
 */
const PARTS: readonly (readonly [name: string, belongs: RegExp])[] = [
  ['garbage collection', /^\(garbage collector\)/u],
  ['JSON', /^(?:decode|encode) .*lib\/log\/codec/u],
  ['SQLite: the log', /dist\/lib\/log\/embedded\/topics/u],
  ['SQLite: windows', /dist\/lib\/windows\/windowState/u],
  ['SQLite: transactions', /dist\/lib\/store\//u],
  ['sentiment', /dist\/lib\/sentiment\/|^RegExp: (?:\[\\n|\\s\\s)/u],
  ['hashtags', /dist\/lib\/text\//u],
  ['windows', /dist\/lib\/windows\//u],
  ['ledger', /dist\/(?:lib\/delivery|nodes\/common\/tracking)/u],
  ['log reader and writer', /dist\/lib\/log\//u],
  ['records, paths, nodes', /dist\/(?:lib\/core|nodes)\//u],
  ['cloning', /clonedeep|clone\.js|^structuredClone/u],
  ['Node-RED', /@node-red|node-red\//u],
  ['Node.js', / node:/u],
];

function partOf({ functionName, url }: CallFrame): string {
  return PARTS.find(([, belongs]) => belongs.test(`${functionName} ${url}`))?.[0] ?? 'other';
}

function nameOf({ functionName, url }: CallFrame): string {
  const file = url === '' ? '' : ` (${url.replace(/^.*\/(?:dist|node_modules)\//u, '')})`;
  return `${functionName === '' ? 'anonymous' : functionName}${file}`;
}

function microseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
