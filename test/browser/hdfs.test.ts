import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { NodeSpec } from '../../nodes/common/spec';
import { launchBrowser } from '../support/browser';
import { EditorPage } from '../support/editorPage';
import { FakeWebHdfs } from '../support/fakeWebHdfs';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { allSpecs } from '../support/specs';

const TAB = 'aaaaaaaaaaaaaaaa';
const CLUSTER = 'bbbbbbbbbbbbbbbb';
const TOKEN = 'aWRlbnRpZmllci5hbmQuc2VjcmV0';

const specOf = (type: string): NodeSpec => {
  const spec = allSpecs().find((each) => each.type === type);
  assert.ok(spec, type);
  return spec;
};

describe('the dialogs of HDFS', () => {
  let hdfs: FakeWebHdfs;
  let nodeRed: NodeRed;
  let browser: Browser;
  let editor: EditorPage;
  before(async function () {
    this.timeout(60_000);
    hdfs = await new FakeWebHdfs().start();
    const cluster = { id: CLUSTER, type: 'hdfs-cluster', mode: 'webhdfs', url: hdfs.url, user: 'ann', root: 'tweets' };
    const flows = [{ id: TAB, type: 'tab', label: 'test' }, cluster];
    nodeRed = await startNodeRed({ flows: [flows[0]] });
    const response = await fetch(`${nodeRed.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([flows[0], { ...cluster, credentials: { token: TOKEN } }]),
    });
    assert.equal(response.status, 204);
    browser = await launchBrowser();
    editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
    await hdfs.stop();
  });
  afterEach(() => editor.closeDialogs());

  it('try the connection as the dialog has it, with the token that only the runtime knows', async () => {
    hdfs.token = TOKEN;
    const dialog = await editor.openDialog(specOf('hdfs-cluster'), CLUSTER);
    const row = editor.page.locator('.pulseflow-test');
    const answer = row.locator('[role=status]');
    await row.locator('button').click();
    await answer.filter({ hasText: 'Connected: owner may write in /user/owner/tweets; 3 GB free.' }).waitFor();
    hdfs.token = 'another';
    await row.locator('button').click();
    await answer.filter({ hasText: /did not accept the login: HTTP 401 .*GETDELEGATIONTOKEN/u }).waitFor();
    await dialog.set('url', 'http://localhost:1');
    await row.locator('button').click();
    await answer.filter({ hasText: /http:\/\/localhost:1 cannot be reached: nothing listens there/u }).waitFor();
    await dialog.set('root', '../x');
    await row.locator('button').click();
    await answer.filter({ hasText: /"\.\.\/x" is not a folder of HDFS/u }).waitFor();
    assert.doesNotMatch(nodeRed.log(), new RegExp(TOKEN, 'u'));
  });

  it('ask for an address only where there is one to connect to', async () => {
    const spec = specOf('hdfs-cluster');
    const dialog = await editor.openDialog(spec, CLUSTER);
    const button = editor.page.locator('.pulseflow-test button');
    assert.deepEqual([await dialog.row('url').isVisible(), await button.isVisible()], [true, true]);
    await dialog.set('mode', 'local');
    assert.deepEqual([await dialog.row('url').isVisible(), await button.isVisible()], [false, false]);
    assert.equal(await dialog.row('root').isVisible(), true);
  });

  it('show the file that a record goes into, packed', async () => {
    const spec = specOf('hdfs-sink');
    const path = 'posts/date={{at|yyyy-MM-dd}}';
    const id = await editor.add(spec, { cluster: CLUSTER, path, format: 'ndjson', compress: 'gzip' });
    const dialog = await editor.openDialog(spec, id);
    const panel = await dialog.trial();
    await panel.locator('[data-sample]').fill('{"id": "7", "at": "2026-03-04T05:06:07Z"}');
    await panel.locator('pre', { hasText: /^posts\/date=2026-03-04\/part\.ndjson\.gz$/u }).waitFor();
  });
});
