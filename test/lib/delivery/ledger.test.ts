import assert from 'node:assert/strict';
import type { Carrier, GivenUp, Lane, Outputs } from '../../../lib/delivery/lane';
import { messagesOf } from '../../../lib/delivery/lane';
import { Ledger, TOKEN } from '../../../lib/delivery/ledger';
import type { Participant } from '../../../lib/delivery/participant';
import { TestStore } from '../../support/store';
import { until } from '../../support/until';

/** A participant that keeps a list, with the store's copy beside it. */
class Listing implements Participant<string> {
  merged: string[] = [];
  saved: string[] = [];
  dropped: string[] = [];
  failNext = false;

  merge(deltas: readonly string[]): void {
    this.merged.push(...deltas);
  }
  save(): void {
    if (this.failNext) {
      this.failNext = false;
      throw new Error('disk full');
    }
    this.saved = [...this.merged];
  }
  reload(): void {
    this.merged = [...this.saved];
  }
  drop(deltas: readonly string[]): void {
    this.dropped.push(...deltas);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const settle = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await turn();
};

describe('the ledger', () => {
  let test: TestStore;
  let ledger: Ledger;
  let saved: number[];
  let sent: Carrier[];
  let givenUp: GivenUp[];
  /** Where each message goes as it is sent. */
  let wired: string | undefined;

  beforeEach(() => {
    test = new TestStore();
    givenUp = [];
    wired = undefined;
    ledger = new Ledger(test.store, {
      commitEvery: 1,
      retryDelay: 1,
      onGivenUp: (failure) => givenUp.push(failure),
      onCommitError: () => undefined,
    });
    saved = [];
    sent = [];
  });
  afterEach(() => {
    ledger.close();
    test.dispose();
  });

  function open(options: { retries?: number; giveUp?: (outputs: Outputs) => void } = {}): Lane<number> {
    const { giveUp } = options;
    return ledger.lane<number>({
      name: 'test/0',
      origin: 'source',
      maxInFlight: 3,
      retries: options.retries ?? 1,
      send: (outputs) => {
        for (const message of messagesOf(outputs)) {
          sent.push(message);
          if (wired !== undefined) deliver(wired, message);
        }
      },
      save: (position) => saved.push(position),
      ...(giveUp === undefined ? {} : { giveUp }),
    });
  }

  function deliver(node: string, message: Carrier): void {
    ledger.delivered(node, message);
    ledger.received(node, message);
  }

  it('commits a message that nothing is wired to', async () => {
    open().dispatch(1, 1, () => [{ payload: 'a' }]);
    await pause(20);
    assert.deepEqual(saved, [1]);
  });

  it('commits only the contiguous prefix, however the messages finish', async () => {
    const lane = open();
    for (const position of [1, 2, 3]) {
      lane.dispatch(1, position, () => [{ payload: position }]);
      deliver('a', sent.at(-1) ?? {});
    }
    ledger.completed('a', sent[1] ?? {});
    ledger.completed('a', sent[2] ?? {});
    await pause(20);
    assert.deepEqual(saved, []);
    ledger.completed('a', sent[0] ?? {});
    await pause(20);
    assert.deepEqual(saved, [3]);
    assert.equal(lane.inFlight, 0);
  });

  it('waits for every branch and every hop', async () => {
    const lane = open();
    lane.dispatch(1, 1, () => [{ payload: 'a' }]);
    const [first = {}] = sent;
    const clone = { ...first };
    deliver('a', first);
    deliver('b', clone);
    deliver('c', first);
    ledger.completed('a', first);
    ledger.completed('b', clone);
    await pause(10);
    assert.deepEqual(saved, []);
    ledger.completed('c', first);
    await pause(10);
    assert.deepEqual(saved, [1]);
  });

  it('asks to watch the flow from the first message on, until nothing has been in it for a while', async () => {
    const asked: boolean[] = [];
    ledger.close();
    ledger = new Ledger(test.store, { commitEvery: 1, onTracking: (tracking) => asked.push(tracking) });
    const lane = open();
    assert.deepEqual(asked, []);
    for (const position of [1, 2]) lane.dispatch(1, position, () => [{ payload: position }]);
    await lane.drained();
    assert.deepEqual(asked, [true]);
    await until(() => asked.length > 1, 'nobody to watch');
    assert.deepEqual(asked, [true, false]);
    lane.dispatch(1, 3, () => [{ payload: 3 }]);
    assert.deepEqual(asked, [true, false, true]);
  });

  it('takes a message of an earlier run, kept somewhere and sent again, for one of nobody', async () => {
    open().dispatch(1, 1, () => [{ payload: 'a' }]);
    const [old = {}] = sent;
    ledger.close();
    ledger = new Ledger(test.store, { commitEvery: 1 });
    wired = 'a';
    const lane = open();
    lane.dispatch(1, 1, () => [{ payload: 'b' }]);
    ledger.completed('a', old);
    assert.equal(ledger.laneOf(old), undefined);
    ledger.completed('a', sent.at(-1) ?? {});
    await lane.drained();
  });

  it('commits without a pause for a source that waits for room', async () => {
    ledger.close();
    ledger = new Ledger(test.store, { commitEvery: 60_000 });
    const lane = open();
    for (let position = 1; position <= 20; position++) {
      assert.ok((await lane.room()) > 0);
      lane.dispatch(1, position, () => [{ payload: position }]);
    }
    assert.ok((saved.at(-1) ?? 0) >= 17);
  });

  it('looks again a turn later, so that a node may call done just before it sends', async () => {
    open().dispatch(1, 1, () => [{ payload: 'a' }]);
    const [first = {}] = sent;
    deliver('a', first);
    ledger.completed('a', first);
    deliver('b', first);
    await pause(10);
    assert.deepEqual(saved, []);
    ledger.completed('b', first);
    await pause(10);
    assert.deepEqual(saved, [1]);
  });

  it('follows a new message by its _msgid, and a split one by its token', async () => {
    const lane = open();
    lane.dispatch(1, 1, () => [{ payload: 'a', _msgid: 'm1' }]);
    const [first = {}] = sent;
    deliver('function', first);
    const made: Carrier = { payload: 'made anew', _msgid: 'm1' };
    deliver('next', made);
    ledger.completed('function', first);
    const part: Carrier = { payload: 'part', [TOKEN]: made[TOKEN] };
    deliver('after split', part);
    ledger.completed('next', made);
    await pause(10);
    assert.deepEqual(saved, []);
    ledger.completed('after split', part);
    await pause(10);
    assert.deepEqual(saved, [1]);
  });

  it('counts a completion once, and none that was not delivered', async () => {
    open().dispatch(1, 1, () => [{ payload: 'a' }]);
    const [first = {}] = sent;
    const clone = { ...first };
    deliver('a', first);
    deliver('b', clone);
    ledger.completed('a', first);
    ledger.completed('a', first);
    ledger.completed('never', first);
    await pause(10);
    assert.deepEqual(saved, []);
  });

  it('bounds what is unfinished, and makes room by committing', async () => {
    const lane = open();
    for (const position of [1, 2, 3]) {
      lane.dispatch(1, position, () => [{ payload: position }]);
      deliver('a', sent.at(-1) ?? {});
    }
    let room: number | undefined;
    void lane.room().then((value) => (room = value));
    await settle();
    assert.equal(room, undefined);
    ledger.completed('a', sent[0] ?? {});
    await pause(10);
    assert.equal(room, 1);
  });

  it('tries a failed message again, and drops what the failed attempt contributed', async () => {
    const listing = new Listing();
    wired = 'a';
    open().dispatch(1, 1, () => [{ payload: 'a' }]);
    const [first = {}] = sent;
    void ledger.contributor(first).contribute(listing, 'attempt 1');
    ledger.completed('a', first, new Error('no'));
    await pause(20);
    assert.equal(sent.length, 2);
    const [, second = {}] = sent;
    assert.notEqual(second[TOKEN], first[TOKEN]);
    void ledger.contributor(second).contribute(listing, 'attempt 2');
    ledger.completed('a', first);
    await pause(10);
    assert.deepEqual(saved, []);
    ledger.completed('a', second);
    await pause(10);
    assert.deepEqual(saved, [1]);
    assert.deepEqual(listing.saved, ['attempt 2']);
    assert.deepEqual(listing.dropped, ['attempt 1']);
  });

  it('gives up after the last retry, keeps only the dead letter, and goes on', async () => {
    const listing = new Listing();
    const letters: Outputs[] = [];
    wired = 'a';
    const other = open({ retries: 1, giveUp: (outputs) => letters.push(outputs) });
    other.dispatch(1, 7, () => [{ payload: 'bad' }]);
    for (let attempt = 0; attempt < 2; attempt++) {
      await until(() => sent.length > attempt, `attempt ${attempt}`);
      const message = sent[attempt] ?? {};
      void ledger.contributor(message).contribute(listing, 'never');
      ledger.completed('a', message, new Error('no'));
    }
    await until(() => saved.length > 0, 'the message to be given up');
    assert.deepEqual(saved, [7]);
    assert.deepEqual(listing.saved, []);
    assert.deepEqual(
      letters.flatMap(messagesOf).map(({ payload }) => payload),
      ['bad'],
    );
    assert.equal(givenUp[0]?.attempts, 2);
  });

  it('takes an error as finished that a Catch node takes up', async () => {
    open().dispatch(1, 1, () => [{ payload: 'a' }]);
    const [first = {}] = sent;
    deliver('a', first);
    ledger.completed('a', first, new Error('no'));
    const caught = { ...first, error: { source: { id: 'a' } } };
    ledger.received('catch', caught, 'a');
    ledger.completed('catch', caught);
    await pause(10);
    assert.deepEqual(saved, [1]);
    assert.equal(sent.length, 1);
  });

  it('keeps contributions apart until their prefix is finished, and merges them in the order of the source', async () => {
    const listing = new Listing();
    const lane = open();
    for (const position of [1, 2]) {
      lane.dispatch(1, position, () => [{ payload: position }]);
      deliver('a', sent.at(-1) ?? {});
    }
    void ledger.contributor(sent[1] ?? {}).contribute(listing, 'second');
    ledger.completed('a', sent[1] ?? {});
    await pause(10);
    assert.deepEqual(listing.merged, []);
    void ledger.contributor(sent[0] ?? {}).contribute(listing, 'first');
    ledger.completed('a', sent[0] ?? {});
    await pause(10);
    assert.deepEqual(listing.saved, ['first', 'second']);
  });

  it('commits at once what no source answers for, and says so', async () => {
    const listing = new Listing();
    const committed = ledger.contributor({ payload: 'from an inject node' }).contribute(listing, 'alone');
    assert.ok(committed instanceof Promise);
    await committed;
    assert.deepEqual(listing.saved, ['alone']);
  });

  it('keeps everything when the store refuses a commit, and commits it later once', async () => {
    const listing = new Listing();
    listing.failNext = true;
    const lane = open();
    lane.dispatch(1, 1, () => [{ payload: 'a' }]);
    const [first = {}] = sent;
    deliver('a', first);
    void ledger.contributor(first).contribute(listing, 'once');
    ledger.completed('a', first);
    await pause(30);
    assert.deepEqual(listing.merged, []);
    assert.equal(lane.inFlight, 1);
    await pause(150);
    assert.deepEqual(listing.saved, ['once']);
    assert.equal(lane.inFlight, 0);
  });

  it('forgets the unfinished when a lane closes, with what it contributed', async () => {
    const listing = new Listing();
    const lane = open();
    lane.dispatch(1, 1, () => [{ payload: 'a' }]);
    const [first = {}] = sent;
    deliver('a', first);
    void ledger.contributor(first).contribute(listing, 'gone');
    lane.close();
    ledger.completed('a', first);
    await pause(10);
    assert.deepEqual(saved, []);
    assert.deepEqual(listing.saved, []);
    assert.deepEqual(listing.dropped, ['gone']);
  });

  it('starts messages again that a closed node had, without counting it as a failure', async () => {
    const lane = open({ retries: 0 });
    lane.dispatch(1, 1, () => [{ payload: 'a' }]);
    deliver('closing', sent[0] ?? {});
    ledger.forgetNode('closing');
    await pause(10);
    assert.equal(sent.length, 2);
    deliver('closing', sent[1] ?? {});
    ledger.completed('closing', sent[1] ?? {});
    await pause(10);
    assert.deepEqual(saved, [1]);
    assert.deepEqual(givenUp, []);
  });

  it('sends nothing while the flow is being changed, and everything after it', async () => {
    const lane = open();
    ledger.hold();
    lane.dispatch(1, 1, () => [{ payload: 'a' }]);
    await settle();
    assert.equal(sent.length, 0);
    ledger.release();
    await pause(10);
    assert.equal(sent.length, 1);
    assert.deepEqual(saved, [1]);
  });

  it('says what is unfinished, where, and for how long', () => {
    open().dispatch(1, 1, () => [{ payload: 'a' }]);
    deliver('stuck', sent[0] ?? {});
    const [entry] = ledger.unfinished();
    assert.deepEqual(entry?.nodes, ['stuck']);
    assert.equal(entry.lane, 'test/0');
  });
});
