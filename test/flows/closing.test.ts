import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Ledger } from '../../lib/delivery/ledger';
import { EmbeddedLog } from '../../lib/log/embedded/embeddedLog';
import { Store, storeFile } from '../../lib/store/store';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { temporaryFolder } from '../support/store';
import { until } from '../support/until';
import { type Changes, KINDS, type Kind, SINK, STUCK, closingFlow, outTopicOf, topicOf } from './closingFlow';

const RECORDS = 8_000;
const PATIENCE = 60_000;
/** A tenth of what Node-RED gives a node to close: who uses it up shows in its log. */
const CLOSE_TIMEOUT = 1_500;

describe('a flow that is stopped with work in flight', function () {
  this.timeout(120_000);
  let run: Run;
  before(async () => {
    run = new Run();
    await run.start();
  });
  after(() => run.dispose());

  it('is finished with it before a source that alone is deployed anew goes on, save for what is stuck', async () => {
    const twice = await run.sentTwiceBy(() => run.deploy('nodes', { sources: 1 }));
    for (const kind of KINDS) assert.equal(twice(kind) > 0, kind === STUCK, `${twice(kind)} of: ${kind}`);
  });

  it('begins again with what is stuck in a node that is deployed anew', async () => {
    const twice = await run.sentTwiceBy(() => run.deploy('nodes', { sources: 1, slow: 1 }));
    assert.ok(twice(STUCK) > 0);
  });

  for (const [type, changes] of Object.entries({ flows: { sources: 2, slow: 1 }, full: { sources: 3, slow: 1 } })) {
    it(`begins again with what is stuck when all is deployed anew (${type})`, async () => {
      const twice = await run.sentTwiceBy(() => run.deploy(type, changes));
      assert.ok(twice(STUCK) > 0);
    });
  }

  it('begins again with what is stuck when Node-RED was stopped', async () => {
    const twice = await run.sentTwiceBy(async () => {
      await run.stop();
      await run.start();
    });
    assert.ok(twice(STUCK) > 0);
  });

  it('has lost nothing and doubled nothing in the end', async () => {
    await run.release();
    await run.until(
      () => KINDS.every((kind) => run.finished(kind) === RECORDS),
      () => KINDS.map((kind) => `${kind}: ${run.finished(kind)}`).join(', '),
    );
    const all = (kind: Kind): string[] => Array.from({ length: RECORDS }, (_, n) => idOf(kind, n)).sort();
    for (const kind of KINDS) {
      assert.deepEqual(kind === SINK ? run.rows() : run.written(kind), all(kind), kind);
    }
  });

  it('was closed within the limit each time', async () => {
    await run.stop();
    assert.doesNotMatch(run.log, /Close timed out|Error stopping node/u);
    assert.match(run.log, /Stopped modified nodes/u);
  });
});

const idOf = (kind: Kind, n: number): string => `${KINDS.indexOf(kind)}/${n}`;

class Run {
  readonly #folder = temporaryFolder();
  readonly #home = this.#folder.path;
  readonly #arrived = join(this.#home, 'arrived');
  readonly #settings = join(this.#home, 'closing-settings.cjs');
  #nodeRed: NodeRed | undefined;
  #said = '';

  async start(): Promise<void> {
    if (!existsSync(this.#settings)) await this.#prepare();
    this.#nodeRed = await startNodeRed({ home: this.#home, settings: this.#settings });
  }

  async stop(): Promise<void> {
    await this.#nodeRed?.stop();
    this.#said += this.#nodeRed?.log() ?? '';
    this.#nodeRed = undefined;
  }

  async dispose(): Promise<void> {
    await this.#nodeRed?.kill();
    this.#folder.remove();
  }

  get log(): string {
    return this.#said;
  }

  async deploy(type: string, changes: Changes): Promise<void> {
    const answer = await fetch(`${this.#nodeRed?.url ?? ''}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': type },
      body: JSON.stringify(closingFlow(this.#arrived, changes)),
    });
    assert.ok(answer.ok, `the deploy was answered with ${answer.status}`);
  }

  /** Lets the function that was never done be done, and starts it anew. */
  async release(): Promise<void> {
    assert.ok((await fetch(`${this.#nodeRed?.url ?? ''}/release`)).ok);
    await this.deploy('full', { sources: 4, slow: 4 });
  }

  /** Does something with work in flight on every tab. @returns how many messages of a tab were sent a second time then */
  async sentTwiceBy(action: () => Promise<void>): Promise<(kind: Kind) => number> {
    const begun = this.arrivals().length;
    await this.until(
      () => this.arrivals().length > begun && KINDS.every((kind) => this.#inFlight(kind) > 0),
      () => 'work in flight on every tab',
    );
    const before = this.arrivals();
    await action();
    const after = (): string[] => this.arrivals().slice(before.length);
    await this.until(
      () => KINDS.every((kind) => after().some((id) => isOf(kind, id))),
      () => 'each source to go on',
    );
    // What is sent again is sent first, in one go.
    await pause(300);
    const all = this.arrivals();
    return (kind) => repeated(all, kind) - repeated(before, kind);
  }

  finished(kind: Kind): number {
    const [row] = this.#query<{ sum: number | null }>(
      'SELECT SUM(position) AS sum FROM positions WHERE source LIKE ?',
      `kafka/cluster/closing/${topicOf(kind)}/%`,
    );
    return row?.sum ?? 0;
  }

  written(kind: Kind): string[] {
    const rows = this.#query<{ value: string }>(
      'SELECT value FROM log JOIN topics ON topics.id = log.topic WHERE topics.topic = ?',
      outTopicOf(kind),
    );
    return rows.map(({ value }) => (JSON.parse(value) as { id: string }).id).sort();
  }

  rows(): string[] {
    return this.#query<{ row: string }>('SELECT DISTINCT row FROM hbase_cells')
      .map(({ row }) => row)
      .sort();
  }

  arrivals(): string[] {
    return existsSync(this.#arrived) ? readFileSync(this.#arrived, 'utf8').trim().split('\n') : [];
  }

  until(reached: () => boolean, what: () => string): Promise<void> {
    const said = (): string => `${what()}\n${this.#nodeRed?.log().slice(-3_000) ?? ''}`;
    return until(reached, said, { within: PATIENCE, every: 20 });
  }

  #inFlight(kind: Kind): number {
    return new Set(this.arrivals().filter((id) => isOf(kind, id))).size - this.finished(kind);
  }

  #query<Row>(sql: string, ...values: string[]): Row[] {
    const db = new DatabaseSync(storeFile(this.#home), { readOnly: true });
    try {
      return db.prepare(sql).all(...values) as unknown as Row[];
    } finally {
      db.close();
    }
  }

  async #prepare(): Promise<void> {
    const usual = resolve(__dirname, '../../../scripts/settings.cjs');
    const settings = `{ ...require(${JSON.stringify(usual)}), nodeCloseTimeout: ${CLOSE_TIMEOUT} }`;
    writeFileSync(this.#settings, `module.exports = ${settings};`);
    writeFileSync(join(this.#home, 'flows.json'), JSON.stringify(closingFlow(this.#arrived, {})));
    const store = new Store(storeFile(this.#home));
    const ledger = new Ledger(store);
    const log = new EmbeddedLog(store, { name: 'cluster', partitions: 3, retention: 0 });
    for (const kind of KINDS) {
      const records = Array.from({ length: RECORDS }, (_, n) => ({
        key: String(n),
        value: JSON.stringify({ id: idOf(kind, n), n }),
      }));
      await log.append(topicOf(kind), records, ledger.contributor({}));
    }
    log.close();
    ledger.close();
    store.close();
  }
}

function isOf(kind: Kind, id: string): boolean {
  return id.startsWith(`${KINDS.indexOf(kind)}/`);
}

/** How many of these are not the first of their id. */
function repeated(ids: readonly string[], kind: Kind): number {
  const own = ids.filter((id) => isOf(kind, id));
  return own.length - new Set(own).size;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
