import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Rejection } from '../../lib/core/records';
import { Sample } from '../../lib/posts/sample';
import tweetClean from '../../nodes/tweet-clean/tweet-clean';
import twitterPoll from '../../nodes/twitter-poll/twitter-poll';
import { helper, start, withHooks } from './tweet-clean.support';

interface Received {
  payload: unknown;
}

const TIME = Date.UTC(2026, 10, 23, 12);
const ok = { id: 'ok', type: 'helper', z: 'f' };
const bad = { id: 'bad', type: 'helper', z: 'f' };
const clean = { id: 'clean', type: 'tweet-clean', z: 'f', wires: [['ok'], ['bad']] };
const post = (id: string): object => ({
  id,
  text: `post ${id}`,
  created_at: new Date(TIME).toISOString(),
});

describe('nodes/tweet-clean', () => {
  let folder: string;
  const load = async (...flow: object[]): Promise<void> =>
    await helper.load([tweetClean, twitterPoll].map(withHooks), [{ id: 'f', type: 'tab' }, ok, bad, ...flow]);
  /** Sends a payload, and what comes of it at one of the ends. */
  const through = async (payload: unknown, end: 'ok' | 'bad'): Promise<unknown> => {
    const arrived = once(helper.getNode(end), 'input');
    helper.getNode('clean').receive({ payload });
    return ((await arrived) as [Received])[0].payload;
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pulseflow-clean-node-'));
    start(folder);
  });
  afterEach(async () => {
    await helper.unload();
    await rm(folder, { recursive: true });
  });

  it('keeps the form of a message: a record for a record, a batch for a batch', async () => {
    await load(clean);
    assert.deepEqual(await through({ ...post('1'), source: 'web' }, 'ok'), post('1'));
    assert.deepEqual(await through([{ ...post('2'), text: null }, post('1')], 'bad'), [
      {
        record: { ...post('2'), text: null },
        error: { name: 'RecordError', message: 'The record has no "text".', setting: 'required' },
      },
      {
        record: post('1'),
        error: { name: 'RecordError', message: 'A record with the id "1" was here before.', setting: 'dedupe' },
      },
    ]);
    const again = (await through(post('1'), 'bad')) as Rejection;
    assert.equal(again.error.setting, 'dedupe');
  });

  it('uses its settings', async () => {
    await load({
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
    const records = (await through([...batch, { x: 900 }], 'ok')) as object[];
    assert.deepEqual(records.at(-1), { x: 900, lang: 'und', public_metrics: { like_count: 0 }, outliers: ['x'] });
    assert.equal(records.filter((record) => 'outliers' in record).length, 1);
  });

  it('says at deploy what is wrong with a setting, and refuses messages', async () => {
    await load(
      { ...clean, missing: 'default', defaults: { created_at: 'never' } },
      { id: 'catch', type: 'helper', z: 'f' },
    );
    const errors = once(helper.getNode('clean'), 'call:error') as Promise<[{ args: unknown[] }]>;
    helper.getNode('clean').receive({ payload: post('1') });
    assert.match(String((await errors)[0].args[0]), /default for "created_at" must be a time/u);
  });

  it('remembers through a restart, and forgets once it is deleted', async () => {
    const { id, type, z } = ok;
    const flow = [{ id: 'f', type: 'tab' }, { id, type, z }, bad, clean];
    const commits = { id: 'done', type: 'complete', z: 'f', scope: ['clean'], wires: [['ok']] };
    await load({ ...clean, wires: [[], ['bad']] }, { ...commits });
    // The complete node tells when the record is committed.
    await through(post('1'), 'ok');
    await helper.unload();
    await load(clean);
    assert.equal(((await through(post('1'), 'bad')) as Rejection).error.setting, 'dedupe');
    // A poll keeps the shared store open while the node is deleted.
    await helper.setFlows(
      flow.filter((node) => node.id !== 'clean'),
      'full',
    );
    await helper.setFlows(flow, 'full');
    assert.equal(((await through(post('1'), 'ok')) as { id: string }).id, '1');
  });

  it('finds exactly the malformed and repeated posts of a source', async () => {
    const sample = new Sample({ seed: 3, duplicates: 0.1, malformed: 0.1 });
    const lines = Array.from({ length: 3_000 }, (_, n) => JSON.stringify(sample.post(n, TIME)));
    await writeFile(path.join(folder, 'sample.ndjson'), lines.join('\n'));
    let regular = 0;
    for (let n = 0; n < lines.length; n++) if (/regular|late/u.test(sample.kindOf(n))) regular++;
    const counts = { ok: 0, bad: 0 };
    const poll = {
      id: 'poll',
      type: 'twitter-poll',
      z: 'f',
      source: 'file',
      file: 'sample.ndjson',
      rate: 0,
      batch: 70,
      wires: [['clean'], []],
    };
    await load(clean, poll);
    await new Promise<void>((resolve) => {
      for (const end of ['ok', 'bad'] as const) {
        helper.getNode(end).on('input', ({ payload }: Received) => {
          counts[end] += (payload as unknown[]).length;
          if (counts.ok + counts.bad >= lines.length) resolve();
        });
      }
    });
    assert.deepEqual(counts, { ok: regular, bad: lines.length - regular });
  });
});
