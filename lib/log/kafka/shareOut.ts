/** A member of a group, as the one that shares out sees it. */
export interface Sharer {
  readonly id: string;
  /** The topics that it reads; members of a group may read different ones. */
  readonly topics: readonly string[];
  /** What it has had so far. */
  readonly held: Readonly<Record<string, readonly number[]>>;
}

/** By member, then by topic. */
export type Shares = Map<string, Record<string, number[]>>;

/**
 * Shares the partitions of each topic out among the members that read it: none has more than one more than another, and
 * as many as can stay where they are.
 * @param partitions by topic
 */
export function shareOut(members: readonly Sharer[], partitions: ReadonlyMap<string, readonly number[]>): Shares {
  const sharers = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const shares: Shares = new Map(sharers.map(({ id }) => [id, {}]));
  const total = new Map<string, number>(sharers.map(({ id }) => [id, 0]));
  for (const topic of [...partitions.keys()].sort()) {
    const readers = sharers.filter(({ topics }) => topics.includes(topic));
    const all = partitions.get(topic) ?? [];
    if (readers.length === 0) continue;
    const shareOf = new Map(readers.map(({ id }) => [id, [] as number[]]));
    const left = keep(readers, topic, all, shareOf);
    for (const partition of left) {
      const least = leastLoaded(shareOf, total);
      shareOf.get(least)?.push(partition);
    }
    for (const [id, share] of shareOf) {
      total.set(id, (total.get(id) ?? 0) + share.length);
      const own = shares.get(id);
      if (own !== undefined && share.length > 0) own[topic] = share.sort((a, b) => a - b);
    }
  }
  return shares;
}

/** Leaves members what they have, up to an even share. @returns what is left to be given out */
function keep(
  readers: readonly Sharer[],
  topic: string,
  all: readonly number[],
  shareOf: ReadonlyMap<string, number[]>,
): number[] {
  const even = Math.floor(all.length / readers.length);
  let larger = all.length % readers.length;
  const left = new Set(all);
  for (const { id, held } of readers) {
    const share = shareOf.get(id) ?? [];
    for (const partition of held[topic] ?? []) {
      if (!left.has(partition) || share.length > even || (share.length === even && larger === 0)) continue;
      if (share.length === even) larger--;
      share.push(partition);
      left.delete(partition);
    }
  }
  return [...left].sort((a, b) => a - b);
}

function leastLoaded(shareOf: ReadonlyMap<string, readonly number[]>, total: ReadonlyMap<string, number>): string {
  let least = '';
  let load = [Infinity, Infinity] as const;
  for (const [id, { length }] of shareOf) {
    const own = [length, total.get(id) ?? 0] as const;
    if (own[0] > load[0] || (own[0] === load[0] && own[1] >= load[1])) continue;
    least = id;
    load = own;
  }
  return least;
}
