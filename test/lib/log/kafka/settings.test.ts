import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { brokersOf } from '../../../../lib/log/kafka/client';
import { mendManyHeaders } from '../../../../lib/log/kafka/manyHeaders';
import { recordsOf } from '../../../../lib/log/kafka/records';
import { Room } from '../../../../lib/log/kafka/room';
import { subscribe } from '../../../../lib/log/kafka/subscription';
import { beginningOf } from '../../../../lib/log/beginning';
import { settle } from '../../../support/nodes';

describe('lib/log/kafka: settings', () => {
  it('brokers are host:port, several with commas, the port 9092 if left out', () => {
    assert.deepEqual(brokersOf(' a , b:1, [::1], [::1]:2'), ['a:9092', 'b:1', '[::1]:9092', '[::1]:2']);
    for (const wrong of ['', ' , ', 'http://a:1', 'a:b', 'a b'])
      assert.throws(() => brokersOf(wrong), /address of a broker/u);
  });

  it('topics are names and patterns between slashes', () => {
    const wanted = subscribe(['a', 'gone', '/^b/', '/^z/']);
    assert.deepEqual(wanted.among(['a', 'b1', 'b2', 'c']), ['a', 'b1', 'b2']);
    assert.deepEqual(wanted.missing(['a', 'b1', 'c']), ['gone', '/^z/']);
    assert.equal(wanted.open, true);
    assert.throws(() => subscribe(['/(/']), /is not a pattern/u);
  });

  it('a beginning is a date, or so long ago', () => {
    assert.deepEqual(beginningOf('time', '2026-01-31T12:00:00Z', 0), { time: Date.UTC(2026, 0, 31, 12) });
    assert.deepEqual(beginningOf('time', '2h', 10_000_000), { time: 2_800_000 });
    assert.equal(beginningOf('latest', '', 0), 'latest');
    for (const wrong of ['', 'yesterday', '2'])
      assert.throws(() => beginningOf('time', wrong, 0), /neither a date nor/u);
  });
});

describe('lib/log/kafka/room', () => {
  it('lets in as many bytes as fit, in order, and anything once it is empty', async () => {
    const room = new Room(10);
    const entered: string[] = [];
    const enter = (name: string, bytes: number): void => void room.enter(bytes).then(() => entered.push(name));
    enter('a', 6);
    enter('b', 6);
    enter('c', 1);
    await settle(2);
    assert.deepEqual(entered, ['a']);
    room.leave(6);
    await settle(2);
    assert.deepEqual(entered, ['a', 'b', 'c']);
    enter('large', 100);
    room.leave(7);
    await settle(2);
    assert.deepEqual([entered.at(-1), room.held], ['large', 100]);
  });
});

describe('lib/log/kafka: headers', () => {
  const load = createRequire(__filename);
  const Encoder = load('kafkajs/src/protocol/encoder') as new () => {
    writeVarInt(n: number): unknown;
    writeVarIntString(s: string): unknown;
    writeVarIntBytes(b: Buffer): unknown;
    buffer: Buffer;
  };
  const Decoder = load('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => unknown;
  const decode = load('kafkajs/src/protocol/recordBatch/record/v0/decoder') as (
    decoder: unknown,
    context: object,
  ) => { headers: Record<string, unknown> };

  /** A record's body with these headers, as KIP-98 has it. */
  const body = (headers: [string, string][]): Buffer => {
    const encoder = new Encoder();
    for (const number of [0, 0, -1, -1, headers.length]) encoder.writeVarInt(number);
    for (const [name, value] of headers) {
      encoder.writeVarIntString(name);
      encoder.writeVarIntBytes(Buffer.from(value));
    }
    return Buffer.concat([Buffer.from([0]), encoder.buffer]);
  };

  it('10,000 of a record are no more than a list, and any name is a name', () => {
    mendManyHeaders();
    const many = Array.from({ length: 10_000 }, (_, n): [string, string] => [`h${n}`, String(n)]);
    const names: [string, string][] = [
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['twice', '1'],
      ['twice', '2'],
    ];
    const { headers } = decode(new Decoder(body([...names, ...many])), { firstOffset: '0', firstTimestamp: '0' });
    assert.equal(Object.keys(headers).length, 10_003);
    const message = { offset: '0', key: null, value: null, headers, timestamp: '0' };
    const [record] = recordsOf({ messages: [message] } as unknown as Parameters<typeof recordsOf>[0]);
    assert.deepEqual(Object.entries(record?.headers ?? {}).slice(0, 3), [
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['twice', '2'],
    ]);
  });
});
