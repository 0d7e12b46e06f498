import type { Carrier, Lane } from '../../lib/delivery/lane';
import type { Runtime } from '../../nodes/common/runtime';
import { nextTurn } from '../drive';
import type { Taken } from '../measure';
import type { Post } from './client';

/** Records in the flow and unfinished, over all lanes. */
const IN_FLIGHT = 6_000;
/** Records sent before others get a turn. */
const AT_ONCE = 500;

/** A source of posts from memory, with a lane of the ledger. */
export class PostsSource {
  #runs = 0;

  constructor(
    private readonly id: string,
    private readonly posts: readonly Post[],
    private readonly send: (message: Carrier) => void,
    private readonly runtime: Runtime,
  ) {}

  /** Sends so many posts, so many in a message, and waits until the flow is done with them. */
  async run(posts: number, batch: number): Promise<Taken> {
    const name = `bench/${this.id}/${++this.#runs}`;
    const put = this.runtime.store.prepare('INSERT OR REPLACE INTO positions (source, position) VALUES (?, ?)');
    const lane = this.runtime.ledger.lane<number>({
      name,
      origin: this.id,
      maxInFlight: IN_FLIGHT,
      retries: 0,
      send: ([message]) => this.send(message as Carrier),
      save: (position) => put.run(name, String(position)),
    });
    const cpu = process.cpuUsage();
    const began = performance.now();
    await this.#dispatch(lane, posts, batch);
    await lane.drained();
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    lane.close();
    return { posts, seconds, cpuSeconds: (user + system) / 1e6 };
  }

  async #dispatch(lane: Lane<number>, posts: number, batch: number): Promise<void> {
    let sent = 0;
    while (sent < posts) {
      let room = await lane.room();
      for (let part = 0; part < AT_ONCE && sent < posts; part += batch) {
        if (room < batch) room = await lane.room();
        const from = sent;
        sent = Math.min(posts, from + batch);
        room -= sent - from;
        lane.dispatch(sent - from, sent, () => [{ payload: this.#payload(from, sent, batch) }]);
      }
      await nextTurn();
    }
  }

  #payload(from: number, to: number, batch: number): unknown {
    return batch === 1 ? this.posts[from] : this.posts.slice(from, to);
  }
}
