import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type FilePost, readPosts } from '../../flows/recount';
import { seeded } from '../../support/random';
import { needsShared, sharedFile } from '../../support/shared';
import { type Hdfs, startHdfs } from '../support/hdfs';
import { Storing } from './storing';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
const FULL = process.env.PULSEFLOW_FULL === '1';
const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
/** How often each of them is killed. */
const TIMES = FULL ? 4 : 1;
/** How long a server stays away, in ms. */
const AWAY = 2_000;

const KILLS = ['datanode-1', 'datanode-2', 'namenode', 'Node-RED'] as const;

describe('the flow that npm start runs, on a real HDFS', function () {
  this.timeout(FULL ? 1_800_000 : 600_000);
  let posts: readonly FilePost[];
  let hdfs: Hdfs | undefined;
  let storing: Storing | undefined;
  before(function () {
    needsShared(this, FILE);
    posts = readPosts(FILE);
    console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run)`);
  });
  afterEach(async () => {
    await storing?.dispose();
    await hdfs?.stop();
    storing = hdfs = undefined;
  });

  it(`has all posts and windows in finished files, each once, while ${KILLS.join(', ')} are killed ${TIMES} times each`, async () => {
    const random = seeded(SEED);
    const plan = KILLS.flatMap((what) => Array.from({ length: TIMES }, () => ({ what, at: 0.05 + 0.85 * random() })));
    hdfs = await startHdfs();
    storing = new Storing(FILE, posts, hdfs);
    await storing.start();
    let back: Promise<void> = Promise.resolve();
    for (const { what, at } of plan.sort((one, other) => one.at - other.at)) {
      await storing.reached(at);
      const { finished, spooled } = storing;
      console.log(`      killing ${what}, with ${finished} records in finished files, ${spooled} in spools`);
      assert.ok(finished < 3 * posts.length, 'all was in files before');
      if (what === 'Node-RED') {
        await storing.kill();
        await storing.start();
      } else {
        // The flow goes on meanwhile. One server at a time: of two data nodes one has to be there.
        await back;
        back = killFor(hdfs, what, AWAY);
        await Promise.race([back, pause(AWAY)]);
      }
    }
    await back;
    await storing.finish();
    await storing.check();
  });
});

/** Kills a server, and starts it again after a while. */
async function killFor(hdfs: Hdfs, name: string, milliseconds: number): Promise<void> {
  await hdfs.kill(name);
  await pause(milliseconds);
  await hdfs.restart(name);
}
