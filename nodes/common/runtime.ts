import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../lib/core/errors';
import { Ledger } from '../../lib/delivery/ledger';
import { Store, storeFile } from '../../lib/store/store';
import type { Red } from './red';
import { STOPPED, trackFlow } from './tracking';

/** What all Pulseflow nodes of one Node-RED share: the embedded store and the ledger over it. */
export interface Runtime {
  readonly store: Store;
  readonly ledger: Ledger;
}

interface Shared extends Runtime {
  users: number;
  stop(): void;
}

const shared = new Map<string, Shared>();

/**
 * The shared runtime, opened for its first user. Every call is paired with one of `release`.
 * @throws {StoreError} if the store cannot be opened
 */
export function acquire(RED: Red): Runtime {
  const userDir = userDirOf(RED);
  let runtime = shared.get(userDir);
  if (runtime === undefined) {
    runtime = open(RED, userDir);
    shared.set(userDir, runtime);
  }
  runtime.users++;
  return runtime;
}

/** Gives the shared runtime back; the last one out closes the store. */
export function release(RED: Red): void {
  const userDir = userDirOf(RED);
  const runtime = shared.get(userDir);
  if (runtime === undefined || --runtime.users > 0) return;
  shared.delete(userDir);
  runtime.stop();
}

/** What a node has made with the shared runtime. */
export interface Borrowed<Made> {
  readonly runtime: Runtime;
  readonly made: Made;
  /** Ends what was made, and gives the runtime back, however that ends. */
  readonly giveBack: (end: () => Promise<void> | void) => Promise<void>;
}

/** Makes something that needs the shared runtime; if it cannot be made, the runtime is given back at once. */
export function borrow<Made>(RED: Red, make: (runtime: Runtime) => Made): Borrowed<Made> {
  const runtime = acquire(RED);
  let made: Made;
  try {
    made = make(runtime);
  } catch (thrown) {
    release(RED);
    throw thrown;
  }
  return {
    runtime,
    made,
    async giveBack(end) {
      try {
        await end();
      } finally {
        release(RED);
      }
    },
  };
}

/** Node-RED's own limit on the closing of a node, where its settings say nothing else, in ms. */
const CLOSE_TIMEOUT = 15_000;

/**
 * How long a source that closes waits at most for what it has in the flow, in ms: a third of what Node-RED gives it, for
 * it may be waiting in the same way just then, because its query has been changed.
 */
export function closingPatience(RED: Red): number {
  return Math.min(5_000, (RED.settings.nodeCloseTimeout ?? CLOSE_TIMEOUT) / 3);
}

function userDirOf(RED: Red): string {
  return RED.settings.userDir ?? join(tmpdir(), `pulseflow-${process.pid}`);
}

function open(RED: Red, userDir: string): Shared {
  const store = new Store(storeFile(userDir));
  const ledger: Ledger = new Ledger(store, {
    onTracking: (tracking) => flow.watch(tracking),
    onCommitError: (error) => RED.log.error(`[pulseflow] ${error.message}`),
    onGivenUp: ({ lane, node, error, attempts }) =>
      RED.log.error(
        `[pulseflow] a message of ${lane} was given up after ${attempts} attempts: node ${node}: ${messageOf(error)}`,
      ),
  });
  const flow = trackFlow(RED, ledger);
  // Nodes are made one by one: nothing is sent before all of them are there.
  ledger.hold();
  const hold = (): void => ledger.hold();
  const start = (): void => {
    ledger.forgetNode(STOPPED);
    ledger.release();
  };
  const forgetStopped = (): void => forgetNodesGone(RED, ledger);
  RED.events.on('flows:stopping', hold);
  RED.events.on('flows:stopped', forgetStopped);
  RED.events.on('flows:started', start);
  return {
    store,
    ledger,
    users: 0,
    stop() {
      RED.events.removeListener('flows:stopping', hold);
      RED.events.removeListener('flows:stopped', forgetStopped);
      RED.events.removeListener('flows:started', start);
      flow.stop();
      ledger.close();
      store.close();
    },
  };
}

/** A stopped node of any module takes the messages that it had with it: they start again. */
function forgetNodesGone(RED: Red, ledger: Ledger): void {
  const nodes = new Set(ledger.unfinished(Infinity).flatMap((each) => each.nodes));
  for (const node of nodes) {
    // What a source waits for by itself stands under its own id with a remark behind it.
    const [id = node] = node.split(' ');
    if (!RED.nodes.getNode(id)) ledger.forgetNode(node);
  }
}
