import type { Delivery } from './lane';
import type { LedgerLane } from './ledgerLane';

/**
 * Deliveries of which a node has made one message: *join* completes nine messages just after it has sent what it made
 * of them and a tenth, under the token of the tenth. None of the ten may then be finished before the others, for what
 * carries it is still in the flow; none may be committed without the others, for after a crash it alone would be
 * missing from what is put together anew; and if one is sent again, all are, for it is still part of the old whole.
 */
export class Bond {
  readonly #members = new Set<Delivery<unknown>>();

  add(delivery: Delivery<unknown>): void {
    const { bond } = delivery.attempt;
    if (bond === this) return;
    if (bond === undefined) {
      this.#take(delivery);
      return;
    }
    for (const each of bond.#members) this.#take(each);
    bond.#members.clear();
  }

  /** Nothing is left of one of them: they are judged once nothing is left of any. */
  judge(): void {
    for (const { attempt } of this.#members) if (!attempt.idle || attempt.judging) return;
    let failure;
    for (const { attempt } of this.#members) failure ??= attempt.failure;
    // A bond that has failed is of the past: each member has its own attempts left, or none.
    const all = failure === undefined ? [...this.#members] : this.#dissolve();
    for (const delivery of all) delivery.attempt.lane.settle(delivery, failure);
  }

  /** Starts all of them again. */
  again(delay: number): void {
    for (const delivery of this.#dissolve()) delivery.attempt.lane.again(delivery, delay);
  }

  isWithin(deliveries: ReadonlySet<Delivery<unknown>>): boolean {
    for (const delivery of this.#members) if (!deliveries.has(delivery)) return false;
    return true;
  }

  #take(delivery: Delivery<unknown>): void {
    this.#members.add(delivery);
    delivery.attempt.bond = this;
  }

  #dissolve(): Delivery<unknown>[] {
    const all = [...this.#members];
    for (const delivery of all) delivery.attempt.bond = undefined;
    this.#members.clear();
    return all;
  }
}

/** Finished deliveries of each lane, from the oldest on. */
export type Prefix = [lane: LedgerLane<unknown>, deliveries: Delivery<unknown>[]];

/** Shortens prefixes until all deliveries that are bound to one of them are in them as well. */
export function cutAtBonds(prefixes: readonly Prefix[]): void {
  let cut = true;
  while (cut) {
    cut = false;
    const inside = new Set<Delivery<unknown>>();
    const bonds = new Set<Bond>();
    for (const [, deliveries] of prefixes) {
      for (const delivery of deliveries) if (delivery.attempt.bond !== undefined) bonds.add(delivery.attempt.bond);
    }
    if (bonds.size === 0) return;
    for (const [, deliveries] of prefixes) for (const delivery of deliveries) inside.add(delivery);
    const torn = new Set([...bonds].filter((bond) => !bond.isWithin(inside)));
    for (const [, deliveries] of prefixes) {
      const end = deliveries.findIndex(({ attempt }) => attempt.bond !== undefined && torn.has(attempt.bond));
      if (end < 0) continue;
      deliveries.length = end;
      cut = true;
    }
  }
}
