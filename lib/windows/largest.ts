/**
 * Of many, so many of the first by an order; 0 for all of them, sorted. Where few are wanted, what lies behind the last
 * of those found so far is passed over at the cost of one comparison.
 */
export function largest<Item>(items: Iterable<Item>, limit: number, order: (a: Item, b: Item) => number): Item[] {
  if (limit === 0) return [...items].sort(order);
  const room = 4 * limit + 16;
  let found: Item[] = [];
  let last: Item | undefined;
  for (const item of items) {
    if (last !== undefined && order(item, last) > 0) continue;
    found.push(item);
    if (found.length < room) continue;
    found = found.sort(order).slice(0, limit);
    last = found.at(-1);
  }
  return found.sort(order).slice(0, limit);
}
