import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { EditorPage } from '../support/editorPage';
import { spec } from '../../nodes/window-count/spec';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { until } from '../support/until';

const TAB = 'aaaaaaaaaaaaaaaa';
const COUNT = 'bbbbbbbbbbbbbbbb';
const FLOW = [
  { id: TAB, type: 'tab', label: 'test' },
  {
    id: 'cccccccccccccccc',
    type: 'http in',
    z: TAB,
    x: 100,
    y: 100,
    url: '/post',
    method: 'post',
    wires: [[COUNT, 'dddddddddddddddd']],
  },
  { id: 'dddddddddddddddd', type: 'http response', z: TAB, x: 300, y: 200, statusCode: '200', headers: {}, wires: [] },
  { id: COUNT, type: 'window-count', z: TAB, x: 300, y: 100, key: 'tag', time: '', size: '1d', wires: [[], []] },
];

describe('the reset button of a dialog', () => {
  let nodeRed: NodeRed;
  let browser: Browser;
  before(async () => {
    nodeRed = await startNodeRed({ flows: FLOW });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
  });

  function total(): number {
    const db = new DatabaseSync(join(nodeRed.home, 'pulseflow', 'pulseflow.db'), { readOnly: true });
    // The total of a pane is in whatever was written of it last.
    const rows = db.prepare('SELECT content FROM window_log WHERE node = ? ORDER BY id').all(COUNT);
    db.close();
    const last = rows.at(-1) as { content: string } | undefined;
    return last === undefined ? 0 : (JSON.parse(last.content) as { total: number }).total;
  }

  const untilTotalIs = (wanted: number): Promise<void> =>
    until(
      () => total() === wanted,
      () => `a total of ${wanted}, not ${total()}`,
      { every: 25 },
    );

  const post = async (tag: string): Promise<void> => {
    const { status } = await fetch(`${nodeRed.url}/post`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ tag }),
    });
    assert.equal(status, 200);
  };

  it('makes the running node forget its windows, after asking; it counts on from nothing', async () => {
    for (const tag of ['a', 'b', 'a']) await post(tag);
    await untilTotalIs(3);

    const editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
    const asked: string[] = [];
    let agree = false;
    editor.page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void (agree ? dialog.accept() : dialog.dismiss());
    });
    await editor.openDialog(spec, COUNT);
    const row = editor.page.locator('.pulseflow-reset');
    await row.locator('button').click();
    assert.equal(total(), 3, 'it forgot although the person did not agree');
    agree = true;
    await row.locator('button').click();
    await row.getByText('Forgotten.').waitFor();
    await untilTotalIs(0);
    assert.match(asked[0] ?? '', /^Forget all/u);
    await editor.closeDialogs();
    assert.deepEqual(editor.takeErrors(), []);

    await post('c');
    await untilTotalIs(1);
  });

  it('says so for a node that is not running', async () => {
    const response = await fetch(`${nodeRed.url}/pulseflow/nodes/none/reset`, { method: 'POST' });
    assert.equal(response.status, 404);
    assert.match(await response.text(), /No node none that keeps state is running: deploy it first/u);
  });
});
