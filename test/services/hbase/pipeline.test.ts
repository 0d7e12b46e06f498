import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type FilePost, readPosts } from '../../flows/recount';
import { seeded } from '../../support/random';
import { needsShared, sharedFile } from '../../support/shared';
import { type HBase, startHBase } from '../support/hbase';
import { killAtRandom } from '../support/kills';
import { Storing } from './storing';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
const FULL = process.env.PULSEFLOW_FULL === '1';
/** PULSEFLOW_SEED repeats a run. */
const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
/** How often all of it is done, each of them killed once. */
const ROUNDS = FULL ? 4 : 1;
/** How long servers stay away, in ms. */
const AWAY = 2_000;

const SERVERS: Readonly<Record<string, readonly string[]>> = {
  'a gateway': ['gateway-1'],
  'both gateways': ['gateway-1', 'gateway-2'],
  'the region server': ['regionserver'],
};
const KILLS = [...Object.keys(SERVERS), 'Node-RED'];

describe('the flow that npm start runs, on a real HBase', function () {
  this.timeout(600_000);
  let posts: readonly FilePost[];
  let hbase: HBase | undefined;
  let storing: Storing | undefined;
  before(function () {
    needsShared(this, FILE);
    posts = readPosts(FILE);
  });
  afterEach(async () => {
    await storing?.dispose();
    await hbase?.stop();
    storing = hbase = undefined;
  });

  for (let round = 0; round < ROUNDS; round++) {
    it(`stores all posts and windows, each once, while ${KILLS.join(', ')} are killed at random moments (seed ${SEED + round})`, async () => {
      const servers = (hbase = await startHBase({ hdfs: true }));
      const flow = (storing = new Storing(FILE, posts, servers));
      const inFlight = (what: string): void => {
        console.log(`      killing ${what}, with ${flow.stored} of ${posts.length} posts stored`);
        assert.ok(flow.stored < posts.length, 'all posts were stored before');
      };
      await flow.start();
      await killAtRandom(
        { share: () => flow.stored / posts.length, reached: (share) => flow.reached(share) },
        {
          names: KILLS,
          async server(name) {
            inFlight(name);
            const processes = SERVERS[name] ?? [];
            await Promise.all(processes.map((each) => servers.kill(each)));
            await pause(AWAY);
            await Promise.all(processes.map((each) => servers.restart(each)));
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
