import assert from 'node:assert/strict';
import type { Rejection } from '../../lib/core/records';
import type { Done, Message } from '../../nodes/common/red';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import { NodeBench, type Saved, WARN, coreNode, node, settle } from '../support/nodes';
import { until } from '../support/until';

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

const CLUSTER = { id: 'c', type: 'kafka-cluster', partitions: 1 };
const WRITE = node('write', 'kafka-out', { cluster: 'c', topic: '', encode: 'text' }, ['stored'], []);
const read = (settings: Saved = {}, ...wires: string[][]): Saved =>
  node(
    'read',
    'kafka-in',
    { cluster: 'c', topic: 'tweets', group: 'g', batch: false, ...settings },
    ...(wires.length > 0 ? wires : [['got'], ['odd']]),
  );

describe('nodes/kafka-in', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([kafkaCluster, kafkaIn, kafkaOut, coreNode('function/10-function.js')])));
  afterEach(() => bench.dispose());

  const run = (...flow: Saved[]): Promise<void> =>
    bench.run([CLUSTER, WRITE, ...['got', 'odd', 'stored', 'letters'].map((id) => node(id, 'probe')), ...flow]);
  /** Puts values into a topic, and waits until they are there. */
  const put = async (values: unknown[], beside: object = {}, topic = 'tweets'): Promise<void> => {
    const before = bench.at('stored').length;
    const texts = values.map((value) => (value === null || typeof value === 'string' ? value : JSON.stringify(value)));
    bench.receive('write', { payload: texts, topic, ...beside });
    await until(() => bench.at('stored').length > before, 'the records to be stored');
  };
  const got = async (count: number, id = 'got'): Promise<Message[]> => {
    await until(
      () => bench.at(id).length >= count,
      () => `${count} messages at ${id}, not ${bench.at(id).length}`,
    );
    await settle();
    assert.equal(bench.at(id).length, count);
    return bench.at(id);
  };
  const position = (group = 'g'): number => bench.position(group);
  const committed = (count: number, group?: string): Promise<void> =>
    until(
      () => position(group) === count,
      () => `position ${count}, not ${position(group)}`,
    );

  describe('messages', () => {
    it('brings each record with its key, headers and place', async () => {
      const before = Date.now();
      await run(read());
      await put([{ n: 1 }, { n: 2 }], { key: ['a', null], headers: [{ h: 'x' }, {}] });
      const [one, two] = await got(2);
      const { timestamp, ...place } = one?.kafka as Place;
      assert.deepEqual(place, { topic: 'tweets', partition: 0, offset: 0 });
      assert.ok(timestamp >= before && timestamp <= Date.now());
      assert.deepEqual([one?.topic, one?.key, one?.headers, one?.payload], ['tweets', 'a', { h: 'x' }, { n: 1 }]);
      assert.deepEqual([two?.key, two?.headers, two?.payload], [null, {}, { n: 2 }]);
    });

    it('brings a batch with keys, headers and times beside it', async () => {
      await run(read({ batch: true, maxBatch: 2 }));
      await put([{ n: 1 }, { n: 2 }, { n: 3 }], { key: ['a', null, 'c'], headers: [{ h: 'x' }, {}, {}] });
      const [one, two] = await got(2);
      assert.deepEqual(one?.payload, [{ n: 1 }, { n: 2 }]);
      assert.deepEqual(one.kafka, { topic: 'tweets', partition: 0, firstOffset: 0, lastOffset: 1 });
      assert.deepEqual(
        [one.key, one.headers],
        [
          ['a', null],
          [{ h: 'x' }, {}],
        ],
      );
      assert.equal((one.timestamp as number[]).length, 2);
      assert.deepEqual(two?.payload, [{ n: 3 }]);
      assert.deepEqual((two.kafka as Place).lastOffset, 2);
    });

    it('goes through a second topic as it came: records, keys, headers', async () => {
      const copy = node('copy', 'kafka-out', { cluster: 'c', topic: 'copies' }, [], []);
      await run(
        read({ batch: true }, ['copy'], []),
        copy,
        node('second', 'kafka-in', { cluster: 'c', topic: 'copies', batch: false }, ['got'], []),
      );
      await put([{ n: 1 }, null, { n: 3 }], { key: ['a', 'b', null], headers: [{ h: 'x' }, { h: 'y' }, {}] });
      assert.deepEqual(
        (await got(3)).map(({ payload, key, headers }) => [payload, key, headers]),
        [
          [{ n: 1 }, 'a', { h: 'x' }],
          [null, 'b', { h: 'y' }],
          [{ n: 3 }, null, {}],
        ],
      );
    });

    it('brings a tombstone as null, in every encoding', async () => {
      for (const decode of ['json', 'text', 'buffer']) {
        await bench.stop();
        await run(read({ decode, group: decode }));
        await put([null], { key: 'gone' });
        const last = bench.at('got').length;
        await until(() => bench.at('got').length > last || bench.at('got').at(-1)?.key === 'gone', 'the tombstone');
        assert.equal(bench.at('got').at(-1)?.payload, null);
      }
      assert.deepEqual(bench.at('odd'), []);
    });

    it('reads several topics, and only them', async () => {
      await run(read({ topic: ' tweets, ,results,tweets' }));
      await put(['1'], {}, 'tweets');
      await put(['2'], {}, 'results');
      await put(['3'], {}, 'others');
      assert.deepEqual(
        (await got(2)).map(({ topic, payload }) => [topic, payload]),
        [
          ['tweets', 1],
          ['results', 2],
        ],
      );
    });

    it('begins at the oldest record, or with what comes from now on; a group keeps its place while it is away', async () => {
      await run();
      await put(['1', '2']);
      await bench.stop();
      const late = node(
        'late',
        'kafka-in',
        { cluster: 'c', topic: 'tweets', group: 'late', from: 'latest', batch: false },
        ['new'],
        [],
      );
      await run(read(), late, node('new', 'probe'));
      await got(2);
      await put(['3']);
      await got(1, 'new');
      await committed(3, 'late');
      await bench.stop();
      await run();
      await put(['4']);
      await bench.stop();
      await run(late, node('new', 'probe'));
      assert.deepEqual(
        (await got(2, 'new')).map(({ payload }) => payload),
        [3, 4],
      );
    });
  });

  describe('records that cannot be decoded', () => {
    it('go to output 2 one by one, with their place and what they held', async () => {
      await run(read());
      await put(['{"n":1}', '{"n":', '{"n":3}'], { key: ['a', 'b', 'c'] });
      await got(2);
      const [odd] = (await got(1, 'odd')).map(({ payload }) => payload) as Rejection[];
      const record = { ...(odd?.record as Place), timestamp: 0 };
      assert.deepEqual(record, {
        topic: 'tweets',
        partition: 0,
        offset: 1,
        key: 'b',
        value: '{"n":',
        headers: {},
        timestamp: 0,
      });
      assert.match(odd?.error.message ?? '', /not JSON/u);
      await committed(3);
    });

    it('go to output 2 as a batch', async () => {
      await run(read({ batch: true }));
      await put(['1', 'x', 'y', '4']);
      assert.deepEqual((await got(1))[0]?.payload, [1, 4]);
      assert.equal(((await got(1, 'odd'))[0]?.payload as Rejection[]).length, 2);
      await committed(4);
    });

    it('are warned of, ever more rarely, where output 2 leads nowhere, and reading goes on', async () => {
      await run(read({}, ['got'], []));
      await put(Array.from({ length: 40 }, (_, n) => (n % 4 === 3 ? '1' : 'x')));
      await got(10);
      await committed(40);
      assert.match(bench.logged('read', WARN)[0] ?? '', /1 records could not be decoded.*not JSON/u);
      assert.equal(bench.logged('read', WARN).length, 5);
    });

    it('go to output 2 as soon as it is wired, without a restart', async () => {
      await run(read({}, ['got'], []));
      await bench.deploy('read', { wires: [['got'], ['odd']] });
      await put(['x']);
      await got(1, 'odd');
      await committed(1);
    });

    it('are dead letters where output 2 leads nowhere', async () => {
      await run(
        read({ deadLetterTopic: 'dead' }, ['got'], []),
        node(
          'dead',
          'kafka-in',
          { cluster: 'c', topic: ' dead', group: 'd', decode: 'text', batch: false },
          ['letters'],
          [],
        ),
      );
      await put(['1', 'x'], { key: ['a', 'b'] });
      const [letter] = await got(1, 'letters');
      assert.deepEqual([letter?.payload, letter?.key], ['x', 'b']);
      assert.match(
        (letter?.headers as Record<string, string>)['pulseflow.errors.exception.message'] ?? '',
        /not JSON/u,
      );
      await got(1);
      await committed(2);
    });

    it('do not wait for an acknowledgement that nobody can give', async () => {
      await run(read({ commit: 'manual' }, ['got'], []));
      bench.behave('got', (message, _send, done) => {
        (message.ack as () => void)();
        done();
      });
      await put(['x', '2']);
      await got(1);
      await committed(2);
    });
  });

  describe('when a record counts as done', () => {
    const hold = (): void => bench.behave('got', () => undefined);

    it('flow: once the flow has finished with it; until then a restart sends it again', async () => {
      await run(read());
      hold();
      await put(['1', '2']);
      await got(2);
      await bench.stop();
      assert.equal(position(), 0);
      bench.behave('got', (_message, _send, done) => done());
      await bench.again();
      await got(4);
      await committed(2);
      await bench.stop();
      await bench.again();
      await got(4);
    });

    it('flow: only what lies before everything unfinished', async () => {
      const open: Done[] = [];
      bench.behave('got', (_message, _send, done) => void open.push(done));
      await run(read());
      await put(['1', '2', '3']);
      await got(3);
      open[2]?.();
      open[1]?.();
      await settle();
      assert.equal(position(), 0);
      open[0]?.();
      await committed(3);
    });

    it('receipt: once it was sent', async () => {
      await run(read({ commit: 'receipt' }));
      hold();
      await put(['1', '2']);
      await committed(2);
      await bench.stop();
      await bench.again();
      await got(2);
    });

    it('manual: once the flow has finished and called msg.ack()', async () => {
      await run(read({ commit: 'manual' }));
      await put(['1', '2']);
      const messages = await got(2);
      const ack = (index: number): unknown => (messages[index]?.ack as () => void)();
      assert.equal(position(), 0);
      ack(1);
      await settle();
      assert.equal(position(), 0);
      ack(0);
      ack(0);
      await committed(2);
    });

    it('manual: an error given to msg.ack() is a failure, and the record comes again', async () => {
      await run(read({ commit: 'manual', retries: 1 }));
      let attempts = 0;
      bench.behave('got', (message, _send, done) => {
        (message.ack as (error?: Error) => void)(++attempts === 1 ? new Error('not yet') : undefined);
        done();
      });
      await put(['1']);
      await got(2);
      await committed(1);
    });
  });

  describe('failures', () => {
    const FAIL = node(
      'fail',
      'function',
      { func: 'throw new Error("no luck with " + msg.payload.n);', outputs: 1 },
      [],
    );
    const DEAD = node(
      'dead',
      'kafka-in',
      { cluster: 'c', topic: 'tweets.dead', group: 'd', batch: false },
      ['letters'],
      [],
    );

    it('are tried again, and go to the dead-letter topic in the end, with the reason', async () => {
      await run(read({ retries: 1, deadLetterTopic: 'tweets.dead' }, ['fail', 'got'], []), FAIL, DEAD);
      await put([{ n: 1 }], { key: ['k'], headers: [{ mine: 'yes' }] });
      const [letter] = await got(1, 'letters');
      assert.deepEqual([letter?.payload, letter?.key], [{ n: 1 }, 'k']);
      const headers = letter?.headers as Record<string, string>;
      assert.match(headers['pulseflow.errors.exception.message'] ?? '', /no luck with 1/u);
      assert.ok(Math.abs(Date.parse(headers['pulseflow.errors.timestamp'] ?? '') - Date.now()) < 60_000);
      delete headers['pulseflow.errors.exception.message'];
      delete headers['pulseflow.errors.timestamp'];
      assert.deepEqual(headers, {
        mine: 'yes',
        'pulseflow.errors.topic': 'tweets',
        'pulseflow.errors.partition': '0',
        'pulseflow.errors.offset': '0',
        'pulseflow.errors.node': 'fail',
        'pulseflow.errors.attempts': '2',
      });
      await got(2);
      await committed(1);
    });

    it('of a batch take all its records along, those that could not be decoded too', async () => {
      const fail = node('fail', 'function', { func: 'throw new Error("no");', outputs: 1 }, []);
      await run(read({ batch: true, retries: 0, deadLetterTopic: 'tweets.dead' }, ['fail'], ['fail']), fail, {
        ...DEAD,
        decode: 'text',
      });
      await put(['1', 'x', '3']);
      assert.deepEqual((await got(3, 'letters')).map(({ payload }) => payload).sort(), ['1', '3', 'x']);
      await committed(3);
    });

    it('that a Catch node takes up are finished: not tried again, no dead letter', async () => {
      await run(
        read({ retries: 3, deadLetterTopic: 'tweets.dead' }, ['fail'], []),
        FAIL,
        DEAD,
        node('net', 'catch', { scope: ['fail'] }, ['got']),
      );
      await put([{ n: 1 }]);
      const [caught] = await got(1);
      assert.match((caught?.error as { message: string }).message, /no luck/u);
      await committed(1);
      await got(1);
      assert.deepEqual(bench.at('letters'), []);
    });

    it('hold nothing up for good: what follows is done too', async () => {
      await run(read({ retries: 0 }));
      bench.behave('got', ({ payload }, _send, done) => done(payload === 2 ? new Error('no') : undefined));
      await put(['1', '2', '3']);
      await got(3);
      await committed(3);
    });
  });

  describe('what is unfinished', () => {
    it('is bounded: a node that never finishes holds the source', async () => {
      const open: Done[] = [];
      bench.behave('got', (_message, _send, done) => void open.push(done));
      await run(read({ maxInFlight: 5 }));
      await put(Array.from({ length: 20 }, (_, n) => n));
      await got(5);
      open[0]?.();
      await got(6);
      await until(() => bench.status('read').inFlight === 5, 'the status');
      assert.equal(bench.status('read').text, '6 read, 5 in flight, 1 partitions');
      bench.behave('got', (_message, _send, done) => done());
      for (const done of open.slice(1)) done();
      await got(20);
      await committed(20);
    });

    it('is bounded in batches, too, by records', async () => {
      bench.behave('got', () => undefined);
      await run(read({ batch: true, maxBatch: 3, maxInFlight: 5 }));
      await put(Array.from({ length: 20 }, (_, n) => n));
      await got(2);
      assert.deepEqual(bench.recordsAt('got'), [0, 1, 2, 3, 4]);
    });

    for (const restarted of ['read', 'holder'])
      it(`starts again where ${restarted === 'read' ? 'the source' : 'a node that had it'} was started anew`, async () => {
        await run(read({}, ['holder'], []), node('holder', 'probe'));
        const done = new Set<unknown>();
        bench.behave('holder', () => undefined);
        await put(['1', '2']);
        await got(2, 'holder');
        bench.behave('holder', ({ payload }, _send, finish) => {
          done.add(payload);
          finish();
        });
        await bench.deploy(restarted, { name: 'again' });
        await committed(2);
        assert.deepEqual([...done], [1, 2]);
      });
  });

  describe('groups', () => {
    it('share the partitions, and the rest takes over from a member that goes', async () => {
      const member = (id: string, to: string): Saved =>
        node(id, 'kafka-in', { cluster: 'c', topic: 'tweets', group: 'g', batch: false }, [to], []);
      await bench.run([
        { ...CLUSTER, partitions: 4 },
        WRITE,
        ...['stored', 'one', 'two'].map((id) => node(id, 'probe')),
        member('first', 'one'),
        member('second', 'two'),
      ]);
      const keys = Array.from({ length: 60 }, (_, n) => `key ${n}`);
      await put(
        keys.map((_, n) => n),
        { key: keys },
      );
      const partitions = (id: string): number[] =>
        [...new Set(bench.at(id).map(({ kafka }) => (kafka as Place).partition))].sort((a, b) => a - b);
      await until(() => bench.at('one').length + bench.at('two').length >= 60, 'all records');
      await committed(60);
      assert.equal(new Set([...bench.recordsAt('one'), ...bench.recordsAt('two')]).size, 60);
      assert.equal(bench.at('one').length + bench.at('two').length, 60);
      assert.deepEqual([partitions('one').length, partitions('two').length], [2, 2]);
      assert.equal(new Set([...partitions('one'), ...partitions('two')]).size, 4);
      await bench.deploy('second', null);
      const before = bench.at('two').length;
      await put(
        keys.map((_, n) => 100 + n),
        { key: keys },
      );
      await committed(120);
      assert.equal(bench.at('two').length, before);
      assert.deepEqual(partitions('one'), [0, 1, 2, 3]);
    });

    it('do not share with other groups', async () => {
      await run(
        read(),
        node('other', 'kafka-in', { cluster: 'c', topic: 'tweets', group: 'h', batch: false }, ['odd'], []),
      );
      await put(['1']);
      await got(1);
      await got(1, 'odd');
    });
  });

  describe('the node', () => {
    for (const [what, settings, said] of [
      ['no topic', { topic: '' }, /Topic: is needed, but empty/u],
      ['a topic of commas', { topic: ' , ' }, /no topic/iu],
      ['no group', { group: '' }, /Group: is needed, but empty/u],
      ['a missing cluster', { cluster: 'nowhere' }, /"cluster" refers to no configuration node/u],
      ['a batch size of nothing', { maxBatch: 0 }, /Batch size: 0 is too small/u],
      ['an unknown encoding', { decode: 'xml' }, /Decode: "xml" is not one of the choices/u],
    ] as const) {
      it(`says at deploy what is wrong with ${what}`, async () => {
        await run(read(settings));
        assert.equal(bench.status('read').fill, 'red');
        assert.match(bench.status('read').text ?? '', said);
      });
    }

    it('shows how it gets on, at most twice a second', async () => {
      await run(read());
      await put(Array.from({ length: 300 }, (_, n) => n));
      await got(300);
      await until(() => bench.status('read').text === '300 read, 0 in flight, 1 partitions', 'the status');
      assert.ok(bench.statuses('read').length < 15, `${bench.statuses('read').length} statuses`);
    });

    it('shows nothing any more once it is closed, not even what it commits on its way out', async () => {
      const open: Done[] = [];
      bench.behave('got', (_message, _send, done) => void open.push(done));
      await run(read());
      await put([1]);
      await got(1);
      await until(() => bench.status('read').inFlight === 1, 'the status');
      open[0]?.();
      await settle(2);
      await bench.stop();
      assert.equal(position(), 1);
      await new Promise((resolve) => setTimeout(resolve, 600));
      assert.equal(bench.status('read').inFlight, 1);
    });
  });
});
