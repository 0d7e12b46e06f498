import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { type KafkaCluster, startKafka } from '../support/kafka';

describe('the real Kafka of the tests', () => {
  describe('one broker', () => {
    let kafka: KafkaCluster;
    before(async () => {
      kafka = await startKafka({ brokers: 1 });
    });
    after(() => kafka.stop());

    it('gives back what was produced, in all partitions, tombstones and headers too', async () => {
      await kafka.createTopic('posts', { partitions: 3 });
      const produced = Array.from({ length: 20 }, (_, n) => ({ key: `key ${n}`, value: `value ${n} 😀 "quoted"` }));
      await kafka.produce('posts', produced);
      await kafka.produce('posts', [{ key: 'gone', value: null, headers: { why: 'deleted' } }, { value: 'no key' }]);

      const read = await kafka.read('posts');
      const sorted = read.map(({ key, value }) => `${key ?? '-'}=${value ?? '-'}`).sort();
      const expected = [...produced.map(({ key, value }) => `${key}=${value}`), 'gone=-', '-=no key'].sort();
      assert.deepEqual(sorted, expected);
      assert.deepEqual(read.find(({ key }) => key === 'gone')?.headers, { why: 'deleted' });
      for (const partition of [0, 1, 2]) {
        const offsets = read.filter((each) => each.partition === partition).map(({ offset }) => offset);
        assert.deepEqual(offsets, [...offsets.keys()]);
      }
    });

    it('gives nothing of an empty topic, and an error for a missing one', async () => {
      await kafka.createTopic('empty');
      assert.deepEqual(await kafka.read('empty'), []);
      await kafka.deleteTopic('empty');
      await assert.rejects(kafka.read('empty'), /empty/);
    });

    it('hides what an aborted transaction wrote from a reader of what is committed', async () => {
      await kafka.createTopic('transactions');
      const client = clientOf(kafka.addresses.plain);
      const producer = client.producer({ transactionalId: 'writer', idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      for (const [value, end] of [['kept', 'commit'] as const, ['taken back', 'abort'] as const]) {
        const transaction = await producer.transaction();
        await transaction.send({ topic: 'transactions', messages: [{ value }] });
        await transaction[end]();
      }
      await producer.disconnect();
      const values = async (isolation: 'read_committed' | 'read_uncommitted'): Promise<unknown> =>
        (await kafka.read('transactions', isolation)).map(({ value }) => value);
      assert.deepEqual(await values('read_committed'), ['kept']);
      assert.deepEqual(await values('read_uncommitted'), ['kept', 'taken back']);
    });

    it('tells what a group has committed', async () => {
      await kafka.createTopic('grouped');
      await kafka.produce('grouped', [{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
      const admin = clientOf(kafka.addresses.plain).admin();
      await admin.connect();
      await admin.setOffsets({ groupId: 'readers', topic: 'grouped', partitions: [{ partition: 0, offset: '2' }] });
      await admin.disconnect();
      assert.deepEqual(await kafka.describeGroup('readers'), [
        { topic: 'grouped', partition: 0, committed: 2, end: 3, lag: 1, member: undefined },
      ]);
    });

    itTakesClientsOnEachListener(() => kafka);

    it('keeps what it has when it is killed and started again', async () => {
      await kafka.createTopic('durable');
      await kafka.produce('durable', [{ value: 'before' }]);
      await kafka.kill(1);
      await assert.rejects(topicsSeenBy(clientOf(kafka.addresses.plain)));
      await kafka.restart(1);
      await kafka.produce('durable', [{ value: 'after' }]);
      assert.deepEqual(
        (await kafka.read('durable')).map(({ value }) => value),
        ['before', 'after'],
      );
    });
  });

  it('shows an expired certificate if it is asked to', async () => {
    const kafka = await startKafka({ brokers: 1, expiredCertificate: true });
    try {
      const trusting = { ca: [readFileSync(kafka.certificates.caFile, 'utf8')] };
      await assert.rejects(topicsSeenBy(clientOf(kafka.addresses.tls, { ssl: trusting })), /certificate has expired/);
    } finally {
      await kafka.stop();
    }
  });

  it('asks clients for a certificate if its settings say so', async () => {
    const kafka = await startKafka({ brokers: 1, settings: { 'ssl.client.auth': 'required' } });
    try {
      const ca = [readFileSync(kafka.certificates.caFile, 'utf8')];
      const pem = readFileSync(kafka.certificates.clientFile, 'utf8');
      assert.ok(await topicsSeenBy(clientOf(kafka.addresses.tls, { ssl: { ca, key: pem, cert: pem } })));
      await assert.rejects(topicsSeenBy(clientOf(kafka.addresses.tls, { ssl: { ca } })));
    } finally {
      await kafka.stop();
    }
  });

  it('of three brokers stays readable and writable when a leader is killed, and gets it back', async () => {
    const kafka = await startKafka({ brokers: 3 });
    try {
      await kafka.createTopic('posts', { partitions: 1 });
      const [before] = await kafka.describeTopic('posts');
      assert.deepEqual([...(before?.replicas ?? [])].sort(), [1, 2, 3]);
      await kafka.produce('posts', [{ value: 'before' }]);
      const leader = before?.leader ?? 0;
      await kafka.kill(leader);
      await kafka.produce('posts', [{ value: 'after' }]);
      const [now] = await kafka.describeTopic('posts');
      assert.notEqual(now?.leader, leader);
      assert.equal(now?.inSync.includes(leader), false);
      assert.deepEqual(
        (await kafka.read('posts')).map(({ value }) => value),
        ['before', 'after'],
      );
      await kafka.restart(leader);
      assert.equal((await topicsSeenBy(clientOf([kafka.addresses.plain[leader - 1] ?? '']))).includes('posts'), true);
    } finally {
      await kafka.stop();
    }
  });

  describe('with ZooKeeper', () => {
    let kafka: KafkaCluster;
    before(async () => {
      kafka = await startKafka({ brokers: 1, zookeeper: true });
    });
    after(() => kafka.stop());

    it('gives back what was produced', async () => {
      await kafka.createTopic('posts', { partitions: 2 });
      await kafka.produce('posts', [{ key: 'a', value: 'one' }]);
      assert.deepEqual(
        (await kafka.read('posts')).map(({ key, value }) => [key, value]),
        [['a', 'one']],
      );
    });

    itTakesClientsOnEachListener(() => kafka);
  });
});

type Security = Required<Pick<KafkaConfig, 'ssl' | 'sasl'>>;

function itTakesClientsOnEachListener(kafka: () => KafkaCluster): void {
  const trusting = (): Security['ssl'] => ({ ca: [readFileSync(kafka().certificates.caFile, 'utf8')] });

  it('takes clients with TLS that trust its authority, and no others', async () => {
    const { tls } = kafka().addresses;
    assert.ok(await topicsSeenBy(clientOf(tls, { ssl: trusting() })));
    await assert.rejects(topicsSeenBy(clientOf(tls, { ssl: true })), /self-signed certificate/);
  });

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    it(`takes its user by ${mechanism}, with and without TLS, and no wrong password`, async () => {
      const { addresses, user, password } = kafka();
      const sasl = { mechanism, username: user, password } as Security['sasl'];
      const wrong = { mechanism, username: user, password: 'wrong' } as Security['sasl'];
      assert.ok(await topicsSeenBy(clientOf(addresses.sasl, { sasl })));
      assert.ok(await topicsSeenBy(clientOf(addresses.saslTls, { sasl, ssl: trusting() })));
      await assert.rejects(topicsSeenBy(clientOf(addresses.sasl, { sasl: wrong })), /auth|credentials/i);
    });
  }
}

function clientOf(brokers: readonly string[], security: Partial<Security> = {}): Kafka {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 1 }, ...security });
}

async function topicsSeenBy(client: Kafka): Promise<string[]> {
  const admin = client.admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}
