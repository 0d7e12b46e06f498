import assert from 'node:assert/strict';
import { listedNodes } from '../support/specs';
import { type ExampleNode, readExamples } from './exampleFiles';

const examples = readExamples();
const small = examples.filter(({ name }) => !name.startsWith('tweet-analytics'));
const ours = new Set(Object.keys(listedNodes()));

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Wire {
  readonly from: Point;
  readonly to: Point;
  /** The ports that it joins. */
  readonly ends: readonly [string, string];
}

/** The box that the editor draws: as wide as the label, in steps of the grid; at least as high as its outputs. */
function boxOf(node: ExampleNode): { left: number; right: number; top: number; bottom: number } {
  const { x = 0, y = 0, type, name = '', topic = '', wires = [] } = node;
  const label = [name, topic, type].find((text) => text !== '') ?? '';
  const width = type === 'junction' ? 10 : Math.max(100, 20 * Math.ceil((label.length * 6.6 + 57) / 20));
  const height = type === 'junction' ? 10 : Math.max(30, wires.length * 15);
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function wiresOf(nodes: readonly ExampleNode[]): Wire[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.flatMap((node) =>
    (node.wires ?? []).flatMap((port, index, ports) =>
      port.flatMap((id) => {
        const target = byId.get(id);
        if (target === undefined) return assert.fail(`${node.id} leads to ${id}, which is not there`);
        const from = { x: boxOf(node).right, y: (node.y ?? 0) + (index - (ports.length - 1) / 2) * 13 };
        const to = { x: boxOf(target).left, y: target.y ?? 0 };
        return [{ from, to, ends: [`${node.id}/${index}`, id] as const }];
      }),
    ),
  );
}

function side(a: Point, b: Point, c: Point): number {
  return Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
}

function cross(one: Wire, other: Wire): boolean {
  if (one.ends[0] === other.ends[0] || one.ends[1] === other.ends[1]) return false;
  return (
    side(one.from, one.to, other.from) * side(one.from, one.to, other.to) < 0 &&
    side(other.from, other.to, one.from) * side(other.from, other.to, one.to) < 0
  );
}

describe('the examples as they are drawn', () => {
  it('use an id only once, over all of them', () => {
    const ids = small.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/u);
  });

  it('share no topic with a group of another', () => {
    const read = small.flatMap(({ name, nodes }) =>
      [...new Set(nodes.flatMap(({ topic = '', group = '' }) => (group === '' ? [] : [`${topic}/${group}`])))].map(
        (key) => ({ name, key }),
      ),
    );
    assert.equal(new Set(read.map(({ key }) => key)).size, read.length);
  });

  for (const { name, nodes } of small) {
    const placed = nodes.filter(({ x }) => x !== undefined);

    it(`${name}: says what to do, and its nodes say what they do`, () => {
      assert.ok(
        nodes.some(({ type }) => type === 'comment'),
        'it has no comment',
      );
      for (const node of placed) {
        const label = [node.name, node.topic].some((text = '') => text !== '');
        assert.ok(label || node.type === 'junction', `${node.type} ${node.id} has no name`);
      }
      for (const node of nodes) if (ours.has(node.type)) assert.equal(node.version, 1, node.id);
    });

    it(`${name}: no two nodes overlap, and all are on the sheet`, () => {
      for (const [index, node] of placed.entries()) {
        const box = boxOf(node);
        assert.ok(box.left >= 0 && box.top >= 0, node.name);
        for (const other of placed.slice(index + 1)) {
          const { left, right, top, bottom } = boxOf(other);
          const apart = box.right <= left || right <= box.left || box.bottom <= top || bottom <= box.top;
          assert.ok(apart, `${node.type} "${node.name ?? ''}" overlaps ${other.type} "${other.name ?? ''}"`);
        }
      }
    });

    it(`${name}: no two wires cross`, () => {
      const wires = wiresOf(nodes);
      for (const [index, wire] of wires.entries()) {
        for (const other of wires.slice(index + 1)) {
          assert.ok(!cross(wire, other), `${wire.ends.join(' to ')} crosses ${other.ends.join(' to ')}`);
        }
      }
    });
  }
});
