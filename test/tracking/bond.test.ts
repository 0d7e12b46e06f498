import assert from 'node:assert/strict';
import { type Carrier, type Lane, type Outputs, messagesOf } from '../../lib/delivery/lane';
import { Ledger, TOKEN } from '../../lib/delivery/ledger';
import type { Participant } from '../../lib/delivery/participant';
import { TestStore } from '../support/store';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps what was merged. */
class Listing implements Participant<string> {
  readonly merged: string[] = [];
  merge(deltas: readonly string[]): void {
    this.merged.push(...deltas);
  }
  save(): void {
    // In memory only.
  }
  reload(): void {
    // In memory only.
  }
}

describe('messages that a node puts together', () => {
  let test: TestStore;
  let ledger: Ledger;
  /** The latest message of each record that was sent. */
  let sent: Map<string, Carrier>;
  /** How often each record was sent. */
  let tries: Map<string, number>;
  let saved: string[];
  let dead: string[];

  beforeEach(() => {
    test = new TestStore();
    ledger = new Ledger(test.store, { commitEvery: 1, retryDelay: 1 });
    sent = new Map();
    tries = new Map();
    saved = [];
    dead = [];
  });
  afterEach(() => {
    ledger.close();
    test.dispose();
  });

  /** A lane whose messages all go to a node that joins them. */
  function open(name: string, retries = 1): Lane<string> {
    return ledger.lane<string>({
      name,
      origin: 'source',
      maxInFlight: 100,
      retries,
      send: (outputs: Outputs) => {
        for (const message of messagesOf(outputs)) {
          const record = String(message.payload);
          sent.set(record, message);
          tries.set(record, (tries.get(record) ?? 0) + 1);
          ledger.delivered('join', message, 'source');
        }
      },
      save: (position) => saved.push(position),
      giveUp: (outputs) => dead.push(...messagesOf(outputs).map(({ payload }) => String(payload))),
    });
  }

  function give(lane: Lane<string>, ...records: string[]): void {
    for (const record of records) lane.dispatch(1, record, () => [{ payload: record, _msgid: `id-${record}` }]);
  }

  const message = (record: string): Carrier => sent.get(record) ?? {};

  /** What core join does: it sends one message under the token of the last, and is done with all. */
  function join(...records: string[]): Carrier {
    const whole = { ...message(records.at(-1) ?? ''), payload: records };
    ledger.delivered('next', whole, 'join');
    for (const record of records) ledger.completed('join', message(record));
    return whole;
  }

  it('are finished when the whole is', async () => {
    give(open('a'), '1', '2', '3');
    const whole = join('1', '2', '3');
    await pause(20);
    assert.deepEqual(saved, []);
    ledger.completed('next', whole);
    await pause(20);
    assert.deepEqual(saved, ['3']);
  });

  it('are committed together, over several lanes', async () => {
    const [a, b] = [open('a'), open('b')];
    give(a, 'a1');
    give(b, 'b1', 'b2');
    ledger.completed('next', join('a1', 'b2'));
    await pause(20);
    assert.deepEqual(saved, []);
    ledger.completed('next', join('b1'));
    await pause(20);
    assert.deepEqual(saved.sort(), ['a1', 'b2']);
  });

  it('are tried again together, and given up each after its own tries', async () => {
    const lane = open('a');
    give(lane, '1', '2');
    ledger.completed('next', join('1', '2'), new Error('bad'));
    await pause(20);
    assert.deepEqual([tries.get('1'), tries.get('2')], [2, 2]);
    ledger.completed('next', join('1'));
    await pause(1);
    give(lane, '3');
    ledger.completed('next', join('2', '3'), new Error('bad'));
    await pause(20);
    assert.deepEqual(dead, ['2']);
    assert.equal(tries.get('3'), 2);
    ledger.completed('next', join('3'));
    await pause(20);
    assert.equal(saved.at(-1), '3');
  });

  it('begin again when one of their lanes is closed', async () => {
    const [a, b] = [open('a'), open('b')];
    give(a, 'a1');
    give(b, 'b1');
    const whole = join('a1', 'b1');
    b.close();
    ledger.completed('next', whole);
    await pause(20);
    assert.equal(tries.get('a1'), 2);
    assert.deepEqual(saved, []);
  });

  it('begin again when one of them no longer counted, wherever it stood', async () => {
    for (const [first, last] of [
      ['1', '2'],
      ['2', '1'],
    ] as const) {
      const lane = open(`lane ${first}`);
      tries.clear();
      give(lane, '1', '2');
      const stale = message('1');
      ledger.delivered('gone', { ...stale });
      ledger.forgetNode('gone');
      await pause(10);
      const fresh = message('1');
      sent.set('1', stale);
      ledger.completed('next', join(first, last));
      await pause(20);
      assert.deepEqual([tries.get('1'), tries.get('2')], [2, 2], `${first} ${last}`);
      sent.set('1', fresh);
      lane.close();
    }
    assert.deepEqual(saved, []);
  });

  it('are the same where the whole has kept nothing of them', async () => {
    give(open('a'), '1', '2');
    const whole: Carrier = { payload: 3, _msgid: 'new' };
    ledger.delivered('next', whole, 'join');
    ledger.completed('join', message('1'));
    ledger.completed('join', message('2'));
    await pause(20);
    assert.deepEqual(saved, []);
    ledger.completed('next', whole);
    await pause(20);
    assert.deepEqual(saved, ['2']);
  });

  it('are not those that a node passes on one by one, or is done with later', async () => {
    give(open('a'), '1', '2', '3');
    for (const record of ['1', '2']) {
      ledger.delivered('next', message(record), 'join');
      ledger.completed('join', message(record));
    }
    await pause(1);
    ledger.completed('join', message('3'));
    ledger.completed('next', message('1'));
    await pause(20);
    assert.deepEqual(saved, ['1']);
    ledger.completed('next', message('2'));
    await pause(20);
    assert.deepEqual(saved, ['1', '3']);
  });
});

describe('what is left of a message', () => {
  let test: TestStore;
  let ledger: Ledger;
  beforeEach(() => {
    test = new TestStore();
    ledger = new Ledger(test.store, { commitEvery: 1, retryDelay: 1 });
  });
  afterEach(() => {
    ledger.close();
    test.dispose();
  });

  function send(): { saved: number[]; message: Carrier } {
    const saved: number[] = [];
    const sent: Carrier[] = [];
    const lane = ledger.lane<number>({
      name: 'a',
      origin: 'source',
      maxInFlight: 1,
      retries: 0,
      send: (outputs) => {
        for (const message of messagesOf(outputs)) {
          sent.push(message);
          ledger.delivered('node', message, 'source');
        }
      },
      save: (position) => saved.push(position),
    });
    lane.dispatch(1, 1, () => [{ payload: 1, _msgid: 'one' }]);
    return { saved, message: sent[0] ?? {} };
  }

  it('in the flow does not count beside its dead letter', async () => {
    const listing = new Listing();
    const { message, saved } = send();
    ledger.completed('node', message, new Error('bad'));
    await new Promise((resolve) => setImmediate(resolve));
    void ledger.contributor(message).contribute(listing, 'too late');
    await pause(20);
    assert.deepEqual([saved, listing.merged], [[1], []]);
  });

  it('in the flow does not count beside its next attempt, even in a new message', async () => {
    const listing = new Listing();
    send();
    ledger.delivered('gone', { _msgid: 'one' });
    ledger.forgetNode('gone');
    const made: Carrier = { payload: 'new', _msgid: 'one' };
    ledger.delivered('count', made, 'node');
    Reflect.deleteProperty(made, '_msgid');
    void ledger.contributor(made).contribute(listing, 'of the first attempt');
    await pause(20);
    assert.deepEqual(listing.merged, []);
  });

  it('in lines that name their group after it is followed', async () => {
    const { message, saved } = send();
    const line: Carrier = { payload: 'a line', parts: { id: 'one' }, _msgid: 'two' };
    ledger.delivered('next', line, 'node');
    assert.equal(line[TOKEN], message[TOKEN]);
    ledger.completed('node', message);
    await pause(20);
    assert.deepEqual(saved, []);
    ledger.completed('next', line);
    await pause(20);
    assert.deepEqual(saved, [1]);
  });

  it('with a node that has reported an error, and nothing else, is taken from it', async () => {
    const { message, saved } = send();
    const clone = { ...message };
    ledger.failed('node', clone, new Error('timeout'));
    ledger.abandoned('node', clone);
    await pause(20);
    assert.deepEqual(saved, [1]);
  });
});
