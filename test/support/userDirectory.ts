import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type NodeRed, startNodeRed } from './nodeRed';
import { ROOT, readJson } from './specs';
import { temporaryFolder } from './store';

const run = promisify(execFile);

/** The Node-REDs that the package is for, by the folders under `node_modules` that they are installed in. */
export const NODE_REDS = ['node-red', 'node-red-4'] as const;
export type Program = (typeof NODE_REDS)[number];

/** The version of an installed package, by its folder. */
export function versionOf(program: string): string {
  return (readJson('node_modules', program, 'package.json') as { version: string }).version;
}

/** Makes the tarball that would be published of what is built. @returns its path */
export async function pack(folder: string): Promise<string> {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const { stdout } = await run('npm', args, { cwd: ROOT });
  return join(folder, stdout.trim());
}

/**
 * A user directory such as Node-RED makes at its first start, and a Node-RED that finds no modules but those in it: not
 * the ones that lie beside it in `node_modules` here.
 */
export class UserDirectory {
  readonly #folder = temporaryFolder();
  readonly path = join(this.#folder.path, 'user');

  constructor() {
    mkdirSync(this.path);
    writeFileSync(
      join(this.path, 'package.json'),
      '{ "name": "node-red-project", "version": "0.0.1", "private": true }',
    );
  }

  /** Installs packages as a user does with npm. */
  async install(...packages: string[]): Promise<void> {
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], { cwd: this.path });
  }

  /**
   * Starts Node-RED with it.
   * @param settings more of settings.js, as JavaScript: `ui: { path: 'ui' }, ...`
   */
  async start(program: Program, settings = ''): Promise<NodeRed> {
    // Node-RED looks for modules in every folder above that of its own nodes.
    const core = join(this.#folder.path, `core-of-${program}`);
    const nodes = require.resolve('@node-red/nodes', { paths: [join(ROOT, 'node_modules', program)] });
    symlinkSync(join(nodes, '..'), core, 'junction');
    const file = join(this.#folder.path, `${program}.cjs`);
    writeFileSync(
      file,
      `module.exports = {
        ...require(${JSON.stringify(join(ROOT, 'scripts/settings.cjs'))}),
        coreNodesDir: ${JSON.stringify(core)},
        ${settings}
      };`,
    );
    return startNodeRed({ home: this.path, settings: file, program, asItIs: true, flows: [] });
  }

  remove(): void {
    this.#folder.remove();
  }
}
