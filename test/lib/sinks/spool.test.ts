import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'mocha';
import { StoreError } from '../../../lib/core/errors';
import { Spool } from '../../../lib/sinks/spool';
import { Store } from '../../../lib/store/store';
import { Message, alone, commit } from './commits';
import { temporaryFolder } from '../../support/store';

describe('spool', () => {
  const directory = temporaryFolder();
  let number = 0;
  let file = '';
  let store: Store;

  beforeEach(() => {
    file = join(directory.path, `${++number}.db`);
    store = new Store(file);
  });
  afterEach(() => store.close());
  after(() => directory.remove());

  const chunk = (body: string, name = 'a.csv', header = 'h\r\n') => ({ file: name, header, records: 1, body });
  const text = (spool: Spool): string[] =>
    spool.piles().map((pile) => [...spool.bodies(pile)].map((each) => Buffer.from(each).toString()).join(''));

  it('holds nothing of a message before its commit', () => {
    const spool = Spool.of(store, 'n');
    const message = new Message();
    assert.equal(spool.add([chunk('1')], message), undefined);
    assert.deepEqual(spool.piles(), []);
    commit(store, [message]);
    assert.deepEqual(text(spool), ['1']);
  });

  it('keeps the order of messages and writes one row for each commit and file', () => {
    const spool = Spool.of(store, 'n', () => 5);
    const messages = ['1', '2', '3'].map((body) => {
      const message = new Message();
      void spool.add([chunk(body), chunk(body.repeat(2), 'b.csv')], message);
      return message;
    });
    commit(store, messages);
    assert.deepEqual(text(spool), ['123', '112233']);
    assert.deepEqual(spool.piles(), [
      { file: 'a.csv', header: 'h\r\n', records: 3, bytes: 3, since: 5, first: 1, last: 1 },
      { file: 'b.csv', header: 'h\r\n', records: 3, bytes: 6, since: 5, first: 2, last: 2 },
    ]);
  });

  it('keeps chunks with another header apart', () => {
    const spool = Spool.of(store, 'n');
    const message = new Message();
    void spool.add([chunk('1', 'a.csv', 'x\r\n'), chunk('2', 'a.csv', 'y\r\n'), chunk('3', 'a.csv', 'x\r\n')], message);
    commit(store, [message]);
    assert.deepEqual(text(spool), ['13', '2']);
  });

  it('forgets what a failed commit would have brought, and takes it when it is made again', () => {
    const spool = Spool.of(store, 'n');
    const message = new Message();
    void spool.add([chunk('1')], message);
    assert.throws(
      () =>
        commit(store, [message], () => {
          throw new Error('disk full');
        }),
      StoreError,
    );
    assert.deepEqual(spool.piles(), []);
    commit(store, [message]);
    assert.deepEqual(text(spool), ['1']);
  });

  it('is durable at the promise of a message that no source answers for', async () => {
    const spool = Spool.of(store, 'n');
    await spool.add([chunk('1'), chunk('2', 'b.csv')], alone(store));
    assert.deepEqual(text(spool), ['1', '2']);
  });

  it('is found again after a restart, and numbers are never given twice', () => {
    const before = Spool.of(store, 'n');
    const message = new Message();
    void before.add([chunk('1')], message);
    commit(store, [message]);
    const [pile] = before.piles();
    assert.ok(pile);
    before.remove(pile, () => undefined);
    store.close();
    store = new Store(file);
    const after = Spool.of(store, 'n');
    assert.deepEqual(after.piles(), []);
    const next = new Message();
    void after.add([chunk('2')], next);
    commit(store, [next]);
    assert.equal(after.piles()[0]?.first, pile.last + 1);
  });

  it('is one for a node and its next instance, so that a commit under way is not lost on it', () => {
    const old = Spool.of(store, 'n');
    const message = new Message();
    void old.add([chunk('1')], message);
    const renewed = Spool.of(store, 'n');
    commit(store, [message]);
    assert.deepEqual(text(renewed), ['1']);
    assert.deepEqual(Spool.of(store, 'other').piles(), []);
  });

  it('begins a new pile after a claim', () => {
    const spool = Spool.of(store, 'n');
    const first = new Message();
    void spool.add([chunk('1')], first);
    commit(store, [first]);
    const [pile] = spool.piles();
    assert.ok(pile);
    spool.claim(pile);
    const second = new Message();
    void spool.add([chunk('2')], second);
    commit(store, [second]);
    assert.deepEqual(text(spool), ['2']);
    assert.equal(Buffer.concat([...spool.bodies(pile)]).toString(), '1');
  });

  it('splits what a large commit brings, so that no row is a burden', () => {
    const spool = Spool.of(store, 'n');
    const message = new Message();
    for (let each = 0; each < 5; each++) void spool.add([chunk('x'.repeat(400_000))], message);
    commit(store, [message]);
    const [pile] = spool.piles();
    assert.ok(pile);
    assert.deepEqual(
      [...spool.bodies(pile)].map((body) => body.byteLength),
      [800_000, 800_000, 400_000],
    );
    assert.equal(pile.bytes, 2_000_000);
  });
});
