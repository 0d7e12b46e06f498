import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rejection } from '../../lib/core/records';
import { Sample } from '../../lib/posts/sample';
import tweetClean from '../../nodes/tweet-clean/tweet-clean';
import twitterPoll from '../../nodes/twitter-poll/twitter-poll';
import { NodeBench, node } from '../support/nodes';
import { until } from '../support/until';

const TIME = Date.UTC(2026, 10, 23, 12);
const clean = { type: 'tweet-clean' };
const post = (id: string): object => ({
  id,
  text: `post ${id}`,
  created_at: new Date(TIME).toISOString(),
});

describe('nodes/tweet-clean', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([tweetClean, twitterPoll])));
  afterEach(() => bench.dispose());

  it('keeps the form of a message: a record for a record, a batch for a batch', async () => {
    await bench.start(clean);
    assert.deepEqual(await bench.send({ ...post('1'), source: 'web' }, 'ok'), post('1'));
    assert.deepEqual(await bench.send([{ ...post('2'), text: null }, post('1')], 'bad'), [
      {
        record: { ...post('2'), text: null },
        error: { name: 'RecordError', message: 'The record has no "text".', setting: 'required' },
      },
      {
        record: post('1'),
        error: { name: 'RecordError', message: 'A record with the id "1" was here before.', setting: 'dedupe' },
      },
    ]);
    const again = (await bench.send(post('1'), 'bad')) as Rejection;
    assert.equal(again.error.setting, 'dedupe');
  });

  it('uses its settings', async () => {
    await bench.start({
      ...clean,
      fields: '',
      required: 'lang',
      missing: 'default',
      defaults: { lang: 'und', 'public_metrics.like_count': '0' },
      dedupe: '',
      outliers: 'x',
      outlierAction: 'mark',
      outlierFactor: '3',
      outlierWindow: '30',
    });
    const batch = Array.from({ length: 30 }, (_, n) => ({ x: n % 5 }));
    const records = (await bench.send([...batch, { x: 900 }], 'ok')) as object[];
    assert.deepEqual(records.at(-1), { x: 900, lang: 'und', public_metrics: { like_count: 0 }, outliers: ['x'] });
    assert.equal(records.filter((record) => 'outliers' in record).length, 1);
  });

  it('says at deploy what is wrong with a setting, and refuses messages', async () => {
    await bench.start({ ...clean, missing: 'default', defaults: { created_at: 'never' } });
    assert.match(await bench.fail(post('1')), /default for "created_at" must be a time/u);
    assert.equal(bench.status('node').fill, 'red');
  });

  it('remembers through a restart, and forgets once it is deleted', async () => {
    // A poll keeps the shared store open while the node is deleted.
    const poll = node('poll', 'twitter-poll', { source: 'sample', rate: 1 }, [], []);
    await bench.start(clean, poll);
    await bench.exchange({ payload: post('1') });
    await bench.stop();
    await bench.again();
    assert.equal(((await bench.send(post('1'), 'bad')) as Rejection).error.setting, 'dedupe');
    const { flow } = bench;
    await bench.deploy('node', null);
    await bench.deployFlow(flow, 'nodes');
    assert.equal(((await bench.send(post('1'), 'ok')) as { id: string }).id, '1');
  });

  it('finds exactly the malformed and repeated posts of a source', async () => {
    const sample = new Sample({ seed: 3, duplicates: 0.1, malformed: 0.1 });
    const lines = Array.from({ length: 3_000 }, (_, n) => JSON.stringify(sample.post(n, TIME)));
    writeFileSync(join(bench.folder, 'sample.ndjson'), lines.join('\n'));
    let regular = 0;
    for (let n = 0; n < lines.length; n++) if (/regular|late/u.test(sample.kindOf(n))) regular++;
    const poll = { source: 'file', file: 'sample.ndjson', rate: 0, batch: 70 };
    await bench.start(clean, node('poll', 'twitter-poll', poll, ['node'], []));
    const counts = (): number[] => ['ok', 'bad'].map((end) => bench.recordsAt(end).length);
    await until(() => counts().reduce((sum, count) => sum + count) >= lines.length, 'all posts');
    assert.deepEqual(counts(), [regular, lines.length - regular]);
  });
});
