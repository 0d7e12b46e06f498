import assert from 'node:assert/strict';
import { StoreUnavailableError } from '../../lib/core/errors';
import type { HBaseCluster, PutRow } from '../../lib/hbase/table';
import { offer } from '../../nodes/common/services';
import type { Red, RedNode, SavedNode } from '../../nodes/common/red';
import hbaseSink from '../../nodes/hbase-sink/hbase-sink';
import { NodeBench, WARN } from '../support/nodes';
import { until } from '../support/until';

describe('a sink whose server is away', () => {
  const stored: string[] = [];
  let away: boolean;
  let bench: NodeBench;

  beforeEach(() => {
    away = true;
    stored.length = 0;
    bench = new NodeBench([hbaseSink, registerCluster]);
  });
  afterEach(() => bench.dispose());

  it('says so on itself and in the log, holds what comes, and goes on without a word more when it is back', async () => {
    await bench.start(
      { type: 'hbase-sink', cluster: 'c', table: 't', columns: { 'd:text': 'text' } },
      { id: 'c', type: 'hbase-cluster' },
    );
    bench.receive('node', { payload: [record('1'), record('2')] });
    await until(() => shown().startsWith('server away since '), 'the status');
    bench.receive('node', { payload: record('3') });
    await until(() => /^server away since \d\d:\d\d:\d\d, 3 records waiting$/u.test(shown()), shown);
    const [opened, ...others] = bench.logged('node', WARN);
    assert.match(opened ?? '', /^Nobody listens at h:1\. 2 records wait for it so far; they are kept/u);
    assert.deepEqual(others, []);
    assert.deepEqual([bench.at('done').length, bench.at('caught').length], [0, 0]);
    away = false;
    await until(() => bench.at('done').length === 2, 'both messages to be done');
    assert.deepEqual(new Set(stored), new Set(['1', '2', '3']));
    assert.match(bench.logged('node', WARN)[1] ?? '', /^The server answers again after \d+ s; 3 records/u);
    assert.equal(bench.logged('node', WARN).length, 2);
    await until(() => shown() === '3 records', shown);
    assert.deepEqual(bench.recordsAt('caught'), []);
  });

  it('gives what it holds back when its flow is stopped', async () => {
    await bench.start(
      { type: 'hbase-sink', cluster: 'c', table: 't', columns: { 'd:text': 'text' } },
      { id: 'c', type: 'hbase-cluster' },
    );
    bench.receive('node', { payload: record('1') });
    await until(() => shown().startsWith('server away since '), 'the status');
    await bench.stop();
    assert.deepEqual([bench.at('done').length, bench.at('ok').length], [0, 0]);
    assert.deepEqual(stored, []);
  });

  function shown(): string {
    return bench.status('node').text ?? '';
  }

  function registerCluster(RED: Red): void {
    const put = (rows: readonly PutRow[]): Promise<undefined> => {
      if (away) return Promise.reject(new StoreUnavailableError('Nobody listens at h:1.'));
      stored.push(...rows.map(({ row }) => row));
      return Promise.resolve(undefined);
    };
    const cluster = { open: () => Promise.resolve({ put }) } as unknown as HBaseCluster;
    RED.nodes.registerType('hbase-cluster', function (this: RedNode, saved: SavedNode): void {
      RED.nodes.createNode(this, saved);
      offer(this, cluster);
    });
  }
});

function record(id: string): { id: string; text: string } {
  return { id, text: 'hello' };
}
