import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { NewRecord } from '../../../lib/log/log';
import { Stamper, stampOf } from '../../../lib/log/kafka/stamps';
import { serve } from '../../../lib/spark/serve';
import type { FlowNode } from '../../../lib/spark/flow';
import type { SparkGroup, SparkWindow } from '../../../lib/spark/closedWindows';
import type { Plan } from '../../../lib/spark/plan';
import type { WindowColumns } from '../../../lib/spark/windowRows';
import hashtagNode from '../../../nodes/hashtag-extract/hashtag-extract';
import kafkaCluster from '../../../nodes/kafka-cluster/kafka-cluster';
import sentimentNode from '../../../nodes/sentiment/sentiment';
import cleanNode from '../../../nodes/tweet-clean/tweet-clean';
import windowNode from '../../../nodes/window-count/window-count';
import { NodeBench, coreNode, node as benchNode, settle } from '../../support/nodes';
import { needsShared, sharedFile } from '../../support/shared';
import { temporaryFolder } from '../../support/store';
import { until } from '../../support/until';
import { CLUSTER, compiled, node } from './flows';
import { WorkerProcess } from './workerProcess';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
const PER_BATCH = 500;
const HOUR = 3_600_000;
/** Single messages cost Node-RED much more than batches do. */
const SINGLES = 2_000;

/** Records that some node or other cannot take. */
const ODD: unknown[] = [
  ...[null, 7, 'text', true, [], [{ id: 1 }], {}, { id: 'x' }],
  { id: '1', text: 5, created_at: '2026-01-01T00:00:00Z' },
  { id: '2', text: '#ok', created_at: 'never' },
  { id: '3', text: '', created_at: '2026-01-01T00:00:00Z' },
  { id: '4', text: '#ok #ok #constructor __proto__', created_at: 1_767_225_600_000, constructor: 'x' },
  JSON.parse('{"id":"5","text":"#a good #b","created_at":"2026-01-01T00:00:01Z","__proto__":{"x":1}}'),
];

const CLEAN = { fields: '', required: 'id, text', missing: 'reject', dedupe: '', maxLength: 300 };

describe('the worker', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let worker: WorkerProcess | undefined;
  let posts: string[] = [];

  before(function () {
    needsShared(this, FILE);
    posts = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n');
    assert.equal(posts.length, 49_570);
  });
  afterEach(() => worker?.kill());
  after(() => folder.remove());

  function start(plan: Plan, from = 'in', ...to: string[]): WorkerProcess {
    worker = new WorkerProcess(folder.path, plan, '--from', from, ...(to.length === 0 ? [] : ['--to', to.join(',')]));
    return worker;
  }

  describe('makes of records what the nodes make', () => {
    let bench: NodeBench;
    beforeEach(() => {
      const core = [coreNode('function/10-switch.js'), coreNode('function/15-change.js')];
      bench = new NodeBench([kafkaCluster, cleanNode, hashtagNode, sentimentNode, windowNode, ...core]);
    });
    afterEach(() => bench.dispose());

    /** Runs a chain of nodes in Node-RED, each with a probe at its second output. */
    async function inNodeRed(chain: readonly FlowNode[]): Promise<void> {
      const ends = chain.map(({ id }) => benchNode(`${id}.bad`, 'probe'));
      const nodes = chain.map((each, index) => {
        const [ok = []] = each.wires ?? [];
        return {
          ...each,
          z: 'f',
          x: 0,
          y: index,
          wires: [ok.map((id) => (id === 'out' ? 'end' : id)), [`${each.id}.bad`]],
        };
      });
      await bench.run([...nodes, ...ends, benchNode('end', 'probe')]);
    }

    const chain = (): FlowNode[] => [
      node('clean', 'tweet-clean', CLEAN, ['tags']),
      node('tags', 'hashtag-extract', { kinds: ['hashtag', 'mention', 'cashtag'] }, ['mood']),
      node('mood', 'sentiment', {}, ['out']),
    ];

    function planOf(nodes: readonly FlowNode[], batch: boolean, key = 'id'): Plan {
      const ends = [
        node('in', 'kafka-in', { cluster: 'c', topic: 'tweets', batch }, [nodes[0]?.id ?? '']),
        node('out', 'kafka-out', { cluster: 'c', topic: 'enriched', key }),
      ];
      return compiled([CLUSTER, ...ends, ...nodes]).plan;
    }

    it('of all real posts and of odd records, in batches', async () => {
      await inNodeRed(chain());
      const spark = start(planOf(chain(), true));
      const texts = [...posts, ...ODD.map((record) => JSON.stringify(record))];
      let compared = 0;
      for (let from = 0; from < texts.length; from += PER_BATCH) {
        const value = texts.slice(from, from + PER_BATCH);
        const at = bench.recordsAt('end').length;
        bench.receive('clean', { payload: value.map((text) => JSON.parse(text) as unknown) });
        const { to, rejected } = await spark.ask({ value });
        await until(
          () => bench.recordsAt('end').length >= at + (to.out?.value.length ?? 0),
          'the records of the nodes',
        );
        await settle(5);
        const expected = bench.recordsAt('end').slice(at);
        assert.deepEqual(
          to.out?.value,
          expected.map((record) => JSON.stringify(record)),
        );
        assert.deepEqual(
          to.out.key,
          expected.map((record) => String((record as { id: unknown }).id)),
        );
        compared += expected.length;
        if (from + PER_BATCH < texts.length) continue;
        for (const id of ['clean', 'tags', 'mood']) {
          const bad = bench.recordsAt(`${id}.bad`) as { error: { message: string } }[];
          const count = rejected.find((each) => each.node === id)?.count ?? 0;
          assert.equal(count, bad.length, id);
          assert.equal(rejected.find((each) => each.node === id)?.reason, bad[0]?.error.message);
        }
        assert.ok(rejected.length > 0);
      }
      assert.ok(compared > 49_000 && compared < texts.length, `${compared} compared`);
    });

    it('of real posts and odd records, one by one, with the words that the mood rests on', async () => {
      await inNodeRed(chain());
      const spark = start(planOf(chain(), false));
      const texts = [...posts.slice(0, SINGLES), ...ODD.map((record) => JSON.stringify(record))];
      for (const text of texts) bench.receive('clean', { payload: JSON.parse(text) as unknown });
      const { to } = await spark.ask({ value: texts });
      await until(() => bench.recordsAt('end').length >= (to.out?.value.length ?? 0), 'the records of the nodes');
      await settle();
      const expected = bench.recordsAt('end').map((record) => JSON.stringify(record));
      assert.deepEqual(to.out?.value, expected);
      assert.ok(expected.length > 0.9 * SINGLES && expected.some((text) => text.includes('"words":["')));
    });

    it('of texts, one by one: judged beside the message', async () => {
      const nodes = [
        node('mood', 'sentiment', {}, ['good']),
        node('good', 'switch', { property: 'sentiment.score', rules: [{ t: 'gt', v: '0', vt: 'num' }] }, ['set']),
        node('set', 'change', { rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'sentiment.label', tot: 'msg' }] }, [
          'out',
        ]),
      ];
      await inNodeRed(nodes);
      const flow = [
        node('in', 'kafka-in', { cluster: 'c', topic: 'texts', batch: false, decode: 'text' }, ['mood']),
        node('out', 'kafka-out', { cluster: 'c', topic: 'good', encode: 'text' }),
      ];
      const spark = start(compiled([CLUSTER, ...flow, ...nodes]).plan);
      const value = ['good day', 'bad day', 'day', 'great'];
      for (const payload of value) bench.receive('mood', { payload });
      await until(() => bench.recordsAt('end').length === 2, 'two good texts');
      const { to } = await spark.ask({ value, key: ['k0', 'k1', null, 'k3'] });
      assert.deepEqual(to.out?.value, bench.recordsAt('end'));
      assert.deepEqual(to.out.at, [0, 3]);
      assert.deepEqual(to.out.key, ['k0', 'k3']);
    });

    for (const [name, settings] of [
      ['hours by hashtag, with sums', { key: 'hashtags', size: '1h', value: 'sentiment.score' }],
      ['days by two keys, the first ten', { key: 'hashtags, sentiment.label', size: '1d', top: 10 }],
      ['different authors of a mood', { key: 'sentiment.label', size: '1d', distinct: 'text' }],
      ['everything, as rows', { key: '', size: '1h', output: 'rows', value: 'sentiment.score' }],
    ] as const) {
      it(`of windows: ${name}`, async () => {
        const counting = {
          ...{ time: 'created_at', window: 'tumbling', watermark: 'stream', delay: '0s', state: 'memory' },
          ...settings,
        };
        const nodes = (end: string[]): FlowNode[] => [
          node('tags', 'hashtag-extract', {}, ['mood']),
          node('mood', 'sentiment', {}, ['w']),
          node('w', 'window-count', counting, end),
        ];
        const few = [...posts.slice(0, 5_000), JSON.stringify({ text: 'no time' })];
        const ends = [
          node('in', 'kafka-in', { cluster: 'c', topic: 'tweets' }, ['tags']),
          node('out', 'kafka-out', { cluster: 'c', topic: 'windows', key: 'id' }),
        ];
        const { plan } = compiled([CLUSTER, ...ends, ...nodes(['out'])]);
        const before = await start(plan).ask({ value: few });
        worker?.kill();
        assert.deepEqual(
          before.rejected.map(({ node: id, count }) => [id, count]),
          [['w', 1]],
        );
        const windows = grouped(before.to.w as WindowColumns, settings.size === '1h' ? HOUR : 24 * HOUR);
        const after = await start(plan, 'w').ask({ windows });

        const beside = nodes(['end']).map(({ wires: [ok = []] = [], ...each }) => ({
          ...{ ...each, z: 'f' },
          // Behind the window count, which then has what this has.
          wires: [each.id === 'mood' ? [...ok, 'judged'] : ok],
        }));
        await bench.run([...beside, benchNode('end', 'probe'), benchNode('judged', 'probe')]);
        bench.receive('tags', { payload: few.map((text) => JSON.parse(text) as unknown) });
        await until(() => bench.at('judged').length === 1, 'the posts to be judged');
        await settle();
        bench.receive('w', { flush: true });
        await until(() => bench.recordsAt('end').length >= (after.to.out?.value.length ?? 0), 'all windows');
        await settle(200);
        const expected = bench.recordsAt('end').map((record) => JSON.stringify(record));
        assert.deepEqual(after.to.out?.value, expected);
        assert.ok(expected.length > 1);
      });
    }
  });

  describe('and what it is told', () => {
    const flow = (settings: object = {}, ...others: FlowNode[]): FlowNode[] => [
      CLUSTER,
      node('in', 'kafka-in', { cluster: 'c', topic: 'tweets', batch: false, ...settings }, ['clean']),
      node('clean', 'tweet-clean', CLEAN, ['out']),
      node('out', 'kafka-out', { cluster: 'c', topic: '', key: '' }),
      ...others,
    ];
    const good = '{"id":"1","text":"a"}';

    it('answers a line that is no batch with what is wrong, and goes on', async () => {
      const spark = start(compiled(flow()).plan);
      for (const [line, expected] of [
        ['{"value":', /not JSON/u],
        ['', /not JSON/u],
        ['[]', /no list "value" in the line, but an array of 0/u],
        ['{"value":[1]}', /neither text nor null, but 1/u],
        ['{"value":["{}"],"key":[]}', /1 values, but 0 of "key"/u],
      ] as const) {
        assert.match((await spark.ask(line)).error?.message ?? '', expected);
      }
      const { to } = await spark.ask({ value: [good], topic: 'tweets' });
      assert.deepEqual(to.out?.topic, ['tweets']);
      assert.deepEqual(await spark.end(), { code: 0, errors: '' });
    });

    it('takes a line in pieces, several lines at once, and a last one without an end', async () => {
      const spark = start(compiled(flow()).plan);
      const text = 'ü€😀'.repeat(100);
      const bytes = Buffer.from(`${JSON.stringify({ value: [JSON.stringify({ id: '1', text })], topic: 't' })}\n`);
      // In the middle of a character.
      for (const [from, to] of [
        [0, 31],
        [31, 33],
        [33, bytes.length],
      ]) {
        spark.write(bytes.subarray(from, to));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.deepEqual((await spark.next()).to.out?.value, [JSON.stringify({ id: '1', text })]);
      const line = JSON.stringify({ value: [good], topic: 't' });
      spark.write(`${line}\n${line}\n${line}`);
      const ended = spark.end();
      for (let index = 0; index < 3; index++) assert.deepEqual((await spark.next()).to.out?.value, [good]);
      assert.equal((await ended).code, 0);
    });

    it('takes an array for a batch in a single message, and for a record in a batch', async () => {
      const direct = (batch: boolean): Plan =>
        compiled([
          ...[CLUSTER, node('in', 'kafka-in', { cluster: 'c', topic: 'tweets', batch }, ['out'])],
          node('out', 'kafka-out', { cluster: 'c', topic: 'copy', key: '' }),
        ]).plan;
      const value = ['[1,{"a":2}]', '3', null];
      const single = await start(direct(false)).ask({ value });
      assert.deepEqual(single.to.out?.value, ['1', '{"a":2}', '3', null]);
      assert.deepEqual(single.to.out.at, [0, 0, 1, 2]);
      worker?.kill();
      assert.deepEqual((await start(direct(true)).ask({ value })).to.out?.value, value);
    });

    it('takes a line of many megabytes', async () => {
      const spark = start(compiled(flow()).plan);
      const record = JSON.stringify({ id: '1', text: 'x'.repeat(300) });
      const value = new Array<string>(60_000).fill(record);
      const { to } = await spark.ask({ value, topic: 't' });
      assert.equal(to.out?.value.length, value.length);
      assert.equal(to.out.value.at(-1), record);
    });

    it('says on stderr what it cannot begin with, and ends with 2', async () => {
      const { plan } = compiled(flow());
      for (const [text, options, expected] of [
        [plan, ['--from', 'w'], /no stage from "w"\. It has those from in/u],
        [plan, ['--from', 'in', '--to', 'out,w'], /does not lead to "w"\. It leads to out/u],
        [plan, [], /needs a plan and where to begin/u],
        [{ ...plan, version: 2 }, ['--from', 'in'], /of version 2, the worker understands 1/u],
        ['{', ['--from', 'in'], /cannot be read/u],
      ] as const) {
        worker = new WorkerProcess(folder.path, text, ...options);
        const { code, errors } = await worker.end();
        assert.equal(code, 2);
        assert.match(errors, expected);
        assert.equal(errors.trimEnd().split('\n').length, 1);
      }
    });

    it('makes what is asked for alone, of a stage with several ends', async () => {
      const { plan } = compiled(
        flow({ deadLetterTopic: 'letters' })
          .map((each) => (each.id === 'clean' ? { ...each, wires: [['out', 'two']] } : each))
          .concat(node('two', 'kafka-out', { cluster: 'c', topic: 'two' })),
        { sinks: ['out', 'two'] },
      );
      const line = { value: [good], topic: 't' };
      assert.deepEqual(Object.keys((await start(plan).ask(line)).to).sort(), ['in:dead-letters', 'out', 'two']);
      worker?.kill();
      assert.deepEqual(Object.keys((await start(plan, 'in', 'two').ask(line)).to), ['two']);
    });

    it('writes what it cannot decode as dead letters, as kafka-in does', async () => {
      const spark = start(compiled(flow({ deadLetterTopic: 'letters' })).plan);
      const { to, rejected } = await spark.ask({
        ...{ value: [good, '{"id":', good], key: ['a', 'b', 'c'], topic: 'tweets', partition: 2, offset: [7, 8, 9] },
        ...{ timestamp: [1, 2, 3], headers: [null, { trace: 'x' }, { trace: 'y' }] },
      });
      const letters = to['in:dead-letters'];
      assert.deepEqual([letters?.at, letters?.key, letters?.value], [[1], ['b'], ['{"id":']]);
      const {
        'pulseflow.errors.timestamp': at,
        'pulseflow.errors.exception.message': why,
        ...headers
      } = letters?.headers?.[0] ?? {};
      assert.deepEqual(headers, {
        trace: 'x',
        'pulseflow.errors.topic': 'tweets',
        'pulseflow.errors.partition': '2',
        'pulseflow.errors.offset': '8',
        'pulseflow.errors.node': 'in',
        'pulseflow.errors.attempts': '1',
      });
      assert.match(why ?? '', /not JSON/u);
      assert.ok(!Number.isNaN(Date.parse(at ?? '')));
      assert.deepEqual(rejected, []);
      assert.deepEqual(to.out?.headers, [null, { trace: 'y' }]);
      assert.deepEqual(to.out.key, ['a', 'c']);
    });

    it('counts what cannot be decoded, where nothing takes it up', async () => {
      const { rejected } = await start(compiled(flow()).plan).ask({ value: ['x', 'y'], topic: 't' });
      assert.deepEqual(
        rejected.map(({ node: id, count }) => [id, count]),
        [['in', 2]],
      );
    });

    it('tells records of one input apart as kafka-out stamps them', async () => {
      const split = flow().map((each) => (each.id === 'clean' ? { ...each, wires: [['tags']] } : each));
      const tags = node('tags', 'hashtag-extract', { output: 'split' }, ['drop']);
      const drop = node('drop', 'change', { rules: [{ t: 'delete', p: 'payload.hashtags', pt: 'msg' }] }, ['out']);
      const { plan } = compiled([...split, tags, drop]);
      const value = ['{"id":"1","text":"#a #b #c"}', '{"id":"1","text":"#a #b #c"}'];
      const { to } = await start(plan).ask({ value, topic: 't', key: 'k' });
      const stamper = new Stamper('out');
      const expected = value.flatMap((text, index) => {
        const origin = { lane: 'l', epoch: 'e', position: index, attempt: 1, oldest: 0 };
        const stamps = stamper.stamp(new Array(3).fill({ key: 'k', value: text }) as NewRecord[], origin);
        return stamps?.map((headers) => stampOf(headers)?.which);
      });
      assert.deepEqual(to.out?.value, [
        ...new Array<string>(3).fill(value[0] ?? ''),
        ...new Array<string>(3).fill(value[1] ?? ''),
      ]);
      assert.deepEqual(to.out.which, expected);
    });

    it('passes over a line that is longer than it may be, and takes the next one', async () => {
      const written: string[] = [];
      const lines = ['"12345678901234567890"', '"123"', `"${'x'.repeat(100)}"`, '1'];
      const bytes = Buffer.from(lines.join('\n'));
      const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) =>
        bytes.subarray(index * 7, index * 7 + 7),
      );
      const run = (batch: unknown): never => ({ batch }) as never;
      const write = (text: string): Promise<void> => {
        written.push(text);
        return Promise.resolve();
      };
      await serve(run, Readable.from(chunks), write, 20);
      assert.deepEqual(
        written
          .map((text) => JSON.parse(text) as { error?: { message: string } })
          .map(({ error, ...rest }) => error?.message ?? rest),
        [
          'A line is longer than 20 bytes. Give fewer rows at once.',
          { batch: '123' },
          'A line is longer than 20 bytes. Give fewer rows at once.',
          { batch: 1 },
        ],
      );
    });
  });
});

/** Counts as Spark would: by window and key, all in one batch. */
function grouped({ time, key, value, distinct }: WindowColumns, size: number): SparkWindow[] {
  const windows = new Map<number, Map<string, SparkGroup>>();
  for (const [index, each] of key.entries()) {
    if (each === null) continue;
    const start = Math.floor((time[index] ?? 0) / size) * size;
    const groups = windows.get(start) ?? new Map<string, SparkGroup>();
    windows.set(start, groups);
    const [, count, sum, least, greatest, hashes] = groups.get(each) ?? ([each, 0] as SparkGroup);
    const number = value?.[index];
    const hash = distinct?.[index];
    groups.set(each, [
      ...([each, count + 1] as const),
      number === undefined ? null : (sum ?? 0) + number,
      number === undefined ? null : Math.min(least ?? Infinity, number),
      number === undefined ? null : Math.max(greatest ?? -Infinity, number),
      distinct === undefined
        ? null
        : [...new Set([...(hashes ?? []), ...(hash === undefined || hash === null ? [] : [hash])])],
    ]);
  }
  return [...windows]
    .sort(([a], [b]) => a - b)
    .map(([start, groups]) => ({ start, end: start + size, final: true, groups: [...groups.values()] }));
}
