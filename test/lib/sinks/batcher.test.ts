import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { RecordError, SettingError, StoreError } from '../../../lib/core/errors';
import { Batcher, type BatcherOptions } from '../../../lib/sinks/batcher';
import type { Destination } from '../../../lib/sinks/destination';
import { ManualClock, settle } from './manualClock';

/** A destination that answers when the test says so. */
class Server implements Destination<number> {
  readonly writes: number[][] = [];
  readonly answers: { resolve(results?: (RecordError | undefined)[]): void; reject(reason: unknown): void }[] = [];
  underWay = 0;
  mostUnderWay = 0;

  write(rows: readonly number[]): Promise<undefined | (RecordError | undefined)[]> {
    this.writes.push([...rows]);
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    return new Promise((resolve, reject) => {
      this.answers.push({
        resolve: (results) => {
          this.underWay--;
          resolve(results);
        },
        reject: (reason: Error) => {
          this.underWay--;
          reject(reason);
        },
      });
    });
  }

  async answer(results?: (RecordError | undefined)[]): Promise<void> {
    this.answers.shift()?.resolve(results);
    await settle();
  }

  async fail(reason: unknown): Promise<void> {
    this.answers.shift()?.reject(reason);
    await settle();
  }
}

function setUp(options: Partial<BatcherOptions> = {}): {
  server: Server;
  clock: ManualClock;
  batcher: Batcher<number>;
} {
  const server = new Server();
  const clock = new ManualClock();
  const batcher = new Batcher(server, {
    name: 'The test server',
    maxBatch: 3,
    linger: 50,
    retry: { retries: 2, base: 100, longest: 1_000 },
    random: () => 0.5,
    clock,
    ...options,
  });
  return { server, clock, batcher };
}

/** What has become of a promise so far. */
function watch(promise: Promise<unknown>): { state: unknown } {
  const seen: { state: unknown } = { state: 'open' };
  promise.then(
    () => (seen.state = 'safe'),
    (thrown: unknown) => (seen.state = thrown),
  );
  return seen;
}

describe('batcher', () => {
  it('writes as soon as a batch is full', async () => {
    const { server, clock, batcher } = setUp();
    const added = batcher.add([1, 2, 3]);
    assert.deepEqual(server.writes, [[1, 2, 3]]);
    assert.deepEqual(clock.pending, []);
    await server.answer();
    assert.deepEqual(await added, [undefined, undefined, undefined]);
  });

  it('writes what there is once the oldest row has lingered', async () => {
    const { server, clock, batcher } = setUp();
    const first = batcher.add([1]);
    await clock.pass(30);
    const second = batcher.add([2]);
    await clock.pass(19);
    assert.deepEqual(server.writes, []);
    await clock.pass(1);
    assert.deepEqual(server.writes, [[1, 2]]);
    await server.answer();
    assert.deepEqual([await first, await second], [[undefined], [undefined]]);
  });

  it('keeps the order and has one write under way at a time', async () => {
    const { server, batcher } = setUp();
    const added = batcher.add([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (let answered = 0; answered < 3; answered++) await server.answer();
    await added;
    assert.deepEqual(server.writes, [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    assert.equal(server.mostUnderWay, 1);
  });

  it('has as many writes under way as it may', async () => {
    const { server, batcher } = setUp({ writers: 2 });
    const added = batcher.add([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(server.underWay, 2);
    for (let answered = 0; answered < 3; answered++) await server.answer();
    await added;
    assert.equal(server.mostUnderWay, 2);
  });

  it('answers a message only when all of its rows are safe, across batches', async () => {
    const { server, clock, batcher } = setUp();
    const long = watch(batcher.add([1, 2, 3, 4]));
    const short = watch(batcher.add([5]));
    await server.answer();
    assert.equal(long.state, 'open');
    await clock.pass(50);
    assert.deepEqual(server.writes[1], [4, 5]);
    await server.answer();
    assert.deepEqual([long.state, short.state], ['safe', 'safe']);
  });

  it('gives each message its own refusals', async () => {
    const { server, batcher } = setUp();
    const bad = new RecordError('no such family');
    const worse = new RecordError('too large');
    const [first, second] = [batcher.add([1, 2]), batcher.add([3, 4, 5, 6])];
    await server.answer([undefined, bad, undefined]);
    await server.answer([undefined, undefined, worse]);
    assert.deepEqual(await first, [undefined, bad]);
    assert.deepEqual(await second, [undefined, undefined, undefined, worse]);
    const { waiting, written, refused, lastError } = batcher.status();
    assert.deepEqual([waiting, written, refused, lastError], [0, 4, 2, undefined]);
  });

  it('tries the same rows again after a growing pause', async () => {
    const { server, clock, batcher } = setUp();
    const added = watch(batcher.add([1, 2, 3]));
    await server.fail(new StoreError('The server is away.'));
    assert.equal(batcher.status().lastError, 'The server is away.');
    assert.deepEqual(clock.pending, [50]);
    await clock.pass(50);
    await server.fail(new StoreError('The server is away.'));
    assert.deepEqual(clock.pending, [100]);
    await clock.pass(100);
    await server.answer();
    assert.deepEqual(server.writes, [
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    assert.equal(added.state, 'safe');
    assert.equal(batcher.status().lastError, undefined);
  });

  it('gives a message back, with the reason and what to do, once the retries are used up', async () => {
    const { server, clock, batcher } = setUp();
    const added = batcher.add([1, 2, 3]);
    const failed = assert.rejects(added, (error: StoreError) => {
      assert.equal(error.name, 'StoreError');
      assert.match(
        error.message,
        /^The test server did not take 3 records in 3 tries: The server is full\. .*delivered again/u,
      );
      return true;
    });
    const full = new StoreError('The server is full.');
    while (server.answers.length > 0) {
      await server.fail(full);
      await clock.pass(1_000);
    }
    await failed;
    // The last try looks into it, row by row.
    assert.deepEqual(server.writes.slice(3), [[1, 2], [1], [2], [3]]);
    assert.deepEqual(batcher.status().waiting, 0);
  });

  it('gives a message back at once if trying again cannot help, and goes on with the next', async () => {
    const { server, batcher } = setUp();
    const error = new SettingError('There is no such table.');
    const [first, second] = [watch(batcher.add([1, 2, 3])), watch(batcher.add([4, 5, 6]))];
    await server.fail(error);
    assert.equal(first.state, error);
    await server.answer();
    assert.equal(second.state, 'safe');
  });

  it('does not write the rest of a message that has failed', async () => {
    const { server, batcher } = setUp();
    const long = watch(batcher.add([1, 2, 3, 4, 5, 6, 7]));
    const next = watch(batcher.add([8, 9, 10]));
    await server.fail(new SettingError('There is no such table.'));
    assert.notEqual(long.state, 'open');
    assert.deepEqual(server.writes, [
      [1, 2, 3],
      [8, 9, 10],
    ]);
    await server.answer();
    assert.equal(next.state, 'safe');
    assert.equal(batcher.status().waiting, 0);
  });

  it('holds no more rows than its capacity; the next message waits for room', async () => {
    const { server, batcher } = setUp({ capacity: 6 });
    const added = [batcher.add([1, 2, 3]), batcher.add([4, 5, 6]), batcher.add([7, 8, 9])];
    assert.deepEqual([batcher.status().waiting, batcher.status().blocked], [6, 3]);
    await server.answer();
    assert.deepEqual([batcher.status().waiting, batcher.status().blocked], [6, 0]);
    await server.answer();
    await server.answer();
    await Promise.all(added);
    assert.deepEqual(server.writes, [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });

  it('lets a message larger than its capacity in once it is empty', async () => {
    const { server, batcher } = setUp({ capacity: 4 });
    const added = batcher.add([1, 2, 3, 4, 5, 6]);
    await server.answer();
    await server.answer();
    assert.equal((await added).length, 6);
  });

  it('flushes without lingering, and resolves once nothing is held', async () => {
    const { server, batcher } = setUp({ capacity: 3 });
    void batcher.add([1, 2]);
    void batcher.add([3, 4]);
    const flushed = watch(batcher.flush());
    assert.deepEqual(server.writes, [[1, 2]]);
    await server.answer();
    assert.deepEqual(server.writes, [
      [1, 2],
      [3, 4],
    ]);
    assert.equal(flushed.state, 'open');
    await server.answer();
    assert.equal(flushed.state, 'safe');
  });

  it('finishes what is waiting when closed, and takes nothing more', async () => {
    const { server, clock, batcher } = setUp();
    const added = watch(batcher.add([1]));
    const closed = watch(batcher.close(10_000));
    assert.deepEqual(server.writes, [[1]]);
    await assert.rejects(batcher.add([2]), StoreError);
    await server.answer();
    assert.deepEqual([added.state, closed.state], ['safe', 'safe']);
    assert.deepEqual(clock.pending, []);
  });

  it('gives up what it cannot finish within the limit when closed, so that it is delivered again', async () => {
    const { server, clock, batcher } = setUp({ capacity: 3 });
    const states = [watch(batcher.add([1, 2, 3])), watch(batcher.add([4]))];
    const closed = watch(batcher.close(10_000));
    await clock.pass(10_000);
    assert.equal(closed.state, 'safe');
    for (const { state } of states) assert.match(String(state), /stopped before The test server.*delivers them again/u);
    await server.answer();
    assert.deepEqual(clock.pending, []);
    assert.equal(batcher.status().waiting, 0);
  });

  it('ends a retry that sleeps when it is closed', async () => {
    const { server, clock, batcher } = setUp({ retry: { retries: 9, base: 60_000, longest: 60_000 } });
    const added = watch(batcher.add([1, 2, 3]));
    await server.fail(new StoreError('away'));
    const closed = watch(batcher.close(5_000));
    await clock.pass(5_000);
    assert.equal(closed.state, 'safe');
    assert.ok(added.state instanceof StoreError);
    assert.equal(server.writes.length, 1);
    assert.deepEqual(clock.pending, []);
  });

  it('takes an empty message for safe', async () => {
    const { server, batcher } = setUp();
    assert.deepEqual(await batcher.add([]), []);
    assert.deepEqual(server.writes, []);
  });
});
