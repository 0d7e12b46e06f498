import assert from 'node:assert/strict';
import { defineNode, type NodeSpec } from '../../nodes/common/spec';
import { readSettings } from '../../nodes/common/settings';
import { registerNode } from '../../nodes/common/register';
import { duration, path, text } from '../../nodes/common/properties';
import { type SavedSettings, savedVersion, upgraded, versionOf } from '../../nodes/common/versions';
import { allSpecs, readJson } from '../support/specs';
import { type Saved, NodeBench, WARN } from '../support/nodes';

/** Its second version renamed `field`; its third takes durations where there were seconds. */
const thirdVersion = defineNode({
  type: 'sentiment',
  inputs: 1,
  properties: { property: path('text'), every: duration('1s'), note: text('') },
  migrations: [
    { drops: ['field'], upgrade: (saved) => ({ ...saved, property: saved.field }) },
    { upgrade: (saved) => (typeof saved.every === 'number' ? { ...saved, every: `${saved.every}s` } : saved) },
  ],
});

describe('settings of earlier versions', () => {
  const cases: [what: string, saved: SavedSettings, current: SavedSettings][] = [
    [
      'of the first version go through all migrations',
      { version: 1, field: 'body', every: 5, note: 'as it was' },
      { version: 3, property: 'body', every: '5s', note: 'as it was' },
    ],
    ['without a version are of the first', { field: 'body', every: 5 }, { version: 3, property: 'body', every: '5s' }],
    [
      'go only through the migrations after them',
      { version: 2, property: 'body', every: 5 },
      { version: 3, property: 'body', every: '5s' },
    ],
    [
      'of this version are left alone',
      { version: 3, property: 'a', every: '5' },
      { version: 3, property: 'a', every: '5' },
    ],
    ['of a later version are left alone', { version: 4, property: 7 }, { version: 4, property: 7 }],
    [
      'with a version that is none are of the first',
      { version: 'two', field: 'body', every: 5 },
      { version: 3, property: 'body', every: '5s' },
    ],
  ];
  for (const [what, saved, current] of cases) {
    it(what, () => {
      const before = structuredClone(saved);
      assert.deepEqual(upgraded(thirdVersion, saved), current);
      assert.deepEqual(saved, before, 'what was saved has been changed');
    });
  }

  it('are up to date once and for all', () => {
    const once = upgraded(thirdVersion, { field: 'body', every: 5 });
    assert.equal(upgraded(thirdVersion, once), once);
  });
});

describe('a node that an earlier or later version saved', () => {
  let received: Record<string, unknown> | undefined;
  let bench: NodeBench;
  before(() => {
    bench = new NodeBench([
      (RED) =>
        registerNode(RED, thirdVersion, ({ settings }) => {
          received = settings;
          return { input: (_message, _send, done) => done() };
        }),
    ]);
  });
  afterEach(() => bench.stop());
  after(() => bench.dispose());

  it('starts with the settings of today', async () => {
    await bench.start({ type: 'sentiment', field: 'body', every: 5, note: 'kept' });
    assert.deepEqual(received, { property: 'body', every: 5000, note: 'kept' });
    assert.deepEqual(bench.logged('node', WARN), []);
  });

  it('says that it knows only a part of what a later version saved, and starts with that', async () => {
    await bench.start({ type: 'sentiment', version: 4, property: 'body', every: '5s', novelty: true });
    assert.deepEqual(received, { property: 'body', every: 5000, note: '' });
    assert.match(bench.logged('node', WARN).join('\n'), /later version .*version 4, this one knows 3.*Update/u);
  });
});

// The settings beside the flow were checked by hand. A migration that renames a setting renames it there.
describe('a flow that version 0.1 saved', () => {
  const flow = readJson('test/nodes/saved/flows-0.1.json') as (Saved & { type: string; name: string })[];
  const expected = readJson('test/nodes/saved/settings-0.1.json') as Record<string, Saved>;
  const specs = new Map<string, NodeSpec>(allSpecs().map((spec) => [spec.type, spec]));
  const credentials = { bearerToken: 'secret' };
  const known = flow.filter((node) => node.name in expected);

  it('has a node of every type there was', () => {
    const types = ['twitter-account', 'twitter-poll', 'tweet-clean', 'hashtag-extract', 'sentiment', 'window-count'];
    types.push('kafka-cluster', 'kafka-in', 'kafka-out', 'hbase-cluster', 'hbase-sink', 'hdfs-cluster', 'hdfs-sink');
    types.push('tableau-export');
    assert.deepEqual([...new Set(known.map(({ type }) => type))].sort(), types.sort());
  });

  for (const node of known) {
    for (const [how, saved] of Object.entries({ 'as it was saved': node, 'without a version': unversioned(node) })) {
      it(`gives ${node.type} "${node.name}" the settings it had, ${how}`, () => {
        const spec = specs.get(node.type);
        assert.ok(spec, `there is no node ${node.type} any more`);
        const read: Saved = readSettings(
          spec,
          upgraded(spec, saved),
          credentials,
          (name, { key }) => `${name}: ${key}`,
        );
        const settings = expected[node.name] ?? {};
        const kept = Object.fromEntries(Object.keys(settings).map((name) => [name, read[name]]));
        assert.deepEqual(kept, settings);
        assert.ok(savedVersion(node) <= versionOf(spec));
      });
    }
  }
});

function unversioned(node: Saved): Saved {
  return { ...node, version: undefined };
}
