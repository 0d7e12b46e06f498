import assert from 'node:assert/strict';
import { changeMeaning } from '../../../lib/spark/coreChange';
import { switchMeaning } from '../../../lib/spark/coreSwitch';
import { changeNode } from '../../../lib/spark/changeRules';
import type { FlowNode } from '../../../lib/spark/flow';
import { KnownFields } from '../../../lib/spark/knownFields';
import type { Message, RecordNode } from '../../../lib/spark/message';
import type { Objection } from '../../../lib/spark/obstacles';
import { switchNode } from '../../../lib/spark/switchRules';
import { NodeBench, type Saved, coreNode, node, settle } from '../../support/nodes';

interface Case {
  readonly type: 'switch' | 'change';
  readonly settings: Saved;
}

/** What left a node, by output. */
type Left = (readonly [output: number, message: unknown])[];

const OUTPUTS = 4;
const VALUES: unknown[] = [
  ...[undefined, null, true, false, 0, 1, 3, -2, 3.5, '', '3', '03', 'a', 'abc', 'ABC', 'true', '{"a":1}'],
  ...[[], [3], ['a'], {}, { a: 1 }, { length: 3 }, { value: 5, moved: 6 }],
];
const OTHERS: unknown[] = [3, 'a', null, undefined];

describe('core nodes on Spark', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([coreNode('function/10-switch.js'), coreNode('function/15-change.js')])));
  afterEach(() => bench.dispose());

  /** Gives each message to each node, in Node-RED and as the worker runs it. */
  async function bothAgree(cases: readonly Case[], messages: readonly Omit<Message, 'at'>[]): Promise<number> {
    const probes = cases.flatMap((_, index) => outputs().map((output) => node(`p${index}.${output}`, 'probe')));
    const nodes = cases.map(({ type, settings }, index) =>
      node(`n${index}`, type, settings, ...outputs().map((output) => [`p${index}.${output}`])),
    );
    await bench.run([...probes, ...nodes]);
    let compared = 0;
    for (const each of messages) {
      // As they come out of JSON: without fields that hold undefined.
      const message = known(each) as Omit<Message, 'at'>;
      const before = cases.map((_, index) => outputs().map((output) => bench.at(`p${index}.${output}`).length));
      for (const index of cases.keys()) bench.receive(`n${index}`, structuredClone(message));
      await settle();
      for (const [index, { type, settings }] of cases.entries()) {
        const expected: Left = outputs().flatMap((output) =>
          bench
            .at(`p${index}.${output}`)
            .slice(before[index]?.[output - 1])
            .map((each) => [output, known(each)] as const),
        );
        const actual = leaves(meaningOf({ id: 'n', type, ...settings }), message);
        const what = `${JSON.stringify(settings)} of ${JSON.stringify(message)}`;
        assert.deepEqual(actual, expected, what);
        compared++;
      }
    }
    return compared;
  }

  it('switch by every operator as Node-RED does, with every kind of value', async () => {
    const operands: Saved[] = [
      { v: '3', vt: 'num' },
      { v: '3', vt: 'str' },
      { v: 'a', vt: 'str' },
      { v: '', vt: 'str' },
      { v: 'true', vt: 'bool' },
      { v: 'payload.other', vt: 'msg' },
      { v: 'payload.no.where', vt: 'msg' },
      { v: '3' },
      { v: 'a' },
    ];
    const rules: Saved[] = [
      ...['eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'cont', 'hask'].flatMap((t) =>
        operands.map((each) => ({ t, ...each })),
      ),
      ...['true', 'false', 'null', 'nnull', 'empty', 'nempty', 'else'].map((t) => ({ t })),
      ...['string', 'number', 'boolean', 'array', 'buffer', 'object', 'json', 'undefined', 'null'].map((v) => ({
        ...{ t: 'istype', v, vt: v },
      })),
      ...operands.map((each) => ({ t: 'btwn', ...each, v2: '-2', v2t: 'num' })),
      { t: 'btwn', v: '1', vt: 'num', v2: 'payload.other', v2t: 'msg' },
      { t: 'regex', v: '^a', vt: 'str', case: false },
      { t: 'regex', v: '^A.', vt: 'str', case: true },
      { t: 'regex', v: 'payload.other', vt: 'msg', case: false },
    ];
    const cases = rules.flatMap((rule): Case[] =>
      ['true', 'false'].map((checkall) => ({
        type: 'switch',
        settings: {
          property: 'payload.value',
          propertyType: 'msg',
          rules: [rule, { t: 'else' }, { t: 'nnull' }, rule],
          checkall,
        },
      })),
    );
    const messages = VALUES.flatMap((value) => OTHERS.map((other) => ({ payload: { value, other } })));
    assert.equal(await bothAgree(cases, messages), cases.length * messages.length);
  });

  it('switch by other fields of the message', async () => {
    const properties = [
      'payload',
      'topic',
      'kafka.partition',
      'payload.list[1]',
      'payload.text.length',
      'payload.list.length',
    ];
    const cases = properties.map((property): Case => ({
      type: 'switch',
      settings: {
        property,
        rules: [{ t: 'eq', v: '2' }, { t: 'null' }, { t: 'cont', v: 'b', vt: 'str' }],
        checkall: 'true',
      },
    }));
    await bothAgree(cases, [
      { payload: { list: [1, 2], text: 'ab' }, topic: 'a.b', kafka: { topic: 'a.b', partition: 2 } },
      { payload: 'b', topic: '2' },
      { payload: 2 },
      { payload: null },
    ]);
  });

  it('change by set, change, delete and move as Node-RED does', async () => {
    const set = (p: string, to: string, tot: string): Saved => ({ t: 'set', p, pt: 'msg', to, tot });
    const change = (from: string, fromt: string, to: string, tot: string, p = 'payload.value'): Saved => ({
      ...{ t: 'change', p, pt: 'msg', from, fromt, to, tot },
    });
    const move = (p: string, to: string): Saved => ({ t: 'move', p, pt: 'msg', to, tot: 'msg' });
    const sets: Saved[][] = [
      [set('payload.new', 'text', 'str')],
      [set('payload.new.deep', '12', 'num')],
      [set('payload.value.deep', '12', 'num')],
      [set('payload.list[1]', 'x', 'str'), set('payload.list[0].a', 'true', 'bool')],
      [set('payload', '{"a":[1]}', 'json'), set('payload.a[0]', '2', 'num')],
      [set('payload.new', 'payload.value', 'msg'), set('payload.value', 'gone', 'str')],
      [set('payload.value', 'payload.no', 'msg'), set('payload.list', 'payload.no.where.at.all', 'msg')],
      [set('topic', 'other', 'str')],
      [{ t: 'set', p: 'payload.new', to: 'msg.payload.list' }],
      [{ t: 'delete', p: 'payload.value', pt: 'msg' }],
      [{ t: 'delete', p: 'payload.list[0]', pt: 'msg' }],
      [{ t: 'delete', p: 'payload.no.where', pt: 'msg' }],
      [change('a', 'str', 'z', 'str')],
      [change('3', 'num', '4', 'num')],
      [change('true', 'bool', 'false', 'bool')],
      [change('a', 'str', 'true', 'bool')],
      [change('^a(b)', 're', '<$1>', 'str')],
      [change('.', 'str', '!', 'str', 'topic'), change('a', 're', '4', 'num')],
      [{ t: 'change', p: 'payload.value', from: 'A', to: 'z', re: true }],
      [move('payload.value', 'payload.moved')],
      [move('payload.value', 'payload')],
      [move('payload', 'payload.inner')],
      [move('payload.no', 'payload.value')],
      [move('payload.no.where', 'payload.value')],
      [move('payload.list', 'topic')],
      [move('payload.value', 'payload.value')],
    ];
    const cases = [
      ...sets.map((rules): Case => ({ type: 'change', settings: { rules } })),
      {
        type: 'change' as const,
        settings: { action: 'change', property: 'payload.value', from: 'a', to: 'b', reg: false },
      },
      { type: 'change' as const, settings: { action: 'replace', property: 'payload.value', to: 'b' } },
    ];
    const messages = VALUES.map((value) => ({ topic: 'a.b', payload: { value, list: [{ x: 1 }, 2], __proto: 1 } }));
    assert.equal(await bothAgree(cases, messages), cases.length * messages.length);
  });

  it('change nothing in what other branches have', () => {
    const message = { at: 0, payload: { list: [{ a: 1 }] } };
    const rules = [{ t: 'set', p: 'payload.list[0].a', pt: 'msg', to: '2', tot: 'num' }];
    const [[, changed] = []] = leaves(meaningOf({ id: 'n', type: 'change', rules }), message);
    assert.deepEqual(changed, { payload: { list: [{ a: 2 }] } });
    assert.deepEqual(message, { at: 0, payload: { list: [{ a: 1 }] } });
  });
});

function outputs(): number[] {
  return Array.from({ length: OUTPUTS }, (_, index) => index + 1);
}

/** What both engines know of a message, as JSON has it. */
function known({ payload, topic, kafka }: { payload?: unknown; topic?: unknown; kafka?: unknown }): unknown {
  return JSON.parse(JSON.stringify({ payload, topic, kafka }));
}

function meaningOf(flowNode: FlowNode): RecordNode {
  const objections: Objection[] = [];
  const object = (objection: Objection): void => void objections.push(objection);
  const fields = new KnownFields('single', '', object);
  const made =
    flowNode.type === 'switch'
      ? switchNode(switchMeaning(flowNode, fields, object))
      : changeNode(changeMeaning(flowNode, fields, object));
  assert.deepEqual(objections, []);
  return made;
}

function leaves(run: RecordNode, message: Omit<Message, 'at'>): Left {
  const left: [number, unknown][] = [];
  run({ at: 0, ...message }, (output, each) => left.push([output, known(each)]));
  return left;
}
