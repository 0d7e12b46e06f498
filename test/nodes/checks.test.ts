import assert from 'node:assert/strict';
import { check } from '../../nodes/common/checks';
import * as properties from '../../nodes/common/properties';
import type { Property } from '../../nodes/common/properties';

describe('nodes: checks of settings', () => {
  const cases: readonly (readonly [what: string, property: Property, value: unknown, fault: string | undefined])[] = [
    ['an empty text that is needed', properties.text('', { required: true }), '', 'required'],
    ['an empty text that is not', properties.text(), '', undefined],
    ['an environment variable', properties.duration('1s'), '${PACE}', undefined],
    ['a path', properties.path(), 'author.username', undefined],
    ['a path with an index', properties.path(), 'entities.hashtags[0].tag', undefined],
    ['a path with a hole', properties.path(), 'a..b', 'path'],
    ['a path through the prototype', properties.path(), '__proto__.x', 'path'],
    ['a list of paths, one of them none', properties.paths(), 'id, a..b', 'path'],
    ['a duration', properties.duration(), '1.5h', undefined],
    ['a duration without a unit', properties.duration(), '10', 'duration'],
    ['a template', properties.template(), '{{id}}-{{created_at|yyyy-MM-dd}}', undefined],
    ['a template with a brace too few', properties.template(), '{{id}', 'template'],
    ['a number that is none', properties.number(1), 'many', 'number'],
    ['a number too small', properties.number(1, { min: 1 }), '0', 'min'],
    ['a number too large', properties.number(1, { max: 5 }), '6', 'max'],
    ['a choice that is not offered', properties.choice(['a', 'b']), 'c', 'choice'],
    ['choices, one not offered', properties.choices(['a', 'b'], ['a']), ['a', 'c'], 'choice'],
    ['a map with a path that is none', properties.map('path'), { 'd:x': 'a..b' }, 'map'],
    ['an empty map that is needed', properties.map('path', {}, { required: true }), {}, 'required'],
    ['an empty map that is not', properties.map('text'), {}, undefined],
  ];
  for (const [what, property, value, fault] of cases) {
    it(`${what}: ${fault ?? 'fine'}`, () => assert.equal(check(property, value)?.key, fault));
  }
});
