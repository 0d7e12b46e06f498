import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storeFile } from '../../lib/store/store';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { allSpecs } from '../support/specs';
import { until } from '../support/until';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly name?: string;
  readonly label?: string;
  readonly links?: readonly string[];
  readonly wires?: readonly (readonly string[])[];
  readonly modules?: Readonly<Record<string, string>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(process.cwd(), file), 'utf8'));
const flows = read('flows/flows.json') as FlowNode[];
const EXAMPLES = [
  {
    file: 'tweet-analytics',
    module: 'node-red-dashboard',
    listed: 'node-red-dashboard',
    leaves: '5 Dashboard 2.0',
    mark: 'ui-',
  },
  {
    file: 'tweet-analytics-dashboard-2',
    module: '@flowfuse/node-red-dashboard',
    listed: 'flowfuse-dashboard',
    leaves: '4 Dashboard',
    mark: 'ui_',
  },
];
const { version, devDependencies } = read('package.json') as {
  version: string;
  devDependencies: Record<string, string>;
};

describe('the pipeline to import', () => {
  for (const { file, module, listed, leaves, mark } of EXAMPLES) {
    const example = read(`examples/${file}.json`) as FlowNode[];

    it(`${file} is the flow that npm start runs with one of its dashboards, and names the modules it needs`, () => {
      const [config, ...rest] = example;
      assert.deepEqual(rest, without(leaves, mark));
      assert.ok(rest.length > flows.length / 2);
      assert.equal(config?.type, 'global-config');
      assert.deepEqual(config.modules, {
        '@pulseflow/node-red-pulseflow': version,
        [module]: devDependencies[listed]?.replace(`npm:${module}@`, ''),
      });
    });

    it(`${file} has every node of the palette that needs no server`, () => {
      assert.deepEqual(unused(example), needServers());
    });

    it(`${file} wires, links and groups only what is there`, () => wellFormed(example));
  }

  it('is well formed with both dashboards', () => wellFormed(flows));
});

describe('the example on real servers', () => {
  const example = read('examples/on-real-servers.json') as FlowNode[];

  it('has the nodes that the pipeline leaves out, as they need a server', () => {
    assert.ok(needServers().length > 0);
    assert.deepEqual(
      needServers().filter((type) => unused(example).includes(type)),
      [],
    );
  });

  it('wires, links and groups only what is there', () => wellFormed(example));
});

const specs = allSpecs();

/** The nodes of the palette that a flow does not have; config nodes are left aside. */
function unused(flow: readonly FlowNode[]): string[] {
  const used = new Set(flow.map((node) => node.type));
  return specs.filter(({ type, config }) => config !== true && !used.has(type)).map(({ type }) => type);
}

/** Those of a cluster that has no embedded stand-in, and so no mode to choose it by. */
function needServers(): string[] {
  const clusters = new Set(specs.filter(({ properties }) => !('mode' in properties)).map(({ type }) => type));
  return specs
    .filter(({ properties: { cluster } }) => cluster?.kind === 'config' && clusters.has(cluster.config))
    .map(({ type }) => type);
}

/** The flow that `npm start` runs without one of its dashboards, and without links that then lead nowhere. */
function without(tab: string, mark: string): FlowNode[] {
  const left = flows.find((node) => node.type === 'tab' && node.label === tab)?.id;
  assert.ok(left);
  const kept = flows.filter(({ id, z, type }) => id !== left && z !== left && !type.startsWith(mark));
  const ids = new Set(kept.map(({ id }) => id));
  return kept
    .map((node) => (node.links === undefined ? node : { ...node, links: node.links.filter((id) => ids.has(id)) }))
    .filter(({ links }) => links?.length !== 0);
}

function wellFormed(nodes: readonly FlowNode[]): void {
  const ids = new Set(nodes.map((node) => node.id));
  assert.equal(ids.size, nodes.length, 'an id is used twice');
  for (const node of nodes) {
    for (const target of [...(node.wires ?? []).flat(), ...(node.links ?? [])])
      assert.ok(ids.has(target), `${node.id} leads to ${target}`);
    if (node.z !== undefined) assert.ok(ids.has(node.z), `${node.id} is on ${node.z}`);
  }
}

describe('the example of dead letters', () => {
  const PATH = 'library/examples/flows/@pulseflow/node-red-pulseflow/kafka-dead-letters';
  const PATIENCE = 20_000;
  let nodeRed: NodeRed;
  let imported: FlowNode[];

  before(async () => {
    nodeRed = await startNodeRed({ flows: [] });
    imported = (await (await fetch(`${nodeRed.url}/${PATH}`)).json()) as FlowNode[];
    const response = await fetch(`${nodeRed.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(imported),
    });
    assert.ok(response.ok, `the deploy was answered with ${response.status}: ${await response.text()}`);
  });
  after(() => nodeRed.stop());

  const press = async (name: string): Promise<void> => {
    const button = imported.find((node) => node.type === 'inject' && node.name === name);
    const response = await fetch(`${nodeRed.url}/inject/${button?.id ?? name}`, { method: 'POST' });
    assert.ok(response.ok, `${name} was answered with ${response.status}`);
  };

  /** The records of a topic, in the order in which they were written; none while there is no such topic. */
  const recordsOf = (topic: string): StoredRecord[] => {
    if (!existsSync(storeFile(nodeRed.home))) return [];
    const db = new DatabaseSync(storeFile(nodeRed.home), { readOnly: true });
    try {
      const rows = db
        .prepare(
          `SELECT CAST(value AS TEXT) AS value, headers FROM log JOIN topics ON topics.id = log.topic
            WHERE topics.topic = ? ORDER BY timestamp, offset`,
        )
        .all(topic) as unknown as { value: string; headers: string | null }[];
      return rows.map(({ value, headers }) => ({
        order: JSON.parse(value) as Order,
        headers: JSON.parse(headers ?? '{}') as Record<string, string>,
      }));
    } finally {
      db.close();
    }
  };

  const idsIn = (topic: string): string[] =>
    recordsOf(topic)
      .map(({ order }) => order.id)
      .sort();

  const reaches = (wanted: () => boolean, act: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
    const topics = ['orders', 'orders.priced', 'orders.dead-letters', 'orders.parked'];
    return until(
      async () => {
        if (wanted()) return true;
        await act();
        return false;
      },
      () => `${topics.map((topic) => `${topic}: ${idsIn(topic).join(' ')}`).join('; ')}\n${nodeRed.log()}`,
      { within: PATIENCE, every: 200 },
    );
  };

  it('names the module it needs, and uses nodes of the palette and of Node-RED only', () => {
    assert.deepEqual(imported.find(({ type }) => type === 'global-config')?.modules, {
      '@pulseflow/node-red-pulseflow': version,
    });
    assert.doesNotMatch(nodeRed.log(), /unknown|missing types/iu);
  });

  it('keeps what fails with the reason, and lets it go back once', async () => {
    await reaches(() => idsIn('orders.dead-letters').length === 2 && idsIn('orders.priced').length === 1);
    assert.deepEqual(idsIn('orders.priced'), ['1']);
    assert.deepEqual(idsIn('orders.dead-letters'), ['2', '3']);
    for (const { order, headers } of recordsOf('orders.dead-letters')) {
      assert.equal(headers['pulseflow.errors.topic'], 'orders');
      assert.match(
        headers['pulseflow.errors.exception.message'] ?? '',
        new RegExp(`no rate for ${order.currency}`, 'u'),
      );
      assert.equal(headers['pulseflow.errors.attempts'], '2');
    }

    await press('learn the rate of GBP');
    // What has not reached the delay node yet is not let go: press until it has.
    await reaches(
      () => idsIn('orders.priced').includes('2') && idsIn('orders.parked').length > 0,
      () => press('re-drive now'),
    );
    assert.deepEqual(idsIn('orders.priced'), ['1', '2']);
    assert.deepEqual(idsIn('orders.parked'), ['3']);
    assert.deepEqual(idsIn('orders'), ['1', '2', '2', '3', '3']);
    assert.deepEqual(idsIn('orders.dead-letters'), ['2', '3', '3']);
    const priced = recordsOf('orders.priced').find(({ order }) => order.id === '2');
    assert.deepEqual([priced?.order.euros, priced?.headers], [23, { redrives: '1' }]);
    assert.equal(recordsOf('orders.parked')[0]?.headers.redrives, '1');
  });
});

interface Order {
  readonly id: string;
  readonly currency: string;
  readonly euros?: number;
}

interface StoredRecord {
  readonly order: Order;
  readonly headers: Readonly<Record<string, string>>;
}
