import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Rejection } from '../../lib/core/records';
import hashtagExtract from '../../nodes/hashtag-extract/hashtag-extract';
import hbaseCluster from '../../nodes/hbase-cluster/hbase-cluster';
import hbaseSink from '../../nodes/hbase-sink/hbase-sink';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import sentiment from '../../nodes/sentiment/sentiment';
import tableauExport from '../../nodes/tableau-export/tableau-export';
import tweetClean from '../../nodes/tweet-clean/tweet-clean';
import windowCount from '../../nodes/window-count/window-count';
import type { WindowResult } from '../../lib/windows/result';
import { NodeBench, type Saved, node } from '../support/nodes';
import { until } from '../support/until';

const NOW = new Date().toISOString();
const LONG = 'word '.repeat(200_000);

/** The pipeline in small: posts written to a topic, read, cleaned, judged, counted, stored and exported. */
const PIPELINE: Saved[] = [
  { id: 'c', type: 'kafka-cluster', partitions: 1 },
  { id: 'h', type: 'hbase-cluster', mode: 'embedded' },
  node('write', 'kafka-out', { cluster: 'c', topic: 'posts' }, [], ['refused']),
  node('read', 'kafka-in', { cluster: 'c', topic: 'posts' }, ['clean'], ['refused']),
  node(
    'clean',
    'tweet-clean',
    { fields: '', required: 'id, text, created_at', dedupe: 'id', maxLength: 0 },
    ['tags'],
    ['refused'],
  ),
  node('tags', 'hashtag-extract', {}, ['mood'], ['refused']),
  node('mood', 'sentiment', {}, ['count', 'rows', 'table', 'posts'], ['refused']),
  node('count', 'window-count', { size: '1h', delay: '1h' }, ['windows'], ['late']),
  node('rows', 'hbase-sink', { cluster: 'h', table: 'posts', columns: { 'd:text': 'text' } }, ['stored'], ['refused']),
  node('table', 'tableau-export', { path: 'out/posts.csv', fields: 'id, text', every: '100ms' }, [], ['refused']),
  ...['posts', 'windows', 'late', 'stored', 'refused'].map((id) => node(id, 'probe')),
];

describe('safety: strangers’ text', () => {
  let bench: NodeBench;
  beforeEach(async () => {
    const types = [
      kafkaCluster,
      kafkaIn,
      kafkaOut,
      tweetClean,
      hashtagExtract,
      sentiment,
      windowCount,
      hbaseCluster,
      hbaseSink,
      tableauExport,
    ];
    bench = new NodeBench(types);
    await bench.run(PIPELINE);
  });
  afterEach(() => bench.dispose());

  let sent = 0;
  const post = (fields: object): object => ({ id: `p${sent++}`, text: 'fine', created_at: NOW, ...fields });
  const refusals = (): Rejection[] => bench.recordsAt('refused') as Rejection[];
  const late = (): Rejection[] => bench.recordsAt('late') as Rejection[];

  /** Sends posts, with a good one behind them, and waits until that has come through: the flow is alive. */
  async function send(...posts: unknown[]): Promise<void> {
    const last = post({ text: 'the last one' }) as { id: string };
    bench.receive('write', { payload: [...posts, last] });
    await until(
      () => bench.recordsAt('stored').some((each) => (each as { id: unknown }).id === last.id),
      'the flow to be alive',
    );
  }

  /** Closes the windows, and gives the counts of all of them. */
  async function counts(): Promise<Record<string, number>> {
    bench.receive('count', { flush: true });
    await until(() => bench.at('windows').length > 0, 'a window');
    return Object.fromEntries(
      bench
        .recordsAt('windows')
        .flatMap((each) => (each as WindowResult).counts.map(({ key, count }) => [`#${key}`, count])),
    );
  }

  const passed = (): unknown[] => bench.recordsAt('posts').slice(0, -1);

  it('hashtags named like parts of every object: #__proto__, #constructor, #toString', async () => {
    await send(post({ text: '#__proto__ #constructor' }), post({ text: '#toString #constructor #__proto__' }));
    const all = await counts();
    assert.deepEqual(
      ['#__proto__', '#constructor', '#tostring'].map(
        (tag) => Object.getOwnPropertyDescriptor(all, tag)?.value as unknown,
      ),
      [2, 2, 1],
    );
    assert.deepEqual(refusals(), []);
  });

  it('fields named like parts of every object', async () => {
    await send(
      JSON.parse(
        `{"id":"x","text":"a #tag","created_at":"${NOW}","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`,
      ),
    );
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    assert.equal(passed().length, 1);
  });

  it('cells that begin like a formula: =, +, -, @, tab', async () => {
    const texts = [
      '=HYPERLINK("http://x","y")',
      '+1+1',
      '-2+3',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      'plain',
      'a "quoted", cell\nof two lines',
    ];
    await send(...texts.map((text) => post({ text })));
    const file = join(bench.folder, 'out/posts.csv');
    let rows: Record<string, string>[] = [];
    await until(() => {
      try {
        rows = parse(readFileSync(file, 'utf8'), { columns: true });
      } catch {
        rows = [];
      }
      return rows.length > texts.length;
    }, 'the table');
    const cells = rows.map((row) => row.text ?? '').slice(0, texts.length);
    for (const cell of cells) assert.doesNotMatch(cell, /^[=+\-@\t\r]/u);
    assert.deepEqual(
      cells.map((cell) => cell.replace(/^'/u, '')),
      texts,
    );
  });

  it('posts without text, or with text that is null, an object or a list; a number is read as text', async () => {
    await send(
      post({ text: undefined }),
      post({ text: null }),
      post({ text: 5 }),
      post({ text: { deep: [1] } }),
      post({ text: [] }),
    );
    assert.equal(refusals().length, 4);
    assert.equal((passed()[0] as { text: unknown }).text, '5');
    for (const { error } of refusals()) assert.match(error.message, /text/u);
  });

  it('records that are no posts at all', async () => {
    await send('text', 7, true, [], {});
    assert.equal(refusals().length, 5);
  });

  it('a post nested a thousand deep', async () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 1000; level++) deep = { deep };
    await send(post({ deep }));
    assert.equal(passed().length, 1);
  });

  it('dates in the year 9999: rejected, and no window is closed by them', async () => {
    await send(post({ text: '#far', created_at: '9999-12-31T23:59:59Z' }), post({ text: '#now' }));
    assert.match(late()[0]?.error.message ?? '', /more than a day ahead/u);
    await send(post({ text: '#now' }));
    assert.equal(late().length, 1);
    assert.deepEqual(await counts(), { '#now': 2 });
  });

  it('dates before 1970, and dates that are none: kept apart, with the reason', async () => {
    await send(
      post({ text: '#old', created_at: '1815-12-10T00:00:00Z' }),
      post({ text: '#none', created_at: 'yesterday' }),
    );
    await until(() => late().length + refusals().length === 2, 'both posts on a second output');
    assert.equal(bench.at('windows').length, 0);
  });

  it('a post of 1 MB, and 1 MB of hash signs', async () => {
    await send(
      post({ text: `#long ${LONG}` }),
      post({ text: '#'.repeat(1_000_000) }),
      post({ text: '#a'.repeat(300_000) }),
    );
    assert.equal(passed().length, 3);
    assert.deepEqual(await counts(), { '#long': 1 });
  });

  it('lone surrogates, control characters and a NUL', async () => {
    const text = '\ud83d lone #caf\u00e9 \udc00 \u0000 \u202e #\ud83d';
    await send(post({ id: 'surrogate \ud800', text }));
    assert.equal((passed()[0] as { text: string }).text, text);
    assert.deepEqual(await counts(), { '#café': 1 });
  });

  it('markup stays text: nothing is unescaped or lost on the way', async () => {
    const text = '<img src=x onerror=alert(1)> {{constructor.constructor("alert(1)")()}} &lt;b&gt; #tag';
    await send(post({ text }));
    assert.equal((passed()[0] as { text: string }).text, text);
  });
});
