import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchNodeRed, type FlowNode } from '../flow/nodeRed';
import type { Taken } from '../measure';
import { BATCH } from '../posts';
import type { BareClient, Post, Round } from './client';

const POSTS_FILE = 'posts.ndjson';
const TAB = 'bench-tab';
const CLUSTER = 'bench-cluster';
const POSTS = 'bench-posts-1';
const IN = 'bench-in';
const OUT = 'bench-out';
const END = 'bench-end-1';

/** Pulseflow's nodes in a real Node-RED, with the ledger: a record counts once its position is committed. */
export class FlowClient implements BareClient {
  readonly name = 'Pulseflow in Node-RED';
  #produces: string | undefined;

  private constructor(private readonly nodeRed: BenchNodeRed) {}

  static async start(posts: readonly Post[], env: NodeJS.ProcessEnv = {}): Promise<FlowClient> {
    const nodeRed = await BenchNodeRed.start({
      prepare: (home) => writeFileSync(join(home, POSTS_FILE), posts.map((post) => JSON.stringify(post)).join('\n')),
      nodes: join(__dirname, 'kafkaNodes.js'),
      env,
    });
    return new FlowClient(nodeRed);
  }

  async consume(round: Round): Promise<Taken> {
    return this.#read(round, [source(round, END), { id: END, z: TAB, type: 'bench-end', wires: [] }]);
  }

  async through(round: Round): Promise<Taken> {
    return this.#read(round, [source(round, OUT), sink(round)]);
  }

  async produce(round: Round): Promise<Taken> {
    const { carried, records } = round;
    // Deployed once: a source of posts is one that runs.
    if (this.#produces !== carried) {
      const file = join(this.nodeRed.home, POSTS_FILE);
      const posts = { id: POSTS, z: TAB, type: 'bench-posts', file, wires: [[OUT]] };
      await this.nodeRed.deploy([...around(round), posts, sink(round)]);
      this.#produces = carried;
    }
    const batch = carried === 'one by one' ? 1 : BATCH;
    return this.nodeRed.ask<Taken>(`/bench/produce?source=${POSTS}&records=${records}&batch=${batch}`);
  }

  stop(): Promise<void> {
    return this.nodeRed.stop();
  }

  async #read(round: Round, nodes: readonly FlowNode[]): Promise<Taken> {
    this.#produces = undefined;
    await this.nodeRed.ask(`/bench/watch?group=${round.group}&records=${round.records}`);
    await this.nodeRed.deploy([...around(round), ...nodes]);
    const taken = await this.nodeRed.ask<Taken>(`/bench/taken?group=${round.group}`);
    // Nothing of it goes on while others are measured.
    await this.nodeRed.deploy([{ id: TAB, type: 'tab' }]);
    return taken;
  }
}

function around({ brokers }: Round): FlowNode[] {
  return [
    { id: TAB, type: 'tab' },
    { id: CLUSTER, type: 'kafka-cluster', mode: 'kafka', brokers: brokers.join(','), clientId: 'bench' },
  ];
}

function source({ from, group, carried }: Round, to: string): FlowNode {
  const batch = carried !== 'one by one';
  const settings = { cluster: CLUSTER, topic: from, group, from: 'earliest', batch, maxBatch: BATCH };
  return { id: IN, z: TAB, type: 'kafka-in', ...settings, wires: [[to], [], []] };
}

function sink({ to }: Round): FlowNode {
  return { id: OUT, z: TAB, type: 'kafka-out', cluster: CLUSTER, topic: to, key: 'id', wires: [[], []] };
}
