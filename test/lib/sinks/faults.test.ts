import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { RecordError, SettingError, StoreError, StoreUnavailableError } from '../../../lib/core/errors';
import { Batcher, type BatcherOptions } from '../../../lib/sinks/batcher';
import type { Destination, RowResult } from '../../../lib/sinks/destination';
import { ManualClock, settle } from './manualClock';

interface Row {
  readonly key: string;
  readonly value: number;
}

/** What `answer` says of a write, or throws; undefined takes it. */
type Answer = (rows: readonly Row[], write: number) => undefined | readonly RowResult[];

/** A destination that keeps the last value of each key, and what it was asked. */
class Table implements Destination<Row> {
  readonly values = new Map<string, number>();
  readonly writes: number[][] = [];

  constructor(private readonly answer: Answer) {}

  key({ key }: Row): string {
    return key;
  }

  async write(rows: readonly Row[]): Promise<undefined | readonly RowResult[]> {
    this.writes.push(rows.map(({ value }) => value));
    await new Promise((resolve) => setImmediate(resolve));
    const results = this.answer(rows, this.writes.length);
    rows.forEach(({ key, value }, index) => {
      if (results?.[index] === undefined) this.values.set(key, value);
    });
    return results;
  }
}

const QUICK = { retries: 8, base: 1, longest: 4 };

function setUp(answer: Answer, options: Partial<BatcherOptions> = {}): { table: Table; batcher: Batcher<Row> } {
  const table = new Table(answer);
  return {
    table,
    batcher: new Batcher(table, { name: 'The table', maxBatch: 8, linger: 1, retry: QUICK, ...options }),
  };
}

/** Rows with keys and values of their own. */
function rows(from: number, to: number): Row[] {
  return Array.from({ length: to - from }, (_, index) => ({ key: `k${from + index}`, value: from + index }));
}

/** Each row in a message of its own. @returns for each whether it was safe, or why not */
function addEach(batcher: Batcher<Row>, given: readonly Row[]): Promise<unknown[]> {
  return Promise.all(
    given.map((row) =>
      batcher.add([row]).then(
        ([refused]) => refused ?? 'safe',
        (thrown: unknown) => thrown,
      ),
    ),
  );
}

describe('batcher, when writes fail', () => {
  it('writes a later row of the same key again when an earlier one was not taken', async () => {
    const busy = new StoreError('busy');
    const { table, batcher } = setUp((given, write) =>
      write === 1 ? [busy, ...given.slice(1).map(() => undefined)] : undefined,
    );
    const given = [
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
      { key: 'a', value: 3 },
    ];
    assert.deepEqual(await batcher.add(given), [undefined, undefined, undefined]);
    assert.deepEqual(table.writes, [
      [1, 2, 3],
      [1, 3],
    ]);
    assert.equal(table.values.get('a'), 3);
  });

  it('keeps rows that are written again before those that came later', async () => {
    const { table, batcher } = setUp((given, write) =>
      write === 1 ? given.map(({ value }) => (value % 2 === 1 ? new StoreError('busy') : undefined)) : undefined,
    );
    await addEach(batcher, rows(0, 12));
    assert.deepEqual(table.writes, [
      [0, 1, 2, 3, 4, 5, 6, 7],
      [1, 3, 5, 7, 8, 9, 10, 11],
    ]);
  });

  it('waits as long as one of the rows asks for', async () => {
    const clock = new ManualClock();
    const late = new StoreError('later', { retryAfter: 5_000 });
    const { table, batcher } = setUp(
      (given, write) => (write === 1 ? given.map(({ value }) => (value === 3 ? late : undefined)) : undefined),
      { clock },
    );
    void batcher.add(rows(0, 8));
    await settle();
    assert.deepEqual(clock.pending, [5_000]);
    await clock.pass(5_000);
    assert.deepEqual(table.writes[1], [3]);
  });

  it('refuses what is bad in a request that was refused as a whole, and stores the rest', async () => {
    const { table, batcher } = setUp((given) => {
      if (given.some(({ value }) => value === 2 || value === 5)) throw new RecordError('HTTP 400');
      return undefined;
    });
    const results = await batcher.add(rows(0, 8));
    assert.deepEqual(
      results.map((each) => each?.message),
      [0, 1, 2, 3, 4, 5, 6, 7].map((value) => (value === 2 || value === 5 ? 'HTTP 400' : undefined)),
    );
    assert.equal(table.values.size, 6);
    assert.deepEqual([batcher.status().written, batcher.status().refused], [6, 2]);
  });

  it('fails only the message whose row a mistake in a program stumbles over', async () => {
    const { batcher } = setUp((given) => {
      if (given.some(({ value }) => value === 5)) throw new TypeError('no BigInt');
      return undefined;
    });
    const results = await addEach(batcher, rows(0, 8));
    assert.deepEqual(
      results.map((each) => (each instanceof StoreError ? each.message : each)),
      [...new Array<string>(5).fill('safe'), 'The table did not take a record: no BigInt.', 'safe', 'safe'],
    );
  });

  it('stores the rows of other regions while one fails, and those of that one once it is back', async () => {
    let failing = true;
    const { batcher, table } = setUp(
      (given) => {
        if (failing && given.some(({ value }) => value % 4 === 0)) throw new StoreError('HTTP 500');
        return undefined;
      },
      { maxBatch: 100 },
    );
    const added = addEach(batcher, rows(0, 100));
    while (table.values.size < 75) await new Promise((resolve) => setImmediate(resolve));
    failing = false;
    assert.deepEqual(new Set(await added), new Set(['safe']));
    assert.equal(table.values.size, 100);
  });

  it('does not flood a server that fails at everything with the rows of a batch one by one', async () => {
    const { table, batcher } = setUp(
      () => {
        throw new StoreError('HTTP 500');
      },
      { maxBatch: 1_000, linger: 0 },
    );
    for (const each of await addEach(batcher, rows(0, 1_000))) {
      assert.match(
        (each as StoreError).message,
        /^The table did not take (a record|\d+ records) in 9 tries: HTTP 500/u,
      );
    }
    assert.ok(table.writes.length < 100, `${table.writes.length} writes`);
  });

  it('finds the row at which the server goes away each time, though it is back for others', async () => {
    const { table, batcher } = setUp((given) => {
      if (given.some(({ value }) => value === 5)) throw new StoreUnavailableError('The connection was cut.');
      return undefined;
    });
    const first = addEach(batcher, rows(0, 8));
    // There have to be others to see by that the server is there.
    const second = addEach(batcher, rows(8, 16));
    const results = await first;
    assert.deepEqual(
      results.map((each) => each === 'safe'),
      [0, 1, 2, 3, 4, 5, 6, 7].map((value) => value !== 5),
    );
    assert.match((results[5] as StoreError).message, /did not take a record in 9 tries: The connection was cut\./u);
    assert.deepEqual(new Set(await second), new Set(['safe']));
    assert.deepEqual(
      [...table.values.keys()].sort(),
      rows(0, 16)
        .map(({ key }) => key)
        .filter((key) => key !== 'k5')
        .sort(),
    );
  });

  it('fails no message for outages, though a batch meets one after the other', async () => {
    // Twice the batch, then a probe that is answered, and all of it again.
    const outages = [false, false, true, false, false, true];
    const { table, batcher } = setUp(
      (_, write) => {
        if (outages[write - 1] === false) throw new StoreUnavailableError('away');
        return undefined;
      },
      { retry: { ...QUICK, retries: 2 } },
    );
    assert.deepEqual(new Set(await batcher.add(rows(0, 8))), new Set([undefined]));
    assert.deepEqual(
      table.writes.map(({ length }) => length),
      [8, 8, 1, 8, 8, 1, 8],
    );
  });

  it('does not write again what belongs to a message that has failed by another row', async () => {
    let release: (() => void) | undefined;
    const writes: string[] = [];
    const write = async ([row]: readonly Row[]): Promise<undefined> => {
      writes.push(row?.key ?? '');
      if (row?.key === 'a') throw new SettingError('There is no such table.');
      await new Promise<void>((resolve) => (release = resolve));
      throw new StoreError('busy');
    };
    const options = { name: 'The table', maxBatch: 1, linger: 0, writers: 2, retry: { ...QUICK, base: 0 } };
    const batcher = new Batcher<Row>({ write, key: ({ key }) => key }, options);
    await assert.rejects(
      batcher.add([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ]),
      SettingError,
    );
    release?.();
    await settle();
    assert.deepEqual([writes.sort(), batcher.status().waiting], [['a', 'b'], 0]);
  });

  it('does not wait for a server that is away when it is closed', async () => {
    const clock = new ManualClock();
    const { batcher } = setUp(
      () => {
        throw new StoreUnavailableError('away');
      },
      { clock, retry: { retries: 8, base: 60_000, longest: 60_000 } },
    );
    const added = addEach(batcher, rows(0, 8));
    await settle();
    await clock.pass(60_000);
    assert.equal(batcher.status().circuit.state, 'open');
    await batcher.close(10_000);
    for (const each of await added) assert.match(String(each), /stopped before The table had taken/u);
    assert.deepEqual(clock.pending, []);
  });

  it('holds no more bytes than its capacity', async () => {
    const clock = new ManualClock();
    const table = new Table(() => undefined);
    const sized: Destination<Row> = { write: (given) => table.write(given), size: () => 1_000 };
    const options = { name: 'The table', maxBatch: 100, maxBytes: 4_000, capacityBytes: 6_000, linger: 1_000, clock };
    const batcher = new Batcher(sized, options);
    void batcher.add(rows(0, 3));
    void batcher.add(rows(3, 6));
    void batcher.add(rows(6, 9));
    assert.deepEqual([batcher.status().waiting, batcher.status().blocked], [6, 3]);
    assert.deepEqual(table.writes, [[0, 1, 2, 3]]);
    await settle();
    assert.deepEqual(table.writes, [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    await batcher.close(1_000);
    assert.deepEqual([batcher.status().waiting, batcher.status().blocked], [0, 0]);
  });

  it('has several writes under way, none of them with a key that another has', async () => {
    const under: Row[][] = [];
    const table = new Table(() => undefined);
    let most = 0;
    const write = async (given: readonly Row[]): Promise<undefined> => {
      const keys = new Set(under.flat().map(({ key }) => key));
      assert.ok(!given.some(({ key }) => keys.has(key)));
      under.push([...given]);
      most = Math.max(most, under.length);
      await table.write(given);
      under.splice(
        under.findIndex((each) => each[0] === given[0]),
        1,
      );
    };
    const batcher = new Batcher<Row>(
      { write, key: ({ key }) => key },
      { name: 'The table', maxBatch: 5, linger: 1, writers: 4 },
    );
    const given = Array.from({ length: 200 }, (_, value) => ({ key: `k${value % 17}`, value }));
    assert.deepEqual(new Set(await addEach(batcher, given)), new Set(['safe']));
    assert.equal(most, 4);
    for (let key = 0; key < 17; key++) {
      const order = table.writes.flat().filter((value) => value % 17 === key);
      assert.deepEqual(
        order,
        [...order].sort((left, right) => left - right),
      );
      assert.equal(order.length, Math.ceil((200 - key) / 17));
    }
  });
});
