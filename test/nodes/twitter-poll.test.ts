import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import type { Rejection } from '../../lib/core/records';
import { storeFile } from '../../lib/store/store';
import type { Message } from '../../nodes/common/red';
import twitterAccount from '../../nodes/twitter-account/twitter-account';
import twitterPoll from '../../nodes/twitter-poll/twitter-poll';
import windowCount from '../../nodes/window-count/window-count';
import { FakeX } from '../lib/x/server';
import { ERROR, NodeBench, type Saved, node, settle } from '../support/nodes';
import { until } from '../support/until';

const TIME = Date.UTC(2026, 0, 5, 12);

interface Post {
  readonly id: string;
  readonly text: string;
}

function posts(count: number, from = 1): Post[] {
  return Array.from({ length: count }, (_, n) => ({
    id: String(from + n),
    text: `post ${from + n}`,
    created_at: new Date(TIME + n * 1000).toISOString(),
    hashtags: [`tag ${n % 7}`],
  }));
}

describe('nodes/twitter-poll', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([twitterPoll, twitterAccount, windowCount])));
  afterEach(() => bench.dispose());

  const PROBES = ['got', 'odd'].map((id) => node(id, 'probe'));
  const run = (settings: Saved, ...others: Saved[]): Promise<void> =>
    bench.run([node('poll', 'twitter-poll', { rate: 0, ...settings }, ['got'], ['odd']), ...PROBES, ...others]);
  const ids = (): string[] => bench.recordsAt('got').map((post) => (post as Post).id);
  const arrived = (count: number): Promise<void> =>
    until(
      () => ids().length >= count,
      () => `${count} posts, not ${ids().length}`,
    );
  const shows = (words: RegExp): Promise<void> =>
    until(
      () => words.test(bench.status('poll').text ?? ''),
      () => `${words}, not ${bench.status('poll').text ?? ''}`,
    );
  const write = (name: string, content: string | Buffer): void => writeFileSync(join(bench.folder, name), content);
  const lines = (all: unknown[]): string => all.map((each) => JSON.stringify(each)).join('\n');
  const tell = (message: Message): void => bench.receive('poll', message);

  describe('sample', () => {
    const sample = { source: 'sample', seed: 'test' };

    it('keeps to its rate', async () => {
      await run({ ...sample, rate: 100, batch: 1 });
      const began = Date.now();
      await arrived(100);
      // The bucket begins empty: a post never comes before its time.
      assert.ok(Date.now() - began >= 900, `${Date.now() - began} ms`);
      assert.ok(typeof (bench.at('got')[0]?.payload as Post).id === 'string');
    });

    it('sends as fast as the flow takes them, in batches, and no more than it has room for', async () => {
      bench.behave('got', () => undefined);
      await run({ ...sample, batch: 200 });
      await arrived(1_000);
      await settle();
      assert.equal(ids().length, 1_000);
      assert.equal(bench.at('got').length, 5);
      await until(() => bench.status('poll').inFlight === 1_000, 'the status');
      assert.equal(bench.status('poll').read, 1_000);
    });

    it('gives the same posts for the same seed, and goes on behind them after a restart', async () => {
      bench.behave('got', () => undefined);
      await run(sample);
      await arrived(1_000);
      const first = ids();
      await bench.stop();
      await bench.again();
      await arrived(2_000);
      assert.deepEqual(ids().slice(1_000, 2_000), first, 'nothing was finished: the same again');
      await bench.stop();
      let finished = 0;
      bench.behave('got', ({ payload }, _send, done) => {
        if (finished < 300) done();
        if (finished < 300) finished += (payload as unknown[]).length;
      });
      await bench.again();
      await arrived(3_000);
      await settle();
      await bench.stop();
      bench.behave('got', () => undefined);
      const before = ids().length;
      await bench.again();
      await arrived(before + 1_000);
      assert.deepEqual(ids().slice(before, before + 700), first.slice(300), 'what follows what was finished');
    });

    it('pauses, goes on, and changes its rate when told', async () => {
      await run({ ...sample, rate: 1_000, batch: 10 });
      await arrived(20);
      tell({ pause: true });
      await shows(/^paused after \d+$/u);
      assert.equal(bench.status('poll').fill, 'grey');
      const before = ids().length;
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(ids().length, before);
      tell({ pause: false });
      await arrived(before + 1);
      tell({ rate: 0 });
      await arrived(before + 5_000);
      tell({ rate: -1 });
      tell({ pause: 'maybe', rate: 'fast' });
      await arrived(before + 10_000);
    });
  });

  describe('file', () => {
    for (const [name, content] of [
      ['posts.ndjson.gz', (all: Post[]) => gzipSync(lines(all))],
      ['posts.json', (all: Post[]) => JSON.stringify(all)],
      ['posts.csv', (all: Post[]) => ['id,text', ...all.map(({ id, text }) => `${id},"${text}"`)].join('\n')],
    ] as const) {
      it(`reads ${name} to its end, with its progress in the status`, async () => {
        write(name, content(posts(2_345)));
        await run({ source: 'file', file: name, batch: 100 });
        await shows(/^finished, 2345 sent 100%$/u);
        assert.deepEqual(
          ids(),
          posts(2_345).map(({ id }) => id),
        );
        assert.equal((bench.at('got')[0]?.payload as Post[])[0]?.text, 'post 1');
        assert.deepEqual(bench.at('odd'), []);
      });
    }

    it('sends each post by itself in batches of 1', async () => {
      write('posts.ndjson', lines(posts(3)));
      await run({ source: 'file', file: 'posts.ndjson', batch: 1 });
      await shows(/^finished/u);
      assert.deepEqual(
        bench.at('got').map(({ payload }) => (payload as Post).id),
        ['1', '2', '3'],
      );
    });

    for (const batch of [100, 1]) {
      it(`sends what it cannot read to output 2, in messages of ${batch}`, async () => {
        write('posts.ndjson', `{"id":"1"}\n{"id":\n{"id":"3"}\nfalse\n{"id":"5"}`);
        await run({ source: 'file', file: 'posts.ndjson', batch });
        await shows(/^finished, 3 sent/u);
        await settle();
        const odd = bench.at('odd');
        assert.equal(odd.length, batch === 1 ? 2 : 1);
        for (const { error, record } of odd.flatMap(({ payload }) => payload) as Rejection[]) {
          assert.equal(error.name, 'RecordError');
          assert.ok(record !== undefined);
        }
        assert.equal(Array.isArray(odd[0]?.payload), batch !== 1);
      });
    }

    it('loses and doubles nothing over restarts in the middle, as the committed counts show', async () => {
      write('posts.ndjson.gz', gzipSync(lines(posts(30_000))));
      const count = { size: '1d', delay: '1d', key: '' };
      await bench.run([
        node('poll', 'twitter-poll', { source: 'file', file: 'posts.ndjson.gz', rate: 0, batch: 50 }, ['got'], []),
        node('got', 'probe', {}, ['count']),
        node('count', 'window-count', count, ['result'], []),
        node('result', 'probe'),
      ]);
      const seen = new Map<string, number>();
      bench.behave('got', (message, send, done) => {
        for (const { id } of message.payload as Post[]) seen.set(id, (seen.get(id) ?? 0) + 1);
        setTimeout(() => {
          send(message);
          done();
        }, 1);
      });
      for (const share of [5_000, 12_000, 20_000]) {
        await until(() => seen.size > share, `${share} posts`);
        assert.ok(seen.size < 30_000, 'the restart is in the middle');
        await bench.stop();
        await bench.again();
      }
      await until(() => seen.size === 30_000 && (bench.status('poll').text ?? '').startsWith('finished'), 'the end');
      await until(() => bench.status('poll').inFlight === 0, 'nothing in flight');
      bench.receive('count', { flush: true });
      await until(() => bench.at('result').length === 1, 'the window');
      assert.equal((bench.at('result')[0]?.payload as { total: number }).total, 30_000);
      assert.ok(
        [...seen.values()].some((times) => times > 1),
        'something was in flight at a restart',
      );
    });

    it('does not begin again once it has finished', async () => {
      write('posts.ndjson', lines(posts(10)));
      await run({ source: 'file', file: 'posts.ndjson' });
      await shows(/^finished, 10 sent/u);
      await bench.stop();
      await bench.again();
      await shows(/^finished, 0 sent/u);
      assert.equal(ids().length, 10);
    });

    it('says which file is missing', async () => {
      await run({ source: 'file', file: 'nowhere.ndjson' });
      await until(() => bench.logged('poll', ERROR).length > 0, 'an error');
      assert.match(bench.logged('poll', ERROR)[0] ?? '', /nowhere\.ndjson" does not exist\. Check its path/u);
      await shows(/error/u);
      assert.equal(bench.status('poll').fill, 'red');
    });
  });

  describe('search', () => {
    let fake: FakeX;
    const search = { source: 'search', account: 'x', query: '#tea', interval: '20ms', maxResults: 10 };
    beforeEach(async () => (fake = await FakeX.start({ limit: 1_000 })));
    afterEach(() => fake.close());

    const start = (settings: Saved = {}): Promise<void> =>
      bench.run(
        [
          { id: 'x', type: 'twitter-account', apiUrl: fake.url },
          node('poll', 'twitter-poll', { ...search, ...settings }, ['got'], ['odd']),
          node('failed', 'catch', { scope: ['poll'] }, ['odd']),
          node('finished', 'complete', { scope: ['poll'] }, ['done']),
          node('done', 'probe'),
          ...PROBES,
        ],
        { x: { bearerToken: 'secret' } },
      );
    const publish = (count: number, from = 1): void => {
      for (const { id, text } of posts(count, from)) fake.publish({ id, text, author_id: '7' });
    };

    it('brings new posts as they come, once, with their authors', async () => {
      publish(3);
      await start();
      await arrived(3);
      publish(2, 4);
      await arrived(5);
      const asked = fake.requests.length;
      await until(() => fake.requests.length > asked + 2, 'more polls');
      assert.deepEqual(new Set(ids()), new Set(['1', '2', '3', '4', '5']));
      assert.equal(ids().length, 5);
      const [post] = bench.recordsAt('got') as { author: { username: string } }[];
      assert.equal(post?.author.username, 'u7');
    });

    it('says that the budget is used up before it asks for more', async () => {
      publish(30);
      await start({ postBudget: 15 });
      await shows(/budget of 15 posts/u);
      assert.equal(bench.status('poll').fill, 'yellow');
      assert.ok(fake.billed <= 15);
    });

    it('says that it waits when X limits its requests', async () => {
      fake.faults.push('429');
      fake.remaining = 1;
      await start();
      await shows(/requests of these 15 minutes are used up/u);
      assert.deepEqual([bench.status('poll').fill, bench.status('poll').shape], ['yellow', 'ring']);
      const asked = fake.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(fake.requests.length, asked);
    });

    it('stops with an error on a token that X does not know', async () => {
      fake.faults.push('401');
      await start();
      await until(() => bench.status('poll').fill === 'red', 'the error');
      assert.match(bench.logged('poll', ERROR)[0] ?? '', /token/iu);
    });

    it('searches for something else when told, also twice at once', async () => {
      await start();
      await until(() => fake.requests.length > 0, 'a request');
      tell({ query: '#coffee' });
      tell({ query: '#milk' });
      tell({ query: '#rain' });
      await until(() => bench.at('done').length === 3, 'all to be taken');
      await until(() => fake.requests.at(-1)?.query.query === '#rain', '#rain');
      const asked = fake.requests.length;
      await until(() => fake.requests.length > asked + 5, 'more polls');
      assert.deepEqual(new Set(fake.requests.slice(asked).map(({ query }) => query.query)), new Set(['#rain']));
    });

    it('lets the flow finish what it has found before it searches for something else', async () => {
      bench.behave('got', (_message, _send, done) => void setTimeout(done, 50));
      publish(3);
      await start();
      await arrived(3);
      tell({ query: '#coffee' });
      await until(() => bench.at('done').length === 1, 'the new query to be taken');
      const db = new DatabaseSync(storeFile(bench.folder), { readOnly: true });
      const found = db.prepare('SELECT position FROM positions WHERE source = ?').get('poll/poll/search/#tea');
      db.close();
      assert.match((found as { position: string } | undefined)?.position ?? 'none', /3/u);
    });

    it('is still paused when it searches for something else', async () => {
      await start();
      await until(() => fake.requests.length > 0, 'a request');
      tell({ pause: true });
      await shows(/^paused/u);
      await settle();
      const asked = fake.requests.length;
      tell({ query: '#rain' });
      await until(() => bench.at('done').length === 2, 'both to be taken');
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(fake.requests.length, asked);
    });
  });

  describe('settings', () => {
    for (const [what, settings, said] of [
      ['no file', { source: 'file' }, /File: is needed, but empty/u],
      ['no query', { source: 'search', account: 'x' }, /Query: is needed, but empty/u],
      ['no account', { source: 'search', query: 'a' }, /Account: is needed, but empty/u],
      ['an unknown account', { source: 'search', query: 'a', account: 'x' }, /"account" refers to no configuration/u],
      ['an unknown source', { source: 'stream!' }, /"stream!" is not one of the choices/u],
      ['a rate below nothing', { source: 'sample', rate: -1 }, /-1 is too small/u],
      ['an interval that is none', { source: 'search', query: 'a', account: 'x', interval: '2' }, /"2" is not a dur/u],
    ] as const) {
      it(`says at deploy what is wrong with ${what}, and refuses messages`, async () => {
        await run(settings, node('failed', 'catch', { scope: ['poll'] }, ['odd']));
        assert.equal(bench.status('poll').fill, 'red');
        assert.match(bench.status('poll').text ?? '', said);
        tell({ pause: true });
        await until(() => bench.at('odd').length === 1, 'the refusal');
      });
    }
  });
});
