import assert from 'node:assert/strict';
import { Ledger } from '../../../lib/delivery/ledger';
import { EmbeddedLog } from '../../../lib/log/embedded/embeddedLog';
import type { Assignment, Consumer, LogRecord } from '../../../lib/log/log';
import { TestStore } from '../../support/store';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const untracked = {};

describe('the embedded log', () => {
  let test: TestStore;
  let ledger: Ledger;
  let log: EmbeddedLog;
  let consumers: Consumer[];

  beforeEach(() => {
    test = new TestStore();
    consumers = [];
    open();
  });
  afterEach(async () => {
    await stop();
    test.dispose();
  });

  function open(): void {
    ledger = new Ledger(test.store, { commitEvery: 1 });
    log = new EmbeddedLog(test.store, { name: 'main', partitions: 3, retention: 0 });
  }

  async function stop(): Promise<void> {
    for (const consumer of consumers.splice(0)) await consumer.close();
    log.close();
    ledger.close();
  }

  async function restart(): Promise<void> {
    await stop();
    test.reopen();
    open();
  }

  function write(topic: string, values: string[], key?: string): Promise<void> | undefined {
    const records = values.map((value) => ({ key: key ?? value, value }));
    return log.append(topic, records, ledger.contributor(untracked));
  }

  function read(
    group: string,
    options: { save?: boolean; from?: 'earliest' | 'latest' } = {},
  ): { records: LogRecord[]; partitions: Map<string, Assignment> } {
    const records: LogRecord[] = [];
    const partitions = new Map<string, Assignment>();
    const consumer = log.consume(
      { topics: ['t'], group, from: options.from ?? 'earliest', maxBatch: 2 },
      {
        assigned: (assignment) => partitions.set(assignment.name, assignment),
        revoked: (assignment) => partitions.delete(assignment.name),
        room: (assignment) => Promise.resolve(partitions.has(assignment.name) ? 10 : 0),
        batch: (assignment, batch) => {
          records.push(...batch.records);
          const last = batch.records.at(-1);
          if (options.save === true && last !== undefined)
            test.store.transaction(() => assignment.save(last.offset + 1));
        },
        atEnd: () => undefined,
        error: (error) => assert.fail(error),
      },
    );
    consumers.push(consumer);
    return { records, partitions };
  }

  const values = (records: LogRecord[]): string[] => records.map(({ value }) => value as string).sort();

  it('gives back what was written, in the order of each partition', async () => {
    await write('t', ['a', 'b', 'c', 'd', 'e'], 'one key');
    const { records } = read('g');
    await pause(20);
    assert.deepEqual(
      records.map(({ value }) => value),
      ['a', 'b', 'c', 'd', 'e'],
    );
    assert.deepEqual(
      records.map(({ offset }) => offset),
      [0, 1, 2, 3, 4],
    );
  });

  it('keeps keys, headers, times, bytes and tombstones', async () => {
    const bytes = Uint8Array.of(0, 255, 128);
    const record = { key: bytes, value: null, headers: { 'content-type': 'none', __proto__x: 'y' }, timestamp: 12_345 };
    await log.append('t', [record], ledger.contributor(untracked));
    const { records } = read('g');
    await pause(20);
    const [got] = records;
    assert.deepEqual(Buffer.from(got?.key as Uint8Array), Buffer.from(bytes));
    assert.equal(got?.value, null);
    assert.deepEqual(got.headers, record.headers);
    assert.equal(got.timestamp, 12_345);
  });

  it('goes on after a restart where the group stood, and no further', async () => {
    await write('t', ['a', 'b']);
    read('g', { save: true });
    await pause(20);
    await restart();
    await write('t', ['c']);
    const { records } = read('g', { save: true });
    await pause(20);
    assert.deepEqual(values(records), ['c']);
  });

  it('sends again what was not saved', async () => {
    await write('t', ['a', 'b']);
    read('g');
    await pause(20);
    await restart();
    const { records } = read('g');
    await pause(20);
    assert.deepEqual(values(records), ['a', 'b']);
  });

  it('lets a group begin at the end, and keeps that place while it is away', async () => {
    await write('t', ['old']);
    read('g', { from: 'latest' });
    await pause(10);
    await restart();
    await write('t', ['new']);
    const { records } = read('g', { from: 'latest' });
    await pause(20);
    assert.deepEqual(values(records), ['new']);
  });

  it('shares the partitions out among the members of a group, and all to another group', async () => {
    const first = read('g', { save: true });
    assert.equal(first.partitions.size, 3);
    const second = read('g', { save: true });
    assert.equal(first.partitions.size + second.partitions.size, 3);
    assert.ok(second.partitions.size > 0);
    const all = Array.from({ length: 60 }, (_, index) => `k${index}`);
    await write('t', all);
    const other = read('other');
    await pause(60);
    assert.deepEqual(values([...first.records, ...second.records]), [...all].sort());
    assert.deepEqual(values(other.records), [...all].sort());
    await consumers[0]?.close();
    assert.equal(second.partitions.size, 3);
  });

  it('refuses a partition that does not exist, and keeps nothing of the batch', () => {
    assert.throws(
      () => log.append('t', [{ key: null, value: 'x', partition: 3 }], ledger.contributor(untracked)),
      /no partition 3, only 0 to 2/u,
    );
  });

  it('takes offsets back when a commit fails', async () => {
    await write('t', ['a'], 'k');
    const fail = {
      merge: () => undefined,
      save: () => {
        throw new Error('disk full');
      },
      reload: () => undefined,
    };
    const tracked = ledger.lane({
      name: 'x',
      origin: 'x',
      maxInFlight: 9,
      retries: 0,
      send: () => undefined,
      save: () => undefined,
    });
    tracked.close();
    const first = ledger.contributeAlone(fail, null).catch(() => 'failed');
    const second = write('t', ['b'], 'k')?.catch(() => 'failed too');
    assert.deepEqual(await Promise.all([first, second]), ['failed', 'failed too']);
    await write('t', ['c'], 'k');
    const { records } = read('g');
    await pause(20);
    assert.deepEqual(
      records.map(({ value, offset }) => [value, offset]),
      [
        ['a', 0],
        ['c', 1],
      ],
    );
  });
});
