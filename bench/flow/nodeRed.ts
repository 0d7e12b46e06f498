import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type NodeRed, startNodeRed } from '../../test/support/nodeRed';
import { temporaryFolder } from '../../test/support/store';

const ROOT = resolve(__dirname, '../../..');
const STARTED = 'Started flows';
const PATIENCE = 60_000;

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

interface Options {
  /** Puts what the flow is to work on into the user directory, before Node-RED starts. */
  readonly prepare?: (home: string) => Promise<void> | void;
  /** More of the settings object, in JavaScript: `functionGlobalContext: {...}`. */
  readonly settings?: (home: string) => string;
  readonly env?: NodeJS.ProcessEnv;
  /** The module of more nodes than those of `benchNodes`. */
  readonly nodes?: string;
}

/** A real Node-RED in a process and a user directory of its own, which flows are deployed to as its editor does. */
export class BenchNodeRed {
  private constructor(
    private readonly nodeRed: NodeRed,
    private readonly folder: { remove(): void },
  ) {}

  static async start(options: Options = {}): Promise<BenchNodeRed> {
    const folder = temporaryFolder();
    const home = folder.path;
    await options.prepare?.(home);
    mkdirSync(join(home, 'nodes'));
    addNodes(home, 'bench', join(__dirname, 'benchNodes.js'));
    if (options.nodes !== undefined) addNodes(home, 'more', options.nodes);
    const settings = join(home, 'bench-settings.js');
    const shipped = JSON.stringify(join(ROOT, 'scripts/settings.cjs'));
    writeFileSync(settings, `module.exports = { ...require(${shipped}), ${options.settings?.(home) ?? ''} };`);
    const nodeRed = await startNodeRed({
      home,
      settings,
      flows: [{ id: 'empty', type: 'tab' }],
      env: options.env ?? {},
    });
    return new BenchNodeRed(nodeRed, folder);
  }

  get home(): string {
    return this.nodeRed.home;
  }

  /** Deploys a flow. @returns when its nodes had started, by `performance.now` */
  async deploy(flow: readonly FlowNode[]): Promise<number> {
    const before = this.nodeRed.log().split(STARTED).length;
    const response = await fetch(`${this.nodeRed.url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(flow),
    });
    if (!response.ok) throw new Error(`Node-RED refused the flow: ${response.status} ${await response.text()}`);
    await this.until(() => this.nodeRed.log().split(STARTED).length > before, 'the flow has started');
    return performance.now();
  }

  async until(reached: () => boolean, what: string, every = 2): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (!reached()) {
      if (performance.now() > deadline) throw new Error(`${what}: not within a minute\n${this.nodeRed.log()}`);
      await new Promise((done) => setTimeout(done, every));
    }
  }

  /** Asks one of the routes that a flow or `benchNodes` serves. */
  async ask<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.nodeRed.url}${path}`);
    if (!response.ok) throw new Error(`${path} answers ${response.status}\n${this.nodeRed.log()}`);
    return (await response.json()) as Answer;
  }

  /** Seconds of the processor that the process has used since its flows started, all its threads together. */
  async cpuSeconds(): Promise<number> {
    const { user, system } = await this.ask<NodeJS.CpuUsage>('/bench/cpu');
    return (user + system) / 1e6;
  }

  /** Stops it; fails if anything went wrong in its flows. */
  async stop(): Promise<void> {
    await this.nodeRed.stop();
    const said = this.nodeRed.log();
    this.folder.remove();
    if (said.includes('[error]')) throw new Error(`Node-RED reports an error:\n${said}`);
  }
}

function addNodes(home: string, name: string, module: string): void {
  writeFileSync(join(home, `nodes/${name}.js`), `module.exports = require(${JSON.stringify(module)});`);
  writeFileSync(join(home, `nodes/${name}.html`), '<script type="text/javascript"></script>');
}
