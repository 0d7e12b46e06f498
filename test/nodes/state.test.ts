import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storeFile } from '../../lib/store/store';
import type { WindowResult } from '../../lib/windows/result';
import tableauExport from '../../nodes/tableau-export/tableau-export';
import tweetClean from '../../nodes/tweet-clean/tweet-clean';
import windowCount from '../../nodes/window-count/window-count';
import { NodeBench, type Saved, node } from '../support/nodes';
import { until } from '../support/until';

type Deploy = 'nodes' | 'flows' | 'full';

const COUNT: Saved = { type: 'window-count', key: 'tags', time: 'at', size: '1m', delay: '0s', idle: '1h' };
const CLEAN: Saved = { type: 'tweet-clean', fields: '', required: 'id', dedupe: 'id' };
const TABLE: Saved = { type: 'tableau-export', path: 'table.csv', fields: 'id', every: '50ms' };

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const post = (id: number): object => ({ id: String(id), at: at(id), tags: ['tea'], lang: 'en' });

describe('what outlasts what: the state of a node', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([windowCount, tweetClean, tableauExport])));
  afterEach(() => bench.dispose());

  /** How many rows of the store belong to a node, in whatever table. */
  function rows(id: string): number {
    const db = new DatabaseSync(storeFile(bench.folder), { readOnly: true });
    try {
      const tables = db
        .prepare(
          "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'node'",
        )
        .all() as { name: string }[];
      assert.ok(tables.length > 3);
      const count = ({ name }: { name: string }): number =>
        (db.prepare(`SELECT count(*) AS rows FROM "${name}" WHERE node = ?`).get(id) as { rows: number }).rows;
      return tables.reduce((sum, table) => sum + count(table), 0);
    } finally {
      db.close();
    }
  }

  /** Closes all windows of `node`. @returns the final results since `before` */
  async function windows(before = 0): Promise<WindowResult[]> {
    const finals = (): WindowResult[] =>
      (bench.recordsAt('ok') as WindowResult[]).slice(before).filter(({ final }) => final);
    await bench.exchange({ flush: true });
    await until(() => finals().length > 0, 'the windows');
    return finals();
  }

  const disabled = (is: boolean): Saved[] =>
    bench.flow.map((each) => (each.type === 'tab' ? { ...each, disabled: is } : each));

  describe('window count, changed while a window is open', () => {
    const changes: [string, Saved, Record<string, number>[]][] = [
      ['its name', { name: 'renamed' }, [{ tea: 5 }]],
      ['its delay', { delay: '30s' }, [{ tea: 5 }]],
      ['when it sends', { emit: 'update', every: '20ms' }, [{ tea: 5 }]],
      ['its key', { key: 'lang' }, [{ tea: 3, en: 2 }]],
      ['the size of its windows', { size: '2m' }, [{ tea: 3 }, { tea: 2 }]],
    ];
    for (const [what, change, expected] of changes) {
      it(`${what}: what was counted is kept, and counted once`, async () => {
        await bench.start(COUNT);
        await bench.exchange({ payload: [post(1), post(2), post(3)] });
        await bench.deploy('node', change);
        await bench.exchange({ payload: [post(4), post(5)] });
        const results = await windows();
        assert.deepEqual(
          results.map(({ counts }) => Object.fromEntries(counts.map(({ key, count }) => [key, count]))),
          expected,
        );
        assert.equal(
          results.reduce((sum, { total }) => sum + total, 0),
          5,
        );
      });
    }
  });

  describe('goes when the node is deleted, and a new node of that id begins empty', () => {
    for (const type of ['nodes', 'flows', 'full'] as const) {
      it(`window count (deploy ${type})`, async () => {
        await bench.start(COUNT);
        await bench.exchange({ payload: [post(1), post(2)] });
        const flow = bench.flow;
        assert.ok(rows('node') > 0);
        await bench.deploy('node', null, type);
        assert.equal(rows('node'), 0);
        await bench.deployFlow(flow, type);
        await bench.exchange({ payload: [post(3)] });
        assert.deepEqual(
          (await windows()).map(({ total }) => total),
          [1],
        );
      });
    }

    it('tweet clean', async () => {
      await bench.start(CLEAN);
      assert.equal((await bench.exchange({ payload: post(1) })).ok.length, 1);
      const flow = bench.flow;
      assert.ok(rows('node') > 0);
      await bench.deploy('node', null);
      assert.equal(rows('node'), 0);
      await bench.deployFlow(flow, 'nodes');
      assert.equal((await bench.exchange({ payload: post(1) })).ok.length, 1);
    });

    it('tableau export; its file stays', async () => {
      await bench.start(TABLE);
      await bench.exchange({ payload: post(1) });
      const flow = bench.flow;
      assert.ok(rows('node') > 0);
      await bench.deploy('node', null);
      assert.equal(table(), 'id\r\n1\r\n');
      assert.equal(rows('node'), 0);
      await bench.deployFlow(flow, 'nodes');
      await bench.exchange({ payload: post(2) });
      await bench.stop();
      assert.equal(table(), 'id\r\n2\r\n');
    });
  });

  describe('stays when the node is disabled', () => {
    const ways: [string, (type: Deploy) => Promise<void>, (type: Deploy) => Promise<void>][] = [
      [
        'by itself',
        (type) => bench.deploy('node', { d: true }, type),
        (type) => bench.deploy('node', { d: false }, type),
      ],
      [
        'with its tab',
        (type) => bench.deployFlow(disabled(true), type),
        (type) => bench.deployFlow(disabled(false), type),
      ],
    ];
    for (const [how, disable, enable] of ways) {
      for (const type of ['nodes', 'flows', 'full'] as const) {
        it(`window count, ${how} (deploy ${type})`, async () => {
          await bench.start(COUNT);
          await bench.exchange({ payload: [post(1), post(2)] });
          await disable(type);
          assert.ok(rows('node') > 0);
          await enable(type);
          await bench.exchange({ payload: [post(3)] });
          assert.deepEqual(
            (await windows()).map(({ total }) => total),
            [3],
          );
        });
      }

      it(`tweet clean, ${how}`, async () => {
        await bench.start(CLEAN);
        await bench.exchange({ payload: post(1) });
        await disable('nodes');
        await enable('nodes');
        assert.deepEqual((await bench.exchange({ payload: post(1) })).ok, []);
        assert.equal((await bench.exchange({ payload: post(2) })).ok.length, 1);
      });

      it(`tableau export, ${how}`, async () => {
        await bench.start(TABLE);
        await bench.exchange({ payload: post(1) });
        await disable('nodes');
        await enable('nodes');
        await bench.exchange({ payload: post(2) });
        await bench.stop();
        assert.equal(table(), 'id\r\n1\r\n2\r\n');
      });
    }
  });

  it('stays when the node is deleted and brought back before the deploy', async () => {
    await bench.start(COUNT);
    await bench.exchange({ payload: [post(1), post(2)] });
    // What the editor then sends is the flow as it was, the node at its end.
    const { flow } = bench;
    const back = flow.filter(({ id }) => id === 'node');
    await bench.deployFlow([...flow.filter(({ id }) => id !== 'node'), ...back], 'nodes');
    await bench.exchange({ payload: [post(3)] });
    assert.deepEqual(
      (await windows()).map(({ total }) => total),
      [3],
    );
  });

  it('is not shared with a copy, which begins empty', async () => {
    await bench.start(COUNT);
    await bench.exchange({ payload: [post(1), post(2)] });
    const copies = bench.flow
      .filter(({ id }) => id === 'node')
      .map((each) => ({ ...each, id: 'copy', wires: [['copied'], []] }));
    await bench.deployFlow([...bench.flow, ...copies, node('copied', 'probe')], 'nodes');
    bench.receive('copy', { payload: [post(3)] });
    await bench.exchange({ payload: [post(4)] });
    bench.receive('copy', { flush: true });
    await until(() => bench.at('copied').length > 0, 'the copy');
    assert.deepEqual(
      (bench.recordsAt('copied') as WindowResult[]).map(({ total }) => total),
      [1],
    );
    assert.deepEqual(
      (await windows()).map(({ total }) => total),
      [3],
    );
  });

  const table = (): string => readFileSync(join(bench.folder, 'table.csv'), 'utf8');
});
