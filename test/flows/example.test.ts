import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly wires?: readonly (readonly string[])[];
  readonly modules?: Readonly<Record<string, string>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(process.cwd(), file), 'utf8'));
const flows = read('flows/flows.json') as FlowNode[];
const example = read('examples/tweet-analytics.json') as FlowNode[];
const { version, devDependencies } = read('package.json') as {
  version: string;
  devDependencies: Record<string, string>;
};

describe('the example to import', () => {
  it('is the flow that npm start runs, and names the modules it needs', () => {
    const [config, ...rest] = example;
    assert.deepEqual(rest, flows);
    assert.equal(config?.type, 'global-config');
    assert.deepEqual(config.modules, {
      '@pulseflow/node-red-pulseflow': version,
      'node-red-dashboard': devDependencies['node-red-dashboard'],
    });
  });

  it('has every node of the palette', () => {
    const types = readdirSync(join(process.cwd(), 'nodes'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !['common', 'editor'].includes(entry.name))
      .map((entry) => entry.name)
      .filter((type) => !type.endsWith('-cluster') && type !== 'twitter-account');
    const used = new Set(example.map((node) => node.type));
    assert.deepEqual(
      types.filter((type) => !used.has(type)),
      [],
    );
  });

  it('wires and groups only what is there', () => {
    const ids = new Set(flows.map((node) => node.id));
    for (const node of flows) {
      for (const target of (node.wires ?? []).flat()) assert.ok(ids.has(target), `${node.id} leads to ${target}`);
      if (node.z !== undefined) assert.ok(ids.has(node.z), `${node.id} is on ${node.z}`);
    }
  });
});
