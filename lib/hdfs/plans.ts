import { Readable, pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { fnv1a } from '../sinks/hash';
import type { Pile, Spool, Stretch } from '../sinks/spool';
import type { Content, FileSystem } from './fileSystem';
import { finishedPath, isGzip } from './paths';

/** A file that is being finished: which stretch of the spool it holds, and its name. Durable before it is written. */
export interface Plan extends Stretch {
  readonly target: string;
}

const PLANS = 'roll/';
const IDENTITY = 'spool';

/**
 * Makes finished files of a spool. Each is finished in three steps, which can be made again after a crash: the plan,
 * durable, says which stretch of the spool goes under which name; the file is written under a temporary name and renamed;
 * the stretch leaves the spool together with its plan. So each record is in exactly one finished file.
 */
export class Plans {
  readonly #identity: string;
  readonly #standing = new Map<string, Plan>();
  /** Those that were begun before, in this run or in an earlier one: nobody knows how far they got. */
  readonly #begun = new Set<Plan>();
  #loaded = false;

  /** @param now the time, in milliseconds since 1970 */
  constructor(
    private readonly spool: Spool,
    private readonly fileSystem: FileSystem,
    now: number,
  ) {
    this.#identity = identityOf(spool, now);
  }

  /** Takes up the plans that an earlier run has left; once. */
  load(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    for (const { value } of this.spool.state.entries(PLANS)) {
      const plan = JSON.parse(value) as Plan;
      this.#standing.set(keyOf(plan), plan);
      this.#begun.add(plan);
      this.spool.claim(plan);
    }
  }

  /** Plans that are not carried out: in the order in which they were made, those that were put off behind the others. */
  get standing(): Plan[] {
    return [...this.#standing.values()];
  }

  /**
   * Plans a file for the beginning of a pile.
   * @param bytes how much of it the file is to have, or a little more
   * @throws {StoreError} if the plan cannot be kept
   */
  make(pile: Pile, bytes: number): Plan {
    const stretch = this.spool.cut(pile, bytes);
    const plan: Plan = {
      ...stretch,
      target: finishedPath(stretch.file, this.#identity, stretch.first, stretch.last),
    };
    this.spool.transaction(() => this.spool.state.put(keyOf(plan), JSON.stringify(plan)));
    this.spool.claim(plan);
    this.#standing.set(keyOf(plan), plan);
    return plan;
  }

  /** Lets all other plans come before this one. */
  putOff(plan: Plan): void {
    this.#standing.delete(keyOf(plan));
    this.#standing.set(keyOf(plan), plan);
  }

  /** @throws {StoreError} if the file could not be finished; the plan stands */
  async carryOut(plan: Plan): Promise<void> {
    const { target } = plan;
    const again = this.#begun.has(plan);
    this.#begun.add(plan);
    const isDone = again && (await this.fileSystem.exists(target));
    // A rename whose answer was lost may still come to pass. Once its temporary file is gone it can do nothing.
    if (again) await this.fileSystem.sweep(target);
    if (!isDone) {
      const temporary = await this.fileSystem.writeTemporary(target, () => contentOf(this.spool, plan));
      await this.fileSystem.rename(temporary, target);
    }
    this.spool.remove(plan, () => this.spool.state.remove(keyOf(plan)));
    this.#standing.delete(keyOf(plan));
    this.#begun.delete(plan);
  }
}

/** The same bytes each time: gzip of Node's zlib writes no time into its header. */
function contentOf(spool: Spool, plan: Plan): Content {
  const plain = linesOf(spool, plan);
  return isGzip(plan.target) ? pipeline(Readable.from(plain), createGzip(), () => undefined) : plain;
}

function* linesOf(spool: Spool, plan: Plan): Generator<Uint8Array, void, void> {
  if (plan.header !== '') yield Buffer.from(plan.header);
  yield* spool.bodies(plan);
}

function keyOf({ first }: Plan): string {
  return `${PLANS}${String(first).padStart(16, '0')}`;
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
