import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Carrier, type Lane, messagesOf } from '../../../lib/delivery/lane';
import { Ledger } from '../../../lib/delivery/ledger';
import type { Participant } from '../../../lib/delivery/participant';
import { NodeState } from '../../../lib/store/nodeState';
import type { Store } from '../../../lib/store/store';
import { TestStore } from '../../support/store';

const LANES = ['a', 'b'];
const NODES = ['n0', 'n1', 'n2'];
const POSTS = 8;
const RUNS = 400;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What may happen next; numbers choose among what there is. */
type Step =
  | { readonly do: 'forward' | 'finish' | 'fail' | 'caught' | 'ghost'; readonly which: number }
  | { readonly do: 'dispatch' | 'forget'; readonly which: number }
  | { readonly do: 'turn' | 'refuse' | 'crash' | 'hold' | 'release' | 'alone' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('dispatch' as const), which: fc.nat(99) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('forward' as const), which: fc.nat(99) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constantFrom('finish' as const), which: fc.nat(99) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('fail' as const, 'caught' as const), which: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('ghost' as const, 'forget' as const), which: fc.nat(99) }) },
  { weight: 8, arbitrary: fc.constant({ do: 'turn' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('refuse' as const, 'crash' as const, 'hold' as const, 'release' as const, 'alone' as const),
    }),
  },
);

/** A list in the store, added to by contributions. */
class Listing implements Participant<string> {
  readonly #state: NodeState;
  #values: string[] = [];
  refuseNext = false;

  constructor(store: Store) {
    this.#state = new NodeState(store, 'listing');
    this.reload();
  }
  get values(): readonly string[] {
    return JSON.parse(this.#state.get('values') ?? '[]') as string[];
  }
  merge(deltas: readonly string[]): void {
    this.#values.push(...deltas);
  }
  save(): void {
    this.#state.put('values', JSON.stringify(this.#values));
    if (!this.refuseNext) return;
    this.refuseNext = false;
    throw new Error('disk full');
  }
  reload(): void {
    this.#values = [...this.values];
  }
}

interface Held {
  readonly node: string;
  readonly message: Carrier;
}

/** A flow that does what the steps say, over a real store: sources, nodes that hold messages, one stateful node. */
class World {
  readonly #test = new TestStore();
  #ledger!: Ledger;
  #listing!: Listing;
  #lanes = new Map<string, Lane<number>>();
  #next = new Map<string, number>();
  #held: Held[] = [];
  #alone = 0;
  /** Messages of attempts that were begun, for those that turn up again when they no longer count. */
  #sent: Carrier[] = [];
  #obedient = true;

  constructor() {
    this.#open();
  }

  async take(one: Step): Promise<void> {
    switch (one.do) {
      case 'dispatch':
        this.#dispatch(LANES[one.which % LANES.length] ?? '');
        return;
      case 'forward': {
        const held = this.#pick(one.which);
        if (held === undefined) return;
        const message = one.which % 2 === 0 ? { ...held.message } : held.message;
        this.#deliver(NODES[one.which % NODES.length] ?? '', message);
        return;
      }
      case 'finish':
        this.#end(this.#pick(one.which));
        return;
      case 'fail':
        this.#end(this.#pick(one.which), new Error('failed'));
        return;
      case 'caught': {
        const held = this.#pick(one.which);
        if (held === undefined) return;
        this.#end(held, new Error('caught'));
        const message = { ...held.message };
        this.#ledger.received('catch', message, held.node);
        this.#held.push({ node: 'catch', message });
        return;
      }
      case 'ghost': {
        // A message that is still somewhere, of an attempt that may count or not: what it adds must count at most once.
        const message = this.#sent[one.which % Math.max(1, this.#sent.length)];
        if (message !== undefined && this.#isOver(message)) {
          void this.#ledger.contributor(message).contribute(this.#listing, 'ghost');
        }
        return;
      }
      case 'forget':
        this.#forget(NODES[one.which % NODES.length] ?? '');
        return;
      case 'turn':
        await turn();
        return;
      case 'refuse':
        this.#listing.refuseNext = true;
        return;
      case 'hold':
        this.#ledger.hold();
        return;
      case 'release':
        this.#ledger.release();
        return;
      case 'alone':
        this.#ledger
          .contributor({})
          .contribute(this.#listing, `alone ${this.#alone++}`)
          ?.catch(() => this.#alone--);
        return;
      case 'crash':
        this.#crash();
        return;
    }
  }

  /** Lets the flow finish everything, then checks that each post counts once, in order. */
  async finish(): Promise<void> {
    this.#ledger.release();
    for (let round = 0; round < 2_000; round++) {
      for (const lane of LANES) this.#dispatch(lane);
      while (this.#held.length > 0) this.#end(this.#pick(0));
      await turn();
      this.#ledger.commit();
      if (LANES.every((lane) => this.#position(lane) === POSTS)) {
        this.check();
        return;
      }
      if (round % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.fail(`it does not come to an end: ${JSON.stringify(this.#ledger.unfinished())}`);
  }

  /** At any moment the store holds exactly the posts up to each source's position. */
  check(): void {
    const values = this.#listing.values.filter((value) => !value.startsWith('alone'));
    for (const lane of LANES) {
      const position = this.#position(lane);
      const own = values.filter((value) => value.startsWith(`${lane}:`) || value.startsWith(`dead ${lane}:`));
      assert.deepEqual(
        own.map((value) => Number(value.split(':')[1])),
        Array.from({ length: position }, (_, index) => index),
        `${lane} stands at ${position}, the state is ${own.join(' ')}`,
      );
    }
    assert.deepEqual(
      values.filter((value) => value === 'ghost'),
      [],
    );
  }

  dispose(): void {
    this.#obedient = false;
    this.#ledger.close();
    this.#test.dispose();
  }

  #open(): void {
    const { store } = this.#test;
    this.#ledger = new Ledger(store, { commitEvery: 0, retryDelay: 0, onCommitError: () => undefined });
    this.#listing = new Listing(store);
    const save = store.prepare('INSERT OR REPLACE INTO positions (source, position) VALUES (?, ?)');
    for (const name of LANES) {
      const lane = this.#ledger.lane<number>({
        name,
        origin: name,
        maxInFlight: 4,
        retries: 1,
        send: (outputs) => {
          if (this.#obedient) for (const message of messagesOf(outputs)) this.#arrive(message);
        },
        save: (position) => save.run(name, String(position)),
        giveUp: (outputs, _failure, contributor) => {
          const [message] = messagesOf(outputs);
          void contributor.contribute(this.#listing, `dead ${String(message?.payload)}`);
        },
      });
      this.#lanes.set(name, lane);
      this.#next.set(name, this.#position(name));
    }
  }

  #arrive(message: Carrier): void {
    this.#sent.push(message);
    this.#deliver('n0', message);
    void this.#ledger.contributor(message).contribute(this.#listing, String(message.payload));
  }

  #dispatch(name: string): void {
    const next = this.#next.get(name) ?? 0;
    const lane = this.#lanes.get(name);
    if (lane === undefined || next >= POSTS || lane.inFlight >= 4) return;
    this.#next.set(name, next + 1);
    lane.dispatch(1, next + 1, () => [{ payload: `${name}:${next}` }]);
  }

  #deliver(node: string, message: Carrier): void {
    this.#ledger.delivered(node, message);
    this.#held.push({ node, message });
  }

  #end(held: Held | undefined, error?: Error): void {
    if (held === undefined) return;
    this.#held.splice(this.#held.indexOf(held), 1);
    this.#ledger.completed(held.node, held.message, error);
  }

  #forget(node: string): void {
    this.#held = this.#held.filter((held) => held.node !== node);
    this.#ledger.forgetNode(node);
  }

  #crash(): void {
    const dead = this.#ledger;
    this.#obedient = false;
    this.#test.reopen();
    dead.close();
    this.#obedient = true;
    this.#held = [];
    this.#sent = [];
    this.#open();
    this.check();
  }

  /** True if the message's attempt was superseded: its post has been sent again since. */
  #isOver(message: Carrier): boolean {
    const last = this.#sent.findLast((each) => each.payload === message.payload);
    return last?._pulseflow !== message._pulseflow;
  }

  #pick(which: number): Held | undefined {
    return this.#held.length === 0 ? undefined : this.#held[which % this.#held.length];
  }

  #position(name: string): number {
    const row = this.#test.store.prepare('SELECT position FROM positions WHERE source = ?').get(name);
    return Number((row as { position: string } | undefined)?.position ?? 0);
  }
}

describe('the ledger and the commit against a model', function () {
  this.timeout(120_000);

  it('hold exactly the committed prefix at every moment, whatever happens in whatever order', async () => {
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 150, size: 'max' }), async (plan) => {
        const world = new World();
        try {
          for (const one of plan) {
            await world.take(one);
            world.check();
            steps++;
          }
          await world.finish();
        } finally {
          world.dispose();
        }
      }),
      { numRuns: RUNS },
    );
    console.log(`    ${RUNS} runs, ${steps} steps`);
  });
});
