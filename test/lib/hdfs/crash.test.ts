import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { FakeWebHdfs } from '../../support/fakeWebHdfs';
import { temporaryFolder } from '../../support/store';

const CHILD = join(__dirname, 'crashChild.js');
const TOTAL = 600;

type Kill = readonly [step: string, after: number];

/** Where the files go, and what lies there: texts by path. */
interface Place {
  readonly url: string;
  readonly files: () => ReadonlyMap<string, string>;
}

/** Runs until the end of the source, killed at most once for each entry of `kills`. @returns how often it was killed */
async function run(directory: string, url: string, kills: readonly Kill[]): Promise<number> {
  let killed = 0;
  for (const [step, after] of [...kills, ['never', 0] as const]) {
    const child = spawn(process.execPath, [CHILD, directory, String(TOTAL), step, String(after), url]);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (signal === 'SIGKILL') killed++;
    else assert.equal(status, 0, said);
  }
  return killed;
}

/** Checks that the finished files hold each record once, and that nothing else lies about. */
function recount(files: ReadonlyMap<string, string>): void {
  const ids: number[] = [];
  for (const [path, text] of files) {
    assert.match(path, /\/part-[^/]*\.csv$/u);
    for (const { id, text: body } of parse<{ id: string; text: string }>(text, { columns: true })) {
      assert.equal(body, 'x'.repeat(Number(id) % 7));
      ids.push(Number(id));
    }
  }
  assert.deepEqual(
    ids.sort((a, b) => a - b),
    Array.from({ length: TOTAL }, (_, id) => id),
  );
}

function localFiles(root: string): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]),
  );
}

describe('hdfs sink, killed', function () {
  this.timeout(60_000);
  let directory: ReturnType<typeof temporaryFolder>;
  let hdfs: FakeWebHdfs;
  beforeEach(async () => {
    directory = temporaryFolder();
    hdfs = await new FakeWebHdfs().start();
  });
  afterEach(async () => {
    await hdfs.stop();
    directory.remove();
  });

  const places: Readonly<Record<string, () => Place>> = {
    'a local directory': () => ({ url: '', files: () => localFiles(join(directory.path, 'files')) }),
    WebHDFS: () => ({
      url: hdfs.url,
      files: () => new Map(hdfs.names.map((path) => [path, String(hdfs.files.get(path))])),
    }),
  };
  for (const [name, placeOf] of Object.entries(places)) {
    for (const step of [
      'committing',
      'committed',
      'planned',
      'half written',
      'written',
      'renaming',
      'renamed',
      'closed',
    ]) {
      it(`has each record in exactly one finished file of ${name} after a kill when ${step}`, async () => {
        const { url, files } = placeOf();
        assert.equal(await run(directory.path, url, [[step, step === 'closed' ? 0 : 5]]), 1);
        recount(files());
      });
    }

    it(`the same in ${name} after one kill at each step, one after the other, the redone ones included`, async () => {
      const { url, files } = placeOf();
      const kills: Kill[] = [
        ['renamed', 1],
        ['planned', 0],
        ['half written', 0],
        ['written', 0],
        ['renaming', 0],
        ['renamed', 0],
        ['committing', 3],
        ['half written', 2],
        ['renamed', 0],
      ];
      assert.equal(await run(directory.path, url, kills), kills.length);
      recount(files());
    });
  }
});
