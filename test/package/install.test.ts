import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FakeServer } from '../lib/elasticsearch/server';
import type { NodeRed } from '../support/nodeRed';
import { ROOT, listedNodes, readJson } from '../support/specs';
import { NODE_REDS, UserDirectory, pack, versionOf } from '../support/userDirectory';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly d?: boolean;
  /** Of a cluster. */
  readonly mode?: string;
  readonly wires?: readonly (readonly string[])[];
}

interface NodeSet {
  readonly module: string;
  readonly types: readonly string[];
  readonly enabled: boolean;
  readonly err?: unknown;
}

const { name: MODULE, devDependencies } = readJson('package.json') as {
  name: string;
  devDependencies: Record<string, string>;
};
const types = Object.keys(listedNodes());
const examples = readdirSync(join(ROOT, 'examples'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/u, ''));
const PATIENCE = 40_000;

/** Node-RED tells of every message that is sent and received, in its log. */
const TRAFFIC = `logging: {
  console: { level: 'info' },
  traffic: {
    level: 'off',
    metrics: true,
    handler: () => ({ event, nodeid }) => {
      if (/[.](send|receive)$/.test(event ?? '')) console.log('[traffic] ' + nodeid);
    },
  },
}`;

for (const program of NODE_REDS) {
  describe(`the package, installed into Node-RED ${versionOf(program)}`, function () {
    this.timeout(120_000);
    const user = new UserDirectory();
    let nodeRed: NodeRed;
    let search: FakeServer;
    before(async () => {
      search = await FakeServer.start();
      const dashboard = `node-red-dashboard@${devDependencies['node-red-dashboard'] ?? ''}`;
      const dashboard2 = (devDependencies['flowfuse-dashboard'] ?? '').replace('npm:', '');
      await user.install(await pack(user.path), dashboard, dashboard2);
      nodeRed = await user.start(program, TRAFFIC);
    });
    after(async () => {
      await nodeRed.stop();
      await search.stop();
      user.remove();
    });

    it('has every node loaded', async () => {
      const response = await fetch(`${nodeRed.url}/nodes`, { headers: { Accept: 'application/json' } });
      const sets = (await response.json()) as NodeSet[];
      const modules = new Set(sets.map(({ module }) => module));
      assert.deepEqual(
        [...modules].sort(),
        ['@flowfuse/node-red-dashboard', MODULE, 'node-red', 'node-red-dashboard'],
        'not as a user has it',
      );
      const ours = sets.filter(({ module }) => module === MODULE);
      assert.deepEqual(ours.flatMap((set) => set.types).sort(), [...types].sort());
      for (const set of ours) assert.deepEqual([set.enabled, set.err], [true, undefined], set.types.join());
    });

    it('offers every example', async () => {
      const response = await fetch(`${nodeRed.url}/library/examples/flows/${MODULE}`);
      const offered = (await response.json()) as { readonly fn: string }[];
      assert.deepEqual(offered.map(({ fn }) => fn).sort(), [...examples].sort());
    });

    for (const example of examples) {
      it(`runs the example ${example}: its sources send, and no node of ours reports an error`, async () => {
        const before = nodeRed.log().length;
        const said = (): string => nodeRed.log().slice(before);
        const flow = (await (
          await fetch(`${nodeRed.url}/library/examples/flows/${MODULE}/${example}`)
        ).json()) as FlowNode[];
        await deploy(nodeRed, withoutServers(flow, search.url));
        const awaited = flow.filter((node) => isBusy(node, flow)).map(({ id }) => id);
        assert.ok(awaited.length > 0, 'it has no node of ours that something leads to');
        const idle = (): string[] => awaited.filter((id) => !said().includes(`[traffic] ${id}`));
        const buttons = flow.filter(({ type }) => type === 'inject');
        const end = Date.now() + PATIENCE;
        while (idle().length > 0) {
          const names = idle().map((id) => JSON.stringify(flow.find((node) => node.id === id)));
          if (Date.now() > end) assert.fail(`nothing has come to, or from\n${names.join('\n')}\n${said()}`);
          for (const { id } of buttons) await fetch(`${nodeRed.url}/inject/${id}`, { method: 'POST' });
          // No source gives these out again: they need their time before the flow is stopped.
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
        await deploy(nodeRed, []);
        const complaints = said()
          .split('\n')
          .filter((line) => types.some((type) => line.includes(`[error] [${type}:`)) || /missing types/iu.test(line))
          .filter((line) => !HARMLESS.test(line));
        assert.deepEqual(complaints, []);
      });
    }
  });
}

/** The first row makes a table, and buttons may be pressed before. */
const HARMLESS = /\[hbase-get:.* does not exist/u;

const STAND_INS: Readonly<Record<string, string>> = { kafka: 'embedded', rest: 'embedded', webhdfs: 'local' };

/**
 * An example as somebody without servers runs it: clusters are set to their stand-ins. Elasticsearch has none, and what is
 * behind a sink that waits for its server gets nothing: its address is that of a server in this process. Nothing is ever
 * written to what happens to listen at the addresses of the examples.
 */
function withoutServers(flow: readonly FlowNode[], url: string): FlowNode[] {
  return flow.map((node) => {
    if (node.type === 'elasticsearch-cluster') return { ...node, url };
    const mode = STAND_INS[node.mode ?? ''];
    return mode === undefined ? node : { ...node, mode };
  });
}

async function deploy(nodeRed: NodeRed, flow: readonly FlowNode[]): Promise<void> {
  const response = await fetch(`${nodeRed.url}/flows`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(flow),
  });
  assert.ok(response.ok, `the deploy was answered with ${response.status}: ${await response.text()}`);
}

/** Whether messages should come to a node of ours, or from it, when the flow runs and its buttons are pressed. */
function isBusy({ id, type, d }: FlowNode, flow: readonly FlowNode[]): boolean {
  if (!types.includes(type) || d === true || type.endsWith('-cluster') || type === 'twitter-account') return false;
  return type === 'kafka-in' || type === 'twitter-poll' || flow.some((node) => node.wires?.[0]?.includes(id) === true);
}
