import type { Store } from '../../store/store';
import { NodeState } from '../../store/nodeState';
import type { LogRecord } from '../log';
import { type Stamp, stampOf } from './stamps';

interface Source {
  oldest: number;
  /** The same as it lies in the store. */
  saved: number;
  /** Which records of each message have been read. */
  readonly messages: Map<number, Set<string>>;
}

interface Read {
  readonly offset: number;
  readonly stamp: Stamp;
}

/**
 * Which stamped records of a partition have been read, as long as their source may write them again. What is kept in the
 * store is what was read up to the position, and moves with it in the same commit.
 */
export class Seen {
  readonly #state: NodeState;
  readonly #sources = new Map<string, Source>();
  /** Read, and not yet saved, in order. */
  #unsaved: Read[] = [];

  /** @param name the partition's position */
  constructor(store: Store, name: string) {
    this.#state = new NodeState(store, name);
    for (const { key, value } of this.#state.entries('stamp ')) {
      const [, source = '', position = '0'] = key.split(SEPARATOR);
      const known = this.#source(source);
      known.messages.set(Number(position), new Set(value.split(' ')));
    }
    for (const { key, value } of this.#state.entries('oldest ')) {
      const source = this.#source(key.split(SEPARATOR)[1] ?? '');
      source.oldest = Number(value);
      source.saved = source.oldest;
    }
  }

  /** Takes a record that was read. Returns true if it repeats one that was read before. */
  repeats({ offset, headers }: LogRecord): boolean {
    const stamp = stampOf(headers);
    if (stamp === undefined) return false;
    const source = this.#source(stamp.source);
    if (stamp.position < source.oldest) return true;
    const known = source.messages.get(stamp.position);
    if (known?.has(stamp.which) === true) return true;
    if (known === undefined) source.messages.set(stamp.position, new Set([stamp.which]));
    else known.add(stamp.which);
    source.oldest = Math.max(source.oldest, stamp.oldest);
    this.#unsaved.push({ offset, stamp });
    return false;
  }

  /** Stores what was read before `next`, inside the commit. Done again after a commit that failed, it is the same. */
  save(next: number): void {
    const touched = new Map<string, Set<number>>();
    for (const { offset, stamp } of this.#unsaved) {
      if (offset >= next) break;
      const positions = touched.get(stamp.source);
      if (positions === undefined) touched.set(stamp.source, new Set([stamp.position]));
      else positions.add(stamp.position);
    }
    for (const [name, positions] of touched) this.#saveSource(name, positions, next);
  }

  /** That commit is done. */
  committed(next: number): void {
    let saved = 0;
    while ((this.#unsaved[saved]?.offset ?? next) < next) saved++;
    if (saved > 0) this.#unsaved = this.#unsaved.slice(saved);
    for (const { saved: done, messages } of this.#sources.values()) {
      for (const position of messages.keys()) if (position < done) messages.delete(position);
    }
  }

  #saveSource(name: string, positions: ReadonlySet<number>, next: number): void {
    const source = this.#source(name);
    // What was read behind `next` is not to be known after a crash: it is read again then.
    const later = new Set<string>();
    let oldest = 0;
    for (const { offset, stamp } of this.#unsaved) {
      if (stamp.source !== name) continue;
      if (offset >= next) later.add(`${stamp.position} ${stamp.which}`);
      else oldest = Math.max(oldest, stamp.oldest);
    }
    for (const position of positions) {
      const read = [...(source.messages.get(position) ?? [])].filter((which) => !later.has(`${position} ${which}`));
      this.#state.put(key('stamp', name, String(position)), read.join(' '));
    }
    if (oldest <= source.saved) return;
    source.saved = oldest;
    this.#state.put(key('oldest', name), String(oldest));
    for (const position of source.messages.keys()) {
      if (position < oldest) this.#state.remove(key('stamp', name, String(position)));
    }
  }

  #source(name: string): Source {
    let source = this.#sources.get(name);
    if (source === undefined) {
      source = { oldest: 0, saved: 0, messages: new Map() };
      this.#sources.set(name, source);
    }
    return source;
  }
}

const SEPARATOR = '\u0001';

function key(kind: 'stamp' | 'oldest', ...parts: string[]): string {
  return [`${kind} `, ...parts].join(SEPARATOR);
}
