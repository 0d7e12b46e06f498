import { compileRows } from '../../lib/hbase/rows';
import { RecordError } from '../../lib/core/errors';
import { reject } from '../../lib/core/records';
import type { Red } from '../common/red';
import { type TrialAnswer, offerTrial, sampleRecord, shownOutcome } from '../common/trial';
import { spec } from './spec';

/** Shows the row that a record becomes: its key, and its cells as text. */
export function offerRowTrial(RED: Red): void {
  offerTrial(RED, spec, ['rowKey', 'columns', 'timestamp', 'salt'], (settings, sample): TrialAnswer => {
    const { row } = compileRows(settings);
    const record = sampleRecord(RED, sample);
    try {
      const { row: key, cells } = row(record);
      const [time] = cells.map(({ timestamp }) => timestamp);
      return {
        rowKey: key,
        cells: Object.fromEntries(cells.map(({ column, value }) => [column, value.toString()])),
        ...(time === undefined ? {} : { time: new Date(time).toISOString() }),
      };
    } catch (thrown) {
      if (!(thrown instanceof RecordError)) throw thrown;
      return shownOutcome({ records: [], rejected: [reject(record, thrown)] });
    }
  });
}
