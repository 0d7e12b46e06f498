import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import tableauExport from '../../nodes/tableau-export/tableau-export';
import { NodeBench } from '../support/nodes';

const sink = { type: 'tableau-export', path: 'out/windows.csv', fields: 'window.start, counts.key, counts.count' };

function result(id: string, counts: Record<string, number>): object {
  return {
    id,
    window: { start: `start of ${id}` },
    counts: Object.entries(counts).map(([key, count]) => ({ key, count })),
  };
}

describe('nodes/tableau-export', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([tableauExport])));
  afterEach(() => bench.dispose());

  const table = (): string => readFileSync(join(bench.folder, 'out/windows.csv'), 'utf8');

  it('keeps a window result as flat rows, the newest of each window, over a restart', async () => {
    await bench.start(sink);
    await bench.send([result('w1', { tea: 2, rain: 1 }), result('w2', { sun: 1 })]);
    await bench.stop();
    const header = 'window.start,counts.key,counts.count\r\n';
    assert.equal(table(), `${header}start of w1,tea,2\r\nstart of w1,rain,1\r\nstart of w2,sun,1\r\n`);
    await bench.start(sink);
    await bench.send(result('w1', { snow: 9 }));
    await bench.stop();
    assert.equal(table(), `${header}start of w1,snow,9\r\nstart of w2,sun,1\r\n`);
  });

  it('sends records without a key to output 2', async () => {
    await bench.start(sink);
    const rejection = (await bench.send({ counts: [] }, 'bad')) as { error: { message: string } };
    assert.match(rejection.error.message, /no "id"/u);
  });

  for (const [mode, rows] of [
    ['append', ['1', '1', '2']],
    ['overwrite', ['2']],
  ] as const) {
    it(`knows the mode ${mode}`, async () => {
      await bench.start({ ...sink, mode, fields: 'id' });
      await bench.send([{ id: '1' }, { id: '1' }]);
      await bench.send({ id: '2' });
      await bench.stop();
      assert.deepEqual(table().trim().split('\r\n'), ['id', ...rows]);
    });
  }

  it('does not leave the user directory', async () => {
    await bench.start({ ...sink, path: '../x.csv' });
    assert.match(await bench.fail({ id: '1' }), /not a file for an extract/u);
  });
});
