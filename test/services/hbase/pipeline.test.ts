import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type FilePost, readPosts } from '../../flows/recount';
import { seeded } from '../../support/random';
import { needsShared, sharedFile } from '../../support/shared';
import { type HBase, startHBase } from '../support/hbase';
import { Storing } from './storing';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
const FULL = process.env.PULSEFLOW_FULL === '1';
const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
/** How often each of them is killed. */
const TIMES = FULL ? 4 : 1;
/** How long servers stay away, in ms. */
const AWAY = 2_000;

const SERVERS = {
  'a gateway': ['gateway-1'],
  'both gateways': ['gateway-1', 'gateway-2'],
  'the region server': ['regionserver'],
} as const;
const KILLS = [...(Object.keys(SERVERS) as (keyof typeof SERVERS)[]), 'Node-RED'] as const;

describe('the flow that npm start runs, on a real HBase', function () {
  this.timeout(FULL ? 1_800_000 : 420_000);
  let posts: readonly FilePost[];
  let hbase: HBase | undefined;
  let storing: Storing | undefined;
  before(function () {
    needsShared(this, FILE);
    posts = readPosts(FILE);
    console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run)`);
  });
  afterEach(async () => {
    await storing?.dispose();
    await hbase?.stop();
    storing = hbase = undefined;
  });

  it(`stores all posts and windows, each once, while ${KILLS.join(', ')} are killed ${TIMES} times each`, async () => {
    const random = seeded(SEED);
    const plan = KILLS.flatMap((what) => Array.from({ length: TIMES }, () => ({ what, at: 0.05 + 0.85 * random() })));
    hbase = await startHBase({ hdfs: true });
    storing = new Storing(FILE, posts, hbase);
    await storing.start();
    let back: Promise<void> = Promise.resolve();
    for (const { what, at } of plan.sort((one, other) => one.at - other.at)) {
      await storing.reached(at);
      console.log(`      killing ${what}, with ${storing.stored} of ${posts.length} posts stored`);
      assert.ok(storing.stored < posts.length, 'all posts were stored before');
      if (what === 'Node-RED') {
        await storing.kill();
        await storing.start();
      } else {
        // The flow goes on meanwhile, as far as it can: what is killed next may find this away.
        await back;
        back = killServers(hbase, SERVERS[what]);
        await Promise.race([back, pause(AWAY)]);
      }
    }
    await back;
    await storing.finish();
    await storing.check();
  });
});

/** Kills servers, and starts them again after a while. */
async function killServers(hbase: HBase, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => hbase.kill(name)));
  await pause(AWAY);
  await Promise.all(names.map((name) => hbase.restart(name)));
}
