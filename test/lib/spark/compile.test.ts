import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowNode } from '../../../lib/spark/flow';
import { PlanError } from '../../../lib/spark/obstacles';
import type { Plan, StepOutput } from '../../../lib/spark/plan';
import { stageOf } from '../../../lib/spark/stage';
import { readExamples } from '../../flows/exampleFiles';
import { CLUSTER, SETTINGS_AGREE, compiled, node, obstaclesOf } from './flows';

const TAB: FlowNode = { id: 't', type: 'tab' };
const IN = { cluster: 'c', topic: 'tweets', group: 'g', fromTime: '' };
const COUNT = { key: 'hashtags', time: 'created_at', watermark: 'stream' };

/** `in` to `out` through nodes that are wired one after the other. */
function chain(...nodes: readonly (readonly [id: string, type: string, settings: object])[]): FlowNode[] {
  const ids = ['in', ...nodes.map(([id]) => id), 'out'];
  const next = (index: number): string[] => [ids[index + 1] ?? ''];
  return [
    TAB,
    CLUSTER,
    node('in', 'kafka-in', IN, next(0)),
    ...nodes.map(([id, type, settings], index) => node(id, type, settings, next(index + 1))),
    node('out', 'kafka-out', { cluster: 'c', topic: 'out' }),
  ];
}

/** The flow with other settings of one of its nodes. */
function changed(flow: readonly FlowNode[], id: string, settings: object): FlowNode[] {
  return flow.map((each) => (each.id === id ? { ...each, ...settings } : each));
}

/** Everything that has a meaning on Spark, with branches. */
const EVERYTHING: readonly FlowNode[] = [
  TAB,
  CLUSTER,
  node('in', 'kafka-in', { ...IN, topic: 'tweets, more', batch: false, deadLetterTopic: 'letters' }, ['clean']),
  node('clean', 'tweet-clean', { dedupe: '', fields: '', name: 'clean them' }, ['langs'], ['bad']),
  node(
    'langs',
    'switch',
    { property: 'payload.lang', rules: [{ t: 'eq', v: 'en', vt: 'str' }, { t: 'else' }] },
    ['tags'],
    ['other'],
  ),
  node('tags', 'hashtag-extract', {}, ['far']),
  node('far', 'link out', { mode: 'link', links: ['near', 'gone'] }),
  node('near', 'link in', { links: ['far'] }, ['bend']),
  node('bend', 'junction', {}, ['hours', 'sessions', 'mood']),
  node('mood', 'sentiment', {}, ['mark']),
  node('mark', 'change', { rules: [{ t: 'set', p: 'payload.engine', pt: 'msg', to: 'afinn', tot: 'str' }] }, [
    'enriched',
  ]),
  node('hours', 'window-count', { ...COUNT, window: 'sliding', size: '1h', slide: '30m', delay: '1m' }, ['final']),
  node('final', 'switch', { property: 'payload.final', rules: [{ t: 'true' }] }, ['out']),
  node('sessions', 'window-count', { ...COUNT, window: 'session', gap: '5m', details: 'ranks', top: 3 }, ['out']),
  node('out', 'kafka-out', { cluster: 'c', topic: 'windows', key: 'id', linger: '20ms' }),
  node('enriched', 'kafka-out', { cluster: 'c', topic: 'enriched', key: 'id', compression: 'zstd', acks: 'leader' }),
  node('other', 'kafka-out', { cluster: 'c', topic: 'other' }),
  node('bad', 'kafka-out', { cluster: 'c', topic: 'bad' }),
];
const SINKS = ['out', 'enriched', 'other', 'bad'];

describe('a flow compiled for Spark', () => {
  it('reads settings of the nodes as they are', () => assert.ok(Object.values(SETTINGS_AGREE).every(Boolean)));

  it('is a plan of its nodes, branches, links and junctions', () => {
    const { plan, notes } = compiled(EVERYTHING, { sinks: SINKS });
    assert.deepEqual(notes, []);
    assert.deepEqual(plan.connections, {
      c: {
        ...{ brokers: 'one:9092,two:9092', clientId: 'pulseflow', createTopics: true, partitions: 3 },
        security: 'PLAINTEXT',
      },
    });
    assert.deepEqual(plan.source, {
      ...{ id: 'in', name: 'kafka-in in', connection: 'c', topics: ['tweets', 'more'], group: 'g' },
      ...{ from: 'earliest', decode: 'json', batch: false },
    });
    assert.deepEqual(wires(plan), {
      'in:dead-letters': ['in 2'],
      clean: ['in 1'],
      langs: ['clean 1'],
      tags: ['langs 1'],
      hours: ['tags 1'],
      final: ['hours 1'],
      sessions: ['tags 1'],
      out: ['final 1', 'sessions 1'].sort(),
      mood: ['tags 1'],
      mark: ['mood 1'],
      enriched: ['mark 1'],
      other: ['langs 2'],
      bad: ['clean 2'],
    });
    assert.deepEqual(byFrom(plan), {
      in: ['bad', 'enriched', 'hours', 'in:dead-letters', 'other', 'sessions'],
      hours: ['out'],
      sessions: ['out'],
    });
    assert.deepEqual(step(plan, 'hours'), {
      ...{ id: 'hours', name: 'window-count hours', from: [{ step: 'tags', output: 1 }], kind: 'windows' },
      settings: {
        ...{ keys: ['hashtags'], time: 'created_at', value: '', distinct: '', delay: 60_000, emit: 'close', every: 0 },
        ...{ top: 0, maxKeys: 0, details: 'counts', output: 'windows' },
        shape: { kind: 'grid', size: 3_600_000, slide: 1_800_000, timeZone: '' },
      },
    });
    assert.deepEqual(step(plan, 'enriched'), {
      ...{ id: 'enriched', name: 'kafka-out enriched', from: [{ step: 'mark', output: 1 }], kind: 'kafka' },
      ...{
        connection: 'c',
        topic: 'enriched',
        key: 'id',
        encode: 'json',
        compression: 'zstd',
        acks: 'leader',
        linger: 5,
      },
    });
    assert.equal(step(plan, 'clean').name, 'tweet-clean "clean them"');
  });

  it('has its steps in an order in which each follows those it reads from', () => {
    const { plan } = compiled([...EVERYTHING].reverse(), { sinks: SINKS });
    const known = new Set([plan.source.id]);
    for (const { id, from } of plan.steps) {
      for (const origin of from) assert.ok(known.has(origin.step), `${id} before ${origin.step}`);
      known.add(id);
    }
  });

  it('is JSON that the worker runs as it was', () => {
    const { plan } = compiled(EVERYTHING, { sinks: SINKS });
    const again = JSON.parse(JSON.stringify(plan)) as Plan;
    assert.deepEqual(again, plan);
    const post = { id: '1', text: 'good #a', created_at: '2026-01-01T00:00:00Z', lang: 'en' };
    const line = { value: [post, { ...post, lang: 'de' }, { ...post, id: '' }].map((each) => JSON.stringify(each)) };
    const { to } = stageOf(again, 'in')(line);
    const columns = to as Record<string, { value?: string[]; key?: string[] }>;
    assert.equal((JSON.parse(columns.enriched?.value?.[0] ?? '') as { engine: unknown }).engine, 'afinn');
    assert.deepEqual(
      ['enriched', 'other', 'bad'].map((id) => columns[id]?.value?.length),
      [1, 1, 1],
    );
    assert.deepEqual(columns.hours?.key, ['a']);
    const windows = [true, false].map((final) => ({ start: 0, end: 9, final, groups: [['a', 1]] }));
    const results = stageOf(again, 'hours')({ windows }).to as Record<string, { at: number[] }>;
    assert.deepEqual(results.out?.at, [0]);
  });

  it('begins where the source is told to, and reads topics by pattern', () => {
    const from = (settings: object): unknown => compiled(changed(chain(), 'in', settings)).plan.source.from;
    assert.equal(from({ from: 'latest' }), 'latest');
    assert.deepEqual(from({ from: 'time', fromTime: '2h' }), { time: Date.UTC(2026, 0, 1, 22) });
    const topics = (topic: string): unknown => compiled(changed(chain(), 'in', { topic })).plan.source.topics;
    // Spark's pattern has to fit the whole name, Pulseflow's a part of it.
    const { pattern } = topics('/^tweets-/, more.of') as { pattern: string };
    const fits = (name: string): boolean => new RegExp(`^(?:${pattern})$`, 'u').test(name);
    assert.deepEqual(['tweets-de', 'more.of', 'moreXof', 'old-tweets-de'].map(fits), [true, true, false, false]);
  });

  it('says how the brokers are reached, without secrets', () => {
    const settings = { tls: 'tls', saslMechanism: 'scram-sha-512', credentials: { user: 'u', password: 'p' } };
    const tls: FlowNode = { id: 'tls', type: 'tls-config', ca: '/ca.pem', cert: '', key: '', verifyservercert: true };
    const { plan } = compiled([...changed(chain(), 'c', settings), tls]);
    const { security, mechanism, tls: files } = plan.connections.c ?? {};
    assert.deepEqual([security, mechanism, files], ['SASL_SSL', 'SCRAM-SHA-512', { id: 'tls', ca: '/ca.pem' }]);
    assert.ok(!/"[up]"/u.test(JSON.stringify(plan)));
  });

  it('leaves out what is disabled, as Node-RED does', () => {
    const flow = chain(['tags', 'hashtag-extract', {}]);
    const around = changed(flow, 'in', { wires: [['tags', 'no', 'away'], []] });
    const others = [
      node('no', 'function', { d: true }, ['out']),
      { ...node('away', 'link in', {}, ['out']), z: 'off' },
      { id: 'off', type: 'tab', disabled: true },
    ];
    assert.deepEqual(wires(compiled([...around, ...others]).plan), { tags: ['in 1'], out: ['tags 1'] });
    assert.deepEqual(obstaclesOf(changed(flow, 'tags', { d: true })), [
      'out -: No wire leads to it from kafka-in in. Choose a kafka-out behind the source, or wire it up.',
    ]);
  });

  it('notes what is beside it', () => {
    const flow = changed(chain(['tags', 'hashtag-extract', {}]), 'tags', { wires: [['out', 'look', 'copy'], []] });
    const { plan, notes } = compiled([
      ...flow,
      node('look', 'debug', { name: 'look' }),
      node('copy', 'kafka-out', { cluster: 'c', topic: 'copy' }),
      node('try', 'inject', {}, ['tags']),
    ]);
    assert.deepEqual(Object.keys(wires(plan)), ['tags', 'out']);
    assert.deepEqual(notes.map(({ node: id, text }) => `${id}: ${text}`).sort(), [
      'copy: It is not a sink of the job: while Spark runs the stretch, it gets nothing.',
      'look: It is left out: while Spark runs the stretch, it gets nothing from hashtag-extract tags.',
      'tags: What comes from inject try stays in Node-RED, and does not reach Spark.',
    ]);
  });

  it('may have a switch and a change that mean the same for each record of a batch', () => {
    const rules = [{ t: 'set', p: 'topic', pt: 'msg', to: 'other', tot: 'str' }];
    const flow = chain(
      ['by', 'switch', { property: 'topic', rules: [{ t: 'cont', v: 'tw', vt: 'str' }] }],
      ['to', 'change', { rules }],
    );
    const { plan } = compiled(changed(flow, 'out', { topic: '' }));
    const { to } = stageOf(plan, 'in')({ value: ['{}', '{}'], topic: ['tweets', 'x'] });
    assert.deepEqual(to.out, {
      ...{ at: [0], key: [null], value: ['{}'] },
      which: (to.out as { which: string[] }).which,
      topic: ['other'],
    });
  });
});

describe('what Spark cannot mean is refused', () => {
  const count = (settings: object): FlowNode[] => chain(['w', 'window-count', { ...COUNT, ...settings }]);
  const clean = (settings: object): FlowNode[] => chain(['x', 'tweet-clean', { dedupe: '', ...settings }]);
  const single = (type: string, settings: object): FlowNode[] =>
    changed(chain(['x', type, settings]), 'in', { batch: false });
  const rule = (settings: object, property = 'payload.a', propertyType = 'msg'): FlowNode[] =>
    single('switch', { property, propertyType, rules: [settings] });
  const change = (settings: object): FlowNode[] =>
    single('change', { rules: [{ t: 'set', p: 'payload.a', pt: 'msg', to: '1', tot: 'str', ...settings }] });

  it('but not what it can', () => {
    const flows = [
      count({}),
      count({ timeZone: 'UTC', size: '1d' }),
      clean({}),
      rule({ t: 'true' }),
      change({}),
      chain(),
    ];
    for (const flow of flows) assert.deepEqual(obstaclesOf(flow), []);
    assert.deepEqual(obstaclesOf(count({ emit: 'update', every: '1s' })), []);
    assert.deepEqual(obstaclesOf(count({ top: 10 })), []);
  });

  const refused: readonly (readonly [name: string, flow: FlowNode[], expected: RegExp])[] = [
    ['a bound on the keys', count({ maxKeys: 5 }), /^w maxKeys: .*at most 5 keys.* Set maxKeys to 0/u],
    ['top in updates', count({ emit: 'update', every: '1s', top: 5 }), /^w top: .*5 largest.* Set top to 0/u],
    [
      'calendar days',
      count({ timeZone: 'Asia/Shanghai', size: '1d' }),
      /^w timeZone: .*calendar days of Asia\/Shanghai/u,
    ],
    ['trends', count({ details: 'trends' }), /^w details: .*course.*counts/u],
    ['ranks of a grid', count({ details: 'ranks' }), /^w details: .*the one before/u],
    ['watermarks by partition', count({ watermark: 'partition', delay: '7s' }), /^w watermark: .*\(now 7s\)/u],
    [
      'updates of sessions',
      count({ window: 'session', emit: 'update', every: '1s' }),
      /^w emit: Session windows have no updates, as in Spark\. Send them/u,
    ],
    ['the time of arrival', count({ time: '' }), /^w time: .*time of arrival/u],
    ['a setting that is wrong', count({ size: 'soon' }), /^w size: size: duration soon/u],
    ['late records', changed(count({}), 'w', { wires: [[], ['out']] }), /^w -: .*drops them.* Take that wire off/u],
    [
      'windows of windows',
      chain(['w', 'window-count', COUNT], ['v', 'window-count', { ...COUNT, time: 'window.end' }]),
      /^v -: .*other windows/u,
    ],
    ['dedupe', clean({ dedupe: 'id' }), /^x dedupe: .*each id.* Leave dedupe empty/u],
    ['outliers', clean({ outliers: 'likes' }), /^x outliers: .* Leave outliers empty/u],
    ['functions', chain(['x', 'function', { func: 'return msg' }]), /^x -: .*code.*switch and change/u],
    ['subflows', chain(['x', 'subflow:abc', {}]), /^x -: It is a subflow/u],
    ['link calls', chain(['x', 'link call', { links: ['y'] }]), /^x -: .*link out and link in/u],
    ['other nodes', chain(['x', 'delay', {}]), /^x -: A node "delay" means nothing on Spark/u],
    [
      'sinks on the way',
      chain(['x', 'hbase-sink', {}]),
      /^x -: Spark does not write to it\. End the stretch in a kafka-out/u,
    ],
    ['a kafka-out on the way', chain(['x', 'kafka-out', { cluster: 'c', topic: 'x' }]), /^x -: .*Name it as the sink/u],
    [
      'batches judged as a whole',
      changed(rule({ t: 'true' }), 'in', { batch: true }),
      /^x property: Messages are batches there.*kafka-in in send a message for each record/u,
    ],
    ['a batch changed as a whole', changed(change({}), 'in', { batch: true }), /^x rules\[0\]: Messages are batches/u],
    [
      'rows judged as a whole',
      chain(
        ['w', 'window-count', { ...COUNT, output: 'rows' }],
        ['x', 'switch', { property: 'payload.count', rules: [{ t: 'gt', v: '1' }] }],
      ),
      /^x property: .*window-count w send a message for each window/u,
    ],
    ['JSONata in a switch', rule({ t: 'true' }, '$count(payload)', 'jsonata'), /^x property: .*JSONata/u],
    ['JSONata in a rule', rule({ t: 'jsonata_exp', v: 'x', vt: 'jsonata' }), /^x rules\[0\]: The rule "jsonata_exp"/u],
    ['context in a switch', rule({ t: 'eq', v: 'most', vt: 'flow' }), /^x rules\[0\]: .*context of the flow/u],
    ['the value before', rule({ t: 'neq', v: '', vt: 'prev' }), /^x rules\[0\]: .*message before/u],
    [
      'the place in a sequence',
      rule({ t: 'head', v: '3', vt: 'num' }),
      /^x rules\[0\]: .*counts the messages of a sequence/u,
    ],
    [
      'fields that are not known',
      rule({ t: 'true' }, 'headers.x'),
      /^x property: It uses msg\.headers\.x; known on Spark are msg\.payload/u,
    ],
    ['paths with fields in them', rule({ t: 'true' }, 'payload[msg.topic]'), /^x property: .*no path/u],
    [
      'an expression that is none',
      rule({ t: 'regex', v: '(', vt: 'str', case: false }),
      /^x rules\[0\]: .*Mend the regular expression/u,
    ],
    ['context in a change', change({ tot: 'global' }), /^x rules\[0\]: .*global context/u],
    ['context that is changed', change({ pt: 'flow' }), /^x rules\[0\]: .*context of the flow/u],
    ['JSONata in a change', change({ tot: 'jsonata' }), /^x rules\[0\]: .*JSONata/u],
    ['the clock', change({ tot: 'date' }), /^x rules\[0\]: .*time of the clock/u],
    ['environment variables', change({ tot: 'env' }), /^x rules\[0\]: .*environment variable/u],
    ['JSON that is none', change({ tot: 'json', to: '{' }), /^x rules\[0\]: It sets no JSON/u],
    ['buffers', change({ tot: 'bin' }), /^x rules\[0\]: .*type "bin"/u],
    ['the embedded log', changed(chain(), 'c', { mode: 'embedded' }), /^c mode: .*own store.*Apache Kafka/u],
    ['no cluster', chain().filter(({ id }) => id !== 'c'), /^c -: It is not in the flow/u],
    ['records as buffers', changed(chain(), 'in', { decode: 'buffer' }), /^in decode: /u],
    ['buffers that are written', changed(chain(), 'out', { encode: 'buffer' }), /^out encode: /u],
    ['manual commits', changed(chain(), 'in', { commit: 'manual' }), /^in commit: .*msg\.ack\(\)/u],
    ['transactions', changed(chain(), 'out', { transactions: true }), /^out transactions: /u],
    ['a pattern that is none', changed(chain(), 'in', { topic: '/(/' }), /^in topic: .*not a pattern/u],
    [
      'circles',
      changed(chain(['a', 'hashtag-extract', {}], ['b', 'sentiment', {}]), 'b', { wires: [['a', 'out']] }),
      /^[ab] -: .*circle/u,
    ],
    [
      'certificates that are not verified',
      [...changed(chain(), 'c', { tls: 'tls' }), { id: 'tls', type: 'tls-config', verifyservercert: false }],
      /^c tls: .*verify/u,
    ],
    [
      'sinks beside it',
      [...changed(chain(), 'in', { wires: [['out', 'x'], []] }), node('x', 'elasticsearch-sink', {})],
      /^x -: .*gets nothing\. End the stretch/u,
    ],
    [
      'records of others in its windows',
      [...count({}), node('more', 'kafka-in', IN, ['w'])],
      /^w -: It also gets messages from kafka-in more/u,
    ],
    [
      'messages to its windows',
      [...count({}), node('flush', 'inject', { props: [{ p: 'flush' }] }, ['w'])],
      /^w -: It also gets messages from inject flush.*nor commands/u,
    ],
  ];
  for (const [name, flow, expected] of refused) {
    it(name, () => {
      const obstacles = obstaclesOf(flow);
      assert.equal(obstacles.length, 1, obstacles.join('\n'));
      assert.match(obstacles[0] ?? '', expected);
    });
  }

  it('at its ends', () => {
    assert.match(obstaclesOf(chain(), { source: 'gone' })[0] ?? '', /^gone source: It is not in the flow any more/u);
    assert.match(obstaclesOf(chain(), { source: 'out' })[0] ?? '', /^out source: It is no kafka-in/u);
    assert.match(obstaclesOf(changed(chain(), 'out', { d: true }))[0] ?? '', /^out sink: It is disabled/u);
    assert.match(obstaclesOf(chain(), { sinks: [] })[0] ?? '', /^in sink: No sink is chosen/u);
  });

  it('all at once, in one error', () => {
    const flow = chain(
      ['clean', 'tweet-clean', {}],
      ['f', 'function', { name: 'price' }],
      ['w', 'window-count', { ...COUNT, maxKeys: 1, details: 'trends' }],
    );
    assert.throws(
      () => compiled(flow),
      (thrown: unknown) => {
        assert.ok(thrown instanceof PlanError);
        assert.deepEqual(
          thrown.obstacles.map(({ node: id, setting }) => [id, setting]),
          [
            ['clean', 'dedupe'],
            ['f', undefined],
            ['w', 'maxKeys'],
            ['w', 'details'],
          ],
        );
        const lines = thrown.message.split('\n');
        assert.equal(lines[0], 'Spark cannot run the stretch from kafka-in in to kafka-out out:');
        assert.equal(lines.length, 5);
        assert.match(lines[2] ?? '', /^- function "price": It runs code .* Use switch and change instead/u);
        return true;
      },
    );
  });
});

describe('the examples on Spark', () => {
  /** What a person has to change of the large example first. */
  const forSpark = (flow: readonly FlowNode[]): FlowNode[] =>
    flow.map((each) => {
      if (each.type === 'kafka-cluster') return { ...each, mode: 'kafka', brokers: 'localhost:9092' };
      return each.type === 'window-count' ? { ...each, watermark: 'stream', top: 0 } : each;
    });
  const pipelines: (readonly [name: string, flow: FlowNode[]])[] = [
    ...readExamples()
      .filter(({ name }) => name.startsWith('tweet-analytics'))
      .map(({ name, nodes }) => [name, nodes as unknown as FlowNode[]] as const),
    ['flows', JSON.parse(readFileSync(join(process.cwd(), 'flows', 'flows.json'), 'utf8')) as FlowNode[]],
  ];
  const ends = { source: '61484ac22137e2ad', sinks: ['9602e768205e1ab9', '897de0a48a903f5c', '1aff9b375f72705f'] };

  for (const [name, flow] of pipelines) {
    it(`${name} is refused as it is, for its log, its watermarks and its top`, () => {
      const obstacles = obstaclesOf(flow, ends).map((each) => each.split(':')[0]);
      assert.deepEqual(obstacles.sort(), [
        '876867f63eb22e0a mode',
        'ab32c91a18dac0cf top',
        'ab32c91a18dac0cf watermark',
        'e3ea212bbe40151d watermark',
      ]);
    });

    it(`${name} runs with these changed`, () => {
      const { plan, notes } = compiled(forSpark(flow), ends);
      assert.deepEqual(byFrom(plan), {
        '61484ac22137e2ad': [
          '61484ac22137e2ad:dead-letters',
          '9602e768205e1ab9',
          'ab32c91a18dac0cf',
          'e3ea212bbe40151d',
        ],
        ab32c91a18dac0cf: ['897de0a48a903f5c'],
        e3ea212bbe40151d: ['1aff9b375f72705f'],
      });
      // The dashboard sets the windows: that cannot reach Spark.
      assert.deepEqual([...new Set(notes.map(({ node: id }) => id))].sort(), ['ab32c91a18dac0cf', 'e3ea212bbe40151d']);
    });
  }

  it('every other stretch from a kafka-in to a kafka-out says what stands in its way', () => {
    const found: string[] = [];
    for (const { name, nodes } of readExamples()) {
      if (name.startsWith('tweet-analytics')) continue;
      const flow = nodes as unknown as FlowNode[];
      for (const { id: source } of flow.filter(({ type }) => type === 'kafka-in')) {
        for (const { id: sink } of flow.filter(({ type }) => type === 'kafka-out')) {
          const obstacles = obstaclesOf(forSpark(flow), { source, sinks: [sink] });
          if (obstacles.some((each) => each.includes('No wire leads'))) continue;
          found.push(
            `${name}: ${obstacles
              .map((each) => typeOf(flow, each))
              .sort()
              .join(', ')}`,
          );
        }
      }
    }
    assert.deepEqual(found, [
      'kafka-dead-letters: function',
      'kafka-dead-letters: delay, function, kafka-in, kafka-out',
      'kafka-dead-letters: delay, function, kafka-in, kafka-out',
      'on-real-servers: elasticsearch-sink, hbase-sink, kafka-out, window-count',
    ]);
  });
});

function typeOf(flow: readonly FlowNode[], obstacle: string): string {
  return flow.find(({ id }) => obstacle.startsWith(`${id} `))?.type ?? '';
}

function wires(plan: Plan): Record<string, string[]> {
  const words = ({ step: id, output }: StepOutput): string => `${id} ${output}`;
  return Object.fromEntries(plan.steps.map(({ id, from }) => [id, from.map(words).sort()]));
}

function byFrom(plan: Plan): Record<string, string[]> {
  return Object.fromEntries(plan.stages.map(({ from, to }) => [from, [...to].sort()]));
}

function step(plan: Plan, id: string): Plan['steps'][number] {
  const found = plan.steps.find((each) => each.id === id);
  assert.ok(found, id);
  return found;
}
