import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { SettingError } from '../../../lib/core/errors';
import { parseSize } from '../../../lib/hdfs/size';

describe('sizes', () => {
  for (const [text, bytes] of [
    ['1', 1],
    ['64MB', 67_108_864],
    [' 1.5 kb ', 1_536],
    ['2GB', 2_147_483_648],
    ['10B', 10],
  ] as const) {
    it(`${text} is ${bytes} bytes`, () => assert.equal(parseSize(text), bytes));
  }
  for (const text of ['', '0', '-1', '1TB', 'x', '0.1B']) {
    it(`"${text}" is none`, () => assert.throws(() => parseSize(text), SettingError));
  }
});
