import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../support/store';
import { until } from '../../support/until';
import { listensOn } from '../support/answers';
import { ServicesEntry, addressesIn } from '../support/entry';
import { commandsWith } from '../support/processes';
import { SparkClient } from '../support/spark/client';
import { SHORT, SHORT_ENV, SUM, writeJob } from '../support/spark/job';
import { type Yarn, containerLogs, startYarn } from '../support/yarn';
import { Applications } from '../support/yarn/applications';
import { yarnEnvironment } from '../support/yarn/configure';

const FULL = process.env.PULSEFLOW_FULL === '1';
const PATIENCE = { within: 240_000, every: 200 };
const SMALL = [...SHORT, '--conf', 'spark.executor.instances=1', '--deploy-mode', 'cluster'];

describe('YARN as npm run services starts it', () => {
  const folder = temporaryFolder();
  const entry = new ServicesEntry(folder.path);
  after(async () => {
    await entry.run('stop');
    folder.remove();
  });

  it('runs a job in cluster mode on its two nodes, and leaves nothing behind when it is stopped', async () => {
    const addresses = addressesIn(await entry.run('yarn'));
    const url = addresses.get('YARN') ?? '';
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.match(await entry.run('status'), /^yarn: running/m);

    const client = new SparkClient('yarn', yarnEnvironment(addresses.get('HADOOP_CONF_DIR') ?? ''), folder.path);
    const job = client.submit([...SMALL, writeJob(folder.path)], SHORT_ENV);
    await job.succeeded();
    const applications = new Applications(url, 'pulseflow');
    const nodes = await applications.nodes();
    assert.deepEqual(
      nodes.map(({ state }) => state),
      ['RUNNING', 'RUNNING'],
    );
    const [application, ...others] = await applications.all();
    assert.ok(application !== undefined && others.length === 0);
    assert.deepEqual(
      [application.state, application.finalStatus, application.user],
      ['FINISHED', 'SUCCEEDED', 'pulseflow'],
    );
    const [driver] = containerLogs(join(folder.path, 'yarn'), application.id, 'stdout').values();
    assert.equal(driver?.trim(), SUM);

    assert.match(await entry.run('stop', 'yarn'), /^yarn is stopped/m);
    assert.equal(await listensOn(Number(new URL(url).port)), false);
    assert.equal(existsSync(join(folder.path, 'yarn')), false);
    assert.deepEqual(commandsWith(join(folder.path, 'yarn')), []);
  });
});

(FULL ? describe : describe.skip)('the real YARN of the tests', () => {
  const folder = temporaryFolder();
  let yarn: Yarn;
  before(async () => {
    yarn = await startYarn();
  });
  after(async () => {
    await (yarn as Yarn | undefined)?.stop();
    folder.remove();
  });

  it('starts a killed driver once more, knows its applications when it is started again, and ends them', async () => {
    const id = await startWaiting();
    await yarn.killDriver(id);
    await until(() => drivers(id) === 2, 'its second attempt', PATIENCE);

    await yarn.kill('resourcemanager');
    await assert.rejects(yarn.applications.all());
    await yarn.restart('resourcemanager');
    assert.equal((await yarn.applications.get(id)).id, id);
    await yarn.applications.kill(id);
    await until(async () => (await yarn.applications.get(id)).state === 'KILLED', 'its end', PATIENCE);
  });

  it('leaves nothing behind of what still runs when it is stopped', async () => {
    await startWaiting();
    const server = dirname(yarn.client.env.SPARK_CONF_DIR ?? '');
    assert.ok(commandsWith(server).some((command) => command.includes('ApplicationMaster')));
    await yarn.stop();
    assert.deepEqual(commandsWith(server), []);
  });

  /** Has a driver in cluster mode do its work and wait then; resolves with the application's id. */
  async function startWaiting(): Promise<string> {
    const before = await yarn.applications.all();
    yarn.client.submit([...SMALL, writeJob(folder.path, 'waits')], SHORT_ENV);
    let id = '';
    const waits = async (): Promise<boolean> => {
      id = (await yarn.applications.all())[before.length]?.id ?? '';
      return id !== '' && drivers(id) === 1;
    };
    await until(waits, 'a waiting driver', PATIENCE);
    return id;
  }

  /** How many attempts of a driver have done their work. */
  function drivers(id: string): number {
    return [...yarn.logs(id, 'stdout').values()].filter((said) => said.includes(SUM)).length;
  }
});
