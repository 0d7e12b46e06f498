import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { storeFile } from '../../../lib/store/store';
import { type NodeRed, startNodeRed } from '../../support/nodeRed';
import { seeded } from '../../support/random';
import { temporaryFolder } from '../../support/store';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { eventually as within, recount } from './flow';

/** `npm run test:services -- kafka --full` asks for more. */
const FULL = process.env.PULSEFLOW_FULL === '1';
const RECORDS = FULL ? 1_000_000 : 50_000;
const PARTITIONS = 12;
/** How long each message stays in the flow, so that a run lasts a while and much is always in flight. */
const WORK_MS = FULL ? 3_000 : 500;
const IN_FLIGHT = RECORDS / 500;
/** How often everything happens that can happen; at random moments where it is more than once. */
const ROUNDS = FULL ? 3 : 1;
const SEED = Number(process.env.PULSEFLOW_SEED ?? (FULL ? Date.now() % 1e6 : 1));

const eventually = (condition: () => boolean | Promise<boolean>, what: string | (() => string)): Promise<void> =>
  within(condition, what, FULL ? 900_000 : undefined);

describe(`${RECORDS} records through three brokers, twelve partitions with three replicas each`, function () {
  this.timeout(FULL ? 1_800_000 : 600_000);
  let kafka: KafkaCluster;
  let values: string[];
  const instances: Instance[] = [];
  before(async () => {
    console.log(`      PULSEFLOW_SEED=${SEED}`);
    kafka = await startKafka({ brokers: 3 });
    values = Array.from({ length: RECORDS }, (_, n) => `record ${n}`);
  });
  after(() => kafka.stop());
  afterEach(async () => {
    for (const instance of instances.splice(0)) await instance.dispose();
  });

  const instance = (flows: readonly unknown[]): Instance => {
    const made = new Instance(flows);
    instances.push(made);
    return made;
  };

  /** Makes the topics of a run, and fills its source by Kafka's own producer. */
  const prepare = async (run: string): Promise<void> => {
    for (const topic of [`${run}.source`, `${run}.target`])
      await kafka.createTopic(topic, { partitions: PARTITIONS, replication: 3 });
    const input = values.map((value) => `${value}\t${value}\n`).join('');
    await kafka.run(
      'org.apache.kafka.tools.ConsoleProducer',
      ['--topic', `${run}.source`, '--reader-property', 'parse.key=true'],
      input,
    );
  };

  /** Waits until a group has committed this share of all records, as Kafka has it. */
  const reached = async (group: string, share: number): Promise<void> => {
    let sum = 0;
    await eventually(
      async () => {
        const states = (await kafka.describeGroup(group)).filter(({ topic }) => topic === `${group}.source`);
        sum = states.reduce((all, { committed = 0 }) => all + committed, 0);
        return sum >= share * RECORDS;
      },
      () => `${share * RECORDS} records, not ${sum}; ${instances.map((each) => each.log()).join('\n')}`,
    );
  };

  const membersOf = async (group: string): Promise<number> =>
    new Set((await kafka.describeGroup(group)).flatMap(({ member }) => member ?? [])).size;

  /** How many records were written more than once. Fails if one was not written, or one is there that nobody sent. */
  const doubledIn = async (topic: string): Promise<number> => {
    const found = (await kafka.read(topic)).map(({ value }) => value);
    const { lost } = recount(values, found);
    assert.deepEqual({ lost: lost.slice(0, 5), count: lost.length }, { lost: [], count: 0 });
    assert.equal(new Set(found).size, RECORDS);
    return found.length - RECORDS;
  };

  for (const transactions of [false, true]) {
    const how = transactions ? 'in transactions' : 'without transactions';
    const written = transactions ? 'written once' : 'written';
    const name = transactions ? 'once' : 'least';

    it(`${how}: a broker and Node-RED are killed and come back: each is ${written}, and read once by kafka in`, async () => {
      const run = `killed.${name}`;
      await prepare(run);
      const nodeRed = instance([...copying(kafka, run, transactions), ...keeping(run)]);
      await nodeRed.start();

      const moments = momentsOf(3 * ROUNDS);
      for (let round = 0; round < ROUNDS; round++) {
        await reached(run, moments.next().value);
        const [first] = await kafka.describeTopic(`${run}.target`);
        assert.ok(first?.leader !== undefined);
        await kafka.kill(first.leader);
        await reached(run, moments.next().value);
        await kafka.restart(first.leader);
        await reached(run, moments.next().value);
        await nodeRed.kill();
        await nodeRed.start();
      }
      await reached(run, 1);
      await eventually(
        () => nodeRed.stored(run).length >= RECORDS,
        () => `all to be read, not ${nodeRed.stored(run).length}`,
      );
      await eventually(
        async () => (await kafka.describeGroup(`${run}.look`)).every(({ lag }) => lag === 0),
        'the reader to be at the end',
      );
      await nodeRed.stop();

      const doubled = await doubledIn(`${run}.target`);
      console.log(`      written twice: ${doubled} of ${RECORDS}`);
      const read = recount(values, nodeRed.stored(run));
      assert.deepEqual([read.lost.length, read.doubled.length], [0, 0]);
      // Without transactions it is up to the moments whether records were written whose message was not done yet.
      if (transactions) assert.equal(doubled, 0);
    });

    it(`${how}: two instances share the group, one is killed, one leaves and returns: each is ${written}`, async () => {
      const run = `shared.${name}`;
      await prepare(run);
      const one = instance(copying(kafka, run, transactions));
      const two = instance(copying(kafka, run, transactions));
      await Promise.all([one.start(), two.start()]);
      await eventually(async () => (await membersOf(run)) === 2, 'both to share the partitions');

      const moments = momentsOf(3 * ROUNDS);
      for (let round = 0; round < ROUNDS; round++) {
        await reached(run, moments.next().value);
        await one.kill();
        await one.start();
        await reached(run, moments.next().value);
        await two.stop();
        await eventually(async () => (await membersOf(run)) === 1, 'one to have all partitions');
        await reached(run, moments.next().value);
        await two.start();
        await eventually(async () => (await membersOf(run)) === 2, 'both to share the partitions again');
      }
      await reached(run, 1);
      await one.stop();
      await two.stop();

      const doubled = await doubledIn(`${run}.target`);
      console.log(`      written twice: ${doubled} of ${RECORDS}`);
      // Only what was in the flow as partitions changed hands: at the start, the kill, the return, the leaving, the return.
      assert.ok(doubled <= (transactions ? 0 : 5 * ROUNDS * PARTITIONS * IN_FLIGHT), `${doubled} were written twice`);
    });

    it(`${how}: an instance stands still for longer than its session, and goes on: each is ${written}`, async () => {
      const run = `still.${name}`;
      await prepare(run);
      const one = instance(copying(kafka, run, transactions));
      const two = instance(copying(kafka, run, transactions));
      await Promise.all([one.start(), two.start()]);
      await eventually(async () => (await membersOf(run)) === 2, 'both to share the partitions');

      await reached(run, 0.2);
      one.signal('SIGSTOP');
      await eventually(async () => (await membersOf(run)) === 1, 'the other to have all partitions');
      one.signal('SIGCONT');
      await reached(run, 1);
      await one.stop();
      await two.stop();

      const doubled = await doubledIn(`${run}.target`);
      console.log(`      written twice: ${doubled} of ${RECORDS}`);
      assert.ok(doubled <= (transactions ? 0 : 3 * PARTITIONS * IN_FLIGHT), `${doubled} were written twice`);
    });
  }
});

/** So many shares of all records, ascending: even in a short run, random in a long one. */
function* momentsOf(count: number): Generator<number, number, undefined> {
  const random = seeded(SEED);
  const even = Array.from({ length: count }, (_, n) => (n + 1) / (count + 2));
  yield* FULL ? even.map(() => 0.02 + 0.88 * random()).sort((a, b) => a - b) : even;
  return 1;
}

/** A Node-RED with a user directory of its own, which outlives its process. */
class Instance {
  readonly #folder = temporaryFolder();
  #nodeRed: NodeRed | undefined;

  constructor(private readonly flows: readonly unknown[]) {}

  async start(): Promise<void> {
    this.#nodeRed = await startNodeRed({ flows: this.flows, home: this.#folder.path });
  }

  async stop(): Promise<void> {
    await this.#nodeRed?.stop();
  }

  async kill(): Promise<void> {
    await this.#nodeRed?.kill();
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#nodeRed?.signal(signal);
  }

  log(): string {
    return this.#nodeRed?.log() ?? '';
  }

  /** The values of an embedded topic, as they lie in the store. */
  stored(topic: string): string[] {
    if (!existsSync(storeFile(this.#folder.path))) return [];
    const db = new DatabaseSync(storeFile(this.#folder.path), { readOnly: true });
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
  }

  async dispose(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }
}

const place = { z: 'tab', x: 0, y: 0 };
const read = { ...place, type: 'kafka-in', cluster: 'k', decode: 'text', batch: true };
const write = { ...place, type: 'kafka-out', key: '', encode: 'text', wires: [[], []] };

/** A flow that copies the source of a run to its target, with a little work in between. */
function copying(kafka: KafkaCluster, run: string, transactions: boolean): unknown[] {
  const func = `await new Promise((resolve) => setTimeout(resolve, ${WORK_MS})); return msg;`;
  return [
    { id: 'tab', type: 'tab' },
    { id: 'k', type: 'kafka-cluster', mode: 'kafka', brokers: kafka.addresses.plain.join(',') },
    {
      ...read,
      ...{ id: 'in', topic: `${run}.source`, group: run, maxInFlight: IN_FLIGHT, maxBatch: IN_FLIGHT / 4 },
      wires: [['work'], [], []],
    },
    { ...place, id: 'work', type: 'function', func, outputs: 1, wires: [['out']] },
    { ...write, id: 'out', cluster: 'k', topic: `${run}.target`, transactions },
  ];
}

/** A flow that reads the target of a run into an embedded topic. */
function keeping(run: string): unknown[] {
  return [
    { id: 'e', type: 'kafka-cluster', partitions: 1 },
    { ...read, id: 'look', topic: `${run}.target`, group: `${run}.look`, wires: [['keep'], [], []] },
    { ...write, id: 'keep', cluster: 'e', topic: run },
  ];
}
