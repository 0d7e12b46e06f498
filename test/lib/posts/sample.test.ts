import assert from 'node:assert/strict';
import Sentiment from 'sentiment';
import twitter from 'twitter-text';
import type { Post } from '../../../lib/posts/post';
import { MALFORMATIONS, REPEAT_DISTANCE, Sample, type SampleKind } from '../../../lib/posts/sample';
import { SampleReader } from '../../../lib/posts/sampleReader';
import { LANGUAGES, type Mood } from '../../../lib/posts/sampleWords';
import { zipf } from '../../../lib/posts/zipf';

const TIME = Date.UTC(2026, 10, 23, 12);
const MANY = 100_000;

const wellFormed = (sample: Sample, count: number): Post[] => {
  const posts: Post[] = [];
  for (let n = 0; n < count; n++) if (sample.kindOf(n) === 'regular') posts.push(sample.post(n, TIME) as Post);
  return posts;
};

describe('posts/sample', () => {
  it('makes the same posts of the same seed, in any order, and others of another', () => {
    const numbers = [0, 1, 7, 500, 12_345, 2 ** 40];
    const made = (seed: string, order: number[]) => new Map(order.map((n) => [n, new Sample({ seed }).post(n, TIME)]));
    assert.deepEqual(made('a', numbers), new Map([...made('a', numbers.toReversed())].reverse()));
    assert.notDeepEqual(made('a', numbers), made('b', numbers));
  });

  it('lets only created_at depend on the time', () => {
    const sample = new Sample({ seed: 1 });
    for (const n of [0, 3, 99]) {
      const early = sample.post(n, TIME) as Post;
      const late = sample.post(n, TIME + 5_000) as Post;
      assert.equal(Date.parse(late.created_at) - Date.parse(early.created_at), 5_000);
      assert.deepEqual({ ...late, created_at: '' }, { ...early, created_at: '' });
    }
  });

  it('has ids of 19 digits that ascend', () => {
    const sample = new Sample({ seed: 4 });
    let last = '';
    for (const n of [0, 1, 2, 3, 1_000, 990_000_000, 992_000_000, 4e9]) {
      const id = sample.idOf(n);
      assert.match(id, /^\d{19}$/u);
      assert.ok(id > last);
      last = id;
    }
  });

  it('holds duplicates, late and malformed posts in the shares asked for', () => {
    const sample = new Sample({ seed: 5, duplicates: 0.05, late: 0.1, malformed: 0.02 });
    const counts: Record<SampleKind, number> = { regular: 0, duplicate: 0, late: 0, malformed: 0 };
    for (let n = 0; n < MANY; n++) counts[sample.kindOf(n)]++;
    for (const [kind, share] of [
      ['duplicate', 0.05],
      ['late', 0.1],
      ['malformed', 0.02],
    ] as const) {
      const deviation = Math.sqrt(MANY * share * (1 - share));
      assert.ok(Math.abs(counts[kind] - MANY * share) < 4 * deviation, `${counts[kind]} ${kind}`);
    }
  });

  it('repeats an earlier regular or late post exactly', () => {
    const sample = new Sample({ seed: 6, duplicates: 0.3 });
    for (let n = 0; n < 2_000; n++) {
      if (sample.kindOf(n) !== 'duplicate') continue;
      const original = sample.originalOf(n);
      assert.ok(original >= 0 && original < n && n - original <= REPEAT_DISTANCE);
      assert.match(sample.kindOf(original), /regular|late/u);
      assert.deepEqual(sample.post(n, TIME), sample.post(original, TIME));
    }
  });

  it('dates late posts back by 1 s to the most lateness', () => {
    const sample = new Sample({ seed: 7, late: 0.5, maxLateness: 60_000 });
    const behind: number[] = [];
    for (let n = 0; n < 4_000; n++) {
      if (sample.kindOf(n) !== 'late') continue;
      const lateness = TIME - Date.parse((sample.post(n, TIME) as Post).created_at);
      assert.equal(lateness, sample.latenessOf(n));
      behind.push(lateness);
    }
    assert.ok(Math.min(...behind) >= 1_000 && Math.min(...behind) < 1_200);
    assert.ok(Math.max(...behind) <= 60_000 && Math.max(...behind) > 55_000);
  });

  it('breaks malformed posts in each of the ways', () => {
    const sample = new Sample({ seed: 8, malformed: 0.5 });
    const seen = new Set<string>();
    for (let n = 0; n < 200; n++) {
      if (sample.kindOf(n) !== 'malformed') continue;
      const how = sample.malformationOf(n);
      seen.add(how);
      const post = sample.post(n, TIME) as Partial<Post>;
      if (how === 'noText') assert.ok(!('text' in post));
      if (how === 'nullText') assert.equal(post.text, null);
      if (how === 'noId') assert.ok(!('id' in post));
      if (how === 'badTime') assert.ok(Number.isNaN(Date.parse(post.created_at ?? '')));
      if (how === 'nestedText') assert.equal(typeof post.text, 'object');
    }
    assert.deepEqual([...seen].sort(), [...MALFORMATIONS].sort());
  });

  it('marks hashtags, mentions and links where twitter-text finds them', () => {
    for (const post of wellFormed(new Sample({ seed: 9 }), 20_000)) {
      const tags = twitter.extractHashtagsWithIndices(post.text);
      twitter.modifyIndicesFromUTF16ToUnicode(post.text, tags);
      const expected = tags.map(({ hashtag, indices }) => ({ start: indices[0], end: indices[1], tag: hashtag }));
      assert.deepEqual(post.entities?.hashtags ?? [], expected, post.text);
      assert.deepEqual(
        (post.entities?.mentions ?? []).map(({ username }) => username),
        twitter.extractMentions(post.text),
      );
      assert.deepEqual(
        (post.entities?.urls ?? []).map(({ url }) => url),
        twitter.extractUrls(post.text),
      );
    }
  });

  it('writes English that AFINN judges as it is meant', () => {
    const [english] = LANGUAGES;
    assert.ok(english?.lang === 'en');
    const score = (text: string): number => new Sentiment().analyze(text).score;
    const expected: Record<Mood, (score: number) => boolean> = {
      positive: (s) => s > 0,
      negative: (s) => s < 0,
      neutral: (s) => s === 0,
    };
    for (const mood of ['positive', 'negative', 'neutral'] as const) {
      for (const phrase of english.phrases[mood]) {
        assert.ok(expected[mood](score(phrase.replace('{}', '#Xyzzy'))), `${mood}: ${phrase}`);
      }
    }
    for (const closer of english.closers) assert.equal(score(closer), 0, closer);
    for (const tag of english.tags) assert.equal(score(`#${tag}`), 0, tag);
  });

  it('has a few hundred hashtags in eight languages, all different', () => {
    const { vocabulary } = new Sample({ seed: 10 });
    assert.ok(vocabulary.length > 250);
    assert.equal(new Set(vocabulary.map((tag) => tag.toLowerCase())).size, vocabulary.length);
    const langs = new Set(wellFormed(new Sample({ seed: 10 }), 5_000).map(({ lang }) => lang));
    assert.deepEqual([...langs].sort(), ['ar', 'en', 'es', 'hi', 'ja', 'pt', 'ru', 'zh']);
  });

  it('draws ranks by the Zipf law', () => {
    const rank = zipf(300, 1.05);
    const counts = new Float64Array(300);
    for (let bits = 0; bits < 65_536; bits++) {
      const r = rank((bits << 16) >>> 0);
      counts[r] = (counts[r] ?? 0) + 1;
    }
    for (const r of [1, 2, 4, 9]) {
      const ratio = (counts[0] ?? 0) / (counts[r] ?? 0);
      assert.ok(Math.abs(ratio / (r + 1) ** 1.05 - 1) < 0.01, `rank ${r}: ${ratio}`);
    }
    assert.ok(counts.every((count) => count > 0));
  });

  it('has trends that rise and fall', () => {
    const sample = new Sample({ seed: 11 });
    const leaders = new Set<string>();
    for (let from = 0; from < 60_000; from += 3_000) {
      const counts = new Map<string, number>();
      for (let n = from; n < from + 3_000; n++) {
        if (sample.kindOf(n) !== 'regular') continue;
        for (const { tag } of (sample.post(n, TIME) as Post).entities?.hashtags ?? [])
          counts.set(tag, (counts.get(tag) ?? 0) + 1);
      }
      leaders.add([...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '');
    }
    assert.ok(leaders.size >= 3, [...leaders].join(' '));
  });

  it('has few posts with very many likes', () => {
    const likes = wellFormed(new Sample({ seed: 12 }), 20_000)
      .map((post) => post.public_metrics?.like_count ?? 0)
      .sort((a, b) => a - b);
    assert.ok((likes[10_000] ?? 0) < 20 && (likes.at(-1) ?? 0) > 5_000);
  });
});

describe('posts/sampleReader', () => {
  const never = new AbortController().signal;

  it('goes on from a position with the same ids, whatever the clock says', async () => {
    let now = TIME;
    const clock = (): number => (now += 10);
    const whole = (await new SampleReader({ seed: 1, now: clock }).read(500, never)).records as Post[];
    const first = new SampleReader({ seed: 1, now: clock });
    const head = await first.read(200, never);
    now -= 60_000;
    const second = new SampleReader(
      { seed: 1, now: clock },
      JSON.parse(JSON.stringify(head.position)) as typeof head.position,
    );
    const tail = await second.read(300, never);
    const texts = (posts: unknown[]): unknown[] => posts.map((post) => [(post as Post).id, (post as Post).text]);
    assert.deepEqual(texts([...head.records, ...tail.records]), texts(whole));
    assert.ok(tail.position.time >= head.position.time, 'time never goes back');
  });

  it('repeats a duplicate with the created_at of its original', async () => {
    let now = TIME;
    const reader = new SampleReader({ seed: 2, duplicates: 0.2, now: () => (now += 137) });
    const byId = new Map<string, Post>();
    let repeated = 0;
    for (let page = 0; page < 100; page++) {
      for (const post of (await reader.read(7, never)).records as Post[]) {
        const original = byId.get(post.id);
        if (original) {
          assert.deepEqual(post, original);
          repeated++;
        }
        if (typeof post.id === 'string') byId.set(post.id, post);
      }
    }
    assert.ok(repeated > 80);
  });

  it('spreads the posts of a page over the time since the last, at most a second', async () => {
    let now = TIME;
    const reader = new SampleReader({ seed: 3, duplicates: 0, late: 0, malformed: 0, now: () => now });
    await reader.read(1, never);
    now += 100_000;
    const times = ((await reader.read(4, never)).records as Post[]).map((post) => Date.parse(post.created_at) - now);
    assert.deepEqual(times, [-750, -500, -250, 0]);
  });

  it('ends at its limit', async () => {
    const reader = new SampleReader({ seed: 3, now: () => TIME, limit: 10 });
    assert.equal((await reader.read(7, never)).end, undefined);
    const page = await reader.read(7, never);
    assert.deepEqual([page.records.length, page.end, reader.progress()], [3, true, 1]);
  });

  it('gives posts that do not share objects', async () => {
    const reader = new SampleReader({ seed: 4, now: () => TIME });
    const objects = new Set<unknown>();
    for (const post of (await reader.read(500, never)).records as Post[]) {
      assert.ok(!objects.has(post.author) && !objects.has(post.author?.public_metrics));
      objects.add(post.author).add(post.author?.public_metrics);
    }
  });

  it('obeys an aborted signal', async () => {
    await assert.rejects(
      new SampleReader({ seed: 4, now: () => TIME }).read(1, AbortSignal.abort(new Error('stop'))),
      /stop/u,
    );
  });
});
