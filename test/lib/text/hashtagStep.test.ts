import assert from 'node:assert/strict';
import { SettingError } from '../../../lib/core/errors';
import { type HashtagSettings, hashtagStep } from '../../../lib/text/hashtagStep';

const DEFAULTS: HashtagSettings = {
  from: 'text',
  to: 'hashtags',
  kinds: ['hashtag'],
  lowercase: true,
  output: 'enrich',
};

const run = (records: readonly unknown[], settings: Partial<HashtagSettings> = {}) =>
  hashtagStep({ ...DEFAULTS, ...settings })(records);

describe('text/hashtagStep', () => {
  it('puts the tags on the post, in order of appearance, each once', () => {
    const { records, rejected } = run([{ id: '1', text: '#News and #Kafka and #news' }]);
    assert.deepEqual(records, [{ id: '1', text: '#News and #Kafka and #news', hashtags: ['news', 'kafka'] }]);
    assert.deepEqual(rejected, []);
  });

  it('keeps case if asked, and then case tells tags apart', () => {
    assert.deepEqual(run([{ text: '#News #news' }], { lowercase: false }).records, [
      { text: '#News #news', hashtags: ['News', 'news'] },
    ]);
  });

  it('lower-cases alike in every locale', () => {
    assert.deepEqual(run([{ text: '#ISTANBUL #ΣΊΣΥΦΟΣ' }], { to: 'tags' }).records, [
      { text: '#ISTANBUL #ΣΊΣΥΦΟΣ', tags: ['istanbul', 'σίσυφος'] },
    ]);
  });

  it('gives a post without tags an empty array', () => {
    assert.deepEqual(run([{ text: 'nothing' }, { text: '' }]).records, [
      { text: 'nothing', hashtags: [] },
      { text: '', hashtags: [] },
    ]);
  });

  it('splits into one record per tag, none for a post without tags', () => {
    const posts = [
      { id: '1', text: '#a #b #a' },
      { id: '2', text: 'none' },
      { id: '3', text: '#c' },
    ];
    assert.deepEqual(run(posts, { output: 'split', to: 'tag' }).records, [
      { id: '1', text: '#a #b #a', tag: 'a' },
      { id: '1', text: '#a #b #a', tag: 'b' },
      { id: '3', text: '#c', tag: 'c' },
    ]);
  });

  it('splits into records that share no object on the path written to', () => {
    const { records } = run([{ text: '#a #b', found: { by: 'x' } }], { output: 'split', to: 'found.tag' });
    assert.deepEqual(records, [
      { text: '#a #b', found: { by: 'x', tag: 'a' } },
      { text: '#a #b', found: { by: 'x', tag: 'b' } },
    ]);
  });

  it('writes signs where several kinds are asked for, none for one', () => {
    const posts = [{ text: '@Ann: $TSLA #Cars' }];
    const tagsOf = (settings: Partial<HashtagSettings>) =>
      run(posts, settings).records.map((post) => (post as { hashtags: string[] }).hashtags);
    assert.deepEqual(tagsOf({ kinds: ['hashtag', 'cashtag', 'mention'] }), [['@ann', '$tsla', 'cars']]);
    assert.deepEqual(tagsOf({ kinds: ['cashtag'], lowercase: false }), [['TSLA']]);
    assert.deepEqual(tagsOf({ kinds: ['mention', 'mention'] }), [['ann']]);
  });

  it('reads and writes nested paths, with or without payload before them', () => {
    const { records } = run([{ post: { text: '#a' } }], { from: 'payload.post.text', to: 'post.tags' });
    assert.deepEqual(records, [{ post: { text: '#a', tags: ['a'] } }]);
  });

  it('leaves the records it is given as they are', () => {
    const post = Object.freeze({ text: '#a', deep: Object.freeze({ kept: true }) });
    for (const to of ['hashtags', 'deep.tags']) {
      for (const output of ['enrich', 'split'] as const) assert.equal(run([post], { to, output }).records.length, 1);
    }
    assert.deepEqual(post, { text: '#a', deep: { kept: true } });
  });

  it('counts tags named like properties of objects as any other', () => {
    const { records } = run([{ text: '#__proto__ #constructor #toString #hasOwnProperty' }]);
    assert.deepEqual((records[0] as { hashtags: string[] }).hashtags, [
      '__proto__',
      'constructor',
      'tostring',
      'hasownproperty',
    ]);
  });

  it('rejects a post without text, naming the field and the post, and goes on', () => {
    const { records, rejected } = run([
      { id: '123' },
      { text: '#a' },
      { text: 5 },
      { id: 7, text: null },
      'text',
      null,
    ]);
    assert.equal(records.length, 1);
    assert.deepEqual(
      rejected.map(({ error }) => error.message),
      [
        'Post 123 has no text.',
        'A post without an id has 5 as text, which is no text.',
        'Post 7 has null as text, which is no text.',
        'A record must be an object, not "text".',
        'A record must be an object, not null.',
      ],
    );
    assert.deepEqual(rejected[0], {
      record: { id: '123' },
      error: { name: 'RecordError', message: 'Post 123 has no text.', setting: 'from' },
    });
  });

  it('refuses at deploy what it cannot do', () => {
    assert.throws(() => run([], { kinds: [] }), SettingError);
    assert.throws(() => run([], { from: '' }), SettingError);
    assert.throws(() => run([], { to: '__proto__.x' }), SettingError);
  });
});
