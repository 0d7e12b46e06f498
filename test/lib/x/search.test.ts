import assert from 'node:assert/strict';
import { SettingError } from '../../../lib/core/errors';
import type { Page } from '../../../lib/posts/reader';
import { Account } from '../../../lib/x/account';
import type { BudgetStore, PostCount } from '../../../lib/x/postBudget';
import { type SearchOptions, type SearchPosition, SearchReader } from '../../../lib/x/search';
import { earlierId } from '../../../lib/x/snowflake';
import { type FakePost, FakeX, type FakeXOptions } from './server';

const START = Date.UTC(2026, 10, 23, 12);
/** An id of the moment `ms` after the start. */
const idAt = (ms: number): string => earlierId(String((BigInt(START) - 1_288_834_974_657n) << 22n), -ms);
const posts = (ids: (number | string)[]): FakePost[] =>
  ids.map((id) => ({ id: String(id), text: `post ${id}`, author_id: '7' }));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const idsOf = (page: Page<unknown>): string[] => page.records.map((record) => (record as FakePost).id);
const never = new AbortController().signal;

describe('x/search', () => {
  let fake: FakeX;
  let account: Account;
  let now: number;

  const start = async (options: FakeXOptions = {}, budgetStore?: BudgetStore): Promise<void> => {
    now = START;
    fake = await FakeX.start({ now: () => now, ...options });
    account = connect(budgetStore);
  };
  const connect = (budgetStore?: BudgetStore): Account =>
    new Account({ apiUrl: fake.url, bearerToken: 'secret', now: () => now, ...(budgetStore ? { budgetStore } : {}) });
  const reader = (options: Partial<SearchOptions> = {}, position?: SearchPosition, of = account): SearchReader =>
    new SearchReader(
      of,
      {
        query: '#tea',
        maxResults: 100,
        interval: 2_000,
        postBudget: 1_000,
        now: () => now,
        random: () => 0,
        ...options,
      },
      position,
    );
  /** Reads until the poll is complete, then lets the interval pass. */
  const poll = async (from: SearchReader, max = 500): Promise<Page<SearchPosition>[]> => {
    const pages: Page<SearchPosition>[] = [];
    let page: Page<SearchPosition>;
    do pages.push((page = await from.read(max, never)));
    while (page.wait === undefined);
    now += page.wait;
    return pages;
  };

  afterEach(async () => {
    await account.close();
    await fake.close();
  });

  it('brings posts oldest first with their author joined in', async () => {
    await start();
    fake.publish(...posts([101, 102]));
    const [page] = await poll(reader());
    assert.deepEqual(page?.records, [
      { id: '101', text: 'post 101', author_id: '7', author: { id: '7', name: 'N7', username: 'u7' } },
      { id: '102', text: 'post 102', author_id: '7', author: { id: '7', name: 'N7', username: 'u7' } },
    ]);
    assert.deepEqual(fake.requests[0]?.query.expansions, 'author_id');
  });

  it('takes only one page at the first poll, and all pages since it at each later one, with one since_id', async () => {
    await start();
    fake.publish(...posts(range(1, 150)));
    const search = reader();
    assert.deepEqual((await poll(search)).flatMap(idsOf), range(51, 150).map(String));
    fake.publish(...posts(range(151, 400)));
    const pages = await poll(search);
    assert.equal(pages.length, 3);
    assert.deepEqual(
      pages.flatMap(idsOf).sort((a, b) => Number(a) - Number(b)),
      range(151, 400).map(String),
    );
    assert.deepEqual(
      fake.requests.slice(1).map(({ query }) => query.since_id),
      ['150', '150', '150'],
    );
    await poll(search);
    assert.equal(fake.requests.at(-1)?.query.since_id, '400', 'newest_id of page 1');
    assert.equal(account.posts.used, 350);
  });

  it('waits for the interval between two polls without asking', async () => {
    await start();
    const search = reader();
    assert.equal((await search.read(100, never)).wait, 2_000);
    now += 500;
    assert.equal((await search.read(100, never)).wait, 1_500);
    assert.equal(fake.requests.length, 1);
  });

  it('goes on from a position in the middle of a poll, with the same since_id', async () => {
    await start();
    const old = idAt(-1_000);
    fake.publish(...posts([old]));
    const first = reader();
    await poll(first);
    const fresh = range(0, 249).map((index) => idAt(index));
    fake.publish(...posts(fresh));
    const page = await first.read(500, never);
    assert.ok(page.position.paging);
    now += 120_000;
    const stored = JSON.parse(JSON.stringify(page.position)) as SearchPosition;
    const rest = await poll(reader({}, stored));
    assert.deepEqual([page, ...rest].flatMap(idsOf).sort(), [...fresh].sort());
    assert.equal(new Set(fake.requests.slice(1).map(({ query }) => query.since_id)).size, 1);
  });

  it('finds a post that became visible after a newer one, and gives none twice', async () => {
    await start();
    fake.publish(...posts([idAt(-4_000), idAt(-1_000)]));
    const search = reader();
    const given = (await poll(search)).flatMap(idsOf);
    fake.publish(...posts([idAt(-2_500), idAt(1_500)]));
    given.push(...(await poll(search)).flatMap(idsOf));
    assert.deepEqual(given, [idAt(-4_000), idAt(-1_000), idAt(-2_500), idAt(1_500)]);
    now += 120_000;
    await poll(search);
    assert.equal(
      fake.requests.at(-1)?.query.since_id,
      idAt(1_500),
      'a quiet search does not read its last posts again and again',
    );
    assert.equal(account.posts.used, 4);
  });

  it('asks for no more than the budget has left, and not at all below the 10 that X gives at least', async () => {
    await start();
    fake.publish(...posts(range(1, 500)));
    const search = reader({ postBudget: 125 });
    await poll(search);
    fake.publish(...posts(range(501, 900)));
    const [page] = await poll(search);
    assert.equal(fake.requests[1]?.query.max_results, '25');
    assert.equal(page?.records.length, 25);
    const end = await search.read(100, never);
    assert.equal(end.status?.kind, 'budget');
    assert.equal(end.status.until, Date.UTC(2026, 11));
    assert.equal(fake.requests.length, 2);
    assert.equal(fake.billed, 125);
    const small = reader({ postBudget: 134 });
    assert.match((await small.read(100, never)).status?.message ?? '', /has 9 left/u);
    assert.equal(fake.requests.length, 2);
  });

  it('keeps the count of the month through a restart, and begins anew with the next month', async () => {
    const kept: { count: PostCount | undefined; saves: PostCount[] } = { count: undefined, saves: [] };
    const store: BudgetStore = {
      load: () => kept.count,
      save: (count) => {
        kept.count = count;
        kept.saves.push(count);
      },
    };
    await start({}, store);
    fake.publish(...posts(range(1, 60)));
    await poll(reader({ postBudget: 65 }));
    assert.deepEqual(
      kept.saves,
      [
        { month: '2026-11', posts: 65 },
        { month: '2026-11', posts: 60 },
      ],
      'what may come is counted before the request, what came after it',
    );
    await account.close();
    account = connect(store);
    assert.equal((await reader({ postBudget: 65 }).read(100, never)).status?.kind, 'budget');
    now = Date.UTC(2026, 11, 1);
    assert.equal((await reader({ postBudget: 65 }).read(100, never)).records.length, 60);
  });

  it('shares requests and posts among the nodes of an account', async () => {
    await start({ limit: 2 });
    fake.publish(...posts(range(1, 50)));
    await poll(reader({ postBudget: 100 }));
    await poll(reader({ postBudget: 100 }));
    assert.equal(account.posts.used, 100);
    const third = await reader({ postBudget: 1_000 }).read(100, never);
    assert.equal(third.status?.kind, 'limited');
    assert.equal(fake.requests.length, 2, 'the third request was not made');
  });

  for (const shape of ['429', '429-old'] as const) {
    it(`waits for the reset after ${shape}`, async () => {
      await start();
      fake.faults.push(shape);
      fake.publish(...posts([1]));
      const search = reader();
      const page = await search.read(100, never);
      assert.equal(page.status?.kind, 'limited');
      assert.equal(page.wait, 901_000);
      assert.equal(account.posts.used, 0);
      now += page.wait - 1;
      assert.equal((await search.read(100, never)).wait, 1);
      assert.equal(fake.requests.length, 1);
      now += 1;
      assert.equal((await search.read(100, never)).records.length, 1);
    });
  }

  it('waits a minute after a 429 without headers, and measures the reset by the clock of the server', async () => {
    await start({ now: () => START - 300_000 });
    fake.faults.push('429-bare', '429');
    const search = reader();
    assert.equal((await search.read(100, never)).wait, 60_000);
    now += 60_000;
    assert.equal((await search.read(100, never)).wait, 901_000);
  });

  it('looks again every hour once the account is capped at X', async () => {
    await start();
    fake.faults.push('usage-capped');
    const page = await reader().read(100, never);
    assert.deepEqual([page.status?.kind, page.wait], ['capped', 3_600_000]);
    assert.match(page.status?.message ?? '', /Monthly product cap/u);
  });

  it('backs off from a failing server and a broken network, and comes back', async () => {
    await start();
    fake.publish(...posts([1]));
    fake.faults.push('503', 'refuse', '503');
    const search = reader();
    const waits: (number | undefined)[] = [];
    for (let failure = 0; failure < 3; failure++) {
      const page = await search.read(100, never);
      assert.equal(page.status?.kind, 'unreachable');
      assert.doesNotMatch(page.status.message, /</u, 'no HTML in the words');
      waits.push(page.wait);
      now += page.wait ?? 0;
    }
    assert.deepEqual(waits, [5_000, 10_000, 20_000]);
    assert.equal((await search.read(100, never)).records.length, 1);
    assert.equal(account.posts.used, 1);
  });

  it('counts what it asked for if an answer breaks off, for X may have billed it', async () => {
    await start();
    fake.publish(...posts(range(1, 50)));
    fake.faults.push('cut');
    const search = reader({ maxResults: 50 });
    const page = await search.read(100, never);
    assert.equal(page.status?.kind, 'unreachable');
    assert.equal(account.posts.used, 50);
  });

  it('keeps the posts of an answer that also holds errors', async () => {
    await start();
    fake.publish(...posts([1, 2]));
    fake.faults.push('partial');
    const [page] = await poll(reader());
    assert.equal(page?.records.length, 2);
    assert.match(page.status?.message ?? '', /Could not find user/u);
  });

  it('takes an answer without sense as one without posts', async () => {
    await start();
    fake.faults.push('garbage');
    assert.deepEqual((await poll(reader())).flatMap(idsOf), []);
  });

  it('starts over where X cannot go on, and says so', async () => {
    await start();
    fake.publish(...posts([5]));
    fake.faults.push('stale');
    const search = reader({}, { sinceId: '3' });
    const [gap] = await poll(search);
    assert.equal(gap?.status?.kind, 'gap');
    assert.deepEqual((await poll(search)).flatMap(idsOf), ['5']);
    assert.equal(fake.requests[1]?.query.since_id, undefined);
  });

  it('reads a poll again from its first page if X has forgotten the token', async () => {
    await start();
    fake.publish(...posts(range(1, 30)));
    fake.faults.push('lost-token');
    const search = reader({}, { sinceId: '10', paging: { newestId: '30', nextToken: '10~10', since: '10' } });
    await poll(search);
    assert.deepEqual((await poll(search)).flatMap(idsOf), range(11, 30).map(String));
  });

  for (const [fault, setting, words] of [
    ['401', 'bearerToken', /does not accept the bearer token.*Make a new one/u],
    ['403', 'bearerToken', /not enrolled.*Check at developer/u],
  ] as const) {
    it(`says what to do about ${fault}`, async () => {
      await start();
      fake.faults.push(fault);
      await assert.rejects(
        reader().read(100, never),
        (error) => error instanceof SettingError && error.setting === setting && words.test(error.message),
      );
    });
  }

  it('says that X does not understand a query', async () => {
    await start();
    await assert.rejects(reader({ query: '' }).read(100, never), /query can not be empty.*Correct the query/u);
  });

  it('does not wait for an answer once it is aborted, and counts its posts nevertheless', async () => {
    await start();
    fake.publish(...posts(range(1, 20)));
    const abort = new AbortController();
    const reading = reader().read(100, abort.signal);
    abort.abort(new Error('closing'));
    await assert.rejects(reading, /closing/u);
    assert.equal(account.posts.used, 100);
    await account.close();
    assert.equal(account.posts.used, 20, 'closing the account waits for the answer');
  });

  it('refuses an address that is none, and an empty token', async () => {
    await start();
    const make = (apiUrl: string, bearerToken: string) => () => new Account({ apiUrl, bearerToken, now: () => now });
    assert.throws(make('ftp://x', 't'), /is not the address of an API/u);
    assert.throws(make(fake.url, ' '), /has no bearer token/u);
  });
});
