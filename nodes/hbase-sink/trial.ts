import { isUtf8 } from 'node:buffer';
import { RecordError } from '../../lib/core/errors';
import { reject } from '../../lib/core/records';
import { shellCommand } from '../../lib/hbase/rest/schema';
import { compileRows } from '../../lib/hbase/rows';
import { text } from '../common/properties';
import type { Red } from '../common/red';
import { type TrialAnswer, offerTrial, sampleRecord, shownOutcome } from '../common/trial';
import { spec } from './spec';

/** A row can be tried before there is a table. */
const tried = { ...spec, properties: { ...spec.properties, table: text() } };

/**
 * Shows the row that a record becomes: its key, and its cells as text, or in hex digits where they are none; and what
 * makes the table in HBase's shell, which alone can split it at its salts.
 */
export function offerRowTrial(RED: Red): void {
  const uses = ['rowKey', 'columns', 'timestamp', 'salt', 'table', 'versions', 'ttl', 'compression'] as const;
  offerTrial(RED, tried, uses, (settings, sample): TrialAnswer => {
    const { row, families } = compileRows(settings);
    const { table, salt } = settings;
    const record = sampleRecord(RED, sample);
    try {
      const { row: key, cells } = row(record);
      const [time] = cells.map(({ timestamp }) => timestamp);
      return {
        rowKey: key,
        cells: Object.fromEntries(cells.map(({ column, value }) => [column, shown(value)])),
        ...(time === undefined ? {} : { time: new Date(time).toISOString() }),
        ...(salt > 1 && table !== ''
          ? { shell: shellCommand(table, { ...settings, createTable: true, families }, salt) }
          : {}),
      };
    } catch (thrown) {
      if (!(thrown instanceof RecordError)) throw thrown;
      return shownOutcome({ records: [], rejected: [reject(record, thrown)] });
    }
  });
}

function shown(value: string | Buffer): string {
  if (typeof value === 'string') return value;
  return isUtf8(value) && !value.includes(0) ? value.toString() : `0x${value.toString('hex')}`;
}
