import { zipf } from '../lib/posts/zipf';
import type { WindowSettings } from '../lib/windows/windowSettings';
import { windowGrid } from '../lib/windows/shape';
import { DirectCounter } from '../test/lib/windows/direct';
import { TestStore } from '../test/support/store';
import { BATCH } from './posts';

/** What to count, and of what. Each stands in a table for what grows there; the others stay as they are. */
export interface Load {
  readonly posts: number;
  /** Keys: so many in Zipf's proportions, as hashtags have them; or so many evenly, each of them for certain. */
  readonly keys: number;
  readonly evenly: boolean;
  readonly maxKeys: number;
  /** Windows of a minute that are open at the same time. */
  readonly open: number;
  /** Posts fall into all of the open windows at random, not into the newest ones only. */
  readonly scattered: boolean;
  /** In how many windows each post counts. */
  readonly overlap: number;
  readonly partitions: number;
}

export interface Growth {
  /** Of wall time in the counter and its commits, without the making of the posts. */
  readonly microsPerPost: number;
  /** Beyond an empty counter, in bytes: of JavaScript objects and array buffers, before the windows close. */
  readonly heap: number;
  /** Beyond an empty counter, in bytes: of the process, at the end. */
  readonly rss: number;
  /** What the counter itself says that its keys take. */
  readonly stated: number;
  readonly windows: number;
  readonly distinct: number;
}

const FIRST = Date.UTC(2016, 0, 1);
const MINUTE = 60_000;
/** As densely as 30,000 posts a minute lie. */
const EVERY_MS = 2;
/** Messages in one commit: as many as kafka-in may have in flight by default. */
const MESSAGES = 4;

/** Counts a load in this process. Run it with `--expose-gc`. */
export function grow(load: Load): Growth {
  const store = new TestStore();
  try {
    // The compiler has done its work before anything is measured.
    count(new DirectCounter('warm', store.store, settingsOf(load)), { ...load, posts: 60_000 }, store);
    const counter = new DirectCounter('measured', store.store, settingsOf(load));
    if (load.open > 1 && !load.scattered) openWindows(counter, load, store);
    const before = memory();
    const seconds = count(counter, load, store);
    const after = memory();
    const { windows, bytes, keys } = counter.counter.size;
    return {
      microsPerPost: (seconds / load.posts) * 1e6,
      heap: after.heap - before.heap,
      rss: after.rss - before.rss,
      stated: bytes,
      windows,
      distinct: keys,
    };
  } finally {
    store.dispose();
  }
}

function settingsOf({ maxKeys, open, overlap, partitions }: Load): WindowSettings {
  return {
    keys: ['k'],
    time: 't',
    value: '',
    distinct: '',
    mode: partitions > 1 ? 'partition' : 'stream',
    delay: open * MINUTE,
    idle: 0,
    shape: windowGrid(MINUTE, MINUTE / overlap),
    emit: 'close',
    top: 20,
    maxKeys,
    details: 'counts',
    history: 10,
    output: 'windows',
    durable: true,
    keepLate: false,
  };
}

/** Returns how many seconds it took. */
function count(counter: DirectCounter, load: Load, { store }: TestStore): number {
  const make = maker(load);
  let seconds = 0;
  let waiting = 0;
  const lanes = Array.from({ length: load.partitions }, (_, n) => `p${n}`);
  for (const lane of lanes) counter.open(lane);
  for (let done = 0; done < load.posts; done += BATCH) {
    const posts = Array.from({ length: Math.min(BATCH, load.posts - done) }, make);
    const began = performance.now();
    counter.send(posts, lanes[(done / BATCH) % lanes.length] ?? '');
    if (++waiting === MESSAGES || done + BATCH >= load.posts) {
      store.transaction(() => counter.commit());
      waiting = 0;
    }
    seconds += (performance.now() - began) / 1_000;
    counter.results.length = 0;
  }
  return seconds;
}

/** One post in each of the windows that are to be open, the last of them before the measured posts. */
function openWindows(counter: DirectCounter, { open }: Load, { store }: TestStore): void {
  const posts = Array.from({ length: open - 1 }, (_, n) => ({ t: FIRST - (n + 1) * MINUTE, k: 'hashtag' }));
  counter.send(posts, 'p0');
  store.transaction(() => counter.commit());
}

/** Posts in the order of their time, or spread over as many minutes as are open. */
function maker({ keys, evenly, open, scattered, posts }: Load): () => object {
  const rank = evenly ? undefined : zipf(keys, 1.1);
  // With evenly spread keys all of the posts lie in windows that stay open, so that memory is that of so many keys.
  const every = evenly ? Math.min(EVERY_MS, (MINUTE - 1) / posts) : EVERY_MS;
  let n = 0;
  let bits = 1;
  return () => {
    bits = (Math.imul(bits, 1664525) + 1013904223) >>> 0;
    // 7919 is a prime and divides no number of keys here: each key comes once in a round.
    const key = rank === undefined ? (n * 7919) % keys : rank(bits);
    const minutes = scattered ? (bits >>> 8) % open : 0;
    return { t: FIRST + Math.floor(n++ * every) - minutes * MINUTE, k: `hashtag${key}` };
  };
}

function memory(): { heap: number; rss: number } {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  // `external` holds the array buffers too.
  return { heap: heapUsed + external, rss };
}

if (process.send !== undefined) {
  process.once('message', (load) => process.send?.(grow(load as Load), () => process.disconnect()));
}
