import { makeEncoder } from '../../lib/hdfs/encode';
import { compilePath } from '../../lib/hdfs/paths';
import type { Red } from '../common/red';
import { type TrialAnswer, offerTrial, sampleRecord, shownOutcome } from '../common/trial';
import { spec } from './spec';

/** Shows the file that a record goes into, and what is written there. */
export function offerFileTrial(RED: Red): void {
  offerTrial(
    RED,
    spec,
    ['path', 'format', 'fields', 'compress'],
    ({ path, format, fields, compress }, sample): TrialAnswer => {
      const encode = makeEncoder(format, compilePath(path), fields, [], compress === 'gzip');
      const { chunks, rejected } = encode([sampleRecord(RED, sample)]);
      const [chunk] = chunks;
      if (chunk === undefined) return shownOutcome({ records: [], rejected });
      return { file: chunk.file, content: (chunk.header + chunk.body).trimEnd() };
    },
  );
}
