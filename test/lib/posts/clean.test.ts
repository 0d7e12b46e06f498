import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Fields, Outcome } from '../../../lib/core/records';
import { type CleanSettings, Cleaner } from '../../../lib/posts/clean';
import type { Contribution } from '../../../lib/posts/cleanMemory';
import { FIELDS_OF_INTEREST, LONGEST_POST, type Post } from '../../../lib/posts/post';
import { Sample } from '../../../lib/posts/sample';
import type { Contributor } from '../../../lib/delivery/participant';
import { NodeState } from '../../../lib/store/nodeState';
import { Store } from '../../../lib/store/store';

const shared = process.env.PULSEFLOW_SHARED ?? path.join(process.cwd(), '..', 'shared');
const TIME = Date.UTC(2026, 10, 23, 12);

const DEFAULTS: CleanSettings = {
  fields: FIELDS_OF_INTEREST,
  required: ['id', 'text', 'created_at'],
  missing: 'reject',
  defaults: {},
  dedupe: 'id',
  maxLength: LONGEST_POST,
};
const OFF: CleanSettings = { fields: [], required: [], missing: 'reject', defaults: {}, dedupe: '', maxLength: 0 };

/** Commits every batch at once. */
const atOnce: Contributor = {
  contribute: (participant, delta) => {
    participant.merge([delta]);
    participant.save();
    participant.committed?.();
    return undefined;
  },
};

const clean = (settings: Partial<CleanSettings>, ...batch: unknown[]): Outcome =>
  new Cleaner({ ...OFF, ...settings }).clean(batch, atOnce).outcome;
const reasons = ({ rejected }: Outcome): string[] => rejected.map(({ error }) => error.message);

/** Keeps what is contributed, to be committed or dropped by the test. */
class InFlight implements Contributor {
  readonly deltas: Contribution[] = [];
  contribute(_: unknown, delta: unknown): undefined {
    this.deltas.push(delta as Contribution);
    return undefined;
  }
}

describe('posts/clean: fields', () => {
  it('keeps the fields of interest of a post, and leaves the post as it was', () => {
    const post = new Sample({ seed: 1 }).post(0, TIME) as Post;
    const before = structuredClone(post);
    const { records } = new Cleaner(DEFAULTS).clean([post], atOnce).outcome;
    const { id, text, created_at, lang, author, public_metrics: metrics } = post;
    assert.deepEqual(records, [
      {
        id,
        text,
        created_at,
        lang,
        author: {
          id: author?.id,
          username: author?.username,
          name: author?.name,
          public_metrics: { followers_count: author?.public_metrics?.followers_count },
        },
        public_metrics: {
          retweet_count: metrics?.retweet_count,
          reply_count: metrics?.reply_count,
          like_count: metrics?.like_count,
          quote_count: metrics?.quote_count,
        },
      },
    ]);
    assert.deepEqual(post, before);
  });

  it('keeps everything if no fields are named, odd names among it', () => {
    const odd = JSON.parse('{"id":"1","__proto__":{"a":1},"constructor":2,"x":{"y":null}}') as Fields;
    const { records } = clean({}, odd);
    assert.deepEqual(Object.entries(records[0] as Fields), Object.entries(odd));
    assert.notEqual(records[0], odd);
  });

  it('accepts paths with a leading payload., and whole objects beside their parts', () => {
    assert.deepEqual(
      clean({ fields: ['payload.id', 'author', 'author.username'] }, { id: '1', author: { username: 'u', x: 1 }, z: 2 })
        .records,
      [{ id: '1', author: { username: 'u', x: 1 } }],
    );
  });

  it('rejects a record that lacks what is required: absent, null or empty', () => {
    const outcome = clean(
      { required: ['id', 'author.username'] },
      { id: '1', author: { username: 'u' } },
      { id: null, author: { username: 'u' } },
      { id: '3' },
      { id: '', author: { username: 'u' } },
      { id: '5', author: { username: '' } },
    );
    assert.equal(outcome.records.length, 1);
    assert.deepEqual(reasons(outcome), [
      'The record has no "id".',
      'The record has no "author.username".',
      'The record has no "id".',
      'The record has no "author.username".',
    ]);
  });

  it('gives default values in place of what is missing or broken, into a copy', () => {
    const settings = {
      missing: 'default',
      required: ['lang'],
      defaults: { lang: 'und', 'public_metrics.like_count': 0 },
    } as const;
    const records = [
      { id: '1' },
      { id: '2', lang: null, public_metrics: { like_count: 'many', reply_count: 2 } },
      { id: '3', lang: 'en', public_metrics: { like_count: 7 } },
    ];
    const before = structuredClone(records);
    assert.deepEqual(clean(settings, ...records).records, [
      { id: '1', lang: 'und', public_metrics: { like_count: 0 } },
      { id: '2', lang: 'und', public_metrics: { like_count: 0, reply_count: 2 } },
      { id: '3', lang: 'en', public_metrics: { like_count: 7 } },
    ]);
    assert.deepEqual(records, before);
    assert.deepEqual(clean({ ...settings, fields: ['id'] }, { id: '1' }).records, [
      { id: '1', lang: 'und', public_metrics: { like_count: 0 } },
    ]);
  });

  it('still rejects where there is no default', () => {
    assert.deepEqual(
      reasons(clean({ missing: 'default', required: ['text'], defaults: { lang: 'und' } }, { id: '1' })),
      ['The record has no "text".'],
    );
  });

  it('does not use defaults when it is to reject', () => {
    assert.deepEqual(
      reasons(clean({ missing: 'reject', required: ['lang'], defaults: { lang: 'und' } }, { id: '1' })),
      ['The record has no "lang".'],
    );
  });

  for (const [path_, value, words] of [
    ['text', { body: 'x' }, 'The record\'s "text" must be text, not an object.'],
    ['created_at', 'yesterday at noon', 'The record\'s "created_at" must be a time, not "yesterday at noon".'],
    ['created_at', '2026-13-45T00:00:00Z', 'The record\'s "created_at" must be a time, not "2026-13-45T00:00:00Z".'],
    ['id', true, 'The record\'s "id" must be text, not true.'],
    ['id', 2 ** 60, `The record's "id" must be text, not ${2 ** 60}.`],
  ] as const) {
    it(`rejects ${path_}: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(reasons(clean({ fields: ['id', 'text', 'created_at'] }, { [path_]: value })), [words]);
      assert.deepEqual(reasons(clean({}, { [path_]: value })), [words]);
    });
  }

  it('makes numbers of digits where a count belongs, and text of a small id', () => {
    const record = {
      id: 12,
      created_at: 'Wed Oct 10 20:19:24 +0000 2018',
      public_metrics: { like_count: ' 12 ', reply_count: '-1.5' },
    };
    assert.deepEqual(clean({}, record).records, [
      { ...record, id: '12', public_metrics: { like_count: 12, reply_count: -1.5 } },
    ]);
  });

  it('rejects what is no record', () => {
    const outcome = clean({}, null, 'text', [1], { id: '1' }, undefined, 7);
    assert.equal(outcome.records.length, 1);
    assert.equal(outcome.rejected.length, 5);
    assert.match(reasons(outcome)[0] ?? '', /must be an object, not null/u);
  });

  it('rejects text that is too long, in characters as a person counts them', () => {
    const outcome = clean(
      { maxLength: 5 },
      { text: '12345' },
      { text: '🎉🎉🎉🎉🎉' },
      { text: '123456' },
      { text: '🎉🎉🎉🎉🎉🎉' },
    );
    assert.equal(outcome.records.length, 2);
    assert.deepEqual(
      reasons(outcome),
      Array.from({ length: 2 }, () => "The record's text has 6 characters, more than 5."),
    );
  });

  for (const [what, settings, words] of [
    ['a malformed path', { fields: ['a..b'] }, /"a\.\.b" is not a path/u],
    ['an element of a list', { fields: ['entities.hashtags[0]'] }, /one element of a list/u],
    ['a malformed required path', { required: ['.'] }, /not a path/u],
    [
      'a default of the wrong kind',
      { missing: 'default', defaults: { created_at: 'never' } },
      /default for "created_at" must be a time, not "never"/u,
    ],
    ['a negative length', { maxLength: -1 }, /-1 does not do for maxLength/u],
    ['no identities', { dedupeSize: 0 }, /0 does not do for dedupeSize/u],
    ['a factor of 0', { outliers: { fields: ['x'], k: 0, window: 10, action: 'mark' } }, /no factor for outliers/u],
    ['a window of 2', { outliers: { fields: ['x'], k: 3, window: 2, action: 'mark' } }, /outliers.window/u],
  ] as [string, Partial<CleanSettings>, RegExp][]) {
    it(`refuses ${what} at deploy`, () => {
      assert.throws(() => new Cleaner({ ...OFF, ...settings }), words);
    });
  }
});

describe('posts/clean: on the sample stream', () => {
  it('rejects exactly the malformed posts and the duplicates', () => {
    const sample = new Sample({ seed: 21, malformed: 0.05, duplicates: 0.05 });
    const cleaner = new Cleaner(DEFAULTS);
    const expected: Record<string, number> = {};
    let regular = 0;
    const counts: Record<string, number> = {};
    let accepted = 0;
    for (let n = 0; n < 20_000; n++) {
      const kind = sample.kindOf(n);
      if (kind === 'duplicate' || kind === 'malformed') expected[kind] = (expected[kind] ?? 0) + 1;
      else regular++;
      const { records, rejected } = cleaner.clean([sample.post(n, TIME)], atOnce).outcome;
      accepted += records.length;
      for (const { error } of rejected) {
        const found = error.setting === 'dedupe' ? 'duplicate' : 'malformed';
        assert.equal(kind, found, error.message);
        counts[found] = (counts[found] ?? 0) + 1;
      }
    }
    assert.deepEqual(counts, expected);
    assert.equal(accepted, regular);
  });

  it('lets all real posts through once, and none a second time', async function () {
    const file = path.join(shared, 'data', 'tweets.ndjson.gz');
    if (!existsSync(file)) {
      console.log(`      (there is no ${file}: pending)`);
      this.skip();
    }
    const posts: unknown[] = [];
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) }))
      posts.push(JSON.parse(line));
    const cleaner = new Cleaner(DEFAULTS);
    assert.deepEqual(cleaner.clean(posts, atOnce).outcome, { records: posts, rejected: [] });
    assert.equal(cleaner.clean(posts, atOnce).outcome.rejected.length, 49_570);
  });
});

describe('posts/clean: duplicates', () => {
  const settings: CleanSettings = { ...OFF, dedupe: 'id' };
  const batch = (...ids: unknown[]): Fields[] => ids.map((id) => ({ id }));
  const passed = (cleaner: Cleaner, contributor: Contributor, ...ids: unknown[]): unknown[] =>
    cleaner.clean(batch(...ids), contributor).outcome.records.map((record) => (record as Fields).id);

  it('rejects a record that was in the same batch, in one in flight, or is committed', () => {
    const cleaner = new Cleaner(settings);
    const flight = new InFlight();
    assert.deepEqual(passed(cleaner, flight, 'a', 'b', 'a'), ['a', 'b']);
    assert.deepEqual(passed(cleaner, flight, 'b', 'c'), ['c']);
    cleaner.participant.merge(flight.deltas);
    cleaner.participant.committed();
    assert.deepEqual(passed(cleaner, flight, 'a', 'b', 'c', 'd'), ['d']);
  });

  it('names the identity in the reason, and gives the record back as it came', () => {
    const cleaner = new Cleaner({ ...settings, fields: ['id'] });
    const record = { id: 'a', text: 'again' };
    const { rejected } = cleaner.clean([{ id: 'a' }, record], atOnce).outcome;
    assert.equal(rejected[0]?.error.message, 'A record with the id "a" was here before.');
    assert.equal(rejected[0].record, record);
  });

  it('forgets what a failed attempt has contributed, and nothing else', () => {
    const cleaner = new Cleaner(settings);
    const [first, second] = [new InFlight(), new InFlight()];
    passed(cleaner, first, 'a', 'b');
    passed(cleaner, second, 'b', 'c');
    cleaner.participant.drop(first.deltas);
    cleaner.participant.drop(first.deltas);
    assert.deepEqual(passed(cleaner, new InFlight(), 'a', 'b', 'c'), ['a', 'b']);
  });

  it('forgets the oldest committed identity when the memory is full, and no committed one for those in flight', () => {
    const cleaner = new Cleaner({ ...settings, dedupeSize: 3 });
    passed(cleaner, atOnce, 'a', 'b', 'c');
    passed(cleaner, atOnce, 'a');
    passed(cleaner, atOnce, 'd');
    assert.deepEqual(passed(cleaner, new InFlight(), 'b', 'c', 'd', 'a'), ['a']);
    assert.deepEqual(passed(cleaner, new InFlight(), 'e', 'f', 'g', 'h', 'b', 'c', 'd'), ['e', 'f', 'g', 'h']);
  });

  it('takes any identity: __proto__, constructor, numbers, objects, long texts; without one a record goes through', () => {
    const ids = [
      '__proto__',
      'constructor',
      'toString',
      0,
      false,
      { a: 1 },
      'x'.repeat(100_000),
      `${'x'.repeat(100_000)}y`,
    ];
    const cleaner = new Cleaner({ ...settings, dedupe: 'key' });
    const keyed = ids.map((key) => ({ key }));
    assert.equal(cleaner.clean(keyed, atOnce).outcome.records.length, ids.length);
    assert.equal(cleaner.clean(keyed, atOnce).outcome.records.length, 0);
    assert.equal(cleaner.clean([{}, {}, { key: null }, { key: '' }], atOnce).outcome.records.length, 4);
  });

  it('does not remember a record that is rejected for something else', () => {
    const cleaner = new Cleaner({ ...settings, required: ['text'] });
    assert.deepEqual(passed(cleaner, atOnce, 'a'), []);
    assert.equal(cleaner.clean([{ id: 'a', text: 'mended' }], atOnce).outcome.records.length, 1);
  });

  it('goes by the identity even where its field is not kept', () => {
    assert.equal(
      clean({ dedupe: 'id', fields: ['text'] }, { id: '1', text: 'x' }, { id: '1', text: 'x' }).records.length,
      1,
    );
  });

  it('is done at once under a source, and with the commit without one', async () => {
    let commit: () => void = () => undefined;
    const alone: Contributor = { contribute: () => new Promise((resolve) => (commit = resolve)) };
    const cleaner = new Cleaner(settings);
    assert.equal(cleaner.clean(batch('a'), new InFlight()).committed, undefined);
    const { committed } = cleaner.clean(batch('b'), alone);
    commit();
    await committed;
    assert.equal(cleaner.clean(batch('b'), alone).committed, undefined, 'nothing to commit');
  });

  it('forgets what a commit of its own failed to keep', async () => {
    const failing: Contributor = { contribute: () => Promise.reject(new Error('disk full')) };
    const cleaner = new Cleaner(settings);
    await assert.rejects(cleaner.clean(batch('a'), failing).committed ?? Promise.resolve(), /disk full/u);
    assert.deepEqual(passed(cleaner, atOnce, 'a'), ['a']);
  });
});

describe('posts/clean: state in the store', () => {
  const settings: CleanSettings = {
    ...OFF,
    dedupe: 'id',
    dedupeSize: 1_000,
    outliers: { fields: ['x'], k: 5, window: 50, action: 'mark' },
  };
  let folder: string;
  let store: Store;
  const open = (changes: Partial<CleanSettings> = {}, node = 'n1'): Cleaner =>
    new Cleaner({ ...settings, ...changes }, new NodeState(store, node));
  const records = (from: number, to: number): Fields[] =>
    Array.from({ length: to - from }, (_, index) => ({ id: `i${from + index}`, x: (from + index) % 10 }));
  const commit = (cleaner: Cleaner, deltas: readonly Contribution[], fail = false): void => {
    try {
      store.transaction(() => {
        cleaner.participant.merge(deltas);
        cleaner.participant.save();
        if (fail) throw new Error('disk full');
      });
      cleaner.participant.committed();
    } catch {
      cleaner.participant.reload();
    }
  };
  const accepted = (cleaner: Cleaner, batch: Fields[]): number =>
    cleaner.clean(batch, new InFlight()).outcome.records.length;
  const dump = (cleaner: Cleaner): unknown => cleaner.participant.windows.map((window) => [...window.committed]);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pulseflow-clean-'));
    store = new Store(path.join(folder, 'store.db'));
  });
  afterEach(async () => {
    store.close();
    await rm(folder, { recursive: true });
  });

  it('knows after a restart what was committed, and nothing of what was in flight', () => {
    const first = open();
    const flight = new InFlight();
    for (let from = 0; from < 300; from += 30) first.clean(records(from, from + 30), flight);
    commit(first, flight.deltas.slice(0, 7));
    const second = open();
    assert.deepEqual(dump(second), dump(first));
    assert.equal(accepted(second, records(0, 300)), 90);
    assert.equal(accepted(open({}, 'another'), records(0, 300)), 300);
  });

  it('turns the ring over many times and still knows exactly the last ones', () => {
    for (let from = 0; from < 3_300; from += 110) {
      const cleaner = open({ dedupeSize: 257 });
      const flight = new InFlight();
      assert.equal(cleaner.clean(records(from, from + 110), flight).outcome.records.length, 110);
      commit(cleaner, flight.deltas);
    }
    assert.equal(accepted(open({ dedupeSize: 257 }), records(3_043, 3_300)), 0);
    assert.equal(accepted(open({ dedupeSize: 257 }), records(0, 3_043)), 3_043);
  });

  it('keeps the newest that fit when the size is changed, either way', () => {
    const first = open({ dedupeSize: 200 });
    const flight = new InFlight();
    first.clean(records(0, 330), flight);
    commit(first, flight.deltas);
    const smaller = open({ dedupeSize: 100 });
    assert.equal(accepted(smaller, records(230, 330)), 0);
    assert.equal(accepted(smaller, records(0, 230)), 230);
    const more = new InFlight();
    const other = open({ dedupeSize: 100 });
    other.clean(records(400, 401), more);
    commit(other, more.deltas);
    const larger = open({ dedupeSize: 500 });
    assert.equal(accepted(larger, [...records(231, 330), ...records(400, 401)]), 0);
    assert.equal(accepted(larger, records(230, 231)), 1);
    assert.equal(new NodeState(store, 'n1').entries('seen:').length, 2, 'rows of the old size are gone');
  });

  it('takes a failed commit back, and commits the same another time', () => {
    const cleaner = open();
    const flight = new InFlight();
    cleaner.clean(records(0, 100), flight);
    commit(cleaner, flight.deltas);
    cleaner.clean(records(100, 150), flight);
    cleaner.clean(records(150, 160), flight);
    const committed = dump(cleaner);
    commit(cleaner, flight.deltas.slice(1, 2), true);
    assert.deepEqual(dump(cleaner), committed);
    assert.equal(accepted(cleaner, records(0, 160)), 0, 'in flight again');
    assert.equal(accepted(open(), records(0, 160)), 60, 'not in the store');
    commit(cleaner, flight.deltas.slice(1));
    assert.deepEqual(dump(open()), dump(cleaner));
    assert.equal(accepted(open(), records(0, 160)), 0);
  });

  it('can drop what a failed commit has left in flight', () => {
    const cleaner = open();
    const flight = new InFlight();
    cleaner.clean(records(0, 10), flight);
    commit(cleaner, flight.deltas, true);
    cleaner.participant.drop(flight.deltas);
    assert.equal(accepted(cleaner, records(0, 10)), 10);
  });
});
