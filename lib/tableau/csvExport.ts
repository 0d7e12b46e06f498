import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isDiskFull } from '../core/diskFull';
import { StoreError, messageOf } from '../core/errors';
import { csvLines } from '../sinks/csv';
import type { Row } from './rows';
import type { ExtractWriter } from './writer';

/** Rows encoded at a time: so many keep the event loop free for others between two writes. */
const PAGE = 1_000;

/** Writes an extract as CSV: UTF-8, one header line, RFC 4180. */
export class CsvExport implements ExtractWriter {
  /** @param file its absolute path */
  constructor(readonly file: string) {}

  async write(rows: Iterable<Row>, columns: readonly string[]): Promise<void> {
    const temporary = join(dirname(this.file), `.${basename(this.file)}.tmp`);
    try {
      await mkdir(dirname(this.file), { recursive: true });
      const handle = await open(temporary, 'w');
      try {
        for (const text of pages(rows, columns)) await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.file);
    } catch (thrown) {
      // On a full disk the beginning of a file would keep others from being written.
      await rm(temporary, { force: true }).catch(() => undefined);
      if (isDiskFull(thrown)) {
        throw new StoreError(`The disk is full: the extract ${this.file} could not be written.`, {
          setting: 'path',
          remedy: 'Make room on its disk. The extract stands as it was; its rows are kept and written later.',
          cause: thrown,
        });
      }
      throw new StoreError(`The extract ${this.file} could not be written: ${messageOf(thrown)}.`, {
        setting: 'path',
        remedy:
          'Make sure that there is room, that its folder may be written to, and that no program holds it open. Its rows are kept and written later.',
        cause: thrown,
      });
    }
  }
}

function* pages(rows: Iterable<Row>, columns: readonly string[]): Generator<string, void, void> {
  if (columns.length > 0) yield csvLines([columns]);
  let page: Row[] = [];
  const encode = (): string =>
    csvLines(page.map((row) => columns.map((column) => (Object.hasOwn(row, column) ? (row[column] ?? null) : null))));
  for (const row of rows) {
    page.push(row);
    if (page.length < PAGE) continue;
    yield encode();
    page = [];
  }
  if (page.length > 0) yield encode();
}
