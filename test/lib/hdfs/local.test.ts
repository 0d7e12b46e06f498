import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { SettingError, StoreError } from '../../../lib/core/errors';
import { LocalFileSystem } from '../../../lib/hdfs/local';
import { temporaryFolder } from '../../support/store';

describe('local file system', () => {
  const directory = temporaryFolder();
  const files = new LocalFileSystem(join(directory.path, 'root'));
  after(() => directory.remove());

  it('writes under a hidden name, then renames in one step', async () => {
    const temporary = await files.writeTemporary('a/b/c.csv', () => [Buffer.from('x'), Buffer.from('y')]);
    assert.equal(temporary, 'a/b/.c.csv.tmp');
    assert.deepEqual(readdirSync(join(files.root, 'a/b')), ['.c.csv.tmp']);
    assert.equal(await files.exists('a/b/c.csv'), false);
    await files.rename(temporary, 'a/b/c.csv');
    assert.deepEqual(readdirSync(join(files.root, 'a/b')), ['c.csv']);
    assert.equal(await files.exists('a/b/c.csv'), true);
    assert.equal(readFileSync(join(files.root, 'a/b/c.csv'), 'utf8'), 'xy');
  });

  it('replaces what is there when it is done again', async () => {
    await files.rename(await files.writeTemporary('a/b/c.csv', () => [Buffer.from('new')]), 'a/b/c.csv');
    assert.equal(readFileSync(join(files.root, 'a/b/c.csv'), 'utf8'), 'new');
  });

  for (const path of ['../x', 'a/../../x', '/etc/x', 'a\0b', 'a\\b']) {
    it(`never goes to ${JSON.stringify(path)}`, async () => {
      await assert.rejects(
        files.writeTemporary(path, () => []),
        SettingError,
      );
      await assert.rejects(files.rename('a/b/c.csv', path), SettingError);
      await assert.rejects(files.exists(path), SettingError);
      assert.ok(!existsSync(join(directory.path, 'x')));
    });
  }

  it('finds nothing where there is no folder', async () => {
    assert.equal(await files.exists('none/x'), false);
  });

  it('says which file could not be written', async () => {
    writeFileSync(join(files.root, 'flat'), '');
    await assert.rejects(
      files.writeTemporary('flat/x.csv', () => []),
      (error: unknown) => {
        assert.ok(error instanceof StoreError);
        assert.match(error.message, /could not write .*flat.*room/u);
        return true;
      },
    );
  });
});
