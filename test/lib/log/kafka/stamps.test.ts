import assert from 'node:assert/strict';
import type { Origin } from '../../../../lib/delivery/participant';
import { Seen } from '../../../../lib/log/kafka/seen';
import { STAMP, Stamper, stampOf, unstamped } from '../../../../lib/log/kafka/stamps';
import type { Headers, LogRecord } from '../../../../lib/log/log';
import { TestStore } from '../../../support/store';

const origin = (position: number, oldest = position, attempt = 1): Origin => ({
  lane: 'lane',
  epoch: 'e',
  position,
  attempt,
  oldest,
});
const values = (...texts: string[]): { key: null; value: string }[] => texts.map((value) => ({ key: null, value }));

describe('lib/log/kafka/stamps', () => {
  it('are the same when a message is given out again, in whatever order its records come', () => {
    const once = new Stamper('node').stamp(values('a', 'b', 'a'), origin(7)) ?? [];
    const again = new Stamper('node').stamp(values('a', 'a', 'b'), origin(7)) ?? [];
    assert.deepEqual(once.map(text).sort(), again.map(text).sort());
    assert.equal(new Set(once.map(text)).size, 3);
  });

  it('go on over several writes of one message, and begin anew with a new attempt', () => {
    const stamper = new Stamper('node');
    const first = stamper.stamp(values('a'), origin(7)) ?? [];
    const second = stamper.stamp(values('a'), origin(7)) ?? [];
    const retried = stamper.stamp(values('a'), origin(7, 7, 2)) ?? [];
    assert.notDeepEqual(first, second);
    assert.deepEqual(retried, first);
  });

  it('tell sources, nodes and times apart', () => {
    const stamps = [
      new Stamper('node').stamp(values('a'), origin(7)),
      new Stamper('other').stamp(values('a'), origin(7)),
      new Stamper('node').stamp(values('a'), { ...origin(7), lane: 'other' }),
      new Stamper('node').stamp(values('a'), { ...origin(7), epoch: 'other' }),
    ];
    assert.equal(new Set(stamps.map((each) => text(each?.[0] ?? {}))).size, 4);
  });

  it('are not there where a source may use a position again', () => {
    assert.equal(new Stamper('node').stamp(values('a'), undefined), undefined);
    assert.equal(new Stamper('node').stamp(values('a'), { ...origin(7), epoch: undefined }), undefined);
  });

  it('are not handed on', () => {
    const [stamp] = new Stamper('node').stamp(values('a'), origin(7)) ?? [];
    assert.deepEqual(unstamped({ mine: 'x', ...stamp }), { mine: 'x' });
  });

  it('of somebody else’s making are no stamps', () => {
    const [{ [STAMP]: stamp = '' } = {}] = new Stamper('node').stamp(values('a'), origin(7)) ?? [];
    assert.equal(stampOf({ [STAMP]: stamp })?.position, 7);
    const [which = '', oldest = '', source = ''] = stamp.split(' ');
    for (const other of ['', 'x', which, `${which} ${oldest}`, `x ${oldest} ${source}`, `${which} x ${source}`])
      assert.equal(stampOf({ [STAMP]: other }), undefined, other);
    assert.equal(stampOf({}), undefined);
  });
});

describe('lib/log/kafka/seen', () => {
  let store: TestStore;
  beforeEach(() => (store = new TestStore()));
  afterEach(() => store.dispose());

  const stamped = (offset: number, value: string, position: number, oldest: number): LogRecord => {
    const [headers = {}] = new Stamper('node').stamp(values(value), origin(position, oldest)) ?? [];
    return { offset, key: null, value, headers, timestamp: 0 };
  };
  const save = (seen: Seen, next: number): void => {
    store.store.transaction(() => seen.save(next));
    seen.committed(next);
  };

  it('drops what repeats, also out of order, and nothing else', () => {
    const seen = new Seen(store.store, 'p');
    assert.equal(seen.repeats(stamped(0, 'a', 3, 1)), false);
    assert.equal(seen.repeats(stamped(1, 'b', 2, 1)), false);
    assert.equal(seen.repeats(stamped(2, 'a', 3, 1)), true);
    assert.equal(seen.repeats(stamped(3, 'c', 3, 1)), false);
    assert.equal(seen.repeats({ ...stamped(4, 'x', 1, 1), headers: {} }), false);
    assert.equal(seen.repeats({ ...stamped(5, 'x', 1, 1), headers: {} }), false);
  });

  it('knows after a crash what was read before the position, and not what was read behind it', () => {
    const seen = new Seen(store.store, 'p');
    seen.repeats(stamped(0, 'a', 3, 1));
    seen.repeats(stamped(1, 'b', 3, 1));
    save(seen, 1);
    const again = new Seen(store.reopen(), 'p');
    assert.equal(again.repeats(stamped(1, 'b', 3, 1)), false);
    assert.equal(again.repeats(stamped(2, 'a', 3, 1)), true);
  });

  it('forgets what its source has committed, and takes it for repeated from then on', () => {
    const seen = new Seen(store.store, 'p');
    for (let n = 0; n < 50; n++) seen.repeats(stamped(n, `v${n}`, n + 1, Math.max(1, n - 4)));
    save(seen, 50);
    const rows = store.store.prepare("SELECT COUNT(*) AS count FROM node_state WHERE key LIKE 'stamp%'").get();
    assert.ok((rows as { count: number }).count <= 6);
    assert.equal(seen.repeats(stamped(50, 'v3', 4, 45)), true);
    assert.equal(new Seen(store.reopen(), 'p').repeats(stamped(51, 'v3', 4, 45)), true);
  });
});

function text(headers: Headers): string {
  return JSON.stringify(Object.entries(headers).sort());
}
