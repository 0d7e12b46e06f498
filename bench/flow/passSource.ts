import type { Lane } from '../../lib/delivery/lane';
import type { Ledger } from '../../lib/delivery/ledger';
import type { Store } from '../../lib/store/store';
import type { Message } from '../../nodes/common/red';
import type { Taken } from '../measure';
import { BATCH } from '../posts';

/** As kafka-in has it by default: three partitions, each with so many records in the flow. */
const LANES = 3;
const IN_FLIGHT = 2_000;
/** Records sent before others get a turn, as kafka-in does after each read. */
const AT_ONCE = BATCH;

const POST = {
  id: '1234567890123456789',
  text: 'Pass-through nodes carry this #post as it is, one by one or in batches',
  created_at: '2016-01-01T00:00:00.000Z',
  lang: 'en',
};

/** A source of messages that are all alike, with a lane of the ledger behind it or without. */
export class PassSource {
  #ended = 0;
  #expected = 0;
  #finish: (() => void) | undefined;

  constructor(
    private readonly id: string,
    private readonly batch: number,
    private readonly send: (message: Message) => void,
    private readonly tracked: { readonly store: Store; readonly ledger: Ledger } | undefined,
    private readonly turn: () => Promise<void>,
  ) {}

  /** Sends so many posts, and waits until the flow is done with them. */
  async run(posts: number): Promise<Taken> {
    const cpu = process.cpuUsage();
    const began = performance.now();
    const arrived = new Promise<void>((resolve) => (this.#finish = resolve));
    this.#ended = 0;
    this.#expected = posts;
    if (this.tracked === undefined) await this.#sendAll(posts);
    else await this.#dispatchAll(posts, this.tracked);
    await arrived;
    const { user, system } = process.cpuUsage(cpu);
    return { posts, seconds: (performance.now() - began) / 1_000, cpuSeconds: (user + system) / 1e6 };
  }

  /** A message has reached the end of the flow. */
  ended(payload: unknown): void {
    this.#ended += Array.isArray(payload) ? payload.length : 1;
    if (this.#ended === this.#expected) this.#finish?.();
  }

  async #sendAll(posts: number): Promise<void> {
    for (let sent = 0; sent < posts; sent += AT_ONCE) {
      for (let part = 0; part < AT_ONCE; part += this.batch) this.send(this.#message());
      await this.turn();
    }
  }

  async #dispatchAll(posts: number, { store, ledger }: { store: Store; ledger: Ledger }): Promise<void> {
    const put = store.prepare('INSERT OR REPLACE INTO positions (source, position) VALUES (?, ?)');
    const lanes = Array.from({ length: LANES }, (_, number) => {
      const name = `bench/${this.id}/${number}`;
      return ledger.lane<number>({
        name,
        origin: this.id,
        maxInFlight: IN_FLIGHT,
        retries: 0,
        send: ([message]) => this.send(message as Message),
        save: (position) => put.run(name, String(position)),
      });
    });
    let left = posts;
    const take = (): boolean => (left -= AT_ONCE) >= 0;
    await Promise.all(lanes.map((lane) => this.#dispatch(lane, take)));
    await Promise.all(lanes.map((lane) => lane.drained()));
    for (const lane of lanes) lane.close();
  }

  async #dispatch(lane: Lane<number>, take: () => boolean): Promise<void> {
    for (let position = 0; take();) {
      let room = await lane.room();
      for (let part = 0; part < AT_ONCE; part += this.batch) {
        if (room < this.batch) room = await lane.room();
        room -= this.batch;
        position += this.batch;
        lane.dispatch(this.batch, position, () => [{ ...this.#message() }]);
      }
      await this.turn();
    }
  }

  #message(): Message {
    return { payload: this.batch === 1 ? POST : ALL_ALIKE };
  }
}

const ALL_ALIKE = new Array<object>(BATCH).fill(POST);
