import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { NodeSpec } from '../../nodes/common/spec';
import { FakeServer } from '../lib/elasticsearch/server';
import { launchBrowser } from '../support/browser';
import { EditorPage } from '../support/editorPage';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { allSpecs } from '../support/specs';

const TAB = 'aaaaaaaaaaaaaaaa';
const CLUSTER = 'bbbbbbbbbbbbbbbb';

const specOf = (type: string): NodeSpec => {
  const spec = allSpecs().find((each) => each.type === type);
  assert.ok(spec, type);
  return spec;
};

describe('the dialogs of Elasticsearch', () => {
  let server: FakeServer;
  let nodeRed: NodeRed;
  let browser: Browser;
  let editor: EditorPage;
  before(async function () {
    this.timeout(60_000);
    server = await FakeServer.start({ authorization: 'ApiKey aWQ6a2V5' });
    const document = { index: 'posts-2026.03', id: '1', source: {} };
    server.documents.set('posts-2026.03/1', document);
    const flows = [
      { id: TAB, type: 'tab', label: 'test' },
      { id: CLUSTER, type: 'elasticsearch-cluster', url: server.url, credentials: { apiKey: 'id:key' } },
    ];
    nodeRed = await startNodeRed({ flows: [flows[0]] });
    await fetch(`${nodeRed.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(flows),
    });
    browser = await launchBrowser();
    editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
    await server.stop();
  });
  afterEach(() => editor.closeDialogs());

  it('offer the indexes of the cluster, and fields in double braces', async () => {
    const spec = specOf('elasticsearch-sink');
    await editor.add(spec, { cluster: CLUSTER, index: 'planned' });
    const dialog = await editor.openDialog(spec, await editor.add(spec, { cluster: CLUSTER, index: '' }));
    assert.deepEqual(await dialog.offers('index'), ['posts-2026.03', 'planned']);
    await dialog.row('index').locator('[role=option]').first().click();
    assert.equal(await dialog.field('index').inputValue(), 'posts-2026.03');
    await dialog.field('index').fill('posts-{{la');
    await dialog.field('index').press('End');
    await dialog.row('index').locator('[role=option]', { hasText: 'lang' }).click();
    assert.equal(await dialog.field('index').inputValue(), 'posts-{{lang}}');
  });

  it('show the document that a record becomes, and why it would be rejected', async () => {
    const spec = specOf('elasticsearch-sink');
    const dialog = await editor.openDialog(spec, await editor.add(spec, { cluster: CLUSTER }));
    const panel = await dialog.trial();
    await panel.locator('[data-sample]').fill('{"id": "7", "lang": "en", "created_at": "2026-03-04T05:06:07Z"}');
    await panel.locator('pre', { hasText: /^posts-2026\.03$/u }).waitFor();
    assert.equal(await panel.locator('pre').nth(1).innerText(), '7');
    await dialog.set('index', 'posts-{{lang}}');
    await panel.locator('pre', { hasText: /^posts-en$/u }).waitFor();
    await panel.locator('[data-sample]').fill('{"id": "7", "lang": "EN"}');
    await panel
      .locator('p', { hasText: /Leaves the second output: The index "posts-EN" .* capital letters/u })
      .waitFor();
    await panel.locator('[data-sample]').fill('7');
    await panel.locator('p', { hasText: /Leaves the second output: A record must be an object/u }).waitFor();
  });

  it('try the connection as the dialog has it, with the key that only the runtime knows', async () => {
    const spec = specOf('elasticsearch-cluster');
    const dialog = await editor.openDialog(spec, CLUSTER);
    const row = editor.page.locator('.pulseflow-test');
    const answer = row.locator('[role=status]');
    await row.locator('button').click();
    await answer.filter({ hasText: 'Connected: OpenSearch 2.19.1, cluster "fake".' }).waitFor();
    await dialog.set('apiKey', 'wrong');
    await row.locator('button').click();
    await answer.filter({ hasText: /did not accept the login: HTTP 401/u }).waitFor();
    await dialog.set('url', 'http://localhost:1');
    await row.locator('button').click();
    await answer.filter({ hasText: /http:\/\/localhost:1 cannot be reached: nothing listens there/u }).waitFor();
  });
});
