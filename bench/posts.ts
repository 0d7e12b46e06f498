import { existsSync } from 'node:fs';
import { Sample } from '../lib/posts/sample';
import { readPosts } from '../test/flows/recount';
import { sharedFile } from '../test/support/shared';

/** Posts to measure with: the same as objects, and as the lines they are read from. */
export interface Posts {
  readonly name: 'four fields' | 'rich';
  readonly lines: readonly string[];
  readonly records: readonly object[];
}

const FIRST = Date.UTC(2016, 0, 1);
/** How densely posts lie in event time; one post in two milliseconds makes 30,000 a minute. */
const EVERY_MS = 2;
const MOST = 50_000;

/**
 * The two kinds of posts: real ones with four fields, where the file is at hand, and those of the sample stream, with
 * author, entities and metrics. They get times of one dense stream: the real ones lie minutes apart over four years, and
 * a window of a minute would hold one of them.
 */
export function kindsOfPosts(): Posts[] {
  const kinds: Posts[] = [];
  const file = sharedFile('data', 'tweets.ndjson.gz');
  if (existsSync(file)) kinds.push(asPosts('four fields', readPosts(file)));
  else
    console.log('(The four-field posts are not on this machine; set PULSEFLOW_SHARED to the folder that holds them.)');
  const sample = new Sample({ seed: 'bench', duplicates: 0, malformed: 0, late: 0 });
  kinds.push(
    asPosts(
      'rich',
      Array.from({ length: MOST }, (_, n) => sample.post(n, FIRST) as object),
    ),
  );
  return kinds;
}

function asPosts(name: Posts['name'], originals: readonly object[]): Posts {
  const records = originals
    .slice(0, MOST)
    .map((post, n) => ({ ...post, created_at: new Date(FIRST + n * EVERY_MS).toISOString() }));
  return { name, records, lines: records.map((record) => JSON.stringify(record)) };
}

export const BATCH = 500;

/** Consecutive slices. The last may be shorter. */
export function batchesOf<Item>(items: readonly Item[], size: number): Item[][] {
  const batches: Item[][] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}
