import assert from 'node:assert/strict';
import { SettingError, StoreError, StoreUnavailableError } from '../../../../lib/core/errors';
import { WebHdfs, type WebHdfsSettings } from '../../../../lib/hdfs/webhdfs/webHdfs';
import { FakeWebHdfs, type Fault } from '../../../support/fakeWebHdfs';
import { freePort } from '../../../support/nodeRed';
import { until } from '../../../support/until';

const SECRET = 'c2VjcmV0LXRva2Vu';

describe('WebHDFS', () => {
  let hdfs: FakeWebHdfs;
  const open: WebHdfs[] = [];
  beforeEach(async () => (hdfs = await new FakeWebHdfs().start()));
  afterEach(async () => {
    for (const each of open.splice(0)) each.close();
    await hdfs.stop();
  });

  function connect(settings: Partial<WebHdfsSettings> = {}): WebHdfs {
    const made = new WebHdfs({ url: hdfs.url, user: 'ann', token: '', root: '/data', timeout: 500, ...settings });
    open.push(made);
    return made;
  }

  async function put(files: WebHdfs, path: string, ...pieces: string[]): Promise<void> {
    await files.rename(await files.writeTemporary(path, () => pieces.map((piece) => Buffer.from(piece))), path);
  }

  const text = (path: string): string => String(hdfs.files.get(path));

  it('writes under a hidden name, then renames, replacing what is there', async () => {
    const files = connect();
    const temporary = await files.writeTemporary('a/b.csv', () => [Buffer.from('x'), Buffer.from('y')]);
    assert.match(temporary, /^a\/\.b\.csv\.[0-9a-f]{8}\.tmp\/b\.csv$/u);
    assert.deepEqual(hdfs.names, [`/data/${temporary.slice(0, -6)}`, `/data/${temporary}`]);
    assert.equal(await files.exists('a/b.csv'), false);
    await files.rename(temporary, 'a/b.csv');
    assert.deepEqual(hdfs.names, ['/data/a/b.csv']);
    assert.equal(await files.exists('a/b.csv'), true);
    await put(files, 'a/b.csv', 'new');
    assert.deepEqual([hdfs.names, text('/data/a/b.csv')], [['/data/a/b.csv'], 'new']);
  });

  it('streams what is made on the way', async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 3; piece++) yield await Promise.resolve(Buffer.alloc(200_000, piece));
    }
    const files = connect();
    await files.rename(await files.writeTemporary('x', slow), 'x');
    assert.deepEqual(hdfs.files.get('/data/x'), Buffer.concat([0, 1, 2].map((piece) => Buffer.alloc(200_000, piece))));
  });

  for (const name of ["c%+ ;=&#[x]{y}@',茶 .csv", 'date=2012-03-04', '?x=1', 'a%2Fb']) {
    it(`brings the name ${name} as it is`, async () => {
      await put(connect(), `a/${name}/f`, 'x');
      assert.deepEqual(hdfs.names, [`/data/a/${name}/f`]);
    });
  }

  describe('root and user', () => {
    it('asks as the user, below the root', async () => {
      await put(connect({ user: 'ann b', root: '/data/x/' }), 'f', 'x');
      assert.deepEqual(hdfs.names, ['/data/x/f']);
      assert.ok(hdfs.asked.every(({ query }) => query.get('user.name') === 'ann b'));
    });

    it('takes a relative root for one in the home folder, which it asks for once', async () => {
      const files = connect({ root: 'tweets' });
      await put(files, 'f', 'x');
      await put(files, 'g', 'x');
      assert.deepEqual(hdfs.names, ['/user/ann/tweets/f', '/user/ann/tweets/g']);
      assert.equal(hdfs.count('GETHOMEDIRECTORY'), 1);
    });

    it('asks for the home folder again where it could not be said', async () => {
      const files = connect({ root: 'tweets' });
      hdfs.fail('GETHOMEDIRECTORY', 'cut');
      await assert.rejects(files.exists('f'), StoreUnavailableError);
      assert.equal(await files.exists('f'), false);
    });

    it('sends a delegation token in place of the user, and never says it', async () => {
      const files = connect({ token: SECRET });
      await put(files, 'f', 'x');
      assert.ok(hdfs.asked.every(({ query }) => query.get('delegation') === SECRET && !query.has('user.name')));
      const faults: Fault[] = [
        { exception: 'InvalidToken', message: `token can't be found in cache`, status: 403 },
        { status: 500, text: 'oops' },
        'hang',
        'cut',
      ];
      for (const fault of faults) {
        for (const op of ['CREATE', 'WRITE']) {
          hdfs.fail(op, fault, 3);
          await assert.rejects(put(files, 'g', 'x'), (error: unknown) => {
            assert.doesNotMatch(JSON.stringify(error) + String(error) + String((error as Error).stack), /c2VjcmV0/u);
            return true;
          });
          hdfs.heal();
        }
      }
    });

    for (const root of ['', '../x', '/a/../b', 'a:b']) {
      it(`does not take "${root}" for a root`, () => assert.throws(() => connect({ root }), SettingError));
    }

    for (const path of ['../x', 'a/../../x']) {
      it(`never goes to ${path}`, async () => {
        const files = connect();
        await assert.rejects(
          files.writeTemporary(path, () => []),
          SettingError,
        );
        await assert.rejects(files.rename('f', path), SettingError);
        await assert.rejects(files.exists(path), SettingError);
        await assert.rejects(files.sweep(path), SettingError);
        assert.deepEqual(hdfs.asked, []);
      });
    }
  });

  describe('several name nodes', () => {
    it('finds the active one, and stays with it', async () => {
      const standby = await new FakeWebHdfs().start();
      try {
        const words = {
          exception: 'StandbyException',
          message: 'Operation category READ is not supported in state standby',
        };
        for (const op of ['MKDIRS', 'CREATE', 'RENAME', 'DELETE']) standby.fail(op, words, 100);
        const files = connect({ url: `${standby.url},${hdfs.url}` });
        for (const name of ['a', 'b', 'c']) await put(files, name, 'x');
        assert.deepEqual(hdfs.names, ['/data/a', '/data/b', '/data/c']);
        assert.equal(standby.asked.length, 1);
      } finally {
        await standby.stop();
      }
    });

    it('waits where all are in standby, or still starting', async () => {
      hdfs.fail('CREATE', { exception: 'StandbyException' });
      await assert.rejects(put(connect(), 'a', 'x'), saying(/cannot serve just now: it is in standby/u, true));
      hdfs.fail('CREATE', { exception: 'RetriableException', message: 'Namenode still not started' });
      await assert.rejects(put(connect(), 'a', 'x'), saying(/cannot serve just now: it is still starting/u, true));
    });
  });

  describe('data nodes', () => {
    it('tries another one where the first cannot be reached, and asks not to be sent there again', async () => {
      hdfs.fail('CREATE', { location: `http://localhost:${await freePort()}/webhdfs/v1/data/f?op=CREATE` });
      await put(connect(), 'f', 'x');
      assert.deepEqual(hdfs.names, ['/data/f']);
      const created = hdfs.asked.filter(({ op }) => op === 'CREATE');
      assert.deepEqual(
        created.map(({ query }) => query.get('excludedatanodes')),
        [null, 'localhost'],
      );
    });

    for (const fault of ['cut', 'cut within', 'hang'] as const) {
      it(`writes the file again, whole and under another name, if a data node ${fault}s`, async () => {
        hdfs.fail('WRITE', fault);
        const pieces = Array.from({ length: 50 }, (_, n) => `${n}`.repeat(10_000));
        await put(connect(), 'f', ...pieces);
        assert.deepEqual(hdfs.names, ['/data/f']);
        assert.equal(text('/data/f'), pieces.join(''));
        const [first, second] = hdfs.asked.filter(({ op }) => op === 'WRITE').map(({ path }) => path);
        assert.notEqual(first, second);
      });
    }

    it('says which one cannot be reached, and that it is the name node who sends writers there', async () => {
      hdfs.fail('CREATE', { location: 'http://no-such-host.invalid:9864/webhdfs/v1/data/f?op=CREATE' }, 9);
      await assert.rejects(
        put(connect(), 'f', 'x'),
        saying(/data node at http:\/\/no-such-host\.invalid:9864 cannot be reached: .*dfs\.datanode\.hostname/u, true),
      );
    });
  });

  it('lets a data node that slept, and was given up, do nothing more when it wakes up', async () => {
    hdfs.fail('WRITE', 'sleep');
    await put(connect(), 'f', 'whole');
    hdfs.wake();
    await until(() => hdfs.count('WRITE') === 2, 'both');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([hdfs.names, text('/data/f')], [['/data/f'], 'whole']);
  });

  describe('a rename', () => {
    it('whose answer is lost has happened', async () => {
      const files = connect();
      const temporary = await files.writeTemporary('f', () => [Buffer.from('x')]);
      hdfs.fail('RENAME', 'cut after');
      await files.rename(temporary, 'f').catch(() => files.rename(temporary, 'f'));
      assert.deepEqual(hdfs.names, ['/data/f']);
    });

    it('of a file that is gone says so', async () => {
      await assert.rejects(connect().rename('.f.0.tmp/f', 'f'), saying(/what was written for it is gone/u, false));
    });

    it('that a gateway refuses because it has happened leaves no temporary file', async () => {
      const files = connect();
      await put(files, 'f', 'x');
      const temporary = await files.writeTemporary('f', () => [Buffer.from('x')]);
      hdfs.fail('RENAME', { status: 200, text: '{"boolean":false}' });
      await files.rename(temporary, 'f');
      assert.deepEqual(hdfs.names, ['/data/f']);
    });
  });

  it('sweeps up what writes of a file have left, and nothing else', async () => {
    const files = connect();
    for (const name of ['f.csv', 'f.csv', 'g.csv', 'f.csv.gz']) await files.writeTemporary(`a/${name}`, () => []);
    await put(files, 'a/f.csv', 'x');
    await files.sweep('a/f.csv');
    const left = [...hdfs.folders].map((name) => name.replace(/[0-9a-f]{8}/u, '#'));
    assert.deepEqual(left.sort(), ['/data/a/.f.csv.gz.#.tmp', '/data/a/.g.csv.#.tmp']);
    assert.equal(hdfs.files.size, 3);
    await files.sweep('none/f.csv');
  });

  it('leaves nothing behind where a file is refused', async () => {
    hdfs.fail('WRITE', { exception: 'DSQuotaExceededException', message: 'The DiskSpace quota of /data is exceeded' });
    await assert.rejects(put(connect(), 'f', 'x'), StoreError);
    assert.deepEqual(hdfs.names, []);
  });

  describe('says what is wrong', () => {
    const denied = 'Permission denied: user=ann, access=WRITE, inode="/data":root:supergroup:drwxr-xr-x';
    const cases: readonly (readonly [name: string, op: string, fault: Fault, words: RegExp, away: boolean])[] = [
      [
        'no right',
        'WRITE',
        { exception: 'AccessControlException', message: `${denied}\n\tat org.apache` },
        /could not write \/data\/f: user "ann" has no right to write in \/data, which belongs to root:supergroup \(drwxr-xr-x\)\. .*-chown/u,
        false,
      ],
      [
        'a file for a folder',
        'WRITE',
        { exception: 'ParentNotDirectoryException', message: '/data (is not a directory)' },
        /a folder of its path is a file/u,
        false,
      ],
      [
        'the space quota',
        'WRITE',
        { exception: 'DSQuotaExceededException', message: 'quota = 1 MB' },
        /space quota is used up \(quota = 1 MB\).*setSpaceQuota.*whole block/u,
        false,
      ],
      [
        'the quota of files',
        'RENAME',
        { exception: 'NSQuotaExceededException', message: 'quota=1' },
        /quota of files is used up.*-setQuota/u,
        false,
      ],
      [
        'safe mode',
        'RENAME',
        { exception: 'SafeModeException', message: 'Cannot rename /data/f.' },
        /in safe mode.*-safemode leave/u,
        true,
      ],
      [
        'no data node',
        'CREATE',
        {
          exception: 'IOException',
          message: 'Failed to find datanode, suggest to check cluster health. excludeDatanodes=null',
        },
        /No data node of HDFS can take a file/u,
        true,
      ],
      [
        'full data nodes',
        'WRITE',
        {
          exception: 'IOException',
          message:
            'File /data/f could only be written to 0 of the 1 minReplication nodes. There are 2 datanode(s) running and 2 node(s) are excluded in this operation.',
        },
        /away or full \(There are 2 datanode\(s\) running/u,
        true,
      ],
      [
        'a data node without its name node',
        'WRITE',
        { exception: 'ConnectException', message: 'Call From a to b failed' },
        /part of HDFS does not answer/u,
        true,
      ],
      [
        'a token that is not valid',
        'CREATE',
        { exception: 'InvalidToken', message: 'token is expired' },
        /did not accept the login.*GETDELEGATIONTOKEN/u,
        false,
      ],
      [
        'Kerberos',
        'CREATE',
        { status: 401, text: '<html>Authentication required</html>' },
        /did not accept the login: HTTP 401 \(Authentication required\)/u,
        false,
      ],
      [
        'an address of the wrong port',
        'CREATE',
        { status: 404, text: 'It looks like you are making an HTTP request to a Hadoop IPC port.' },
        /for Hadoop's own clients.*9870/u,
        false,
      ],
      [
        'an address of something else',
        'CREATE',
        { status: 404, text: 'nothing here' },
        /does not know WebHDFS.*9870/u,
        false,
      ],
      [
        'an address of a data node',
        'CREATE',
        { exception: 'IllegalArgumentException', message: 'Invalid operation CREATE', status: 400 },
        /is a data node/u,
        false,
      ],
      [
        'anything else',
        'WRITE',
        { exception: 'OddException', message: 'odd', status: 500 },
        /could not write \/data\/f: odd \(OddException, HTTP 500\)/u,
        false,
      ],
      [
        'a proxy that cannot go on',
        'CREATE',
        { status: 503, text: 'no upstream' },
        /cannot serve just now: HTTP 503 \(no upstream\)/u,
        true,
      ],
      ['a server that hangs', 'RENAME', 'hang', /no answer within 0\.5 s/u, true],
    ];
    for (const [name, op, fault, words, away] of cases) {
      it(name, async () => {
        hdfs.fail(op, fault, 9);
        await assert.rejects(put(connect(), 'f', 'x'), saying(words, away));
      });
    }
  });
});

/** @param away whether it has to be an error that is waited for */
function saying(words: RegExp, away: boolean): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.match(error.message, words);
    assert.equal(error instanceof StoreUnavailableError, away);
    return true;
  };
}
