const DAY = 86_400_000;
/** Days whose bounds are remembered; records come from a few days at a time. */
const REMEMBERED = 512;

/**
 * The days of a time zone, numbered from its 1 January 1970. A day begins with the first instant of its date, which
 * is not midnight where clocks are put forward then, and lasts 23 to 25 hours around such a change.
 */
export class Calendar {
  readonly #format: Intl.DateTimeFormat;
  readonly #starts = new Map<number, number>();
  // The day of the last record is nearly always that of the next.
  #day = Number.NaN;
  #from = Infinity;
  #to = -Infinity;

  /** @throws {RangeError} if there is no such time zone */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'iso8601', numberingSystem: 'latn', era: 'short', hourCycle: 'h23' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  }

  /** The number of the day that a time, in ms since the epoch, falls on. */
  dayOf(time: number): number {
    if (time < this.#from || time >= this.#to) {
      let day = Math.floor(this.#wallClock(time) / DAY);
      // Where clocks were put back across midnight, the date of a moment may have been left before for a while.
      if (time < this.startOf(day)) day--;
      else if (time >= this.startOf(day + 1)) day++;
      this.#day = day;
      this.#from = this.startOf(day);
      this.#to = this.startOf(day + 1);
    }
    return this.#day;
  }

  /** The first instant of a day, in ms since the epoch. */
  startOf(day: number): number {
    let start = this.#starts.get(day);
    if (start === undefined) {
      start = this.#firstInstant(day);
      if (this.#starts.size >= REMEMBERED) this.#starts.clear();
      this.#starts.set(day, start);
    }
    return start;
  }

  // No zone is further than a day from UTC, and none changes its clock twice within that time.
  #firstInstant(day: number): number {
    const midnight = day * DAY;
    let before = midnight - DAY;
    let after = midnight + DAY;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (Math.floor(this.#wallClock(middle) / DAY) < day) before = middle;
      else after = middle;
    }
    return after;
  }

  /** What clocks show at a time, as ms since 1970 of such a clock. */
  #wallClock(time: number): number {
    const parts: Record<string, string> = {};
    for (const { type, value } of this.#format.formatToParts(time)) parts[type] = value;
    const field = (name: string): number => Number(parts[name]);
    const year = parts.era === 'BC' || parts.era === 'B' ? 1 - field('year') : field('year');
    const clock = new Date(0);
    clock.setUTCFullYear(year, field('month') - 1, field('day'));
    clock.setUTCHours(field('hour'), field('minute'), field('second'));
    return clock.getTime();
  }
}
