import { PulseflowError, SettingError } from '../../lib/core/errors';
import { type Fields, type Outcome, isFields } from '../../lib/core/records';
import { answerQuestion } from './questions';
import type { Red } from './red';
import { readSettings } from './settings';
import type { NodeSpec, Settings } from './spec';
import { faultWords } from './words';

/** A sample is for looking at: longer ones are refused, in characters. */
const LONGEST_SAMPLE = 64_000;

/** What a trial shows, as JSON: what leaves which output, or whatever the node makes of the sample. */
export type TrialAnswer = Readonly<Record<string, unknown>>;

/**
 * Lets the editor try a node's settings, deployed or not, on a sample: `POST /pulseflow/try/<type>` with
 * `{settings, sample}`, answered with what `run` gives, or with `{refused}` where the settings or the sample cannot be
 * used.
 * @param uses the settings that the trial needs; faults in others (a cluster not chosen yet) do not matter
 */
export function offerTrial<const Spec extends NodeSpec, const Name extends keyof Spec['properties'] & string>(
  RED: Red,
  spec: Spec,
  uses: readonly Name[],
  run: (settings: Pick<Settings<Spec>, Name>, sample: string) => TrialAnswer,
): void {
  const properties = Object.fromEntries(uses.map((name) => [name, spec.properties[name]]));
  const tried = { type: spec.type, properties } as unknown as Spec;
  answerQuestion(RED, 'post', `/pulseflow/try/${spec.type}`, 'flows.write', ({ body }) => {
    const { settings, sample } = isFields(body) ? body : ({} as Fields);
    if (typeof sample !== 'string' || !isFields(settings)) throw new SettingError(RED._('common.trial.needs'));
    if (sample.length > LONGEST_SAMPLE) {
      throw new SettingError(RED._('common.trial.long', { length: sample.length, limit: LONGEST_SAMPLE }));
    }
    try {
      return run(readSettings(tried, settings, undefined, faultWords(RED, spec)), sample);
    } catch (thrown) {
      // An answer like any other: trying is how a person finds out.
      if (thrown instanceof PulseflowError) return { refused: thrown.message };
      throw thrown;
    }
  });
}

/**
 * A sample record, written as JSON.
 * @throws {SettingError} if it is none
 */
export function sampleRecord(RED: Red, sample: string): unknown {
  try {
    return JSON.parse(sample);
  } catch (thrown) {
    throw new SettingError(RED._('common.trial.json', { reason: (thrown as Error).message }));
  }
}

/** What a step made of a sample: the records of the first output, the reasons of the second. */
export function shownOutcome({ records, rejected }: Outcome): TrialAnswer {
  return rejected.length === 0
    ? { output: 1, payload: records.length === 1 ? records[0] : records }
    : { output: 2, reason: rejected[0]?.error.message ?? '', payload: rejected[0] };
}
