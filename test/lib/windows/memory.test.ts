import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { WindowSettings } from '../../../lib/windows/windowSettings';
import { TestStore } from '../../support/store';
import { MINUTE, SECOND, TUMBLING, ZERO, sessions, sliding } from './case';
import { DirectCounter } from './direct';

/** Windows of one message; each of them has a key of its own. */
const AT_ONCE = 1_000;
const MESSAGES = 50;
/** What is kept of a window that has gone takes more than this, even if it is a number alone. */
const LEAST_BYTES = 4;

describe('windows that have gone', () => {
  const test = new TestStore();
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  after(() => test.dispose());

  const held = (): number => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  const kinds: [string, Partial<WindowSettings>][] = [
    ['tumbling', {}],
    ['tumbling, with trends', { details: 'trends', history: 1 }],
    ['sliding', sliding(2 * MINUTE, MINUTE)],
    ['sessions', sessions(MINUTE / 2)],
  ];
  for (const [name, settings] of kinds) {
    it(`leave nothing in memory where they need not outlast a restart: ${name}`, () => {
      const counter = new DirectCounter(name, test.store, {
        ...TUMBLING,
        durable: false,
        keepLate: false,
        ...settings,
      });
      let minute = 0;
      const round = (): void => {
        for (let message = 0; message < MESSAGES; message++) {
          const records = Array.from({ length: AT_ONCE }, () => ({ t: ZERO + ++minute * MINUTE, k: `key ${minute}` }));
          counter.now = ZERO + minute * MINUTE + SECOND;
          counter.send(records, 'lane');
          counter.commit();
          counter.results.length = 0;
        }
      };
      round();
      const before = held();
      round();
      const each = (held() - before) / (MESSAGES * AT_ONCE);
      assert.ok(counter.counter.size.windows <= 2);
      assert.ok(each < LEAST_BYTES, `each window that has gone still takes ${each.toFixed(1)} bytes`);
    }).timeout(120_000);
  }
});
