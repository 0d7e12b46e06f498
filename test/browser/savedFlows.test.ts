import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { NodeSpec } from '../../nodes/common/spec';
import type { Migration, SavedSettings } from '../../nodes/common/versions';
import { launchBrowser } from '../support/browser';
import { EditorPage, type Exported } from '../support/editorPage';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { readJson } from '../support/specs';

/** What the page's own functions below use of the editor, and of our code in it. */
declare const RED: {
  readonly nodes: {
    createCompleteNodeSet(options: object): Exported[];
    import(nodes: object[], options: object): { readonly nodes: readonly { readonly id: string }[] };
    node(id: string): { readonly validationErrors?: readonly string[] };
  };
};
declare const PulseflowEditor: {
  upgradeNodes(spec: Pick<NodeSpec, 'type' | 'properties'> & { readonly migrations: readonly Migration[] }): void;
};

// On a tab that is disabled, for what it names is not there to be connected to.
const saved = (readJson('test/nodes/saved/flows-0.1.json') as Exported[]).map((node) =>
  node.type === 'tab' ? { ...node, disabled: true } : node,
);

describe('saved flows in the editor', () => {
  let nodeRed: NodeRed;
  let browser: Browser;
  let editor: EditorPage;
  before(async () => {
    nodeRed = await startNodeRed({ flows: saved });
    browser = await launchBrowser();
    editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
  });

  it('takes a flow of version 0.1 and gives it back as it was', async () => {
    const json = await editor.page.evaluate(() =>
      JSON.stringify(RED.nodes.createCompleteNodeSet({ credentials: false })),
    );
    const shown = JSON.parse(json) as Exported[];
    const ours = (nodes: readonly Exported[]): Exported[] =>
      nodes.filter(({ type }) => type !== 'global-config').sort((a, b) => a.id.localeCompare(b.id));
    assert.deepEqual(ours(shown), ours(saved));
    assert.deepEqual(editor.takeErrors(), []);
  });

  it('finds nothing wrong in it', async () => {
    for (const { id, type, name } of saved) {
      if (type !== 'tab') assert.equal(await editor.isValid(id), true, `${type} ${String(name)}`);
    }
  });

  it('gives what is imported as a copy back as it was, but for its ids', async () => {
    const { copies, ids } = await editor.page.evaluate((nodes) => {
      const before = new Set(RED.nodes.createCompleteNodeSet({}).map(({ id }) => id));
      RED.nodes.import(structuredClone(nodes), { generateIds: true, importMap: {} });
      const all = RED.nodes.createCompleteNodeSet({ credentials: false });
      return { copies: all.filter(({ id }) => !before.has(id)), ids: [...before] };
    }, saved as object[]);
    assert.ok(copies.length > 0 && ids.length > 0);
    const settingsOf = (node: Exported): string => {
      const { id, z, cluster, account, tls, ...settings } = node;
      return JSON.stringify([typeof id, typeof z, typeof cluster, typeof account, typeof tls, settings]);
    };
    const originals = new Set(saved.map(settingsOf));
    for (const copy of copies) assert.ok(originals.has(settingsOf(copy)), `changed: ${JSON.stringify(copy)}`);
  });

  it('marks a node that a later version saved, and says what to do', async () => {
    const [tags] = saved.filter(({ type }) => type === 'hashtag-extract');
    assert.ok(tags);
    const id = await editor.import({ ...tags, version: 99 });
    assert.equal(await editor.isValid(id), false);
    const errors = await editor.page.evaluate((id) => RED.nodes.node(id).validationErrors, id);
    assert.match(String(errors?.join()), /later version of Pulseflow .*version 99, this one knows 1.*Update/u);
  });

  it('brings nodes of earlier versions up to date as they come in', async () => {
    const [tags] = saved.filter(({ type }) => type === 'hashtag-extract');
    assert.ok(tags);
    await editor.page.evaluate(() => {
      const upgrade = (older: SavedSettings): SavedSettings => ({ ...older, to: `${String(older.from)}.tags` });
      const properties = Object.fromEntries(['from', 'to', 'kinds', 'lowercase', 'output'].map((name) => [name, {}]));
      PulseflowEditor.upgradeNodes({
        type: 'hashtag-extract',
        properties: properties as unknown as NodeSpec['properties'],
        migrations: [{ drops: ['lowercase'], upgrade }],
      });
    });
    const { lowercase, ...rest } = tags;
    assert.equal(lowercase, false);
    const expected = { ...rest, version: 2, to: 'note.text.tags' };
    const old = await editor.import(tags);
    assert.deepEqual(asSaved(await editor.export(old)), { ...expected, id: old });
    const again = await editor.import(await editor.export(old));
    assert.deepEqual(asSaved(await editor.export(again)), { ...expected, id: again });
  });
});

/** What of a node comes to be in a flow file. */
function asSaved(node: Exported): unknown {
  return JSON.parse(JSON.stringify(node));
}
