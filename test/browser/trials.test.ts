import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { NodeSpec } from '../../nodes/common/spec';
import { launchBrowser } from '../support/browser';
import { EditorPage } from '../support/editorPage';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { allSpecs } from '../support/specs';

const TAB = 'aaaaaaaaaaaaaaaa';
const LOG = 'bbbbbbbbbbbbbbbb';
const TABLES = 'cccccccccccccccc';
const place = { z: TAB, x: 200, y: 500 };
const FLOW = [
  { id: TAB, type: 'tab', label: 'test' },
  { id: LOG, type: 'kafka-cluster', mode: 'embedded' },
  { id: TABLES, type: 'hbase-cluster', mode: 'embedded' },
  { id: 'http0', type: 'http in', ...place, url: '/post', method: 'post', wires: [['clean', 'answer']] },
  { id: 'answer', type: 'http response', ...place, statusCode: '200', headers: {}, wires: [] },
  {
    ...{ id: 'clean', type: 'tweet-clean', ...place, fields: '', required: 'id', dedupe: '', maxLength: 0 },
    wires: [['tags'], []],
  },
  { id: 'tags', type: 'hashtag-extract', ...place, from: 'body', to: 'found.tags', wires: [['out', 'rows'], []] },
  { id: 'out', type: 'kafka-out', ...place, cluster: LOG, topic: 'posts', wires: [[], []] },
  { id: 'in', type: 'kafka-in', ...place, cluster: LOG, topic: 'posts', group: 'readers', wires: [[], [], []] },
  {
    ...{ id: 'rows', type: 'hbase-sink', ...place, cluster: TABLES, table: 'people', rowKey: '{{id}}' },
    ...{ columns: { 'd:body': 'body' }, wires: [[], []] },
  },
];

const specOf = (type: string): NodeSpec => {
  const spec = allSpecs().find((each) => each.type === type);
  assert.ok(spec, type);
  return spec;
};

describe('what the dialogs offer and try', () => {
  let nodeRed: NodeRed;
  let browser: Browser;
  let editor: EditorPage;
  before(async function () {
    this.timeout(60_000);
    nodeRed = await startNodeRed({ flows: FLOW });
    await fetch(`${nodeRed.url}/post`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: '1', body: 'secret #words', writer: { nick: 'ann' } }),
    });
    browser = await launchBrowser();
    editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
  });
  afterEach(() => editor.closeDialogs());

  it('topics and groups of the chosen cluster', async () => {
    const spec = specOf('kafka-in');
    const dialog = await editor.openDialog(spec, await editor.add(spec, { cluster: LOG }));
    assert.deepEqual(await dialog.offers('topic'), ['posts']);
    await dialog.row('topic').locator('[role=option]').first().click();
    assert.equal(await dialog.field('topic').inputValue(), 'posts');
    assert.deepEqual(await dialog.offers('group'), ['readers']);
  });

  it('tables of the chosen cluster, and names in the flow that is not deployed yet', async () => {
    const spec = specOf('hbase-sink');
    await editor.add(spec, { cluster: TABLES, table: 'planned' });
    const dialog = await editor.openDialog(spec, await editor.add(spec, { cluster: TABLES }));
    assert.deepEqual(await dialog.offers('table'), ['people', 'planned']);
  });

  it('the fields of the record that a node was last given, without their values', async () => {
    const dialog = await editor.openDialog(specOf('hbase-sink'), 'rows');
    await dialog.field('rowKey').fill('user-{{');
    await dialog.field('rowKey').press('End');
    assert.deepEqual(await dialog.offers('rowKey'), ['id', 'body', 'writer', 'writer.nick', 'found', 'found.tags']);
    await dialog.row('rowKey').locator('[role=option]', { hasText: 'writer.nick' }).click();
    assert.equal(await dialog.field('rowKey').inputValue(), 'user-{{writer.nick}}');
    const answer = await (await fetch(`${nodeRed.url}/pulseflow/fields`)).text();
    assert.match(answer, /writer\.nick/u);
    assert.doesNotMatch(answer, /ann|secret/u);
  });

  it('for a node that is not deployed, what the nodes before it have sent', async () => {
    const spec = specOf('window-count');
    const id = await editor.add(spec);
    await editor.wire('tags', id);
    const dialog = await editor.openDialog(spec, id);
    await dialog.field('key').fill('id, ');
    assert.ok((await dialog.offers('key')).includes('found.tags'));
    await dialog.row('key').locator('[role=option]', { hasText: 'found.tags' }).click();
    assert.equal(await dialog.field('key').inputValue(), 'id, found.tags');
  });

  it('hashtags of a typed text, as the dialog is set and nothing deployed', async () => {
    const spec = specOf('hashtag-extract');
    const dialog = await editor.openDialog(spec, await editor.add(spec));
    const panel = await dialog.trial();
    await panel.locator('[data-sample]').fill('Rain on #Monday and #茶');
    await dialog.set('to', 'found');
    const answer = panel.locator('pre');
    await answer.filter({ hasText: '"found"' }).waitFor();
    assert.deepEqual((JSON.parse(await answer.innerText()) as { found: string[] }).found, ['monday', '茶']);
  });

  it('the mood of a typed text, with the words that made it', async () => {
    const spec = specOf('sentiment');
    const dialog = await editor.openDialog(spec, await editor.add(spec));
    const panel = await dialog.trial();
    await panel.locator('[data-sample]').fill('good, bad and awful');
    const [judged, words] = [panel.locator('pre').first(), panel.locator('pre').last()];
    await words.filter({ hasText: 'awful' }).waitFor();
    // AFINN-165: good 3, bad -3, awful -3.
    const { sentiment } = JSON.parse(await judged.innerText()) as { sentiment: { label: string; score: number } };
    assert.deepEqual([sentiment.label, sentiment.score], ['negative', -3]);
    assert.equal(await words.innerText(), 'good, bad, awful');
  });

  it('a record cleaned, one rejected, and a sample that is no record', async () => {
    const spec = specOf('tweet-clean');
    const dialog = await editor.openDialog(spec, await editor.add(spec));
    const panel = await dialog.trial();
    const sample = panel.locator('[data-sample]');
    await sample.fill('{"id": "1", "text": "hello", "created_at": "2026-01-01T00:00:00.000Z", "source": "web"}');
    await panel.locator('pre', { hasText: '"hello"' }).waitFor();
    assert.equal(await panel.locator('p').innerText(), 'Leaves the first output:');
    assert.deepEqual(JSON.parse(await panel.locator('pre').innerText()), {
      ...{ id: '1', text: 'hello', created_at: '2026-01-01T00:00:00.000Z' },
    });
    await sample.fill('{"id": "1"}');
    await panel.locator('p', { hasText: /Leaves the second output: .*text/u }).waitFor();
    await sample.fill('{"id": 1');
    await panel.locator('.pulseflow-failed', { hasText: 'The sample is not JSON' }).waitFor();
  });

  it('the row of a record, and the file of one', async () => {
    const rows = await editor.openDialog(specOf('hbase-sink'), await editor.add(specOf('hbase-sink')));
    const panel = await rows.trial();
    await panel.locator('[data-sample]').fill('{"id": "7", "text": "hello", "writer": {"nick": "ann"}}');
    await rows.set('rowKey', '{{writer.nick}}/{{id}}');
    await panel.locator('pre', { hasText: /^ann\/7$/u }).waitFor();
    assert.deepEqual(JSON.parse(await panel.locator('pre').nth(1).innerText()), { 'd:text': 'hello' });
    await editor.closeDialogs();

    const files = await editor.openDialog(specOf('hdfs-sink'), await editor.add(specOf('hdfs-sink')));
    const trial = await files.trial();
    await trial.locator('[data-sample]').fill('{"id": "7", "at": "2026-03-04T05:06:07Z", "text": "a, b"}');
    await files.set('path', 'posts/{{at|yyyy/MM}}');
    await files.set('fields', 'id, text');
    await trial.locator('pre', { hasText: /^posts\/2026\/03\/part\.csv$/u }).waitFor();
    await trial.locator('pre', { hasText: /^id,text\r\n/u }).waitFor();
    assert.equal(await trial.locator('pre').nth(1).innerText(), 'id,text\r\n7,"a, b"');
  });

  it('the windows that an event falls into, drawn', async () => {
    const spec = specOf('window-count');
    const dialog = await editor.openDialog(spec, await editor.add(spec, { window: 'sliding' }));
    const panel = await dialog.trial();
    await panel.locator('[data-sample]').fill('2026-01-01T00:01:40Z');
    await dialog.set('size', '1m');
    await dialog.set('slide', '20s');
    const lines = panel.locator('.pulseflow-answer li');
    await panel.locator('p', { hasText: 'The event counts in 3 windows' }).waitFor();
    assert.deepEqual(
      (await lines.allInnerTexts()).map((line) => line.replace(/,.*/u, '')),
      ['00:01:00 – 00:02:00', '00:01:20 – 00:02:20', '00:01:40 – 00:02:40'],
    );
    assert.match(await lines.first().innerText(), /complete once an event of 00:02:10 has come/u);
    const bars = await panel
      .locator('svg rect.pulseflow-holds')
      .evaluateAll((all) =>
        (all as unknown as Bar[]).map((bar) => [bar.x, bar.width].map((each) => each.baseVal.value)),
      );
    const event = await panel
      .locator('svg .pulseflow-event')
      .evaluate((line) => (line as unknown as Line).x1.baseVal.value);
    assert.equal(bars.length, 3);
    for (const [x = 0, width = 0] of bars)
      assert.ok(x <= event + 0.01 && event < x + width, `${event} in ${x}+${width}`);
    assert.equal(await panel.locator('svg rect.pulseflow-beside').count(), 2);
    assert.equal(await panel.locator('svg rect.pulseflow-delay').count(), 3);
    await dialog.set('slide', '2m');
    await panel.locator('.pulseflow-failed', { hasText: 'Slide: "2m" is longer than 1m' }).waitFor();
    await dialog.set('window', 'session');
    await dialog.set('gap', '5m');
    await lines.filter({ hasText: '00:01:40 – 00:06:40' }).waitFor();
  });

  it('refuses what is no sample, and samples that are too long', async () => {
    const attempt = (sample: unknown): Promise<Response> =>
      fetch(`${nodeRed.url}/pulseflow/try/sentiment`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ settings: {}, sample }),
      });
    assert.match(await (await attempt('x'.repeat(64_001))).text(), /64001 characters.*at most 64000/u);
    assert.match(await (await attempt({})).text(), /lacks settings or a sample/u);
    assert.deepEqual(editor.takeErrors(), []);
  });
});

/** What the page's own functions above use of the drawing. */
interface Length {
  readonly baseVal: { readonly value: number };
}
interface Bar {
  readonly x: Length;
  readonly width: Length;
}
interface Line {
  readonly x1: Length;
}
