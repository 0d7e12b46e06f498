import { messageOf } from '../core/errors';
import { Circuit } from '../sinks/circuit';
import type { Clock } from '../sinks/clock';
import { fnv1a } from '../sinks/hash';
import type { Pile, Spool } from '../sinks/spool';
import type { FileSystem } from './fileSystem';
import { finishedPath } from './paths';

export interface RollOptions {
  /** Bytes from which a file is finished. */
  readonly rollSize: number;
  /** Milliseconds after its first record from which a file is finished. */
  readonly rollEvery: number;
  readonly clock: Clock;
  /** A number from 0 up to 1, for the jitter of the pauses after failures. */
  readonly random?: () => number;
  /** Told when a file cannot be finished; of the same failure not again until one could be. */
  readonly onError?: (error: unknown) => void;
  /** Told of the first file that is finished after a failure. */
  readonly onRecovery?: () => void;
}

/** A file that is being finished: which stretch of the spool it holds, and its name. Durable before it is written. */
interface Plan {
  readonly file: string;
  readonly header: string;
  readonly first: number;
  readonly last: number;
  readonly target: string;
}

export interface RollStatus {
  /** Finished files since the start. */
  readonly files: number;
  /** The last failure to finish one; undefined once one succeeds. What it should hold is safe in the spool. */
  readonly lastError: string | undefined;
}

const PLANS = 'roll/';
const IDENTITY = 'spool';
/** After a failure (a full disk, a name node away) the next try comes after a pause, as `Circuit` has it. */
const PAUSES = { retries: 0, base: 2_000, longest: 30_000 };

/**
 * Turns a spool into finished files. A file is finished in three steps, each of which can be made again after a crash:
 * the plan, durable, says which stretch of the spool goes under which name; the file is written under a temporary name
 * and renamed; the stretch leaves the spool together with its plan. So each record is in exactly one finished file.
 */
export class Rolls {
  readonly #identity: string;
  readonly #circuit: Circuit;
  #work: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;
  #closed = false;
  /** A plan may stand that is not carried out. */
  #unfinished = true;
  /** Files are being finished, or a failure is being waited out; `#check` comes after that. */
  #busy = true;
  #files = 0;
  #lastError: string | undefined;

  constructor(
    private readonly spool: Spool,
    private readonly fileSystem: FileSystem,
    private readonly options: RollOptions,
  ) {
    this.#identity = identityOf(spool, options.clock.now());
    const probe = (): void => void this.#then(() => this.#redo());
    this.#circuit = new Circuit({ ...options, probe, threshold: 1, retry: PAUSES });
  }

  /** Finishes what a crash left half done, then goes on with what waits. */
  start(): Promise<void> {
    this.spool.listen(() => this.#check());
    return this.#then(() => this.#redo());
  }

  /** Finishes every file, whatever its size. @returns resolves once that is done or has failed; see `status` */
  rollAll(): Promise<void> {
    return this.#then(() => this.#roll(this.spool.piles()));
  }

  /** Finishes every file and ends. What cannot be finished stays in the spool for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    this.#circuit.stop();
    await this.rollAll();
    this.spool.listen(undefined);
  }

  status(): RollStatus {
    return { files: this.#files, lastError: this.#lastError };
  }

  /** One thing at a time, in order; after it, whatever has become due meanwhile. */
  #then(action: () => Promise<void>): Promise<void> {
    this.#busy = true;
    const work = this.#work.then(action).then(
      () => {
        this.#circuit.succeeded();
        if (work !== this.#work) return;
        this.#busy = false;
        this.#check();
      },
      (thrown: unknown) => {
        const before = this.#lastError;
        this.#lastError = messageOf(thrown);
        if (this.#lastError !== before) this.options.onError?.(thrown);
        if (!this.#closed) this.#circuit.failed(thrown);
      },
    );
    this.#work = work;
    return work;
  }

  #check(): void {
    if (this.#closed || this.#busy) return;
    const { rollSize, rollEvery, clock } = this.options;
    const now = clock.now();
    const piles = this.spool.piles();
    const due = piles.filter((pile) => pile.bytes >= rollSize || now - pile.since >= rollEvery);
    if (due.length > 0) {
      void this.#then(() => this.#roll(due));
    } else if (this.#cancel === undefined && piles.length > 0) {
      const next = piles.reduce((least, { since }) => Math.min(least, since), Infinity) + rollEvery;
      this.#wakeIn(next - now, () => this.#check());
    }
  }

  #wakeIn(milliseconds: number, run: () => void): void {
    this.#cancel?.();
    this.#cancel = this.options.clock.after(milliseconds, () => {
      this.#cancel = undefined;
      run();
    });
  }

  async #roll(due: readonly Pile[]): Promise<void> {
    // What failed earlier comes first: its plan stands.
    if (this.#unfinished) await this.#redo();
    for (const { file, header } of due) {
      // The pile as it is now: more may have come since it was found due.
      const pile = this.spool.piles().find((each) => each.file === file && each.header === header);
      if (pile !== undefined) await this.#publish(this.#plan(pile));
    }
  }

  async #redo(): Promise<void> {
    for (const { value } of this.spool.state.entries(PLANS)) await this.#publish(JSON.parse(value) as Plan);
    this.spool.refresh();
    this.#unfinished = false;
  }

  #plan(pile: Pile): Plan {
    const { file, header, first, last } = pile;
    const target = finishedPath(file, this.#identity, first, last);
    const plan: Plan = { file, header, first, last, target };
    this.spool.transaction(() => this.spool.state.put(keyOf(plan), JSON.stringify(plan)));
    this.spool.claim(pile);
    this.#unfinished = true;
    return plan;
  }

  async #publish(plan: Plan): Promise<void> {
    const temporary = await this.fileSystem.writeTemporary(plan.target, contents(this.spool, plan));
    await this.fileSystem.rename(temporary, plan.target);
    this.spool.transaction(() => {
      this.spool.remove(plan);
      this.spool.state.remove(keyOf(plan));
    });
    this.#unfinished = false;
    this.#files++;
    if (this.#lastError === undefined) return;
    this.#lastError = undefined;
    this.options.onRecovery?.();
  }
}

function* contents(spool: Spool, plan: Plan): Generator<Uint8Array, void, void> {
  if (plan.header !== '') yield Buffer.from(plan.header);
  yield* spool.bodies(plan);
}

function keyOf(plan: Plan): string {
  return `${PLANS}${String(plan.first).padStart(16, '0')}`;
}

/**
 * Tells this spool's files from those of other nodes and from those of a store that was deleted since, whose numbers
 * began at 1 as well: a hash of the node, and the time at which its spool was founded.
 */
function identityOf(spool: Spool, now: number): string {
  const known = spool.state.get(IDENTITY);
  if (known !== undefined) return known;
  const made = `${fnv1a(spool.node).toString(36)}-${now.toString(36)}`;
  spool.transaction(() => spool.state.put(IDENTITY, made));
  return made;
}
