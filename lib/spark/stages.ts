import type { PlanStep, Stage } from './plan';

/**
 * The stages of a plan: from its source, and from each windows step, everything that records reach through steps that
 * the worker does.
 * @param steps in an order in which each follows those it reads from
 */
export function stagesOf(source: string, steps: readonly PlanStep[]): Stage[] {
  const entries = entriesOf(source, steps);
  const windows = steps.filter(({ kind }) => kind === 'windows').map(({ id }) => id);
  return [source, ...windows].map((from) => ({
    from,
    to: steps.filter(({ id, kind }) => kind !== 'records' && entries.get(id)?.has(from) === true).map(({ id }) => id),
  }));
}

/** By step, from where records reach it: the source, windows steps. */
export function entriesOf(source: string, steps: readonly PlanStep[]): Map<string, Set<string>> {
  const kinds = new Map(steps.map(({ id, kind }) => [id, kind]));
  const entries = new Map<string, Set<string>>();
  for (const { id, from } of steps) {
    const reachedFrom = from.flatMap(({ step }) =>
      step === source || kinds.get(step) === 'windows' ? [step] : [...(entries.get(step) ?? [])],
    );
    entries.set(id, new Set(reachedFrom));
  }
  return entries;
}
