import { writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ledger } from '../../lib/delivery/ledger';
import { EmbeddedLog } from '../../lib/log/embedded/embeddedLog';
import { Store, storeFile } from '../../lib/store/store';
import { installDashboard2 } from '../support/dashboard2';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { temporaryFolder } from '../support/store';
import { until } from '../support/until';
import { Tab, type TrackingCase } from './case';
import { type Places, RECORDS, idOf, installThrowers, topicOf, trackingFlow } from './flow';
import { Look } from './look';

const PATIENCE = 150_000;
/** A thousand commands are run, one process each; as long as something moves there is hope. */
const DRAINED_WITHIN = 400_000;
/** Longer than any pause before a third attempt, or a timeout of a node. */
const STANDSTILL = 10_000;

/** All cases in one Node-RED, which is killed and started again. */
export class Run {
  readonly #folder = temporaryFolder();
  readonly home = this.#folder.path;
  readonly look = new Look(storeFile(this.home));
  readonly #names: readonly string[];
  #places: Places = { server: '', home: this.home };
  #server: Server | undefined;
  #nodeRed: NodeRed | undefined;
  #log = '';

  constructor(private readonly cases: readonly TrackingCase[]) {
    this.#names = cases.map(({ name }) => name);
  }

  /** Puts all records into their topics, before Node-RED has ever been started. */
  async prepare(): Promise<void> {
    const server = await echoServer();
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.#places = { server: `http://127.0.0.1:${port}/`, home: this.home };
    writeFileSync(join(this.home, 'flows.json'), JSON.stringify(trackingFlow(this.cases, this.#places)));
    writeFileSync(join(this.home, 'lines.txt'), 'a\nb');
    installThrowers(this.home);
    installDashboard2(this.home);
    const store = new Store(storeFile(this.home));
    const ledger = new Ledger(store);
    const log = new EmbeddedLog(store, { name: 'cluster', partitions: 3, retention: 0 });
    const written = this.#names.map((name) => {
      const records = Array.from({ length: RECORDS }, (_, n) => ({
        key: idOf(name, n),
        value: JSON.stringify({ id: idOf(name, n), n, list: [1, 2, 3] }),
      }));
      return log.append(topicOf(name), records, ledger.contributor({}));
    });
    for (const each of written) await each;
    log.close();
    ledger.close();
    store.close();
  }

  async start(): Promise<void> {
    const env = { PULSEFLOW_STUCK_AFTER: '4000' };
    this.#nodeRed = await startNodeRed({ home: this.home, env });
  }

  /** Everything Node-RED has said, over all its starts. */
  get log(): string {
    return this.#log + (this.#nodeRed?.log() ?? '');
  }

  finished(): Map<string, number> {
    return this.look.finished(this.#names);
  }

  /**
   * Kills Node-RED, or stops it cleanly, some time after so many records are finished.
   * @returns the cases that were at work
   */
  async endAt(records: number, after: number, how: 'kill' | 'stop'): Promise<string[]> {
    await this.until(() => sum(this.finished()) >= records, `${records} records finished`);
    await pause(after);
    this.#nodeRed?.signal('SIGSTOP');
    const working = [...this.finished()].filter(([, count]) => count < RECORDS).map(([name]) => name);
    if (how === 'stop') this.#nodeRed?.signal('SIGCONT');
    await this.end(how);
    return working;
  }

  /** Deploys all nodes under test anew, and only them, some time after so many records are finished. */
  async redeploy(records: number, after: number): Promise<void> {
    await this.until(() => sum(this.finished()) >= records, `${records} records finished`);
    await pause(after);
    const tabs = this.cases.map((each) => new Tab(each.name, '', ''));
    const tested = new Set(tabs.flatMap((tab, index) => this.cases[index]?.flow(tab).map(({ id }) => id) ?? []));
    const flows = trackingFlow(this.cases, this.#places).map((node) =>
      tested.has(node.id) && 'wires' in node ? { ...node, name: 'deployed again' } : node,
    );
    const response = await fetch(`${this.#nodeRed?.url ?? ''}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': 'nodes' },
      body: JSON.stringify(flows),
    }).catch((thrown: unknown) => {
      throw new Error(`the deploy was not answered\n${this.log.slice(-5_000)}`, { cause: thrown });
    });
    if (!response.ok) throw new Error(`Node-RED refused the deploy: ${await response.text()}`);
  }

  async end(how: 'kill' | 'stop'): Promise<void> {
    const nodeRed = this.#nodeRed;
    if (nodeRed === undefined) return;
    this.#nodeRed = undefined;
    await (how === 'kill' ? nodeRed.kill() : nodeRed.stop());
    this.#log += nodeRed.log();
  }

  /** Waits until all records are finished, or nothing moves any more; closes the windows, and waits for their results. */
  async drain(records: number): Promise<void> {
    let moved = { at: Date.now(), records: 0 };
    await this.until(
      () => {
        const now = sum(this.finished());
        if (now !== moved.records) moved = { at: Date.now(), records: now };
        return now >= records || Date.now() - moved.at > STANDSTILL;
      },
      `${records} records finished`,
      DRAINED_WITHIN,
    );
    // What nodes send that are done too early.
    await pause(1_000);
    await fetch(`${this.#nodeRed?.url ?? ''}/flush`);
    await pause(500);
    await this.until(() => this.look.outbox() === 0, 'the results are out');
  }

  until(reached: () => boolean, what: string | (() => string), within = PATIENCE): Promise<void> {
    const said = (): string => `${typeof what === 'string' ? what : what()}\n${this.log.slice(-5_000)}`;
    return until(reached, said, { within, every: 25 });
  }

  async dispose(): Promise<void> {
    await this.end('kill');
    this.#server?.close();
    this.#folder.remove();
  }
}

async function echoServer(): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    request.pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

export function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
