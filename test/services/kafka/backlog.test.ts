import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type NodeRed, startNodeRed } from '../../support/nodeRed';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { eventually } from './flow';

const FULL = process.env.PULSEFLOW_FULL === '1';
const RECORDS = FULL ? 1_000_000 : 60_000;
const PARTITIONS = 12;
/** Each message stays in the flow for so long, and each partition has so many records in it: 6,000 a second at most. */
const WORK_MS = 2_000;
const IN_FLIGHT = 1_000;

describe(`a backlog of ${RECORDS} records, and a flow that is slower than Kafka`, function () {
  this.timeout(FULL ? 900_000 : 300_000);
  let kafka: KafkaCluster;
  let nodeRed: NodeRed | undefined;
  before(async () => {
    kafka = await startKafka({ brokers: 1 });
  });
  after(async () => {
    await nodeRed?.kill();
    await kafka.stop();
  });

  it('is worked off without a rebalance, and memory does not grow with it', async () => {
    await kafka.createTopic('backlog', { partitions: PARTITIONS });
    const text = 'a post of about the usual length, so that a million of them are more than fits in here. '.repeat(3);
    await kafka.run(
      'org.apache.kafka.tools.ConsoleProducer',
      ['--topic', 'backlog', '--reader-property', 'parse.key=true'],
      Array.from({ length: RECORDS }, (_, n) => `${n}\t${n} ${text}\n`).join(''),
    );
    nodeRed = await startNodeRed({ flows: slowFlow(kafka) });

    const memory: number[] = [];
    const members = new Set<string>();
    let committed = 0;
    await eventually(
      async () => {
        const partitions = await kafka.describeGroup('slow');
        committed = partitions.reduce((sum, each) => sum + (each.committed ?? 0), 0);
        for (const { member } of partitions) if (member !== undefined) members.add(member);
        memory.push(residentMegabytes(nodeRed?.pid ?? 0));
        return committed === RECORDS;
      },
      () => `all records to be done, not ${committed}; ${nodeRed?.log() ?? ''}`,
      FULL ? 800_000 : undefined,
    );
    // The first fifth is for what Node.js takes to get going; what it gives back when is its own affair.
    const settled = memory.slice(Math.ceil(memory.length / 5));
    const middle = Math.floor(settled.length / 2);
    const [early, late] = [median(settled.slice(0, middle)), median(settled.slice(middle))];
    console.log(
      `      resident memory: ${early} MB in the first half, ${late} MB in the second, at most ${Math.max(...memory)}`,
    );
    assert.ok(late < 1.25 * early, `memory grows: ${memory.join(' ')} MB`);
    assert.ok(Math.max(...memory) < 600, `memory: ${memory.join(' ')} MB`);
    assert.equal(members.size, 1, 'the member was given up by its group, and joined again');
    const statuses = nodeRed.log().match(/status of in: .*/gu) ?? [];
    const joined = statuses.findIndex((status) => status.includes(`${PARTITIONS} partitions`));
    assert.ok(joined >= 0);
    assert.deepEqual(
      statuses.slice(joined).filter((status) => !status.includes(`${PARTITIONS} partitions`)),
      [],
    );
  });
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function residentMegabytes(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(found?.[1] ?? 0) / 1024);
}

/** A flow that only waits; what kafka-in shows as its status goes to the log. */
function slowFlow(kafka: KafkaCluster): unknown[] {
  const place = { z: 'tab', x: 0, y: 0 };
  const wait = `await new Promise((resolve) => setTimeout(resolve, ${WORK_MS})); return msg;`;
  const say = "node.warn('status of in: ' + msg.status.text);";
  const settings = { cluster: 'k', topic: 'backlog', group: 'slow', decode: 'text', batch: true };
  return [
    { id: 'tab', type: 'tab' },
    { id: 'k', type: 'kafka-cluster', mode: 'kafka', brokers: kafka.addresses.plain.join(',') },
    {
      ...{ ...place, ...settings, id: 'in', type: 'kafka-in' },
      ...{ maxBatch: 250, maxInFlight: IN_FLIGHT, wires: [['work'], [], []] },
    },
    { ...place, id: 'work', type: 'function', func: wait, outputs: 1, wires: [[]] },
    { ...place, id: 'status', type: 'status', scope: ['in'], wires: [['say']] },
    { ...place, id: 'say', type: 'function', func: say, outputs: 1, wires: [[]] },
  ];
}
