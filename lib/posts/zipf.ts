const SLOTS = 65_536;

/**
 * Ranks by Zipf's law: rank r, from 0, comes with a probability proportional to 1 / (r + 1) ** exponent. A table of
 * 65,536 slots makes a draw one look-up; a probability is exact to 1/65,536.
 * @returns a function from 32 random bits to a rank
 */
export function zipf(ranks: number, exponent: number): (bits: number) => number {
  let total = 0;
  for (let rank = 0; rank < ranks; rank++) total += (rank + 1) ** -exponent;
  const table = new Uint16Array(SLOTS);
  let slot = 0;
  let sum = 0;
  for (let rank = 0; rank < ranks; rank++) {
    sum += (rank + 1) ** -exponent / total;
    const end = rank === ranks - 1 ? SLOTS : Math.round(sum * SLOTS);
    table.fill(rank, slot, end);
    slot = Math.max(slot, end);
  }
  return (bits) => table[bits >>> 16] ?? 0;
}
