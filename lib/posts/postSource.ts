import type { Rejection } from '../core/records';
import type { Carrier, Lane } from '../delivery/lane';
import type { Ledger } from '../delivery/ledger';
import { type UnfinishedReport, reportOf } from '../delivery/report';
import { type Patience, subside } from '../delivery/subside';
import type { Store } from '../store/store';
import { Pace } from './pace';
import type { Page, PostReader, ReaderStatus } from './reader';

export interface SourceSettings {
  /** Posts in a message; 1 sends each post by itself. */
  readonly batch: number;
  /** Posts a second; 0 for as fast as the flow takes them. */
  readonly rate: number;
  /** How many posts may be in the flow at once. */
  readonly maxInFlight: number;
  readonly retries: number;
  /** Begins paused. */
  readonly paused?: boolean;
}

/** What a person sees of a source. */
export interface SourceState {
  readonly phase: 'reading' | 'waiting' | 'paused' | 'finished' | 'failed';
  readonly sent: number;
  readonly inFlight: number;
  readonly progress: number | undefined;
  readonly status: ReaderStatus | undefined;
}

/** How a source reaches the flow and the person who looks at it. */
export interface SourceHost {
  readonly node: string;
  /** The name of its position, stable over restarts. */
  readonly position: string;
  send(outputs: (Carrier | Carrier[] | null)[]): void;
  state(state: SourceState): void;
  failed(error: unknown): void;
}

/**
 * Brings the posts of a reader into a flow, at a pace, and never more than the flow has room for. Its position moves
 * only past what the flow has finished with.
 */
export class PostSource {
  readonly #lane: Lane<unknown>;
  readonly #abort = new AbortController();
  readonly #pace: Pace;
  readonly #ended: Promise<void>;
  #reader: PostReader<unknown> | undefined;
  #paused: boolean;
  #wake: (() => void) | undefined;
  #sent = 0;
  #phase: SourceState['phase'] = 'reading';
  #status: ReaderStatus | undefined;

  /** @param open makes the reader that goes on from a position, or from the beginning */
  constructor(
    store: Store,
    private readonly ledger: Ledger,
    private readonly settings: SourceSettings,
    private readonly host: SourceHost,
    open: (position: unknown) => PostReader<unknown>,
  ) {
    const saved = store.prepare('SELECT position FROM positions WHERE source = ?');
    const save = store.prepare('INSERT OR REPLACE INTO positions (source, position) VALUES (?, ?)');
    this.#pace = new Pace(settings.rate);
    this.#paused = settings.paused ?? false;
    this.#lane = ledger.lane<unknown>({
      name: host.position,
      origin: host.node,
      maxInFlight: settings.maxInFlight,
      retries: settings.retries,
      send: (outputs) => host.send(outputs),
      save: (position) => save.run(host.position, JSON.stringify(position)),
      committed: () => this.#show(),
    });
    const row = saved.get(host.position) as { position: string } | undefined;
    this.#reader = open(row === undefined ? undefined : (JSON.parse(row.position) as unknown));
    this.#ended = this.#run(this.#reader);
  }

  /** Stops giving out posts, or goes on. What is in the flow is finished. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#wake?.();
    this.#show();
  }

  /** Changes the pace, in posts a second. */
  setRate(rate: number): void {
    this.#pace.setRate(rate);
    this.#wake?.();
  }

  /** What it has sent, and what of it the flow has not finished with. */
  report(): SourceState & UnfinishedReport {
    return { ...this.#state(), ...reportOf(this.ledger, this.host.node) };
  }

  /** Gives out nothing more, waits while what is in flight is being finished, and leaves the rest to the next source. */
  async close(patience?: Patience): Promise<void> {
    this.#abort.abort(new Error('closed'));
    this.#wake?.();
    await subside(() => this.#lane.inFlight, patience);
    this.#lane.close();
    await this.#reader?.close();
    await this.#ended;
  }

  async #run(reader: PostReader<unknown>): Promise<void> {
    const { signal } = this.#abort;
    try {
      while (!signal.aborted) {
        // Before all else: it may be paused while it waits for room.
        const room = await this.#lane.room();
        if (room <= 0 || this.#isClosing()) break;
        if (this.#paused) {
          await this.#sleep(60_000);
          continue;
        }
        const wait = this.#pace.wait(Date.now());
        if (wait > 0) {
          await this.#sleep(wait);
          continue;
        }
        const page = await reader.read(Math.max(1, Math.min(this.settings.batch, room, this.#pace.allowance)), signal);
        if (this.#isClosing()) break;
        this.#take(page);
        if (page.end === true) break;
        if (page.wait !== undefined && page.wait > 0) await this.#sleep(page.wait);
      }
      if (!signal.aborted) {
        this.#phase = 'finished';
        this.#lane.reachedEnd(true);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      this.#phase = 'failed';
      this.host.failed(thrown);
    }
    this.#show();
  }

  #take(page: Page<unknown>): void {
    const count = page.records.length;
    this.#status = page.status;
    this.#phase = count === 0 ? 'waiting' : 'reading';
    this.#lane.reachedEnd(page.wait !== undefined);
    if (count > 0 || page.rejected.length > 0) {
      this.#sent += count;
      this.#pace.spent(count);
      this.#lane.dispatch(count + page.rejected.length, page.position, () => [
        this.#messages(page.records),
        this.#refusals(page.rejected),
      ]);
    }
    this.#show();
  }

  // A node further on may change the posts it is given; an attempt after it begins with what was read.
  #messages(records: readonly unknown[]): Carrier | Carrier[] | null {
    if (records.length === 0) return null;
    const { batch } = this.settings;
    const fresh = structuredClone(records) as unknown[];
    if (batch === 1) return fresh.map((payload) => ({ payload }));
    const messages: Carrier[] = [];
    for (let start = 0; start < fresh.length; start += batch)
      messages.push({ payload: fresh.slice(start, start + batch) });
    return messages;
  }

  #refusals(rejected: readonly Rejection[]): Carrier | Carrier[] | null {
    if (rejected.length === 0) return null;
    return this.settings.batch === 1 ? rejected.map((payload) => ({ payload })) : { payload: [...rejected] };
  }

  #isClosing(): boolean {
    return this.#abort.signal.aborted;
  }

  #state(): SourceState {
    return {
      phase: this.#paused && this.#phase !== 'finished' ? 'paused' : this.#phase,
      sent: this.#sent,
      inFlight: this.#lane.inFlight,
      progress: this.#reader?.progress?.(),
      status: this.#status,
    };
  }

  #show(): void {
    this.host.state(this.#state());
  }

  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
