import assert from 'node:assert/strict';
import { check, matters } from '../../nodes/common/checks';
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
    ['a duration of nothing that must be something', properties.duration('1m', { positive: true }), '0s', 'nothing'],
    ['no choice of several, where one is needed', properties.choices(['a'], ['a'], { required: true }), [], 'required'],
    ['a column', properties.map('path', {}, { names: 'columns' }), { 'd:x': 'x' }, undefined],
    ['a column without a family', properties.map('path', {}, { names: 'columns' }), { x: 'x' }, 'column'],
    ['a size', properties.text('', { format: 'size' }), '64mb', undefined],
    ['a size of nothing', properties.text('', { format: 'size' }), '0MB', 'size'],
    ['a time zone', properties.text('', { format: 'timeZone' }), 'Asia/Shanghai', undefined],
    ['a time zone that there is not', properties.text('', { format: 'timeZone' }), 'Mars/Olympus', 'timeZone'],
    ['brokers', properties.text('', { format: 'brokers' }), 'one, [::1]:9092,two:9092', undefined],
    ['brokers, one with a port that is none', properties.text('', { format: 'brokers' }), 'one,two:x', 'brokers'],
    ['a table in a namespace', properties.text('', { format: 'table' }), 'space:posts', undefined],
    ['a table with a blank', properties.text('', { format: 'table' }), 'my posts', 'table'],
    ['an address', properties.text('', { format: 'url' }), 'http://127.0.0.1:8080', undefined],
    ['an address of another kind', properties.text('', { format: 'url' }), 'ftp://x.com', 'url'],
    ['an empty map that is needed', properties.map('path', {}, { required: true }), {}, 'required'],
    ['an empty map that is not', properties.map('text'), {}, undefined],
  ];
  for (const [what, property, value, fault] of cases) {
    it(`${what}: ${fault ?? 'fine'}`, () => assert.equal(check(property, value)?.key, fault));
  }

  it('a duration bound by another, as far as that one is known', () => {
    const slide = properties.duration('15s', { atMost: 'size' });
    const withSize = (size: unknown) => check(slide, '2m', (name) => (name === 'size' ? size : undefined));
    assert.deepEqual(withSize('1m'), { key: 'longer', value: '2m', limit: '1m' });
    for (const size of ['2m', '1h', '${SIZE}', 'many', undefined]) assert.equal(withSize(size), undefined);
  });

  it('what depends on a setting that does not matter does not matter', () => {
    const all = {
      mode: properties.choice(['embedded', 'kafka']),
      login: properties.choice(['none', 'plain'], { when: { property: 'mode', is: ['kafka'] } }),
      user: properties.text('', { when: { property: 'login', is: ['plain'] } }),
    };
    const isInPlay = (values: Record<string, unknown>) => matters(all, all.user, (name) => values[name]);
    assert.equal(isInPlay({ mode: 'kafka', login: 'plain' }), true);
    assert.equal(isInPlay({ mode: 'embedded', login: 'plain' }), false);
    assert.equal(isInPlay({ mode: 'kafka' }), false);
    assert.equal(isInPlay({ login: 'plain' }), false);
  });
});
