import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { type HBase, startHBase } from '../support/hbase';
import type { StoredRow } from '../support/hbase/tables';

describe('the real HBase of the tests', () => {
  describe('on local files', () => {
    let hbase: HBase;
    before(async () => {
      hbase = await startHBase({ tls: 'valid' });
    });
    after(() => (hbase as HBase | undefined)?.stop());

    it('gives back the rows of a table, over more than a page', async () => {
      const tables = hbase.tables();
      await tables.create('posts', ['d', 'e']);
      assert.deepEqual(await tables.names(), ['posts']);
      const rows = Array.from({ length: 6_000 }, (_, n) => ({
        key: `key ${String(n).padStart(5, '0')} 😀`,
        cells: [cell('d:number', n, 1_000), cell('e:text', `text ${n}`, 2_000)],
      }));
      await tables.put('posts', rows);
      assert.deepEqual(await tables.rows('posts'), rows);
    });

    it('gives back as many versions as are kept, the newest first', async () => {
      const tables = hbase.tables();
      await tables.create('versions', ['d'], 2);
      for (const version of [1, 2, 3])
        await tables.put('versions', [{ key: 'a', cells: [cell('d:x', version, version * 1_000)] }]);
      assert.deepEqual(await tables.rows('versions'), [{ key: 'a', cells: [cell('d:x', 3, 3_000)] }]);
      const all = [{ key: 'a', cells: [cell('d:x', 3, 3_000), cell('d:x', 2, 2_000)] }];
      assert.deepEqual(await tables.rows('versions', 5), all);
    });

    it('tells the regions of a table', async () => {
      const tables = hbase.tables();
      await tables.create('regions', ['d']);
      const regions = await tables.regions('regions');
      assert.deepEqual(
        regions.map(({ startKey, endKey }) => [startKey, endKey]),
        [['', '']],
      );
      assert.match(regions[0]?.location ?? '', /^127\.0\.0\.1:\d+$/);
    });

    it('has a gateway with HTTPS for clients that trust its authority', async () => {
      const ca = readFileSync(hbase.certificates.caFile);
      assert.equal(await statusOf(hbase.tlsUrl, ca), 200);
      await assert.rejects(statusOf(hbase.tlsUrl), /self-signed certificate/);
    });
  });

  describe('on HDFS', () => {
    let hbase: HBase;
    before(async () => {
      hbase = await startHBase({ hdfs: true, tls: 'expired' });
      await hbase.tables().create('posts', ['d']);
    });
    after(() => (hbase as HBase | undefined)?.stop());

    for (const name of ['regionserver', 'datanode-1', 'namenode', 'zookeeper', 'master'])
      it(`keeps what it has acknowledged when ${name} is killed and started again`, async () => {
        const row: StoredRow = { key: `before ${name}`, cells: [cell('d:x', name, 1_000)] };
        const next: StoredRow = { key: `${name} was killed`, cells: [cell('d:x', name, 1_000)] };
        await hbase.tables().put('posts', [row]);
        await hbase.kill(name);
        await hbase.restart(name);
        await hbase.tables().put('posts', [next]);
        const rows = await hbase.tables(2).rows('posts');
        assert.deepEqual(
          rows.filter(({ key }) => key.includes(name)),
          [row, next],
        );
      });

    it('is there at its other gateway when one is killed', async () => {
      await hbase.kill('gateway-1');
      await assert.rejects(hbase.tables(1).names());
      assert.deepEqual(await hbase.tables(2).names(), ['posts']);
      await hbase.restart('gateway-1');
      assert.deepEqual(await hbase.tables(1).names(), ['posts']);
    });

    it('shows an expired certificate if it is asked to', async () => {
      await assert.rejects(statusOf(hbase.tlsUrl, readFileSync(hbase.certificates.caFile)), /certificate has expired/);
    });
  });
});

function cell(column: string, value: string | number, timestamp: number): StoredRow['cells'][number] {
  return { column, timestamp, value: Buffer.from(String(value)) };
}

function statusOf(url: string, ca?: Buffer): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const asked = request(`${url}/version`, ca === undefined ? {} : { ca }, (response) => {
      response.resume();
      done(response.statusCode);
    });
    asked.once('error', fail);
    asked.end();
  });
}
