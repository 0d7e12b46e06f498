import { SettingError } from '../core/errors';
import type { Store } from '../store/store';
import { EmbeddedTable, type Families } from './embeddedTable';
import { checkTableName, missingTable } from './names';
import { DEFAULT_VERSIONS, type HBaseCluster, type TableOptions } from './table';

/** A cluster's tables inside the embedded store. */
export class EmbeddedHBase implements HBaseCluster {
  readonly #tables = new Map<string, EmbeddedTable>();

  /**
   * @param cluster which tables are its own: the id of the config node
   * @param now the time of cells that bring none, in milliseconds since 1970
   */
  constructor(
    private readonly store: Store,
    private readonly cluster: string,
    private readonly now: () => number = Date.now,
  ) {}

  // Opening here is quick, but the interface is that of a cluster over the network.
  // eslint-disable-next-line @typescript-eslint/require-await
  async open(name: string, options: TableOptions): Promise<EmbeddedTable> {
    checkTableName(name);
    const known = this.#tables.get(name) ?? this.#load(name);
    if (known === undefined && !options.createTable) throw missingTable(name, options);
    const table = options.createTable ? this.#grow(name, known, options) : known;
    if (table === undefined) throw new SettingError(`The HBase table "${name}" does not exist.`, { setting: 'table' });
    this.#tables.set(name, table);
    return table;
  }

  /** The names of the cluster's tables, in order. */
  tables(): string[] {
    const rows = this.store.prepare('SELECT name FROM hbase_tables WHERE cluster = ? ORDER BY name').all(this.cluster);
    return (rows as unknown as { name: string }[]).map(({ name }) => name);
  }

  tableNames(): Promise<string[]> {
    return Promise.resolve(this.tables());
  }

  #load(name: string): EmbeddedTable | undefined {
    const row = this.store
      .prepare('SELECT id, families FROM hbase_tables WHERE cluster = ? AND name = ?')
      .get(this.cluster, name) as { id: number; families: string } | undefined;
    if (row === undefined) return undefined;
    const families = new Map(Object.entries(JSON.parse(row.families) as Record<string, number>));
    return new EmbeddedTable(this.store, name, row.id, families, this.now);
  }

  #grow(name: string, known: EmbeddedTable | undefined, options: TableOptions): EmbeddedTable {
    const missing = options.families.filter((family) => known?.families.has(family) !== true);
    if (known !== undefined && missing.length === 0) return known;
    const families: Families = known?.families ?? new Map<string, number>();
    const grown = new Map(families);
    for (const family of missing) grown.set(family, options.versions ?? DEFAULT_VERSIONS);
    this.store.transaction(() => {
      this.store
        .prepare(
          `INSERT INTO hbase_tables (cluster, name, id, families)
           VALUES (?, ?, (SELECT coalesce(max(id), 0) + 1 FROM hbase_tables), ?)
           ON CONFLICT (cluster, name) DO UPDATE SET families = excluded.families`,
        )
        .run(this.cluster, name, JSON.stringify(Object.fromEntries(grown)));
    });
    // Sinks that hold the table already see its new families.
    for (const [family, versions] of grown) families.set(family, versions);
    const table = known ?? this.#load(name);
    if (table === undefined)
      throw new SettingError(`The HBase table "${name}" could not be made.`, { setting: 'table' });
    return table;
  }
}
