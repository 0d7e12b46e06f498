import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../support/store';
import { until } from '../../support/until';
import { listensOn } from '../support/answers';
import { ServicesEntry, addressesIn } from '../support/entry';
import { commandsWith } from '../support/processes';
import { type Spark, startSpark } from '../support/spark';
import { SparkClient } from '../support/spark/client';
import { clientEnvironment } from '../support/spark/clientConfiguration';
import { stateOf } from '../support/spark/configure';
import { SHORT, SHORT_ENV, SUM, writeJob } from '../support/spark/job';

const FULL = process.env.PULSEFLOW_FULL === '1';

describe('Spark as npm run services starts it', () => {
  const folder = temporaryFolder();
  const entry = new ServicesEntry(folder.path);
  after(async () => {
    await entry.run('stop');
    folder.remove();
  });

  it('runs a job on its worker, on 127.0.0.1, and leaves nothing behind when it is stopped', async () => {
    const addresses = addressesIn(await entry.run('spark'));
    const master = addresses.get('master') ?? '';
    const web = addresses.get('web interface') ?? '';
    assert.match(master, /^spark:\/\/127\.0\.0\.1:\d+$/);
    assert.match(await entry.run('status'), /^spark: running/m);

    const client = new SparkClient(master, clientEnvironment(addresses.get('SPARK_CONF_DIR') ?? ''), folder.path);
    assert.equal(client.sparkHome, addresses.get('SPARK_HOME'));
    assert.equal(client.python, addresses.get('Python'));
    const job = client.submit([...SHORT, writeJob(folder.path)], SHORT_ENV);
    assert.equal((await job.succeeded()).trim(), SUM);
    const { completedapps } = await stateOf(web);
    assert.deepEqual(
      completedapps.map(({ name, state }) => [name, state]),
      [['small job', 'FINISHED']],
    );

    assert.match(await entry.run('stop', 'spark'), /^spark is stopped/m);
    assert.equal(await listensOn(Number(new URL(web).port)), false);
    assert.equal(existsSync(join(folder.path, 'spark')), false);
    assert.deepEqual(commandsWith(join(folder.path, 'spark')), []);
  });
});

(FULL ? describe : describe.skip)('the real Spark of the tests', () => {
  let spark: Spark;
  before(async () => {
    spark = await startSpark();
  });
  after(() => (spark as Spark | undefined)?.stop());

  it('has its worker again after each of the two was killed', async () => {
    await spark.kill('master');
    await assert.rejects(spark.state());
    await spark.restart('master');
    await spark.kill('worker');
    await until(async () => (await spark.state()).workers.every(({ state }) => state === 'DEAD'), 'a dead worker', {
      within: 60_000,
    });
    await spark.restart('worker');
  });
});
