import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchNodeRed, type FlowNode } from './flow/nodeRed';
import { peerFlow, peerSettings } from './flow/peerFlow';
import { peekInto, prefill } from './flow/prefill';
import { type Carried, TOPIC, groupOf, processFlow, roundOf, wholeFlow } from './flow/shippedFlow';
import { type Figure, type Subject, type Taken, measure } from './measure';
import type { Posts } from './posts';
import { FIGURE_HEAD, faster, figureCells, printTable, whole } from './table';

const FORMS: readonly Carried[] = ['batches of 500', 'one by one'];
/** One by one a flow takes several times as long; it gets fewer posts. */
const POSTS: Readonly<Record<Carried, number>> = { 'batches of 500': 40_000, 'one by one': 10_000 };
/** The whole flow does some six times as much with a post. */
const WHOLE_POSTS: Readonly<Record<Carried, number>> = { 'batches of 500': 20_000, 'one by one': 5_000 };
const WHOLE_REPETITIONS = 3;
const LOOK_EVERY = 10;
const POSTS_FILE = 'posts.ndjson';

/** What the process flow took, by how its messages carry posts. */
export type FlowFigures = ReadonlyMap<Carried, Figure>;

/** Measures the processing flow, deployed, beside the same pipeline of function nodes. */
export async function benchFlow(posts: Posts): Promise<FlowFigures> {
  const figures = new Map<Carried, Figure>();
  const rows: string[][] = [];
  for (const carried of FORMS) {
    const lines = posts.lines.slice(0, POSTS[carried]);
    const running = await Promise.all([ours(lines, carried), peer(lines, carried, 'npm'), peer(lines, carried, 'own')]);
    const [own, npm, same] = await measure(running.map(({ subject }) => subject));
    await Promise.all(running.map(({ nodeRed }) => nodeRed.stop()));
    if (own === undefined || npm === undefined || same === undefined) throw new Error('not measured');
    figures.set(carried, own);
    rows.push([own.name, carried, ...figureCells(own), '']);
    for (const figure of [npm, same]) rows.push([figure.name, carried, ...figureCells(figure), faster(own, figure)]);
  }
  printTable(
    `The processing flow in Node-RED, ${posts.name}`,
    ['flow', 'messages', ...FIGURE_HEAD, 'CPU: Pulseflow is'],
    rows,
  );
  return figures;
}

/** Measures the whole shipped flow, from file to stores. */
export async function benchWhole(posts: Posts): Promise<void> {
  const rows: string[][] = [];
  for (const carried of FORMS) {
    const lines = posts.lines.slice(0, WHOLE_POSTS[carried]);
    const { nodeRed, subject } = await collectToStore(lines, carried);
    const [figure] = await measure([subject], WHOLE_REPETITIONS);
    await nodeRed.stop();
    if (figure !== undefined) rows.push([carried, whole(lines.length), ...figureCells(figure)]);
  }
  printTable(`The whole flow, from file to stores, ${posts.name}`, ['messages', 'posts', ...FIGURE_HEAD], rows);
}

interface Running {
  readonly nodeRed: BenchNodeRed;
  readonly subject: Subject;
}

/** The flow of Pulseflow's nodes, deployed anew for each round with a group of its own. */
export async function ours(lines: readonly string[], carried: Carried, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const nodeRed = await BenchNodeRed.start({ prepare: (home) => prefill(home, lines), env });
  const peek = peekInto(nodeRed.home);
  let number = 0;
  const round = (): Promise<Taken> => {
    const at = ++number;
    const done = (): boolean => peek.done(groupOf(at), TOPIC) === lines.length;
    return deployAndWait(nodeRed, processFlow(at, carried), lines.length, done);
  };
  return { nodeRed, subject: { name: 'Pulseflow, each post once', round } };
}

async function peer(lines: readonly string[], carried: Carried, engines: 'npm' | 'own'): Promise<Running> {
  const nodeRed = await BenchNodeRed.start({
    prepare: (home) => writeFileSync(join(home, POSTS_FILE), lines.join('\n')),
    settings: (home) => peerSettings(join(home, POSTS_FILE), engines, carried === 'batches of 500'),
  });
  await nodeRed.deploy(peerFlow());
  const name =
    engines === 'npm' ? 'functions with twitter-text, npm sentiment' : "functions with Pulseflow's own steps";
  return { nodeRed, subject: { name, round: () => nodeRed.ask<Taken>('/peer') } };
}

async function collectToStore(lines: readonly string[], carried: Carried): Promise<Running> {
  const nodeRed = await BenchNodeRed.start({
    prepare: (home) => writeFileSync(join(home, POSTS_FILE), lines.join('\n')),
  });
  const file = join(nodeRed.home, POSTS_FILE);
  const peek = peekInto(nodeRed.home);
  let number = 0;
  const round = (): Promise<Taken> => {
    const at = ++number;
    const reached = (group: string, topic: string): boolean =>
      peek.done(roundOf(group, at), roundOf(topic, at)) === lines.length;
    const done = (): boolean =>
      reached('store', 'tweets.enriched') && reached('archive', TOPIC) && reached('process', TOPIC);
    return deployAndWait(nodeRed, wholeFlow(at, carried, file), lines.length, done);
  };
  return { nodeRed, subject: { name: 'the whole flow', round } };
}

/** From "Started flows" until all posts are done with: what a flow commits, not what it has merely let go of. */
async function deployAndWait(
  nodeRed: BenchNodeRed,
  flow: readonly FlowNode[],
  posts: number,
  done: () => boolean,
): Promise<Taken> {
  const began = await nodeRed.deploy(flow);
  await nodeRed.until(done, `${posts} posts`, LOOK_EVERY);
  const seconds = (performance.now() - began) / 1_000;
  return { posts, seconds, cpuSeconds: await nodeRed.cpuSeconds() };
}
