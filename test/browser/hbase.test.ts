import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { NodeSpec } from '../../nodes/common/spec';
import { launchBrowser } from '../support/browser';
import { EditorPage } from '../support/editorPage';
import { FakeHBase } from '../support/fakeHBase';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { allSpecs } from '../support/specs';

const TAB = 'aaaaaaaaaaaaaaaa';
const CLUSTER = 'bbbbbbbbbbbbbbbb';

const specOf = (type: string): NodeSpec => {
  const spec = allSpecs().find((each) => each.type === type);
  assert.ok(spec, type);
  return spec;
};

describe('the dialogs of HBase', () => {
  let gateway: FakeHBase;
  let nodeRed: NodeRed;
  let browser: Browser;
  let editor: EditorPage;
  before(async function () {
    this.timeout(60_000);
    gateway = await new FakeHBase().start();
    gateway.table('posts', 'd');
    const flows = [
      { id: TAB, type: 'tab', label: 'test' },
      { id: CLUSTER, type: 'hbase-cluster', mode: 'rest', url: gateway.url },
    ];
    nodeRed = await startNodeRed({ flows });
    browser = await launchBrowser();
    editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
    await gateway.stop();
  });
  afterEach(() => editor.closeDialogs());

  it('offer the tables of a real cluster', async () => {
    const spec = specOf('hbase-sink');
    await editor.add(spec, { cluster: CLUSTER, table: 'planned' });
    const dialog = await editor.openDialog(spec, await editor.add(spec, { cluster: CLUSTER, table: '' }));
    assert.deepEqual(await dialog.offers('table'), ['posts', 'planned']);
  });

  for (const type of ['hbase-sink', 'hbase-get']) {
    it(`show and save the type of a column beside its field (${type})`, async () => {
      const spec = specOf(type);
      const columns = { 'd:text': 'text', 'd:likes': 'metrics.likes|long' };
      const id = await editor.add(spec, { cluster: CLUSTER, table: 'posts', columns });
      const dialog = await editor.openDialog(spec, id);
      const types = dialog.row('columns').locator('[data-role=type]');
      assert.deepEqual(
        await types.evaluateAll((all) => all.map((each) => (each as unknown as { value: string }).value)),
        ['text', 'long'],
      );
      const fields = dialog.row('columns').locator('[data-role=value]');
      assert.equal(await fields.nth(1).inputValue(), 'metrics.likes');
      await types.nth(0).selectOption('json');
      await types.nth(1).selectOption('double');
      await dialog.done();
      const saved = await editor.export(id);
      assert.deepEqual(saved.columns, { 'd:text': 'text|json', 'd:likes': 'metrics.likes|double' });
      assert.equal(await editor.isValid(id), true);
    });
  }

  it('show the row that a record becomes, and the command that makes the table with its regions', async () => {
    const spec = specOf('hbase-sink');
    const columns = { 'd:n': 'n|long' };
    const rowKey = '{{at|reverse}}';
    const id = await editor.add(spec, { cluster: CLUSTER, table: 'posts', rowKey, columns, salt: 3 });
    const dialog = await editor.openDialog(spec, id);
    const panel = await dialog.trial();
    await panel.locator('[data-sample]').fill('{"at": 0, "n": 258}');
    await panel.locator('pre', { hasText: /^[012]-9223372036854775807$/u }).waitFor();
    await panel.locator('pre', { hasText: '"d:n": "0x0000000000000102"' }).waitFor();
    await panel
      .locator('pre', { hasText: "create 'posts', {NAME => 'd', VERSIONS => 3}, SPLITS => ['1-', '2-']" })
      .waitFor();
    await panel.locator('[data-sample]').fill('{"at": 0, "n": "many"}');
    await panel.locator('p', { hasText: /Leaves the second output: The value for d:n is no long: "many"/u }).waitFor();
  });

  it('show what matters for the way that is read, and for the mode', async () => {
    const spec = specOf('hbase-get');
    const dialog = await editor.openDialog(spec, await editor.add(spec, { cluster: CLUSTER, table: 'posts' }));
    const inSight = async (...names: string[]): Promise<string[]> => {
      const seen: string[] = [];
      for (const name of names) if (await dialog.row(name).isVisible()) seen.push(name);
      return seen;
    };
    const names = ['row', 'prefix', 'start', 'stop', 'limit'];
    assert.deepEqual(await inSight(...names), ['row']);
    await dialog.field('by').selectOption('prefix');
    assert.deepEqual(await inSight(...names), ['prefix', 'limit']);
    await dialog.field('by').selectOption('range');
    assert.deepEqual(await inSight(...names), ['start', 'stop', 'limit']);
  });

  it('try the connection as the dialog has it', async () => {
    const spec = specOf('hbase-cluster');
    const dialog = await editor.openDialog(spec, CLUSTER);
    const row = editor.page.locator('.pulseflow-test');
    const answer = row.locator('[role=status]');
    await row.locator('button').click();
    await answer
      .filter({ hasText: 'Connected: HBase 2.6.1; region servers: 1, tables: 1, gateways that answer: 1.' })
      .waitFor();
    await dialog.set('url', `${gateway.url}, http://localhost:1`);
    await row.locator('button').click();
    await answer.filter({ hasText: /http:\/\/localhost:1 cannot be reached: nothing listens there/u }).waitFor();
    await dialog.set('url', 'localhost:8080');
    assert.match(await dialog.fault('url'), /"localhost:8080" is not an address/u);
    await dialog.field('mode').selectOption('embedded');
    assert.equal(await row.isVisible(), false);
    assert.equal(await dialog.row('url').isVisible(), false);
  });
});
