import assert from 'node:assert/strict';
import { Ledger } from '../../../lib/delivery/ledger';
import type { Carrier } from '../../../lib/delivery/lane';
import { messagesOf } from '../../../lib/delivery/lane';
import type { Assignment, ConsumerEvents, LogRecord, TopicLog } from '../../../lib/log/log';
import { StreamReader } from '../../../lib/log/streamReader';
import { TestStore } from '../../support/store';

const record = (offset: number): LogRecord => ({ offset, key: null, value: `${offset}`, headers: {}, timestamp: 0 });

/** A log whose consumer hands over what the test says. */
class FakeLog implements TopicLog {
  readonly name = 'fake';
  readonly saved: number[] = [];
  /** What the consumer had stored when it left its group. */
  leftAt: number[] | undefined;
  events: ConsumerEvents | undefined;
  readonly assignment: Assignment = {
    topic: 't',
    partition: 0,
    name: 'fake/t/0',
    save: (next) => void this.saved.push(next),
  };

  append(): undefined {
    return undefined;
  }

  consume(_options: unknown, events: ConsumerEvents): { close(): Promise<void> } {
    this.events = events;
    return {
      close: () => {
        this.leftAt = [...this.saved];
        return Promise.resolve();
      },
    };
  }

  give(...offsets: number[]): void {
    this.events?.batch(this.assignment, { topic: 't', partition: 0, records: offsets.map(record) });
  }
}

describe('log/streamReader, when it closes', () => {
  let store: TestStore;
  let ledger: Ledger;
  let log: FakeLog;
  let sent: Carrier[];
  let reader: StreamReader;
  beforeEach(() => {
    store = new TestStore();
    ledger = new Ledger(store.store);
    log = new FakeLog();
    sent = [];
    reader = new StreamReader(
      log,
      ledger,
      {
        ...{ topic: 't', group: 'g', from: 'earliest', batch: false, maxBatch: 10, decode: 'json', commit: 'flow' },
        ...{ maxInFlight: 100, retries: 0, deadLetterTopic: '' },
      },
      {
        node: 'reader',
        rejectedIsWired: () => false,
        send: (outputs) => {
          for (const message of messagesOf(outputs)) {
            sent.push(message);
            ledger.delivered('flow', message);
          }
        },
        progress: () => undefined,
        rejected: () => undefined,
        error: (error) => assert.fail(error),
      },
    );
    log.events?.assigned(log.assignment);
  });
  afterEach(() => {
    ledger.close();
    store.dispose();
  });

  it('gives out nothing more, not even what was on its way, and asks for nothing more', async () => {
    log.give(0, 1);
    const closed = reader.close({ quiet: 20 });
    log.give(2);
    assert.equal(await log.events?.room(log.assignment), 0);
    await closed;
    assert.deepEqual(
      sent.map(({ payload }) => payload),
      [0, 1],
    );
  });

  it('leaves its group only once what the flow could finish is stored', async () => {
    log.give(0, 1, 2);
    const closed = reader.close({ quiet: 200 });
    for (const message of sent.slice(0, 2)) ledger.completed('flow', message);
    await closed;
    assert.equal(log.leftAt?.at(-1), 2);
    assert.equal(log.saved.at(-1), 2, 'the rest is left to the next');
  });
});
