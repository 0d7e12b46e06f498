import assert from 'node:assert/strict';
import type { Rejection } from '../../lib/core/records';
import hashtagExtract from '../../nodes/hashtag-extract/hashtag-extract';
import { ERROR, NodeBench, WARN, settle } from '../support/nodes';
import { until } from '../support/until';

const extract = { type: 'hashtag-extract' };
const NO_TEXT = { id: '9', text: null };

describe('nodes/hashtag-extract', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([hashtagExtract])));
  afterEach(() => bench.dispose());

  it('gives a record for a record and a batch for a batch, and keeps what came beside them', async () => {
    await bench.start(extract);
    const one = await bench.exchange({ payload: { id: '1', text: 'a #Tea' }, topic: 't', key: 'k' });
    assert.deepEqual(one.ok, [{ id: '1', text: 'a #Tea', hashtags: ['tea'] }]);
    assert.deepEqual([one.messages[0]?.topic, one.messages[0]?.key], ['t', 'k']);
    const two = await bench.exchange({ payload: [{ text: '#a #b #A' }, { text: '' }], key: ['x', 'y'] });
    assert.deepEqual(two.ok, [
      [
        { text: '#a #b #A', hashtags: ['a', 'b'] },
        { text: '', hashtags: [] },
      ],
    ]);
    assert.deepEqual(two.messages[0]?.key, ['x', 'y']);
    assert.deepEqual((await bench.exchange({ payload: [] })).ok, [], 'an empty batch is nothing');
  });

  it('sends records that it cannot take to output 2, in the form of the message', async () => {
    await bench.start(extract);
    const one = await bench.exchange({ payload: NO_TEXT });
    assert.deepEqual(one.ok, []);
    assert.deepEqual((one.bad as Rejection[])[0]?.record, NO_TEXT);
    const both = await bench.exchange({ payload: [{ text: '#a' }, NO_TEXT, 'text'], key: ['x', 'y', 'z'] });
    assert.deepEqual(both.ok, [[{ text: '#a', hashtags: ['a'] }]]);
    const [rejected] = both.bad as Rejection[][];
    assert.deepEqual(
      rejected?.map(({ record, error }) => [record, error.name]),
      [
        [NO_TEXT, 'RecordError'],
        ['text', 'RecordError'],
      ],
    );
    assert.ok(
      both.messages.every((message) => message.key === undefined),
      'the keys no longer fit the records',
    );
  });

  it('splits a record into one for each tag', async () => {
    await bench.start({ ...extract, output: 'split', to: 'tag', kinds: ['hashtag', 'mention', 'cashtag'] });
    const one = await bench.exchange({ payload: { id: '1', text: '#a @b $CD' } });
    assert.deepEqual(
      one.ok.map((record) => (record as { tag: string }).tag),
      ['a', '@b', '$cd'],
    );
    const none = await bench.exchange({ payload: { text: 'no tag' } });
    assert.deepEqual([none.ok, none.bad], [[], []]);
  });

  it('does not give a split record the key of another', async () => {
    await bench.start({ ...extract, output: 'split' });
    const both = await bench.exchange({ payload: [{ text: '#a #b' }, { text: 'none' }], key: ['x', 'y'] });
    assert.equal((both.ok[0] as unknown[]).length, 2);
    assert.equal(both.messages[0]?.key, undefined);
  });

  it('takes paths with "payload." before them', async () => {
    await bench.start({ ...extract, from: 'payload.post.body', to: 'payload.found.tags', lowercase: false });
    const { ok } = await bench.exchange({ payload: { post: { body: '#Tea' } } });
    assert.deepEqual(ok, [{ post: { body: '#Tea' }, found: { tags: ['Tea'] } }]);
  });

  it('takes an empty choice, as an unset environment variable leaves it, for the default', async () => {
    await bench.start({ ...extract, output: '' });
    assert.deepEqual((await bench.exchange({ payload: { text: 'x' } })).ok, [{ text: 'x', hashtags: [] }]);
  });

  for (const [what, settings, said] of [
    ['a path that is none', { from: 'a..b' }, /"a\.\.b" is not a path/u],
    ['an empty path', { to: '' }, /is needed, but empty/u],
    ['no kind', { kinds: [] }, /Find: is needed/u],
    ['an unknown kind', { kinds: ['url'] }, /url.*not one of the choices/u],
    ['an unknown choice', { output: 'both' }, /"both" is not one of the choices/u],
  ] as const) {
    it(`says at deploy what is wrong with ${what}, and refuses every message`, async () => {
      await bench.start({ ...extract, ...settings });
      assert.match(bench.status('node').text ?? '', said);
      assert.deepEqual([bench.status('node').fill, bench.status('node').shape], ['red', 'ring']);
      assert.match(bench.logged('node', ERROR).join(), said);
      for (let n = 0; n < 2; n++) {
        const { ok, bad, error } = await bench.exchange({ payload: { text: '#a' } });
        assert.match(error ?? '', said);
        assert.deepEqual([ok, bad], [[], []]);
      }
    });
  }

  it('counts in its status, which it does not show for every message', async () => {
    await bench.start(extract);
    for (let n = 0; n < 200; n++) bench.receive('node', { payload: [{ text: '#a' }, { text: '#b' }] });
    await until(() => bench.at('done').length === 200, 'all messages');
    assert.ok(bench.statuses('node').length < 20, `${bench.statuses('node').length} statuses`);
    await until(() => bench.status('node').text === '400 records', 'the last count');
    await bench.exchange({ payload: NO_TEXT });
    await until(() => bench.status('node').text === '400 records, 1 rejected', 'the rejected one');
    assert.equal(bench.status('node').fill, 'yellow');
  });

  it('shows nothing any more once it is closed', async () => {
    await bench.start(extract);
    for (let n = 0; n < 3; n++) await bench.exchange({ payload: { text: '#a' } });
    await bench.stop();
    const shown = bench.statuses('node').length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(bench.statuses('node').length, shown);
  });

  it('warns of rejected records that no wire takes up, ever more rarely', async () => {
    await bench.start({ ...extract, wires: [['ok'], []] });
    for (let n = 0; n < 100; n++) bench.receive('node', { payload: NO_TEXT });
    await until(() => bench.at('done').length === 100, 'all messages');
    await settle();
    const warnings = bench.logged('node', WARN);
    assert.match(warnings[0] ?? '', /1 records rejected so far.*record 9: /u);
    assert.equal(warnings.length, 7);
  });
});
