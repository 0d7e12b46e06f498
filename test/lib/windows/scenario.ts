import { type WindowShape, sessionWindows, windowGrid } from '../../../lib/windows/shape';
import type { WindowSettings } from '../../../lib/windows/windowSettings';
import { DAY, TUMBLING, ZERO } from './case';

/** What happens to a counter in a random run, in order. */
export type Act =
  | { readonly act: 'send'; readonly lane: string; readonly records: readonly object[] }
  | { readonly act: 'flush' | 'reset' | 'update' | 'advance' | 'commit' }
  | { readonly act: 'shape'; readonly shape: WindowShape }
  | { readonly act: 'open' | 'close' | 'atEnd'; readonly lane: string }
  | { readonly act: 'wait'; readonly ms: number }
  /** What was not committed is lost; `again` sends it once more. */
  | { readonly act: 'crash'; readonly again: boolean };

export interface Scenario {
  readonly settings: WindowSettings;
  readonly acts: readonly Act[];
}

/** Random numbers of a seed (mulberry32): the same for the same seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, and without, `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
}

/** Where time moves in a run: it begins at `from`, and records lie on multiples of `grain` ms. */
interface Pace {
  readonly from: number;
  readonly grain: number;
  readonly shape: (dice: Dice) => WindowShape;
  /** Another kind of windows that may follow. */
  readonly other: (dice: Dice) => WindowShape;
}

const SECOND = 1_000;
const LANES = ['p', 'q', 'r'];
/** Shortly before midnight was skipped or came twice, or on a day like any other. */
const MIDNIGHTS: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', '2024-03-29T12:00Z'],
  ['Europe/Berlin', '2024-10-25T12:00Z'],
  ['America/Sao_Paulo', '2018-11-02T12:00Z'],
  ['America/Sao_Paulo', '2019-02-15T12:00Z'],
  ['Asia/Shanghai', '2024-02-27T12:00Z'],
  ['Asia/Kolkata', '2023-12-30T12:00Z'],
  ['Pacific/Apia', '2011-12-28T12:00Z'],
  ['Australia/Lord_Howe', '2024-04-05T00:00Z'],
];

/** Makes up a run; all of it follows from the dice. */
export function scenarioOf(dice: Dice): Scenario {
  const { from, grain, shape, other } = paceOf(dice);
  const first = shape(dice);
  const session = first.kind === 'session';
  const changes = dice.chance(0.15);
  const mode = dice.of(['stream', 'partition'] as const);
  const update = !session && !changes && dice.chance(0.25);
  const details =
    session || changes ? (['counts', 'counts', 'ranks'] as const) : (['counts', 'ranks', 'trends'] as const);
  const keys = dice.of([[], ['k'], ['k'], ['k'], ['k', 'lang']]);
  const settings: WindowSettings = {
    ...TUMBLING,
    keys,
    value: dice.chance(0.3) ? 'v' : '',
    distinct: dice.chance(0.2) ? 'user' : '',
    mode,
    delay: dice.below(4) * 2 * grain,
    idle: 10 * SECOND,
    shape: first,
    emit: update ? 'update' : 'close',
    top: dice.chance(0.2) ? 1 + dice.below(2) : 0,
    details: changes ? 'counts' : dice.of(details),
    history: dice.of([1, 3, 7]),
    output: dice.chance(0.15) ? 'rows' : 'windows',
  };

  const acts: Act[] = [];
  const lanes = LANES.slice(0, 1 + dice.below(3));
  for (const lane of lanes) acts.push({ act: 'open', lane });
  let front = from;
  for (let length = 4 + dice.below(8); length > 0; length--) {
    const die = dice.next();
    if (die < 0.66) {
      const records: object[] = [];
      for (let count = dice.below(7); count > 0; count--) {
        if (dice.chance(0.4)) front += dice.below(4) * grain;
        records.push(recordOf(dice, front - (dice.chance(0.6) ? 0 : dice.below(12) * grain), keys.length === 0));
      }
      acts.push({ act: 'send', lane: dice.of(lanes), records });
    } else if (die < 0.76) acts.push({ act: 'commit' });
    else if (die < 0.8) acts.push({ act: 'wait', ms: dice.of([1, 2 * SECOND, 11 * SECOND]) });
    else if (die < 0.83) acts.push({ act: 'atEnd', lane: dice.of(lanes) });
    else if (die < 0.85) acts.push({ act: dice.of(['open', 'close'] as const), lane: dice.of(lanes) });
    else if (die < 0.88) acts.push({ act: 'flush' });
    else if (die < 0.9) acts.push(dice.chance(0.3) ? { act: 'reset' } : { act: 'advance' });
    else if (die < 0.95) acts.push(update ? { act: 'update' } : { act: 'crash', again: dice.chance(0.7) });
    else if (changes) acts.push({ act: 'shape', shape: dice.chance(0.7) ? shape(dice) : other(dice) });
  }
  acts.push({ act: 'flush' });
  return { settings, acts };
}

function paceOf(dice: Dice): Pace {
  const die = dice.next();
  const gap = (): WindowShape => sessionWindows((1 + dice.below(6)) * SECOND);
  const grid = (): WindowShape => {
    const size = 1 + dice.below(6);
    // Half of them follow each other; of the others, most sizes are no multiple of the slide.
    return windowGrid(size * SECOND, (dice.chance(0.4) ? size : 1 + dice.below(size)) * SECOND);
  };
  if (die < 0.3) return { from: ZERO + dice.below(20) * SECOND, grain: SECOND / 2, shape: gap, other: grid };
  if (die < 0.88) return { from: ZERO + dice.below(20) * SECOND, grain: SECOND / 2, shape: grid, other: gap };
  const [timeZone, noon] = dice.of(MIDNIGHTS);
  const days = (): WindowShape => {
    const size = 1 + dice.below(3);
    return windowGrid(size * DAY, (1 + dice.below(size)) * DAY, timeZone);
  };
  return { from: Date.parse(noon), grain: DAY / 48, shape: days, other: days };
}

function recordOf(dice: Dice, time: number, keyless: boolean): object {
  const key = (): string => dice.of(['a', 'b', 'c', 'd', '__proto__']);
  const many = (): string[] => Array.from({ length: 1 + dice.below(3) }, key);
  const k = !keyless && dice.chance(0.04) ? [] : dice.chance(0.7) ? key() : many();
  return {
    t: dice.of([time, new Date(time).toISOString(), String(time), time / 1000]),
    k: dice.chance(0.02) && !keyless ? null : k,
    lang: dice.of(['en', 'de', 7, ['en', 'pt']]),
    v: dice.below(21) - 10,
    user: dice.of(['ann', 'bob', 'eve', 'joe', 'kim']),
  };
}
