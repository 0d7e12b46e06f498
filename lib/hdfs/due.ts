import type { Clock } from '../sinks/clock';
import type { Pile } from '../sinks/spool';

/** When a pile is due to become a file; see `RollOptions`. */
export interface DueOptions {
  readonly rollSize: number;
  readonly rollEvery: number;
  readonly spoolSize: number;
  readonly clock: Clock;
}

/**
 * The piles that are due: those that are large or old enough and, where all together fill half the spool or it is full,
 * the largest of them, until they do not.
 * @param held bytes in the spool, those included that are not in `piles` any more
 */
export function duePiles(piles: readonly Pile[], held: number, options: DueOptions): Pile[] {
  const { rollSize, rollEvery, spoolSize, clock } = options;
  const now = clock.now();
  const due = new Set(piles.filter(({ bytes, since }) => bytes >= rollSize || now - since >= rollEvery));
  let waiting = piles.reduce((sum, pile) => (due.has(pile) ? sum : sum + pile.bytes), 0);
  if (waiting < spoolSize / 2 && (held < spoolSize || due.size > 0)) return [...due];
  for (const pile of [...piles].sort((a, b) => b.bytes - a.bytes)) {
    if (due.has(pile)) continue;
    due.add(pile);
    waiting -= pile.bytes;
    if (waiting < spoolSize / 2) break;
  }
  return [...due];
}

/** When the first of the piles will have been there for `rollEvery`, in milliseconds since 1970; undefined of none. */
export function whenDue(piles: readonly Pile[], { rollEvery }: DueOptions): number | undefined {
  if (piles.length === 0) return undefined;
  return piles.reduce((least, { since }) => Math.min(least, since), Infinity) + rollEvery;
}
