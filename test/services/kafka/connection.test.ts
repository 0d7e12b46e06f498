import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, type ClientOptions } from '../../../lib/log/kafka/client';
import { tryConnection } from '../../../lib/log/kafka/trial';
import { freePort } from '../../support/nodeRed';
import { node } from '../../support/nodes';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { KafkaFlow } from './flow';

const PLAIN: Omit<ClientOptions, 'brokers'> = { clientId: 'test', saslMechanism: 'none', user: '', password: '' };

describe('a connection to real brokers', () => {
  let kafka: KafkaCluster;
  let ca = '';
  before(async () => {
    kafka = await startKafka({ brokers: 1 });
    ca = readFileSync(kafka.certificates.caFile, 'utf8');
  });
  after(() => kafka.stop());

  const fails = (options: ClientOptions, says: RegExp): Promise<void> => assert.rejects(tryConnection(options), says);
  const only = (addresses: readonly string[]): string => addresses[0] ?? '';

  it('tells what it has found', async () => {
    await kafka.createTopic('one');
    const { brokers, topics } = await tryConnection({ ...PLAIN, brokers: only(kafka.addresses.plain) });
    assert.deepEqual(brokers, kafka.addresses.plain);
    assert.equal(topics, 1);
  });

  it('is encrypted where TLS is set, and trusts whom it is told to', async () => {
    await tryConnection({ ...PLAIN, brokers: only(kafka.addresses.tls), tls: { ca } });
    await fails(
      { ...PLAIN, brokers: only(kafka.addresses.tls), tls: {} },
      /certificate of broker .* nobody that is trusted/u,
    );
  });

  for (const saslMechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    it(`logs in by ${saslMechanism}, and says which user was refused where`, async () => {
      const { user, password } = kafka;
      const options = { ...PLAIN, brokers: only(kafka.addresses.saslTls), tls: { ca }, saslMechanism, user };
      await tryConnection({ ...options, password });
      const says = new RegExp(
        `broker ${only(kafka.addresses.saslTls)} refused the user "${user}" \\(${saslMechanism.toUpperCase()}\\)`,
        'u',
      );
      await fails({ ...options, password: 'wrong' }, says);
      assert.throws(() => new Client({ ...options, user: '', password }), /no user/u);
    });
  }

  it('says where nothing listens', async () => {
    const port = await freePort();
    await fails(
      { ...PLAIN, brokers: `127.0.0.1:${port}` },
      new RegExp(`nothing listens at broker 127.0.0.1:${port}`, 'u'),
    );
    await fails(
      { ...PLAIN, brokers: 'no-such-host.invalid:9092' },
      /name of broker no-such-host.invalid:9092 is unknown/u,
    );
    assert.throws(() => new Client({ ...PLAIN, brokers: 'http://kafka:9092' }), /not the address of a broker/u);
  });

  it('says that a port is no Kafka', async () => {
    const server = createHttpServer((_request, response) => response.end('hello'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    try {
      await fails(
        { ...PLAIN, brokers: `127.0.0.1:${port}` },
        new RegExp(`127.0.0.1:${port} (does not answer as Kafka does|closed the connection)`, 'u'),
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('says when one side speaks TLS and the other does not', async () => {
    await fails(
      { ...PLAIN, brokers: only(kafka.addresses.plain), tls: { ca } },
      /does not speak TLS|closed the connection.*SSL|cannot be reached/u,
    );
    await fails({ ...PLAIN, brokers: only(kafka.addresses.tls) }, /needs the setting tls/u);
  });

  it('says when one side logs in and the other does not', async () => {
    const { user, password } = kafka;
    const login = { ...PLAIN, saslMechanism: 'plain', user, password } as const;
    await fails({ ...login, brokers: only(kafka.addresses.plain) }, /takes no log-in on this port/u);
    await fails(
      { ...PLAIN, brokers: only(kafka.addresses.sasl) },
      /closed the connection.*one with users saslMechanism/u,
    );
  });

  it('says that a certificate has expired', async () => {
    const expired = await startKafka({ brokers: 1, expiredCertificate: true });
    try {
      await fails(
        { ...PLAIN, brokers: only(expired.addresses.tls), tls: { ca } },
        /certificate of broker .* has expired/u,
      );
    } finally {
      await expired.stop();
    }
  });

  it('that fails shows on the nodes, with the password nowhere', async () => {
    const flow = new KafkaFlow(kafka);
    try {
      await flow.bench.run(
        [
          {
            id: 'c',
            type: 'kafka-cluster',
            mode: 'kafka',
            brokers: only(kafka.addresses.sasl),
            saslMechanism: 'plain',
          },
          node('write', 'kafka-out', { cluster: 'c', topic: 'one', encode: 'text' }, ['stored'], ['refused']),
          ...['got', 'odd', 'report', 'stored', 'refused', 'caught'].map((id) => node(id, 'probe')),
          node('net', 'catch', { scope: ['write'] }, ['caught']),
          flow.read({ topic: 'one' }),
        ],
        { c: { user: kafka.user, password: 'my wrong secret' } },
      );
      await flow.status('read', /refused the user "pulseflow" \(PLAIN\)/u);
      flow.bench.receive('write', { payload: 'x' });
      await flow.got(1, 'caught');
      const { message } = flow.bench.at('caught')[0]?.error as { message: string };
      assert.match(message, /refused the user/u);
      assert.doesNotMatch(JSON.stringify([flow.bench.logged('read', 20), message]), /my wrong secret/u);
    } finally {
      await flow.dispose();
    }
  });
});
