import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { SettingError } from '../../../lib/core/errors';
import { extractFile } from '../../../lib/tableau/file';

describe('extract files', () => {
  it('lie below the base, or where an absolute path says', () => {
    assert.equal(extractFile('/base', 'tableau/x.csv'), '/base/tableau/x.csv');
    assert.equal(extractFile('/base', 'a/../x.csv'), '/base/x.csv');
    assert.equal(extractFile('/base', '/srv/x.csv'), '/srv/x.csv');
  });
  for (const path of ['', ' ', '../x.csv', 'a/../../x.csv', '..', 'folder/', 'a\0b']) {
    it(`are not ${JSON.stringify(path)}`, () => assert.throws(() => extractFile('/base', path), SettingError));
  }
});
