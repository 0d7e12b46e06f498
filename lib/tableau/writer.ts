import type { Row } from './rows';

/** Writes an extract: CSV, or Tableau's own format. */
export interface ExtractWriter {
  /**
   * Writes the whole table. A reader sees the old table or the new one, never part of one.
   * @throws {StoreError} if it could not be written; the old one stands
   */
  write(rows: Iterable<Row>, columns: readonly string[]): Promise<void>;
}
