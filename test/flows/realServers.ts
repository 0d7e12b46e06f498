import assert from 'node:assert/strict';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { until } from '../support/until';
import { type ExampleNode, readExamples } from './exampleFiles';

/** Where the servers of the example are, settings of its config nodes by their types. */
export type Addresses = Readonly<
  Record<'kafka-cluster' | 'hbase-cluster' | 'hdfs-cluster' | 'elasticsearch-cluster', Readonly<Record<string, string>>>
>;

/** Ids that each store holds, as often as it holds them. */
export interface Held {
  readonly topic: readonly string[];
  readonly rows: readonly string[];
  readonly documents: readonly string[];
}

/** What the servers hold, read without Pulseflow. */
export interface Servers {
  readonly addresses: Addresses;
  /** The user directory of the Node-RED, which outlasts it. */
  readonly home: string;
  /** Nothing, before there is anything. */
  posts(): Promise<Held>;
  windows(): Promise<Held>;
  /** The lines of all finished files. */
  lines(): Promise<readonly string[]>;
}

const RATE = 500;
const PATIENCE = { within: 90_000, every: 500 };

/**
 * Runs the example *on-real-servers* until there are some posts, pauses its stream, closes its windows, reads a row back,
 * stops Node-RED, and asserts that every store holds the same posts and windows, each once.
 */
export async function runOnServers(servers: Servers, atLeast = 2_000): Promise<void> {
  const example = readExamples().find(({ name }) => name === 'on-real-servers')?.nodes ?? [];
  const flows = example.map((node) => prepared(node, servers.addresses));
  const nodeRed = await startNodeRed({ home: servers.home, flows });
  const said = (): string => `\n${nodeRed.log()}`;
  try {
    await until(
      async () => (await servers.posts()).rows.length >= atLeast,
      () => `${atLeast} rows${said()}`,
      PATIENCE,
    );
    await press(nodeRed, example, 'pause');
    await atRest(
      () => servers.posts(),
      () => `the same posts in all stores${said()}`,
    );
    await press(nodeRed, example, 'close all windows');
    await atRest(
      () => servers.windows(),
      () => `the same windows in all stores${said()}`,
    );
    await press(nodeRed, example, 'the first post');
    await until(
      () => nodeRed.log().includes(READ_BACK),
      () => `the first post to be read back${said()}`,
      PATIENCE,
    );
    await nodeRed.stop();
  } catch (thrown) {
    await nodeRed.kill();
    throw thrown;
  }

  const posts = sorted(await servers.posts());
  assert.ok(posts.topic.length >= atLeast);
  assert.deepEqual(posts.topic, [...new Set(posts.topic)], 'a post is in the topic twice');
  assert.deepEqual(posts.rows, posts.topic);
  assert.deepEqual(posts.documents, posts.topic);
  const lines = (await servers.lines()).map((line) => (JSON.parse(line) as { id: string }).id);
  assert.deepEqual(lines.sort(), posts.topic);
  const windows = sorted(await servers.windows());
  assert.deepEqual(windows.rows, windows.topic);
  assert.deepEqual(windows.documents, windows.topic);
  assert.deepEqual(readBack(nodeRed), FIRST_POST);
  const complaints = nodeRed
    .log()
    .split('\n')
    .filter((line) => /\[error\]|missing types/iu.test(line));
  assert.deepEqual(complaints, []);
}

const READ_BACK = '[read back]';
/** The stream begins with it, whatever the time is. */
const FIRST_POST = {
  id: '1981914000000000934',
  text: 'Does anybody have the map for #ExamWeek?',
  lang: 'en',
  author: { username: 'sal_teapot1' },
  public_metrics: { like_count: 1 },
  hashtags: ['examweek'],
  sentiment: { label: 'neutral', score: 0 },
};

/** What was read back, without its time. */
function readBack(nodeRed: NodeRed): object {
  const line = nodeRed.log().split(READ_BACK)[1]?.split('\n')[0];
  const { created_at: time, ...post } = JSON.parse(line ?? '') as { created_at: string };
  assert.ok(Date.parse(time) < Date.now());
  return post;
}

/** Quicker, with the servers' addresses, and with what it shows in the log. */
function prepared(node: ExampleNode, addresses: Addresses): ExampleNode {
  const { type } = node;
  if (type in addresses) return { ...node, ...addresses[type as keyof Addresses] };
  if (type === 'twitter-poll') return { ...node, rate: RATE } as ExampleNode;
  if (type !== 'debug') return node;
  const func = `node.log(${JSON.stringify(`[${node.name ?? ''}]`)} + JSON.stringify(msg.payload));`;
  return { ...node, type: 'function', func, outputs: 0, libs: [], wires: [] };
}

async function press({ url }: NodeRed, example: readonly ExampleNode[], name: string): Promise<void> {
  const button = example.find((node) => node.type === 'inject' && node.name === name);
  const response = await fetch(`${url}/inject/${button?.id ?? name}`, { method: 'POST' });
  assert.ok(response.ok, `${name} was answered with ${response.status}`);
}

/** Waits until all stores hold as much, and nothing has come since the last look. */
async function atRest(look: () => Promise<Held>, what: () => string): Promise<void> {
  let before = -1;
  await until(
    async () => {
      const { topic, rows, documents } = await look();
      const isSame = topic.length > 0 && topic.length === rows.length && topic.length === documents.length;
      const isAtRest = isSame && topic.length === before;
      before = topic.length;
      return isAtRest;
    },
    what,
    PATIENCE,
  );
}

function sorted(held: Held): Held {
  return {
    topic: [...held.topic].sort(),
    rows: [...held.rows].sort(),
    documents: [...held.documents].sort(),
  };
}

/** The id of a post by its row key, which has a salt in front. */
export function unsalted(key: string): string {
  return key.replace(/^\d-/u, '');
}
