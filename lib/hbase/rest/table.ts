import { type RecordError, StoreError } from '../../core/errors';
import type { HttpClient } from '../../http/client';
import { boundsOf, byteOrder } from '../bounds';
import { unknownFamily } from '../names';
import type { HBaseTable, PutRow, Row, Scan } from '../table';
import { PROTOBUF, decodeCellSet, encodeCellSet } from './cellSet';
import { failure, lacksFamily, lacksTable } from './failures';

/** Rows of one request of a scan. */
const PAGE = 1_000;

type Refused = (RecordError | undefined)[];

/** A table of a real cluster, over its REST gateway. */
export class RestTable implements HBaseTable {
  readonly #path: string;

  /** @param reload asks for the table's families; undefined if there is no such table any more */
  constructor(
    private readonly http: HttpClient,
    readonly name: string,
    private families: ReadonlySet<string>,
    private readonly reload: () => Promise<ReadonlySet<string> | undefined>,
  ) {
    this.#path = `/${encodeURIComponent(name)}`;
  }

  async put(rows: readonly PutRow[]): Promise<Refused | undefined> {
    for (let again = false; ; again = true) {
      const refused = rows.map((row) => unknownFamily(row, this.name, this.families));
      const accepted = rows.filter((_, index) => refused[index] === undefined);
      if (accepted.length === 0) return refused;
      const body = encodeCellSet(withoutRepeats(accepted));
      // The row in the address counts only where the body names none.
      const answer = await this.http.request({
        method: 'PUT',
        path: `${this.#path}/rows`,
        headers: { 'Content-Type': PROTOBUF, Accept: PROTOBUF },
        body,
      });
      if (answer.ok) return accepted.length === rows.length ? undefined : refused;
      if (lacksTable(answer)) throw this.#gone();
      if (!lacksFamily(answer) || again) throw failure(answer, this.name);
      this.families = (await this.reload()) ?? new Set();
    }
  }

  async get(row: string, versions = 1): Promise<Row | undefined> {
    const [found] = await this.#page({ startrow: row, limit: '1', maxversions: String(versions) });
    return found?.row === row ? found : undefined;
  }

  async *scan({ limit = Infinity, versions = 1, page: size = PAGE, ...scan }: Scan = {}): AsyncGenerator<
    Row,
    void,
    void
  > {
    const { from, to } = boundsOf(scan);
    const reversed = scan.reversed === true;
    let left = limit;
    let last = reversed ? to : undefined;
    while (left > 0) {
      // Pages begin with the last row of the one before, and a reversed scan with the row behind its end.
      const most = Math.min(left, size) + (last === undefined ? 0 : 1);
      const page = await this.#page({
        startrow: last ?? (reversed ? '' : from),
        // A reversed scan would leave its last row out: it ends here.
        endrow: reversed ? '' : (to ?? ''),
        limit: String(most),
        maxversions: String(versions),
        ...(reversed ? { reversed: 'true' } : {}),
      });
      for (const row of page) {
        if (row.row === last) continue;
        if (reversed && byteOrder(row.row, from) < 0) return;
        yield row;
        if (--left === 0) return;
      }
      if (page.length < most) return;
      last = page[page.length - 1]?.row;
    }
  }

  async #page(query: Readonly<Record<string, string>>): Promise<Row[]> {
    const given = Object.entries(query).filter(([, value]) => value !== '');
    const parameters = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    const answer = await this.http.request({
      method: 'GET',
      path: `${this.#path}/*?${parameters}`,
      headers: { Accept: 'application/json' },
    });
    if (answer.ok) return decodeCellSet(answer.json());
    // Of a table that is missing a scan says only that it failed, with 500.
    throw (await this.reload()) === undefined ? this.#gone() : failure(answer, this.name);
  }

  #gone(): StoreError {
    return new StoreError(`The HBase table "${this.name}" does not exist any more (TableNotFoundException).`, {
      setting: 'table',
      remedy: 'Make it again, or correct the name.',
    });
  }
}

/**
 * Rows with the same key as one, so that the last of two cells of the same time counts whatever the server makes of a
 * request with both. Most batches have none.
 */
function withoutRepeats(rows: readonly PutRow[]): readonly PutRow[] {
  const byKey = new Map<string, PutRow>();
  for (const row of rows) {
    const before = byKey.get(row.row);
    byKey.set(row.row, before === undefined ? row : merged(before, row));
  }
  return byKey.size === rows.length ? rows : [...byKey.values()];
}

function merged({ row, cells }: PutRow, later: PutRow): PutRow {
  const kept = cells.filter(
    (cell) => !later.cells.some(({ column, timestamp }) => column === cell.column && timestamp === cell.timestamp),
  );
  return { row, cells: [...kept, ...later.cells] };
}
