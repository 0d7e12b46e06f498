import assert from 'node:assert/strict';
import { gapsIn } from '../../nodes/common/gaps';
import type { SavedNode } from '../../nodes/common/red';

const LATE = { type: 'function', func: 'setTimeout(() => node.send(msg), 9);' };
const source = (...wires: string[]): SavedNode => ({ id: 'source', type: 'kafka-in', z: 't', wires: [wires] });
const node = (id: string, settings: object, ...wires: string[]): SavedNode => ({
  ...{ id, type: 'change', z: 't', wires: [wires] },
  ...settings,
});
const found = (...flow: SavedNode[]): string[] => gapsIn(flow).map(({ source, node }) => `${source} ${node.id}`);

describe('the gaps that can be seen in a flow', () => {
  it('are named with the source whose messages come there', () => {
    assert.deepEqual(found(source('a'), node('a', {}, 'b'), node('b', LATE), node('c', LATE)), ['source b']);
  });

  it('are functions that send later without node.done()', () => {
    const gap = (func: string): boolean => found(source('a'), node('a', { type: 'function', func })).length === 1;
    assert.ok(gap('setTimeout(() => { node.send(msg) })'));
    assert.ok(gap('fetch(url).then((r) => node.send(r))'));
    assert.ok(!gap('setTimeout(() => { node.send(msg); node.done(); })'));
    assert.ok(!gap('node.send(msg); return msg;'));
    assert.ok(!gap('await new Promise((d) => setTimeout(d, 9)); return msg;'));
  });

  it('are triggers that send a second time, and split as a stream', () => {
    assert.deepEqual(found(source('a'), node('a', { type: 'trigger', op2type: 'str' })), ['source a']);
    assert.deepEqual(found(source('a'), node('a', { type: 'trigger', op2type: 'nul' })), []);
    assert.deepEqual(found(source('a'), node('a', { type: 'split', stream: true })), ['source a']);
    assert.deepEqual(found(source('a'), node('a', { type: 'split', stream: false })), []);
  });

  it('are found behind links, link calls, in subflows, behind catch and complete nodes', () => {
    const out = node('out', { type: 'link out', links: ['in'], wires: [] });
    const call = node('out', { type: 'link call', links: 'in' });
    const into = node('in', { type: 'link in', z: 'other' }, 'late');
    assert.deepEqual(found(source('out'), out, into, node('late', LATE)), ['source late']);
    assert.deepEqual(found(source('out'), call, into, node('late', LATE)), ['source late']);
    const definition = { id: 'd', type: 'subflow', in: [{ wires: [{ id: 'late' }] }] };
    assert.deepEqual(
      found(source('s'), node('s', { type: 'subflow:d' }), definition, node('late', { ...LATE, z: 'd' })),
      ['source late'],
    );
    for (const [type, scope] of [
      ['catch', null],
      ['catch', ['a']],
      ['complete', ['a']],
    ]) {
      assert.deepEqual(found(source('a'), node('a', {}), node('c', { type, scope }, 'late'), node('late', LATE)), [
        'source late',
      ]);
    }
    assert.deepEqual(
      found(source('a'), node('a', {}), node('c', { type: 'catch', z: 'u' }, 'late'), node('late', LATE)),
      [],
    );
  });

  it('are looked for in loops once, and not behind nodes that are disabled', () => {
    assert.deepEqual(found(source('a'), node('a', {}, 'b'), node('b', LATE, 'a')), ['source b']);
    assert.deepEqual(found(source('a'), node('a', { d: true }, 'b'), node('b', LATE)), []);
  });
});
