/** What one repetition of some work took. */
export interface Taken {
  readonly posts: number;
  readonly seconds: number;
  /** Of the processor, by the thread (here) or the process (Node-RED's) that does the work. */
  readonly cpuSeconds: number;
}

/** Something to be measured. */
export interface Subject {
  readonly name: string;
  readonly round: () => Taken | Promise<Taken>;
}

/** What the repetitions of a subject came to. */
export interface Figure {
  readonly name: string;
  /** Posts a second. */
  readonly rate: number;
  /** Half the distance from the slowest repetition to the fastest, as a part of the rate. */
  readonly spread: number;
  /** Microseconds of the processor for a post. */
  readonly cpu: number;
}

export const REPETITIONS = 5;

/**
 * Measures subjects in turns (first, second, first, second ...), so that whatever else the machine does meets all of them
 * alike and their ratio stands where the figures themselves do not. One round of each to warm up is not counted.
 */
export async function measure(subjects: readonly Subject[], repetitions = REPETITIONS): Promise<Figure[]> {
  const rounds = subjects.map((): Taken[] => []);
  for (let repetition = -1; repetition < repetitions; repetition++) {
    for (const [index, { round }] of subjects.entries()) {
      collectGarbage();
      const taken = await round();
      if (repetition >= 0) rounds[index]?.push(taken);
    }
  }
  return subjects.map(({ name }, index) => figureOf(name, rounds[index] ?? []));
}

function figureOf(name: string, rounds: readonly Taken[]): Figure {
  const rates = rounds.map(({ posts, seconds }) => posts / seconds);
  const rate = median(rates);
  const cpu = median(rounds.map(({ posts, cpuSeconds }) => (cpuSeconds / posts) * 1e6));
  return { name, rate, spread: (Math.max(...rates) - Math.min(...rates)) / 2 / rate, cpu };
}

/** A clock of the processor's time may move in steps of several milliseconds: shorter work is repeated. */
const LEAST_MS = 120;

/** Times `work` on so many posts in this thread. */
export function timed(posts: number, work: () => unknown): () => Promise<Taken> {
  return async () => {
    const cpu = process.threadCpuUsage();
    const began = performance.now();
    let done = 0;
    do {
      const pending = work();
      if (pending instanceof Promise) await pending;
      done += posts;
    } while (performance.now() - began < LEAST_MS);
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.threadCpuUsage(cpu);
    return { posts: done, seconds, cpuSeconds: (user + system) / 1e6 };
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

// With `--expose-gc` (scripts/bench.mjs gives it) no round pays for the garbage of the round before.
function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
