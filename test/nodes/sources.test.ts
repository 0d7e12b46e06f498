import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Done, Message, Red } from '../../nodes/common/red';
import hbaseCluster from '../../nodes/hbase-cluster/hbase-cluster';
import hbaseSink from '../../nodes/hbase-sink/hbase-sink';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import twitterPoll from '../../nodes/twitter-poll/twitter-poll';
import { ERROR, NodeBench, type Saved, coreNode, node, settle } from '../support/nodes';
import { until } from '../support/until';

interface Waiting {
  readonly topic?: string;
  readonly partition?: number;
  readonly source?: string;
  readonly sequence: number;
  readonly offset?: number;
  readonly lastOffset?: number;
  readonly attempt: number;
  readonly age: number;
  readonly waitingFor: readonly { readonly id: string; readonly type?: string; readonly name?: string }[];
}

interface Report {
  readonly node: unknown;
  readonly read?: number;
  readonly sent?: number;
  readonly inFlight: number;
  readonly phase?: string;
  readonly paused?: boolean;
  readonly partitions?: unknown;
  readonly unfinished: readonly Waiting[];
  readonly more?: number;
}

const CLUSTER = { id: 'c', type: 'kafka-cluster', partitions: 1 };
const WRITE = node('write', 'kafka-out', { cluster: 'c', topic: 'tweets' }, ['stored'], []);
const SLOW = { name: 'never done', func: 'if (msg.payload.stuck !== true) node.done();' };
const read = (settings: Saved = {}, id = 'read', to = 'slow'): Saved =>
  node(id, 'kafka-in', { cluster: 'c', topic: 'tweets', group: id, batch: false, ...settings }, [to], [], ['report']);

describe('sources', () => {
  let bench: NodeBench;
  let fileRoot: unknown;
  /** Node-RED whose settings.js has something to say to Pulseflow. */
  const withFileRoot = (RED: Red): Red => {
    const settings = { ...RED.settings, ...(fileRoot === undefined ? {} : { pulseflow: { fileRoot } }) };
    return Object.create(RED, { settings: { value: settings } }) as Red;
  };
  beforeEach(() => {
    fileRoot = undefined;
    process.env.PULSEFLOW_STUCK_AFTER = '400';
    bench = new NodeBench([
      ...[kafkaCluster, kafkaIn, kafkaOut, hbaseCluster, hbaseSink, (RED: Red) => twitterPoll(withFileRoot(RED))],
      coreNode('function/10-function.js'),
    ]);
  });
  afterEach(async () => {
    delete process.env.PULSEFLOW_STUCK_AFTER;
    await bench.dispose();
  });

  const PROBES = ['stored', 'report', 'failed', 'rest'].map((id) => node(id, 'probe'));
  const CATCH = node('catch', 'catch', { scope: ['read'] }, ['failed']);
  const run = (...flow: Saved[]): Promise<void> => bench.run([CLUSTER, WRITE, CATCH, ...PROBES, ...flow]);
  const put = async (values: unknown[], topic = 'tweets'): Promise<void> => {
    const before = bench.at('stored').length;
    bench.receive('write', { payload: values, topic });
    await until(() => bench.at('stored').length > before, 'the records to be stored');
  };
  const ask = async (id: string, beside: object = {}): Promise<{ message: Message; report: Report }> => {
    const before = bench.at('report').length;
    bench.receive(id, { report: true, ...beside });
    await until(() => bench.at('report').length > before, 'a report');
    const message = bench.at('report').at(-1) ?? {};
    return { message, report: message.payload as Report };
  };
  const committed = (count: number, group = 'read'): Promise<void> =>
    until(
      () => bench.position(group) === count,
      () => `position ${count}, not ${bench.position(group)}`,
    );

  describe('when asked what is unfinished', () => {
    const slow = node('slow', 'function', SLOW);

    it('names the function that is stuck, with the record it has', async () => {
      await run(read({ name: 'the reader' }), slow);
      await put([{ n: 0 }, { n: 1 }, { n: 2, stuck: true }, { n: 3 }]);
      await committed(2);
      const { message, report } = await ask('read', { topic: 'kept', payload: 'replaced' });
      assert.equal(message.topic, 'kept');
      assert.deepEqual(report.node, { id: 'read', type: 'kafka-in', name: 'the reader' });
      assert.deepEqual([report.read, report.inFlight, report.more], [4, 2, undefined]);
      assert.deepEqual(report.partitions, [{ topic: 'tweets', partition: 0, inFlight: 2, atEnd: true }]);
      const [only, ...others] = report.unfinished;
      assert.deepEqual(others, []);
      assert.ok(only !== undefined && only.age >= 0);
      assert.deepEqual(only, {
        ...{ topic: 'tweets', partition: 0, offset: 2, lastOffset: 2, sequence: 2, attempt: 1, age: only.age },
        lane: 'kafka/c/read/tweets/0',
        waitingFor: [{ id: 'slow', type: 'function', name: 'never done' }],
      });
    });

    it('says which records a batch has', async () => {
      const waits = node('slow', 'function', { name: '', func: 'if (msg.payload.length !== 3) node.done();' });
      await run(read({ batch: true, maxBatch: 3 }), waits);
      await put([0]);
      await committed(1);
      await put([1, 2, 3]);
      await until(() => bench.status('read').inFlight === 3, 'the batch to be in flight');
      const { unfinished } = (await ask('read')).report;
      assert.deepEqual(
        unfinished.map(({ offset, lastOffset, waitingFor }) => [offset, lastOffset, waitingFor]),
        [[1, 3, [{ id: 'slow', type: 'function' }]]],
      );
    });

    it('lists at most 100, the oldest first, and says how many more there are', async () => {
      await run(read(), slow);
      await put([{ stuck: true }]);
      await until(() => bench.status('read').inFlight === 1, 'the first to be in flight');
      await put(Array.from({ length: 129 }, () => ({ stuck: true })));
      await until(() => bench.status('read').inFlight === 130, 'all to be in flight');
      const { unfinished, more } = (await ask('read')).report;
      assert.deepEqual([unfinished.length, more, unfinished[0]?.offset], [100, 30, 0]);
      const ages = unfinished.map(({ age }) => age);
      assert.deepEqual(
        ages,
        ages.toSorted((a, b) => b - a),
      );
    });

    it('says nothing of what other sources have', async () => {
      await run(read(), slow, read({}, 'other', 'rest'));
      await put([{ stuck: true }]);
      await until(() => bench.status('read').inFlight === 1, 'the record to be in flight');
      await committed(1, 'other');
      assert.deepEqual((await ask('other')).report.unfinished, []);
      assert.equal((await ask('read')).report.unfinished.length, 1);
    });

    it('names what msg.ack is waited for', async () => {
      await run(read({ commit: 'manual' }, 'read', 'rest'));
      await put([1]);
      await until(() => bench.at('rest').length === 1, 'the record');
      await settle();
      const [only] = (await ask('read')).report.unfinished;
      assert.deepEqual(only?.waitingFor, [{ id: 'read', type: 'kafka-in', remark: 'msg.ack' }]);
    });

    it('answers as a twitter poll, too, and does what else the message says', async () => {
      const poll = node('poll', 'twitter-poll', { source: 'sample', rate: 0, batch: 250 }, ['slow'], [], ['report']);
      await run(poll, node('slow', 'function', { func: 'if (false) node.done();', name: 'never' }));
      await until(() => bench.status('poll').inFlight === 1_000, 'all posts to be in flight');
      const { report } = await ask('poll', { pause: true });
      assert.deepEqual([report.sent, report.inFlight, report.phase, report.paused], [1_000, 1_000, 'paused', true]);
      assert.equal(report.unfinished.length, 4);
      const [first] = report.unfinished;
      assert.deepEqual(
        [first?.source, first?.sequence, first?.waitingFor],
        ['sample', 0, [{ id: 'slow', type: 'function', name: 'never' }]],
      );
    });
  });

  it('refuse any other message with what can be asked', async () => {
    await run(read({}, 'read', 'rest'));
    for (const message of [{ payload: 1 }, { report: 'yes' }]) bench.receive('read', message);
    await until(() => bench.at('failed').length === 2, 'two errors');
    for (const { error } of bench.at('failed')) {
      assert.match((error as { message: string }).message, /only message .* msg\.report set to true/u);
    }
    assert.deepEqual(bench.at('report'), []);
  });

  it('show where they are stuck, as long as they are', async () => {
    const kept: Done[] = [];
    bench.behave('rest', (_message, _send, done) => void kept.push(done));
    await run(read({}, 'read', 'rest'));
    await put([1]);
    await until(() => /^waiting for \d+ s for probe "rest"$/u.test(bench.status('read').text ?? ''), 'the status');
    assert.deepEqual([bench.status('read').fill, bench.status('read').inFlight], ['yellow', 1]);
    for (const done of kept) done();
    await until(() => bench.status('read').text?.startsWith('1 read, 0 in flight') === true, 'the usual status');
  });

  describe('that close', () => {
    for (const type of ['full', 'flows'] as const) {
      it(`wait for what a sink still writes (${type})`, async () => {
        const sink = { cluster: 'h', table: 'rows', rowKey: '{{id}}', columns: { 'd:n': 'n' }, linger: '1h' };
        await run(
          { id: 'h', type: 'hbase-cluster' },
          read({}, 'read', 'sink'),
          node('sink', 'hbase-sink', sink, [], []),
        );
        await put([{ id: 'a', n: 1 }]);
        await until(() => bench.status('read').inFlight === 1, 'the record to be in flight');
        await settle();
        assert.equal(bench.position('read'), 0);
        const changed = bench.flow.map((each) => (each.id === 'read' ? { ...each, name: 'again' } : each));
        await bench.deployFlow(changed, type);
        assert.equal(bench.position('read'), 1);
      });
    }

    it('give out nothing more meanwhile', async () => {
      const kept: { payload: unknown; done: Done }[] = [];
      bench.behave('rest', ({ payload }, _send, done) => {
        kept.push({ payload, done });
        // One after another, so that what is in flight keeps falling.
        setTimeout(() => kept.shift()?.done(), 20);
      });
      await run(read({ maxInFlight: 3 }, 'read', 'rest'));
      await put([0, 1, 2, 3, 4, 5]);
      await until(() => bench.at('rest').length === 3, 'three records to be in flight');
      await bench.deploy('read', { name: 'again' });
      await committed(6);
      const payloads = bench.at('rest').map(({ payload }) => payload);
      assert.deepEqual(payloads, [0, 1, 2, 3, 4, 5]);
    });
  });

  describe('of files', () => {
    const readFile = async (file: string, root: unknown): Promise<string> => {
      fileRoot = root;
      writeFileSync(join(bench.folder, 'outside.ndjson'), '{"id":"1"}');
      mkdirSync(join(bench.folder, 'posts'), { recursive: true });
      writeFileSync(join(bench.folder, 'posts', 'inside.ndjson'), '{"id":"1"}\n{"id":"2"}');
      symlinkSync(join(bench.folder, 'outside.ndjson'), join(bench.folder, 'posts', 'link.ndjson'));
      await run(node('poll', 'twitter-poll', { source: 'file', file, rate: 0 }, ['rest'], [], []));
      await until(() => /finished|stopped|fileRoot/u.test(bench.status('poll').text ?? ''), 'an end');
      return [bench.status('poll').text ?? '', ...bench.logged('poll', ERROR)].join('; ');
    };

    it('read any file, where the settings of Node-RED do not say otherwise', async () => {
      assert.match(await readFile('outside.ndjson', undefined), /^finished, 1 sent/u);
    });

    it('read those under the folder that the settings name, relative to the user directory', async () => {
      assert.match(await readFile('posts/inside.ndjson', 'posts'), /^finished, 2 sent/u);
    });

    for (const file of ['outside.ndjson', 'posts/../outside.ndjson', 'posts/link.ndjson', '/etc/hostname']) {
      it(`refuse ${file} outside of it`, async () => {
        assert.match(await readFile(file, 'posts'), /lies outside of the folder .*posts/u);
        assert.deepEqual(bench.at('rest'), []);
      });
    }

    it('say that the folder is missing, not the file', async () => {
      assert.match(await readFile('outside.ndjson', 'absent'), /folder .*absent, in which files have to lie, cannot/u);
      assert.deepEqual(bench.at('rest'), []);
    });

    for (const root of ['', 7, null, {}]) {
      it(`refuse ${JSON.stringify(root)} for a folder, for it would let everything through`, async () => {
        assert.match(await readFile('posts/inside.ndjson', root), /fileRoot .* not the path of a folder/u);
        assert.deepEqual(bench.at('rest'), []);
      });
    }
  });
});
