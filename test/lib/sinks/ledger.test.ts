import { strict as assert } from 'node:assert';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { type Lane, messagesOf } from '../../../lib/delivery/lane';
import { Ledger } from '../../../lib/delivery/ledger';
import { LocalFileSystem } from '../../../lib/hdfs/local';
import { HdfsSink } from '../../../lib/hdfs/sink';
import { NodeState } from '../../../lib/store/nodeState';
import { Store } from '../../../lib/store/store';
import { CsvExport } from '../../../lib/tableau/csvExport';
import { TableauExport } from '../../../lib/tableau/export';
import { temporaryFolder } from '../../support/store';

/** Two spooling sinks behind a source, with the real ledger between them. */
describe('sinks that spool, and the ledger', () => {
  const directory = temporaryFolder();
  after(() => directory.remove());

  it('keep each record once though messages are tried again, out of order, and the sinks deployed anew meanwhile', async () => {
    const store = new Store(join(directory.path, 's.db'));
    const ledger = new Ledger(store, { commitEvery: 1, retryDelay: 1 });
    const position = new NodeState(store, 'source');
    const attempts = new Map<number, number>();
    const make = () => ({
      files: new HdfsSink(store, 'files', new LocalFileSystem(join(directory.path, 'files')), {
        path: 'all.csv',
        format: 'csv',
        fields: ['id'],
        rollSize: 40,
        rollEvery: 60_000,
      }),
      table: new TableauExport(store, 'table', new CsvExport(join(directory.path, 'table.csv')), {
        fields: ['id'],
        mode: 'append',
        keyFields: [],
        every: 60_000,
      }),
    });
    let sinks = make();
    void sinks.files.start();

    const lane: Lane<number> = ledger.lane<number>({
      name: 'source/0',
      origin: 'source',
      maxInFlight: 8,
      retries: 5,
      send: (outputs) => {
        for (const message of messagesOf(outputs)) {
          const { payload } = message as { payload?: { id: number } };
          const id = payload?.id ?? -1;
          const attempt = (attempts.get(id) ?? 0) + 1;
          attempts.set(id, attempt);
          ledger.delivered('sinks', message);
          const contributor = ledger.contributor(message);
          assert.equal(sinks.files.add([payload], contributor).safe, undefined);
          assert.equal(sinks.table.add([payload], contributor).safe, undefined);
          // Every third fails at first, and later ones are done before earlier ones.
          const error = id % 3 === 0 && attempt === 1 ? new Error('try again') : undefined;
          setTimeout(() => ledger.completed('sinks', message, error), (id * 7) % 5);
        }
      },
      save: (next) => position.put('position', String(next)),
    });
    for (let id = 0; id < 60; id++) {
      assert.ok((await lane.room()) > 0);
      lane.dispatch(1, id, () => [{ payload: { id } }]);
      if (id !== 30) continue;
      await Promise.all([sinks.files.close(), sinks.table.close()]);
      sinks = make();
      void sinks.files.start();
    }
    await lane.drained();
    await Promise.all([sinks.files.close(), sinks.table.close()]);
    ledger.close();
    store.close();

    const expected = Array.from({ length: 60 }, (_, id) => String(id));
    const folder = join(directory.path, 'files');
    const rows = readdirSync(folder)
      .sort()
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\r\n').slice(1));
    assert.deepEqual(rows, expected);
    assert.deepEqual(readFileSync(join(directory.path, 'table.csv'), 'utf8').trim().split('\r\n').slice(1), expected);
    assert.equal([...attempts.values()].filter((tries) => tries === 2).length, 20);
  });
});
