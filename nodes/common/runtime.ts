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

function userDirOf(RED: Red): string {
  return RED.settings.userDir ?? join(tmpdir(), `pulseflow-${process.pid}`);
}

function open(RED: Red, userDir: string): Shared {
  const store = new Store(storeFile(userDir));
  const ledger = new Ledger(store, {
    onCommitError: (error) => RED.log.error(`[pulseflow] ${error.message}`),
    onGivenUp: ({ lane, node, error, attempts }) =>
      RED.log.error(
        `[pulseflow] a message of ${lane} was given up after ${attempts} attempts: node ${node}: ${messageOf(error)}`,
      ),
  });
  const untrack = trackFlow(RED, ledger);
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
      untrack();
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
