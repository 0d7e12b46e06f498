import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { type Dialog, EditorPage, type Exported } from '../support/editorPage';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { allSpecs } from '../support/specs';

const TAB = 'aaaaaaaaaaaaaaaa';
/** What a person sets in the dialog of each node. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'twitter-poll': { rate: '20' },
  'tweet-clean': { required: 'id, text' },
  'kafka-in': { topic: 'tweets', group: 'readers' },
  'kafka-out': { topic: 'tweets' },
  'hashtag-extract': { to: 'tags' },
  'window-count': { key: 'tags', size: '30s' },
  sentiment: { property: 'body' },
  'hbase-sink': { table: 'posts' },
  'hbase-get': { table: 'posts' },
  'hdfs-sink': { path: 'posts/{{id}}' },
  'elasticsearch-sink': { index: 'posts-{{lang}}' },
  'tableau-export': { path: 'posts.csv' },
};

describe('a flow made by hand', () => {
  const specs = allSpecs().filter(({ config }) => config !== true);
  let nodeRed: NodeRed;
  let browser: Browser;
  before(async function () {
    this.timeout(60_000);
    nodeRed = await startNodeRed({ flows: [{ id: TAB, type: 'tab', label: 'test' }] });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
  });

  const saved = async (): Promise<Exported[]> => (await (await fetch(`${nodeRed.url}/flows`)).json()) as Exported[];

  it('every node is dragged from the palette, set up, deployed, exported and imported again as it was', async function () {
    this.timeout(120_000);
    let editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
    const ids = new Map<string, string>();
    for (const [index, spec] of specs.entries()) {
      const id = await editor.drag(spec.type, 150 + (index % 3) * 220, 60 + Math.floor(index / 3) * 80);
      assert.notEqual(id, '', `${spec.type} was not dropped`);
      ids.set(spec.type, id);
    }
    for (const spec of specs) {
      const dialog = await editor.doubleClick(spec, ids.get(spec.type) ?? '');
      await chooseClusters(editor, dialog);
      await dialog.field('name').fill(`my ${spec.type}`);
      for (const [name, value] of Object.entries(SETTINGS[spec.type] ?? {})) await dialog.set(name, value);
      await dialog.done();
      assert.equal(await editor.isValid(ids.get(spec.type) ?? ''), true, `${spec.type} is not set up`);
    }
    await editor.deploy();

    const deployed = await saved();
    for (const spec of specs) {
      const node = deployed.find(({ id }) => id === ids.get(spec.type));
      assert.ok(node, `${spec.type} was not deployed`);
      assert.equal(node.name, `my ${spec.type}`);
      for (const [name, value] of Object.entries(SETTINGS[spec.type] ?? {})) {
        assert.equal(String(node[name]), value, `${spec.type}.${name}`);
      }
    }
    // Which modules a flow needs is noted in an export alone.
    const exported = (await editor.exportAll()).filter(({ type }) => type !== 'global-config');
    assert.deepEqual(sorted(exported), sorted(deployed));
    assert.ok(exported.length > specs.length + 3, 'the configuration nodes are not exported');
    assert.deepEqual(editor.takeErrors(), []);
    await editor.close();

    await fetch(`${nodeRed.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([{ id: 'bbbbbbbbbbbbbbbb', type: 'tab', label: 'other' }]),
    });
    editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
    await editor.importAll(exported);
    await editor.deploy();
    const again = (await saved()).filter(({ id }) => id !== 'bbbbbbbbbbbbbbbb');
    assert.deepEqual(sorted(again), sorted(exported));
    assert.deepEqual(editor.takeErrors(), []);
    await editor.close();
    assert.doesNotMatch(nodeRed.log(), /\[error\]/u);
  });
});

/** Makes a config node with the dialog's own button where there is none yet, and takes that one afterwards. */
async function chooseClusters(editor: EditorPage, dialog: Dialog): Promise<void> {
  for (const [name, property] of Object.entries(dialog.spec.properties)) {
    if (property.kind !== 'config' || !(await dialog.field(name).isVisible())) continue;
    if ((await dialog.field(name).inputValue()) !== '_ADD_') continue;
    const made = dialog.field(name).locator('option:not([value="_ADD_"]):not([value=""])');
    if ((await made.count()) > 0) {
      await dialog.field(name).selectOption(String(await made.first().getAttribute('value')));
      continue;
    }
    await editor.page.locator(`#node-input-btn-${name}-add`).click();
    const spec = allSpecs().find(({ type }) => type === property.config);
    assert.ok(spec, property.config);
    const inner = editor.dialog(spec);
    await inner.field('name').fill(`my ${spec.type}`);
    await inner.done();
  }
}

function sorted(nodes: readonly Exported[]): Exported[] {
  return nodes.toSorted((a, b) => a.id.localeCompare(b.id));
}
