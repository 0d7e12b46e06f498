import { resolve } from 'node:path';
import { FileReader, type FilePosition } from '../../lib/posts/fileReader';
import { PostSource, type SourceState } from '../../lib/posts/postSource';
import type { PostReader } from '../../lib/posts/reader';
import { SampleReader, type SamplePosition } from '../../lib/posts/sampleReader';
import type { Account } from '../../lib/x/account';
import { SearchReader, type SearchPosition } from '../../lib/x/search';
import { messageOf } from '../../lib/core/errors';
import { asError, madeOrReleased } from '../common/processor';
import type { NodeStatus, Red } from '../common/red';
import { type NodeContext, registerNode, serviceOf } from '../common/register';
import { acquire, release } from '../common/runtime';
import type { Settings } from '../common/spec';
import { spec } from './spec';

const RETRIES = 3;

export = (RED: Red): void =>
  registerNode(RED, spec, (context) => {
    const { node, settings, status } = context;
    let { query } = settings;
    let paused = false;
    const start = (): PostSource => {
      const { store, ledger } = acquire(RED);
      return madeOrReleased(
        () =>
          new PostSource(
            store,
            ledger,
            {
              batch: settings.batch,
              rate: settings.source === 'search' ? 0 : settings.rate,
              maxInFlight: Math.max(1000, settings.batch * 4),
              retries: RETRIES,
              paused,
            },
            {
              node: node.id,
              position: `poll/${node.id}/${[settings.source, settings.source === 'search' ? query : settings.file].join('/')}`,
              send: (outputs) => node.send(outputs),
              state: (state) => status.show(() => shown(context, state)),
              failed: (error) => node.error(asError(error)),
            },
            (position) => readerFor(RED, { ...settings, query }, position),
          ),
        () => release(RED),
      );
    };
    let source: PostSource | undefined = start();
    const stop = async (): Promise<void> => {
      const stopping = source;
      source = undefined;
      if (stopping === undefined) return;
      await stopping.close();
      release(RED);
    };
    // Changes of the query come one after another: each ends a source and starts the next.
    let changing = Promise.resolve();
    let closed = false;
    const change = (wanted: string): Promise<void> => {
      const changed = changing.then(async () => {
        if (wanted === query) return;
        await stop();
        query = wanted;
        if (closed) return;
        source = start();
      });
      changing = changed.catch(() => undefined);
      return changed;
    };
    return {
      input(message, _send, done) {
        const { pause, rate, query: wanted } = message;
        if (typeof pause === 'boolean') {
          paused = pause;
          source?.pause(pause);
        }
        if (typeof rate === 'number' && rate >= 0) source?.setRate(rate);
        if (typeof wanted !== 'string' || wanted === '' || settings.source !== 'search') {
          done();
          return;
        }
        change(wanted).then(
          () => done(),
          (thrown: unknown) => done(asError(thrown)),
        );
      },
      async close() {
        closed = true;
        await changing;
        await stop();
      },
    };
  });

function readerFor(RED: Red, settings: Settings<typeof spec>, position: unknown): PostReader<unknown> {
  switch (settings.source) {
    case 'sample':
      return new SampleReader({ seed: settings.seed, now: Date.now }, position as SamplePosition | undefined);
    case 'file':
      return new FileReader(
        { file: resolve(RED.settings.userDir ?? '.', settings.file) },
        position as FilePosition | undefined,
      );
    case 'search': {
      const account = serviceOf<Account>(RED, settings.account, 'account');
      const { query, maxResults, interval, postBudget } = settings;
      return new SearchReader(
        account,
        { query, maxResults, interval, postBudget, now: Date.now, random: Math.random },
        position as SearchPosition | undefined,
      );
    }
  }
}

function shown(
  { text }: NodeContext<typeof spec>,
  { phase, sent, inFlight, progress, status }: SourceState,
): NodeStatus {
  if (status !== undefined) return { fill: 'yellow', shape: 'ring', text: messageOf(status.message) };
  const percent = progress === undefined ? '' : ` ${Math.floor(progress * 100)}%`;
  const words = `${text(`status.${phase}`, { sent, inFlight })}${percent}`;
  const fill = phase === 'failed' ? 'red' : phase === 'paused' ? 'grey' : 'green';
  return { fill, shape: phase === 'reading' ? 'dot' : 'ring', text: words, read: sent, inFlight };
}
