import { StoreUnavailableError, messageOf } from '../core/errors';
import { Circuit } from '../sinks/circuit';
import type { Clock } from '../sinks/clock';
import type { Pile, Spool } from '../sinks/spool';
import { duePiles, whenDue } from './due';
import type { FileSystem } from './fileSystem';
import { type Plan, Plans } from './plans';

export interface RollOptions {
  /** Bytes from which a file is finished. */
  readonly rollSize: number;
  /** Milliseconds after its first record from which a file is finished. */
  readonly rollEvery: number;
  /** Bytes that the spool may hold: the largest files are finished early when it is half full. */
  readonly spoolSize: number;
  readonly clock: Clock;
  /** A number from 0 up to 1, for the jitter of the pauses after failures. */
  readonly random?: () => number;
  /** Told when a file cannot be finished; of the same failure not again until all can be. */
  readonly onError?: (error: unknown) => void;
  /** Told when all files can be finished again. */
  readonly onRecovery?: () => void;
}

export interface RollStatus {
  /** Finished files since the start. */
  readonly files: number;
  /** Why the last file that failed could not be finished; undefined once all can be. What they should hold is in the spool. */
  readonly lastError: string | undefined;
}

/** What came of a pass. */
interface Outcome {
  /** Failures since the last success. */
  failures: number;
  /** The first that failed. */
  failure?: unknown;
  /** That the file system is away, if that is so. */
  away?: unknown;
}

/** How many files are written at a time: a small one takes little more than the round trips of its requests. */
const WRITERS = 4;
/** So many failures without a success between them, and it is time for a pause. */
const MOST_FAILED = 8;
/** Files that one pass makes of a pile; of what is left, the next one. */
const MOST_AT_ONCE = 10_000;
/** After a failure (a full disk, a name node away) the next try comes after a pause, as `Circuit` has it. */
const PAUSES = { retries: 0, base: 2_000, longest: 5_000 };

/** The end of what is being done with each spool: a node that is deployed anew goes on where the old one stops. */
const ends = new WeakMap<Spool, Promise<void>>();

/**
 * Decides when files are finished: on their size, on their time, when the spool fills up, at the end; and after a failure
 * when they are tried again. A file that fails by itself, as in a folder whose quota is used up, keeps no other back; if
 * the file system is away all wait.
 */
export class Rolls {
  readonly #plans: Plans;
  /** Open while the file system is away. */
  readonly #system: Circuit;
  /** Open while there are files that fail by themselves. */
  readonly #files: Circuit;
  readonly #failed = new Set<Plan>();
  /** Passes that are under way or queued. */
  #passes = 0;
  #cancel: (() => void) | undefined;
  #closed = false;
  #stopped = false;
  #finished = 0;
  #lastError: string | undefined;
  /** What was said of failures that are not over. */
  readonly #told = new Set<string>();

  constructor(
    private readonly spool: Spool,
    private readonly fileSystem: FileSystem,
    private readonly options: RollOptions,
  ) {
    this.#plans = new Plans(spool, fileSystem, options.clock.now());
    const again = (): void => void this.#pass(() => this.#due(), true);
    this.#system = new Circuit({ ...options, probe: again, threshold: 1, retry: PAUSES });
    // While the file system is away nothing is learnt about single files: they are tried with its own probe.
    const probe = (): void => (this.#system.closed ? again() : undefined);
    this.#files = new Circuit({ ...options, probe, threshold: 1, retry: PAUSES });
  }

  /** Finishes what a crash left half done, then goes on with what is due. */
  start(): Promise<void> {
    return this.#pass(() => this.#due(), true);
  }

  /** Finishes every file, whatever its size. @returns resolves once that is done or has failed; see `status` */
  rollAll(): Promise<void> {
    const { rollSize } = this.options;
    return this.#pass(() => this.spool.piles().flatMap((pile) => times(pile, Math.ceil(pile.bytes / rollSize))), true);
  }

  /** Finishes what is due. To be called whenever the spool has changed. */
  check(): void {
    if (this.#closed || this.#passes > 0 || !this.#system.closed) return;
    if (this.#due().length > 0) {
      void this.#pass(() => this.#due(), false);
    } else if (this.#cancel === undefined) {
      const next = whenDue(this.#piles(), this.options);
      if (next !== undefined) this.#wakeIn(next - this.options.clock.now());
    }
  }

  /**
   * Finishes every file and ends. What cannot be finished stays in the spool for the next start.
   * @param within after so many milliseconds what is under way is given up
   */
  async close(within: number): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    const stop = (): void => {
      this.#stopped = true;
      this.fileSystem.close();
    };
    if (!this.#system.closed) stop();
    this.#system.stop();
    this.#files.stop();
    const cancel = this.options.clock.after(within, stop);
    await this.rollAll();
    cancel();
    this.fileSystem.close();
  }

  status(): RollStatus {
    return { files: this.#finished, lastError: this.#lastError };
  }

  /** Piles that may become files: not those of which a file has failed, as the next one would, too. */
  #piles(): Pile[] {
    const held = this.#held();
    return this.spool.piles().filter(({ file }) => !held.has(file));
  }

  #held(): Set<string> {
    return new Set([...this.#failed].map(({ file }) => file));
  }

  /** What is due, once for each file that is to be made of it. */
  #due(): Pile[] {
    const due = duePiles(this.#piles(), this.spool.held.bytes, this.options);
    return due.flatMap((pile) => times(pile, Math.floor(pile.bytes / this.options.rollSize)));
  }

  #wakeIn(milliseconds: number): void {
    this.#cancel = this.options.clock.after(milliseconds, () => {
      this.#cancel = undefined;
      this.check();
    });
  }

  /**
   * Finishes files; one pass at a time.
   * @param again tries those that have failed as well
   */
  #pass(due: () => readonly Pile[], again: boolean): Promise<void> {
    this.#passes++;
    const before = ends.get(this.spool) ?? Promise.resolve();
    const end = before
      .then(() => this.#finish(due, again))
      .catch((thrown: unknown) => this.#judge({ failures: 1, failure: thrown, away: thrown }))
      .then(() => {
        this.#passes--;
        this.check();
      });
    ends.set(this.spool, end);
    return end;
  }

  async #finish(due: () => readonly Pile[], again: boolean): Promise<void> {
    this.#plans.load();
    const plans = this.#plans.standing.filter((plan) => again || !this.#failed.has(plan));
    const outcome: Outcome = { failures: 0 };
    await this.#carryOut(() => plans.shift(), outcome);
    const piles = [...due()];
    await this.#carryOut(() => this.#planNext(piles), outcome);
    if (!this.#stopped) this.#judge(outcome);
  }

  /** Carries out plans, several at a time, until there is none, the file system is away, or too many have failed. */
  async #carryOut(nextPlan: () => Plan | undefined, outcome: Outcome): Promise<void> {
    const write = async (): Promise<void> => {
      while (outcome.away === undefined && outcome.failures < MOST_FAILED && !this.#stopped) {
        let plan: Plan | undefined;
        try {
          plan = nextPlan();
          if (plan === undefined) return;
          await this.#plans.carryOut(plan);
          this.#failed.delete(plan);
          this.#finished++;
          outcome.failures = 0;
        } catch (thrown) {
          outcome.failures++;
          outcome.failure ??= thrown;
          if (plan === undefined || thrown instanceof StoreUnavailableError) {
            outcome.away ??= thrown;
          } else {
            this.#failed.add(plan);
            this.#plans.putOff(plan);
          }
        }
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
  }

  #planNext(piles: Pile[]): Plan | undefined {
    const held = this.#held();
    for (let next = piles.shift(); next !== undefined; next = piles.shift()) {
      // As it is now: more may have come since it was found due, or less be left.
      const pile = held.has(next.file) ? undefined : this.spool.pileOf(next);
      if (pile !== undefined) return this.#plans.make(pile, this.options.rollSize);
    }
    return undefined;
  }

  #judge({ failure, away }: Outcome): void {
    if (failure !== undefined) {
      this.#tell(away ?? failure);
      if (!this.#closed) (away === undefined ? this.#files : this.#system).failed(away ?? failure);
    }
    if (away !== undefined) return;
    this.#system.succeeded();
    if (this.#failed.size > 0) return;
    this.#files.succeeded();
    if (this.#lastError === undefined) return;
    this.#lastError = undefined;
    this.#told.clear();
    this.options.onRecovery?.();
  }

  #tell(failure: unknown): void {
    this.#lastError = messageOf(failure);
    if (this.#told.has(this.#lastError)) return;
    this.#told.add(this.#lastError);
    this.options.onError?.(failure);
  }
}

function times(pile: Pile, count: number): Pile[] {
  return Array.from({ length: Math.min(Math.max(1, count), MOST_AT_ONCE) }, () => pile);
}
