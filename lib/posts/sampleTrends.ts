import { mix } from './random';

/** How many posts a trend lasts: short ones that come and go on a dashboard, long ones that colour an afternoon. */
const LENGTHS = [6_000, 120_000] as const;

/**
 * Bursts: a topic that is on everyone's lips for a while. Trends of each length start every half of it, so that one
 * rises while the one before falls; at its height a trend takes a tenth to a quarter of all posts. All of it is a pure
 * function of the seed and the number of the post.
 */
export class Trends {
  constructor(
    private readonly seed: number,
    private readonly topics: number,
  ) {}

  /**
   * The trend that post `n` follows, if it follows one.
   * @param unit a random number, 0 to before 1
   * @returns the topic, 0 to before `topics`, or -1
   */
  topic(n: number, unit: number): number {
    let rest = unit;
    for (let scale = 0; scale < LENGTHS.length; scale++) {
      const half = (LENGTHS[scale] ?? 1) / 2;
      const newest = Math.floor(n / half);
      const phase = (n - newest * half) / half;
      // sin² and cos² of a quarter turn: the newest trend rises as the one before it falls, and their sum is 1.
      const rising = Math.sin((phase * Math.PI) / 2) ** 2;
      for (let age = 0; age < 2; age++) {
        const hash = mix(this.seed + scale + 1, newest - age);
        rest -= (0.1 + 0.15 * ((hash & 0xff) / 0xff)) * (age === 0 ? rising : 1 - rising);
        if (rest < 0) return (hash >>> 8) % this.topics;
      }
    }
    return -1;
  }
}
