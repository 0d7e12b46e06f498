import { resolve } from 'node:path';
import { FileReader, type FilePosition } from '../../lib/posts/fileReader';
import type { UnfinishedReport } from '../../lib/delivery/report';
import { PostSource, type SourceState } from '../../lib/posts/postSource';
import type { PostReader } from '../../lib/posts/reader';
import { SampleReader, type SamplePosition } from '../../lib/posts/sampleReader';
import type { Account } from '../../lib/x/account';
import { SearchReader, type SearchPosition } from '../../lib/x/search';
import { SettingError, messageOf } from '../../lib/core/errors';
import { asError } from '../common/processor';
import type { Message, NodeStatus, Red, Send } from '../common/red';
import { type NodeContext, registerNode } from '../common/register';
import { type ServiceUser, serviceOf } from '../common/services';
import { asksForReport, sendReport } from '../common/report';
import { type Borrowed, borrow, closingPatience } from '../common/runtime';
import type { Settings } from '../common/spec';
import { sourceStatus } from '../common/stuck';
import { spec } from './spec';

const RETRIES = 3;
/** What is reported of a source that a change of the query could not start again. */
const NOT_RUNNING: SourceState & Partial<UnfinishedReport> = {
  phase: 'failed',
  sent: 0,
  inFlight: 0,
  progress: undefined,
  status: undefined,
};

export = (RED: Red): void =>
  registerNode(RED, spec, (context) => {
    const { node, settings } = context;
    const status = sourceStatus(context);
    let { query } = settings;
    let paused = false;
    const start = (): Borrowed<PostSource> =>
      borrow(
        RED,
        ({ store, ledger }) =>
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
              send: context.emit,
              state: (state) => status.show(() => shown(context, state)),
              failed: (error) => node.error(asError(error)),
            },
            (position) => readerFor(context, { ...settings, query }, position),
          ),
      );
    let source: Borrowed<PostSource> | undefined = start();
    status.watch();
    const stop = async (): Promise<void> => {
      const stopping = source;
      source = undefined;
      await stopping?.giveBack(() => stopping.made.close({ longest: closingPatience(RED) }));
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
    const report = (message: Message, send: Send): void => {
      const { status: waits, unfinished = [], more = 0, ...state } = source?.made.report() ?? NOT_RUNNING;
      sendReport(context, message, send, {
        ...state,
        ...(waits === undefined ? {} : { waits: messageOf(waits.message) }),
        paused,
        unfinished: unfinished.map((each) => ({ source: settings.source, ...each })),
        more,
      });
    };
    return {
      input(message, send, done) {
        const { pause, rate, query: wanted } = message;
        if (typeof pause === 'boolean') {
          paused = pause;
          source?.made.pause(pause);
        }
        if (typeof rate === 'number' && rate >= 0) source?.made.setRate(rate);
        const changes = typeof wanted === 'string' && wanted !== '' && settings.source === 'search';
        if (!changes && !asksForReport(message)) {
          done();
          return;
        }
        (changes ? change(wanted) : changing)
          .then(() => {
            if (asksForReport(message)) report(message, send);
          })
          .then(
            () => done(),
            (thrown: unknown) => done(asError(thrown)),
          );
      },
      async close() {
        closed = true;
        status.close();
        await changing;
        await stop();
      },
    };
  });

function readerFor(context: ServiceUser, settings: Settings<typeof spec>, position: unknown): PostReader<unknown> {
  const { RED } = context;
  switch (settings.source) {
    case 'sample':
      return new SampleReader({ seed: settings.seed, now: Date.now }, position as SamplePosition | undefined);
    case 'file': {
      const file = resolve(userDirOf(RED), settings.file);
      const root = fileRoot(RED);
      return new FileReader(root === undefined ? { file } : { file, root }, position as FilePosition | undefined);
    }
    case 'search': {
      const account = serviceOf<Account>(context, settings.account, 'account');
      const { query, maxResults, interval, postBudget } = settings;
      return new SearchReader(
        account,
        { query, maxResults, interval, postBudget, now: Date.now, random: Math.random },
        position as SearchPosition | undefined,
      );
    }
  }
}

function userDirOf(RED: Red): string {
  return RED.settings.userDir ?? '.';
}

/**
 * The folder that the settings of Node-RED keep files to, if they do: `pulseflow: { fileRoot: '/data/posts' }`.
 * @throws {SettingError} if that is not a path
 */
function fileRoot(RED: Red): string | undefined {
  const root = RED.settings.pulseflow?.fileRoot;
  if (root === undefined) return undefined;
  if (typeof root === 'string' && root.trim() !== '') return resolve(userDirOf(RED), root);
  throw new SettingError(RED._('twitter-poll.errors.fileRoot', { value: JSON.stringify(root) }), {
    setting: 'pulseflow.fileRoot',
  });
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
