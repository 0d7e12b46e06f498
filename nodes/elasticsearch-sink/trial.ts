import { RecordError } from '../../lib/core/errors';
import { isFields, recordStep, reject } from '../../lib/core/records';
import { compileDocuments } from '../../lib/elasticsearch/documents';
import type { Red } from '../common/red';
import { type TrialAnswer, offerTrial, sampleRecord, shownOutcome } from '../common/trial';
import { spec } from './spec';

/** Shows the document that a record becomes: its index, its id, and itself. */
export function offerDocumentTrial(RED: Red): void {
  const uses = ['index', 'documentId', 'dataStream', 'timestamp'] as const;
  offerTrial(RED, spec, uses, (settings, sample): TrialAnswer => {
    const rowOf = compileDocuments(settings);
    const record = sampleRecord(RED, sample);
    if (!isFields(record)) return shownOutcome(recordStep(() => undefined)([record]));
    try {
      const { index, id, lines } = rowOf(record);
      return { index, id, document: JSON.parse(lines.split('\n')[1] ?? '') as unknown };
    } catch (thrown) {
      if (!(thrown instanceof RecordError)) throw thrown;
      return shownOutcome({ records: [], rejected: [reject(record, thrown)] });
    }
  });
}
