import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type FilePost, readPosts } from '../../flows/recount';
import { seeded } from '../../support/random';
import { needsShared, sharedFile } from '../../support/shared';
import { type Hdfs, startHdfs } from '../support/hdfs';
import { killAtRandom } from '../support/kills';
import { Storing } from './storing';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
const FULL = process.env.PULSEFLOW_FULL === '1';
/** PULSEFLOW_SEED repeats a run. */
const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
/** How often all of it is done, each of them killed once. */
const ROUNDS = FULL ? 4 : 1;
/** How long a server stays away, in ms. */
const AWAY = 2_000;

/** One server at a time: of two data nodes one has to be there. */
const KILLS = ['datanode-1', 'datanode-2', 'namenode', 'Node-RED'];

describe('the flow that npm start runs, on a real HDFS', function () {
  this.timeout(600_000);
  let posts: readonly FilePost[];
  let hdfs: Hdfs | undefined;
  let storing: Storing | undefined;
  before(function () {
    needsShared(this, FILE);
    posts = readPosts(FILE);
  });
  afterEach(async () => {
    await storing?.dispose();
    await hdfs?.stop();
    storing = hdfs = undefined;
  });

  for (let round = 0; round < ROUNDS; round++) {
    it(`has all posts and windows in finished files, each once, while ${KILLS.join(', ')} are killed at random moments (seed ${SEED + round})`, async () => {
      const servers = (hdfs = await startHdfs());
      const flow = (storing = new Storing(FILE, posts, servers));
      const inFlight = (what: string): void => {
        console.log(
          `      killing ${what}, with ${flow.finished} records in finished files, ${flow.spooled} in spools`,
        );
        assert.ok(flow.finished < 3 * posts.length, 'all was in files before');
      };
      await flow.start();
      await killAtRandom(
        { share: () => flow.finished / (3 * posts.length), reached: (share) => flow.reached(share) },
        {
          names: KILLS,
          async server(name) {
            inFlight(name);
            await servers.kill(name);
            await pause(AWAY);
            await servers.restart(name);
          },
          async nodeRed() {
            inFlight('Node-RED');
            await flow.kill();
            await flow.start();
          },
        },
        seeded(SEED + round),
      );
      await flow.finish();
      await flow.check();
    });
  }
});
