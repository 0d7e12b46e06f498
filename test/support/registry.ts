import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a catalogue says of a module, as Node-RED's own catalogue does. */
export interface CatalogueEntry {
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly types: readonly string[];
  readonly updated_at: string;
  readonly url: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords?: readonly string[];
  readonly 'node-red': { readonly nodes: Readonly<Record<string, string>> };
}

/** An entry from a module's package.json. */
export function entryOf(manifest: Manifest, types: readonly string[]): CatalogueEntry {
  const { name, version, description, keywords = [] } = manifest;
  const url = `https://flows.nodered.org/node/${name}`;
  return { id: name, version, description, keywords, types, updated_at: new Date().toISOString(), url };
}

/**
 * A registry on the loopback, as npm asks for the packages of one scope, with the one package that is not published yet,
 * and beside it a catalogue as the palette manager reads them. npm has everything else from where it always does.
 */
export class Registry {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(tarball: string, manifest: Manifest, catalogue: readonly CatalogueEntry[]): Promise<Registry> {
    const file = readFileSync(tarball);
    const integrity = `sha512-${createHash('sha512').update(file).digest('base64')}`;
    const { name, version } = manifest;
    const server = createServer(({ url = '', headers: { host = '' } }, response) => {
      const path = decodeURIComponent(url.split('?')[0] ?? '');
      const document = (body: object): void => {
        // The editor, of another origin, reads the catalogue.
        response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' });
        response.end(JSON.stringify(body));
      };
      if (path === '/package.tgz') response.end(file);
      else if (path === '/catalogue.json') document({ name: 'Test catalogue', modules: catalogue });
      else if (path === `/${name}`) {
        const dist = { tarball: `http://${host}/package.tgz`, integrity };
        document({ name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } });
      } else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new Registry(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
