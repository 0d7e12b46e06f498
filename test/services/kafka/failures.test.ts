import assert from 'node:assert/strict';
import { node } from '../../support/nodes';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { KafkaFlow, eventually, recount } from './flow';

describe('brokers that fail', () => {
  let flow: KafkaFlow;
  let kafka: KafkaCluster;
  before(async () => {
    kafka = await startKafka({ brokers: 1 });
  });
  after(() => kafka.stop());
  beforeEach(() => (flow = new KafkaFlow(kafka)));
  afterEach(() => flow.dispose());

  it('killed while records are read and written, and started again: each record is there once', async () => {
    await kafka.createTopic('source', { partitions: 2 });
    await kafka.createTopic('target', { partitions: 3 });
    const all: string[] = [];
    await flow.run(
      [
        flow.read({ topic: 'source', group: 'pass', batch: true, maxBatch: 100 }, ['pass'], []),
        node('pass', 'kafka-out', { cluster: 'c', topic: 'target', key: '', encode: 'text' }, [], []),
        flow.read({ topic: 'target', group: 'look' }, ['got'], []),
      ].map((each, index) => (index === 2 ? { ...each, id: 'look' } : each)),
      {},
      { linger: '1ms' },
    );
    let writing = true;
    const write = async (): Promise<void> => {
      for (let n = 0; writing; n += 50) {
        const values = Array.from({ length: 50 }, (_, each) => `value ${n + each}`);
        all.push(...values);
        flow.bench.receive('write', { topic: 'source', payload: values, key: values });
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const written = write();
    for (let round = 0; round < 2; round++) {
      const before = flow.bench.at('got').length;
      await eventually(() => flow.bench.at('got').length > before + 500, 'records');
      await kafka.kill(1);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await kafka.restart(1);
    }
    await eventually(() => flow.bench.at('got').length > 3_000, 'records after that');
    writing = false;
    await written;
    await eventually(() => flow.bench.recordsAt('stored').length === all.length, 'all to be written');
    await flow.got(all.length);
    const values = async (topic: string): Promise<unknown[]> => (await kafka.read(topic)).map(({ value }) => value);
    assert.deepEqual(recount(all, await values('source')), { lost: [], doubled: [] });
    assert.deepEqual(recount(all, await values('target')), { lost: [], doubled: [] });
    assert.deepEqual(recount(all, flow.bench.recordsAt('got')), { lost: [], doubled: [] });
  });
});
