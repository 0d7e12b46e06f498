import { reject } from '../../../lib/core/records';
import { Batcher } from '../../../lib/sinks/batcher';
import type { SinkAdapter, SinkServer, SuiteOptions, SuiteRecord, SuiteSink } from '../../support/sinkAdapter';
import { sinkSuite } from '../../support/sinkSuite';
import { ToldServer } from '../../support/toldServer';

sinkSuite('a destination that answers row by row', inMemory(true));
sinkSuite('a destination that answers for the request as a whole', inMemory(false));

/** Nothing stands between the batcher and a Map. */
function inMemory(answersRows: boolean): SinkAdapter {
  return { answersRows, start: () => Promise.resolve(new MemoryServer(answersRows)) };
}

class MemoryServer extends ToldServer implements SinkServer {
  readonly #rows = new Map<string, SuiteRecord>();

  sink({ timeout, ...options }: SuiteOptions): SuiteSink {
    const batcher = new Batcher<SuiteRecord>(
      { write: (rows) => this.#write(rows, timeout), size: ({ text }) => text.length, key: ({ id }) => id },
      { ...options, name: 'The server in memory' },
    );
    return {
      add: async (records) => {
        const results = await batcher.add(records);
        return results.flatMap((error, index) => (error === undefined ? [] : [reject(records[index], error)]));
      },
      status: () => batcher.status(),
      close: (limit) => batcher.close(limit),
    };
  }

  stored(): Promise<readonly SuiteRecord[]> {
    return Promise.resolve([...this.#rows.values()]);
  }

  #write(records: readonly SuiteRecord[], timeout: number): ReturnType<ToldServer['write']> {
    return this.write(
      records.map(({ id }) => id),
      timeout,
      (taken) => {
        for (const index of taken) {
          const record = records[index];
          if (record !== undefined) this.#rows.set(record.id, record);
        }
      },
    );
  }
}
