import { splitKeys } from '../salt';
import { DEFAULT_VERSIONS, type TableOptions } from '../table';

/** A table's schema as the gateway has it in JSON; what it says of a family are texts. */
interface JsonSchema {
  readonly ColumnSchema?: readonly { readonly name: string }[];
}

/** The names of the column families of a schema. */
export function familiesIn(schema: unknown): Set<string> {
  const { ColumnSchema = [] } = (schema ?? {}) as JsonSchema;
  return new Set(ColumnSchema.map(({ name }) => name));
}

/** A schema with families as the options want them, by the names of HBase's shell. */
export function schemaOf(table: string, families: readonly string[], options: TableOptions): object {
  const { versions = DEFAULT_VERSIONS, ttl = 0, compression = 'none' } = options;
  const attributes = {
    VERSIONS: String(versions),
    ...(ttl > 0 ? { TTL: String(secondsOf(ttl)) } : {}),
    ...(compression === 'none' ? {} : { COMPRESSION: compression.toUpperCase() }),
  };
  return { name: table, ColumnSchema: families.map((name) => ({ name, ...attributes })) };
}

/** HBase counts in whole seconds, of which there has to be one. */
function secondsOf(milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds / 1000));
}

/**
 * What makes the table in HBase's shell with a region for each bucket of its salt, which the REST gateway cannot: its
 * schema has no place for keys to split at.
 */
export function shellCommand(table: string, options: TableOptions, buckets: number): string {
  const { versions = DEFAULT_VERSIONS, ttl = 0, compression = 'none' } = options;
  const attributes = [
    `VERSIONS => ${versions}`,
    ...(ttl > 0 ? [`TTL => ${secondsOf(ttl)}`] : []),
    ...(compression === 'none' ? [] : [`COMPRESSION => '${compression.toUpperCase()}'`]),
  ].join(', ');
  const families = options.families.map((name) => `{NAME => '${name}', ${attributes}}`).join(', ');
  const splits = splitKeys(buckets).map((key) => `'${key}'`);
  return `create '${table}', ${families}${splits.length === 0 ? '' : `, SPLITS => [${splits.join(', ')}]`}`;
}
