import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { storeFile } from '../../../lib/store/store';
import { type NodeRed, startNodeRed } from '../../support/nodeRed';
import { temporaryFolder } from '../../support/store';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { eventually, recount } from './flow';

const KILLS = 4;
const RECORDS = 6_000;

describe('Node-RED killed between two topics of a real Kafka', () => {
  let kafka: KafkaCluster;
  let folder = temporaryFolder();
  let nodeRed: NodeRed | undefined;
  before(async () => {
    kafka = await startKafka({ brokers: 1 });
  });
  after(async () => {
    await nodeRed?.kill();
    await kafka.stop();
    folder.remove();
  });

  afterEach(async () => {
    await nodeRed?.kill();
    folder.remove();
    folder = temporaryFolder();
  });

  /** The values of an embedded topic, as they lie in the store. */
  const stored = (topic: string): string[] => {
    if (!existsSync(storeFile(folder.path))) return [];
    const db = new DatabaseSync(storeFile(folder.path), { readOnly: true });
    try {
      const rows = db
        .prepare(
          'SELECT CAST(value AS TEXT) AS value FROM log JOIN topics ON topics.id = log.topic WHERE topics.topic = ?',
        )
        .all(topic) as unknown as { value: string }[];
      return rows.map(({ value }) => value);
    } finally {
      db.close();
    }
  };

  for (const batch of [true, false]) {
    it(`loses nothing, and what is written again is not read again (${batch ? 'batches' : 'one by one'})`, async () => {
      const name = batch ? 'batches' : 'records';
      const [source, target] = [`${name}.source`, `${name}.target`];
      await kafka.createTopic(source, { partitions: 2 });
      await kafka.createTopic(target, { partitions: 3 });
      const values = Array.from({ length: RECORDS }, (_, n) => `${name} ${n}`);
      await kafka.produce(
        source,
        values.map((value) => ({ key: value, value })),
      );

      // The first message after a start takes long: what comes after it is written, and not committed.
      const func = `
        const first = context.get('first') === undefined;
        context.set('first', false);
        await new Promise((resolve) => setTimeout(resolve, first ? 2500 : 5));
        return msg;`;
      const place = { z: 'tab', x: 0, y: 0 };
      const read = {
        ...place,
        type: 'kafka-in',
        cluster: 'k',
        group: name,
        decode: 'text',
        batch,
        maxBatch: 40,
        maxInFlight: 400,
      };
      const write = { ...place, type: 'kafka-out', key: '', encode: 'text', linger: '2ms', wires: [[], []] };
      const flows = [
        { id: 'tab', type: 'tab' },
        { id: 'k', type: 'kafka-cluster', mode: 'kafka', brokers: kafka.addresses.plain.join(',') },
        { id: 'e', type: 'kafka-cluster', partitions: 1 },
        { ...read, id: 'in', topic: source, wires: [['slow'], [], []] },
        { ...place, id: 'slow', type: 'function', func, outputs: 1, wires: [['out']] },
        { ...write, id: 'out', cluster: 'k', topic: target },
        { ...read, id: 'look', topic: target, wires: [['keep'], [], []] },
        { ...write, id: 'keep', cluster: 'e', topic: name },
      ];
      for (let round = 0; round <= KILLS; round++) {
        nodeRed = await startNodeRed({ flows, home: folder.path });
        const before = stored(name).length;
        if (round === KILLS) break;
        await eventually(
          () => stored(name).length >= before + 150,
          () => `records; ${nodeRed?.log() ?? ''}`,
        );
        await nodeRed.kill();
      }
      await eventually(
        () => stored(name).length >= RECORDS,
        () => `all records, not ${stored(name).length}; ${nodeRed?.log() ?? ''}`,
      );
      await eventually(
        async () => (await kafka.describeGroup(name)).every(({ lag }) => lag === 0),
        'the groups to be at the end',
      );
      await nodeRed?.stop();
      assert.deepEqual(recount(values, stored(name)), { lost: [], doubled: [] });
      const raw = recount(
        values,
        (await kafka.read(target)).map(({ value }) => value),
      );
      assert.deepEqual(raw.lost, []);
      // Otherwise this test has shown nothing.
      assert.ok(raw.doubled.length > 0, 'nothing was written twice');
      console.log(`      written again: ${raw.doubled.length} of ${RECORDS}`);
    });
  }
});
