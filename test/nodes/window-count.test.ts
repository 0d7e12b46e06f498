import assert from 'node:assert/strict';
import type { Rejection } from '../../lib/core/records';
import type { WindowResult } from '../../lib/windows/result';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import windowCount from '../../nodes/window-count/window-count';
import { NodeBench, type Saved, node, settle } from '../support/nodes';
import { until } from '../support/until';

const START = Date.UTC(2026, 0, 5, 12);
const count = { type: 'window-count', size: '1m', delay: '0s', idle: '0s' };

/** A post of so many seconds after twelve. */
function post(seconds: number, ...hashtags: string[]): Record<string, unknown> {
  return { id: `${seconds}`, created_at: new Date(START + seconds * 1000).toISOString(), hashtags };
}

function minute(from: number, to = from + 1): { start: string; end: string } {
  const at = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();
  return { start: at(from), end: at(to) };
}

describe('nodes/window-count', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([windowCount, kafkaCluster, kafkaIn, kafkaOut])));
  afterEach(() => bench.dispose());

  const results = async (least: number): Promise<WindowResult[]> => {
    await until(
      () => bench.at('ok').length >= least,
      () => `${least} results, not ${bench.at('ok').length}`,
    );
    await settle();
    return bench.at('ok').map(({ payload }) => payload as WindowResult);
  };

  it('sends one message for each window when the time has come past its end: sorted counts, a total, an id', async () => {
    await bench.start(count);
    await bench.exchange({ payload: [post(1, 'tea', 'rain'), post(2, 'tea'), post(59, 'sun', 'tea', 'rain')] });
    assert.deepEqual(await results(0), []);
    await bench.exchange({ payload: [post(60, 'next')] });
    const [result, ...more] = await results(1);
    assert.deepEqual(more, []);
    assert.deepEqual(result, {
      id: `node:${minute(0).start}/${minute(0).end}`,
      window: minute(0),
      final: true,
      total: 6,
      counts: [
        { key: 'tea', count: 3 },
        { key: 'rain', count: 2 },
        { key: 'sun', count: 1 },
      ],
    });
  });

  it('counts single records as it does batches', async () => {
    await bench.start(count);
    for (const each of [post(1, 'tea'), post(2, 'tea'), post(61)]) await bench.exchange({ payload: each });
    const [result] = await results(1);
    assert.deepEqual(result?.counts, [{ key: 'tea', count: 2 }]);
  });

  it('flush closes all windows; what comes for them later is late, on output 2', async () => {
    await bench.start(count);
    await bench.exchange({ payload: [post(1, 'tea'), post(61, 'rain')] });
    await bench.exchange({ flush: true });
    assert.deepEqual(
      (await results(2)).map(({ window, final }) => [window, final]),
      [
        [minute(0), true],
        [minute(1), true],
      ],
    );
    await bench.exchange({ payload: [post(5, 'late'), post(125, 'ok')] });
    await until(() => bench.at('bad').length === 1, 'the late record');
    const [late] = bench.at('bad')[0]?.payload as Rejection[];
    assert.deepEqual(late?.record, post(5, 'late'));
    assert.equal(late.error.name, 'LateRecord');
    assert.match(late.error.message, /came after the window .* was closed/u);
  });

  it('ends the session of a key when nothing has come for it for a while', async () => {
    await bench.start({ ...count, window: 'session', gap: '10s' });
    await bench.exchange({ payload: [post(1, 'tea'), post(9, 'tea'), post(12, 'rain'), post(60)] });
    assert.deepEqual(
      (await results(2)).map(({ window, counts }) => [
        Date.parse(window.start) - START,
        Date.parse(window.end) - START,
        counts,
      ]),
      [
        [1_000, 19_000, [{ key: 'tea', count: 2 }]],
        [12_000, 22_000, [{ key: 'rain', count: 1 }]],
      ],
    );
  });

  it('counts calendar days of a time zone', async () => {
    await bench.start({ ...count, size: '1d', timeZone: 'Asia/Shanghai' });
    await bench.exchange({ payload: [post(0, 'tea'), post(4 * 3600, 'rain')] });
    await bench.exchange({ flush: true });
    assert.deepEqual(
      (await results(2)).map(({ window }) => window.start),
      ['2026-01-04T16:00:00.000Z', '2026-01-05T16:00:00.000Z'],
    );
  });

  it('sends a window as flat rows, of several fields one column each, with ranks and shares', async () => {
    await bench.start({ ...count, key: 'hashtags, lang', output: 'rows', details: 'ranks' });
    const spoken = (lang: string, ...tags: string[]): object => ({ ...post(1, ...tags), lang });
    await bench.exchange({ payload: [spoken('en', 'tea'), spoken('zh', 'tea'), spoken('en', 'tea', 'rain')] });
    await bench.exchange({ flush: true });
    await until(() => bench.at('ok').length === 1, 'the rows');
    const window = `node:${minute(0).start}/${minute(0).end}`;
    const common = {
      window_id: window,
      window_start: minute(0).start,
      window_end: minute(0).end,
      final: true,
      total: 4,
    };
    const row = (tag: string, lang: string, count: number, rank: number): object => ({
      ...{ hashtags: tag, lang, id: `${window}:${tag} | ${lang}`, ...common, key: `${tag} | ${lang}`, count, rank },
      ...{ share: count / 4, previous: 0, change: count },
    });
    assert.deepEqual(bench.at('ok')[0]?.payload, [
      row('tea', 'en', 2, 1),
      row('rain', 'en', 1, 2),
      row('tea', 'zh', 1, 3),
    ]);
  });

  it('keeps late records once output 2 is wired, without a restart', async () => {
    await bench.start({ ...count, wires: [['ok'], []] });
    await bench.deploy('node', { wires: [['ok'], ['bad']] });
    await bench.exchange({ payload: [post(61)] });
    await bench.exchange({ payload: [post(5, 'late')] });
    await until(() => bench.at('bad').length === 1, 'the late record');
  });

  it('reset forgets what was counted', async () => {
    await bench.start(count);
    await bench.exchange({ payload: [post(1, 'tea')] });
    await bench.exchange({ reset: true });
    await bench.exchange({ payload: [post(2, 'rain')] });
    await bench.exchange({ flush: true });
    assert.deepEqual(
      (await results(1)).map(({ counts }) => counts),
      [[{ key: 'rain', count: 1 }]],
    );
  });

  it('msg.window changes the windows to come, and keeps to it over a restart', async () => {
    await bench.start(count);
    await bench.exchange({ window: { size: '2m', slide: '1m' } });
    await bench.stop();
    await bench.again();
    await bench.exchange({ payload: [post(61, 'tea')] });
    await bench.exchange({ flush: true });
    assert.deepEqual(
      (await results(2)).map(({ window }) => window),
      [minute(0, 2), minute(1, 3)],
    );
    const wrong = await bench.exchange({ window: { size: 'long' } });
    assert.match(wrong.error ?? '', /"long" is not a duration/u);
    assert.equal((await bench.exchange({ window: null, payload: [post(200, 'x')] })).error, undefined);
  });

  it('sends updates of open windows under the id that the final result has', async () => {
    await bench.start({ ...count, emit: 'update', every: '20ms' });
    await bench.exchange({ payload: [post(1, 'tea')] });
    const [first] = await results(1);
    assert.deepEqual([first?.final, first?.total], [false, 1]);
    await bench.exchange({ payload: [post(2, 'tea')] });
    const [, second] = await results(2);
    assert.deepEqual([second?.final, second?.total, second?.id], [false, 2, first?.id]);
    await bench.exchange({ payload: [post(61)] });
    const last = (await results(3)).find(({ final }) => final);
    assert.deepEqual([last?.total, last?.id], [2, first?.id]);
  });

  it('counts in sliding windows, names the top and keeps the sum of a value', async () => {
    await bench.start({ ...count, window: 'sliding', size: '2m', slide: '1m', top: 1, value: 'likes' });
    const likes = (record: object, n: number): object => ({ ...record, likes: n });
    await bench.exchange({ payload: [likes(post(61, 'tea'), 2), likes(post(62, 'tea', 'rain'), 4)] });
    await bench.exchange({ flush: true });
    const both = await results(2);
    assert.deepEqual(
      both.map(({ window }) => window),
      [minute(0, 2), minute(1, 3)],
    );
    for (const { total, counts } of both) {
      assert.equal(total, 3);
      assert.deepEqual(counts, [{ key: 'tea', count: 2, sum: 6, mean: 3, min: 2, max: 4 }]);
    }
  });

  it('counts everything under * without a key, and by arrival without a time', async () => {
    await bench.start({ ...count, key: '', time: '', size: '1d' });
    await bench.exchange({ payload: [{ a: 1 }, { b: 2 }] });
    await bench.exchange({ flush: true });
    assert.deepEqual((await results(1))[0]?.counts, [{ key: '*', count: 2 }]);
  });

  it('counts keys such as __proto__ and constructor like any other', async () => {
    await bench.start(count);
    await bench.exchange({ payload: [post(1, '__proto__', 'constructor'), post(2, '__proto__')] });
    await bench.exchange({ flush: true });
    assert.deepEqual((await results(1))[0]?.counts, [
      { key: '__proto__', count: 2 },
      { key: 'constructor', count: 1 },
    ]);
  });

  it('sends records that it cannot count to output 2, in the form of the message', async () => {
    await bench.start(count);
    const one = await bench.exchange({ payload: { ...post(1), created_at: 'yesterday' } });
    assert.equal((one.bad[0] as Rejection).error.name, 'RecordError');
    const many = await bench.exchange({ payload: [post(1, 'tea'), null, { id: 'x', hashtags: ['tea'] }] });
    assert.deepEqual(
      (many.bad[0] as Rejection[]).map(({ record }) => record),
      [null, { id: 'x', hashtags: ['tea'] }],
    );
    await bench.exchange({ flush: true });
    assert.equal((await results(1))[0]?.total, 1);
  });

  it('remembers open windows over a restart, or not, as it is told', async () => {
    for (const [state, total] of [
      ['durable', 2],
      ['memory', 1],
    ] as const) {
      const before = bench.at('ok').length;
      await bench.start({ ...count, state });
      await bench.exchange({ payload: [post(1, 'tea')] });
      await bench.stop();
      await bench.again();
      await bench.exchange({ payload: [post(2, 'tea')] });
      await bench.exchange({ flush: true });
      assert.equal((await results(before + 1)).at(-1)?.total, total);
      await bench.exchange({ reset: true });
      await bench.stop();
    }
  });

  it('forgets its windows when it is deleted', async () => {
    const cluster = { id: 'c', type: 'kafka-cluster' };
    await bench.start(count, cluster, node('keeps', 'kafka-out', { cluster: 'c', topic: 't' }, [], []));
    await bench.exchange({ payload: [post(1, 'tea')] });
    const { flow } = bench;
    await bench.deploy('node', null);
    await bench.deployFlow(flow, 'nodes');
    await bench.exchange({ payload: [post(2, 'rain')] });
    await bench.exchange({ flush: true });
    assert.deepEqual(
      (await results(1)).map(({ counts }) => counts),
      [[{ key: 'rain', count: 1 }]],
    );
  });

  it('sends a result again after a restart until the flow has finished with it', async () => {
    await bench.start(count);
    bench.behave('ok', () => undefined);
    await bench.exchange({ payload: [post(1, 'tea')] });
    await bench.exchange({ flush: true });
    const [first] = await results(1);
    await bench.stop();
    bench.behave('ok', (_message, _send, done) => done());
    await bench.again();
    const [, again] = await results(2);
    assert.deepEqual(again, first);
    await bench.stop();
    await bench.again();
    assert.equal((await results(2)).length, 2);
  });

  for (const [what, settings, said] of [
    ['a size that is no duration', { size: 'wide' }, /"wide" is not a duration/u],
    ['no size', { size: '' }, /is needed, but empty/u],
    ['a slide beyond the size', { window: 'sliding', size: '1m', slide: '2m' }, /slide/iu],
    ['a size of nothing', { size: '0s' }, /size/iu],
    ['a key that is no path', { key: 'a..b' }, /"a\.\.b" is not a path/u],
    ['less than no top', { top: -1 }, /-1 is too small/u],
    ['a zone that is none', { size: '1d', timeZone: 'Middle/Earth' }, /"Middle\/Earth" is not a time zone/u],
    ['hours in a time zone', { size: '1h', timeZone: 'Asia/Shanghai' }, /calendar days/u],
    ['a session of no gap', { window: 'session', gap: '0s' }, /Gap: has to be longer than nothing/u],
    ['updates of sessions', { window: 'session', emit: 'update' }, /Session windows have no updates/u],
  ] as const) {
    it(`says at deploy what is wrong with ${what}, and refuses every message`, async () => {
      await bench.start({ ...count, ...settings });
      assert.match(bench.status('node').text ?? '', said);
      assert.equal(bench.status('node').fill, 'red');
      assert.match(await bench.fail([post(1)]), said);
      assert.match((await bench.exchange({ flush: true })).error ?? '', said);
    });
  }

  it('shows what is open, at most twice a second', async () => {
    await bench.start(count);
    for (let n = 0; n < 100; n++) bench.receive('node', { payload: [post(n % 50, `tag ${n % 10}`)] });
    await until(() => bench.at('done').length === 100, 'all messages');
    await until(
      () => bench.status('node').text?.startsWith('1 windows open, 10 keys') === true,
      () => `10 keys, not ${bench.status('node').text ?? ''}`,
    );
    assert.ok(bench.statuses('node').length < 15);
  });

  describe('between topics', () => {
    const RECORDS = 20_000;
    const BATCH = 500;
    const TAGS = 20;
    const CLUSTER = { id: 'c', type: 'kafka-cluster', partitions: 3 };
    const flow: Saved[] = [
      CLUSTER,
      node('write', 'kafka-out', { cluster: 'c', topic: 'tweets', key: 'id' }, ['stored'], []),
      node('read', 'kafka-in', { cluster: 'c', topic: 'tweets', maxBatch: 50, maxInFlight: 200 }, ['slow'], []),
      node('slow', 'probe', {}, ['count']),
      node('count', 'window-count', { ...count, size: '1d', delay: '1d' }, ['out'], ['late']),
      node('out', 'kafka-out', { cluster: 'c', topic: 'results', key: 'id' }, [], []),
      node('results', 'kafka-in', { cluster: 'c', topic: 'results', group: 'r', batch: false }, ['ok'], []),
      ...['stored', 'late', 'ok'].map((id) => node(id, 'probe')),
    ];
    const tagged = (from: number): object[] =>
      Array.from({ length: BATCH }, (_, n) => ({
        ...post((from + n) * 10, `tag ${(from + n) % TAGS}`),
        id: `${from + n}`,
      }));

    for (const [how, restart] of [
      ['window-count alone is started anew', () => bench.deploy('count', { name: `${Math.random()}` })],
      ['the node before it is', () => bench.deploy('slow', { name: `${Math.random()}` })],
      ['the source is', () => bench.deploy('read', { name: `${Math.random()}` })],
      ['everything is', () => bench.deploy('count', { name: `${Math.random()}` }, 'full')],
      [
        'Node-RED is',
        async () => {
          await bench.stop();
          await bench.again();
        },
      ],
    ] as const) {
      it(`counts each record once under load while ${how}, three times`, async function () {
        this.timeout(60_000);
        const seen = new Map<unknown, number>();
        let restarts = 0;
        let inFlight = 0;
        bench.behave('slow', (message, send, done) => {
          inFlight++;
          for (const { id } of message.payload as { id: unknown }[]) seen.set(id, (seen.get(id) ?? 0) + 1);
          // Some turns of the event loop later, so that there is always something in flight.
          setTimeout(() => {
            inFlight--;
            send(message);
            done();
          }, 1);
        });
        await bench.run(flow);
        for (let from = 0; from < RECORDS; from += BATCH) bench.receive('write', { payload: tagged(from) });
        for (const share of [0.2, 0.45, 0.7]) {
          await until(() => seen.size > RECORDS * share && inFlight > 0, `${share * 100}% of the records`);
          if (seen.size < RECORDS) restarts++;
          await restart();
        }
        assert.equal(restarts, 3, 'every restart was under load');
        await until(
          () => bench.position('pulseflow') === RECORDS,
          () => `all records, not ${bench.position('pulseflow')}`,
        );
        bench.receive('count', { flush: true });
        const days = Math.ceil((RECORDS * 10) / 86_400 + 0.5);
        await results(days);
        // A restart may have found a result on its way to the probe: what counts is what lies in the topic.
        const stored = new Map(bench.at('ok').map(({ kafka, payload }) => [JSON.stringify(kafka), payload]));
        const all = [...stored.values()] as WindowResult[];
        assert.equal(new Set(all.map(({ id }) => id)).size, all.length, 'each window once');
        assert.deepEqual(
          (bench.recordsAt('late') as Rejection[]).map(({ error }) => error.message),
          [],
        );
        const totals = new Map<string, number>();
        for (const { counts } of all)
          for (const { key, count: n } of counts) totals.set(key, (totals.get(key) ?? 0) + n);
        assert.equal(
          [...totals.values()].reduce((sum, each) => sum + each, 0),
          RECORDS,
        );
        assert.deepEqual(
          [...totals].sort(),
          Array.from({ length: TAGS }, (_, n): [string, number] => [`tag ${n}`, RECORDS / TAGS]).sort(),
        );
        const again = [...seen.values()].filter((times) => times > 1).length;
        // A source that alone is started anew waits for what is in flight; otherwise that is sent again.
        assert.equal(again > 0, how !== 'the source is', `${again} were sent again`);
      });
    }
  });
});
