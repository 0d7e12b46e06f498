import { parseDuration } from '../../lib/core/durations';
import { Outbox } from '../../lib/delivery/outbox';
import { sessionWindows, shapeOf, windowGrid } from '../../lib/windows/shape';
import { type Command, WindowCounter } from '../../lib/windows/windowCounter';
import type { WindowSettings } from '../../lib/windows/windowSettings';
import { WindowState } from '../../lib/windows/windowState';
import { Output, asError, finish } from '../common/processor';
import type { Message, Red } from '../common/red';
import { registerNode } from '../common/register';
import { borrow } from '../common/runtime';
import { spec } from './spec';
import { offerWindowTrial } from './trial';

const CLOCK_EVERY = 1_000;

export = (RED: Red): void => {
  offerWindowTrial(RED);
  registerNode(RED, spec, (context) => {
    const { node, settings, status, text } = context;
    const shape = shapeOf(settings);
    const { runtime, made, giveBack } = borrow(RED, ({ store, ledger }) => {
      const state = new WindowState(store, node.id);
      const outbox = new Outbox(store, ledger, node.id, context.emit);
      const options: WindowSettings = {
        ...settings,
        keys: settings.key,
        shape,
        mode: settings.watermark,
        durable: settings.state === 'durable',
        // Read anew each time: a deploy may change the wires without starting the node again.
        get keepLate() {
          return (node.wires[1]?.length ?? 0) > 0;
        },
      };
      return { state, outbox, counter: new WindowCounter(node.id, options, state, ledger, outbox) };
    });
    const { store, ledger } = runtime;
    const { state, outbox, counter } = made;
    const output = new Output(context);
    const timer = setInterval(() => counter.tick(), settings.emit === 'update' ? settings.every : CLOCK_EVERY);
    const show = (): void =>
      status.show(() => {
        const { windows, keys, bytes } = counter.size;
        const megabytes = (bytes / 1e6).toFixed(1);
        return { fill: 'green', shape: 'dot', text: text('status.open', { windows, keys, megabytes }) };
      });

    return {
      input(message, send, done) {
        try {
          const command = commandOf(message);
          if (command !== undefined) {
            finish(counter.command(message, command), done);
            return;
          }
          const { payload } = message;
          const asBatch = Array.isArray(payload);
          const { rejected, committed } = counter.add(message, asBatch ? payload : [payload], asBatch);
          if (rejected.length > 0) output.send(message, { records: [], rejected }, send);
          show();
          finish(committed, done);
        } catch (thrown) {
          done(asError(thrown));
        }
      },
      reset: () => counter.command({}, { command: 'reset' }),
      close: (removed) =>
        giveBack(() => {
          clearInterval(timer);
          ledger.forgetNode(node.id, counter);
          outbox.close();
          if (!removed) return;
          store.transaction(() => {
            state.clear();
            outbox.clear();
          });
        }),
    };
  });
};

function commandOf(message: Message): Command | undefined {
  if (message.flush === true) return { command: 'flush' };
  if (message.reset === true) return { command: 'reset' };
  const { window } = message as { window?: Partial<Record<string, unknown>> | null };
  if (typeof window !== 'object' || window === null) return undefined;
  const { size, slide, gap, timeZone } = window;
  if (typeof gap === 'string') {
    return { command: 'shape', shape: sessionWindows(parseDuration(gap, 'msg.window.gap')) };
  }
  if (typeof size !== 'string') return undefined;
  const length = parseDuration(size, 'msg.window.size');
  const apart = typeof slide === 'string' ? parseDuration(slide, 'msg.window.slide') : length;
  return { command: 'shape', shape: windowGrid(length, apart, typeof timeZone === 'string' ? timeZone : '') };
}
