import { posix } from 'node:path';
import { sizeText } from '../size';
import { askDataNode, dataNodeClient } from './dataNodes';
import { NameNodes } from './nameNodes';
import { Root } from './root';
import type { WebHdfsSettings } from './webHdfs';

/** What a cluster that was tried says of whoever writes. */
export interface Trial {
  readonly user: string;
  /** The folder that files will lie in, from `/` on. */
  readonly folder: string;
  /** How much room the data nodes have, such as `129 GB`; empty where HDFS does not say it (before 3.4). */
  readonly free: string;
}

/** A person waits for it, in ms. */
const PATIENCE = 10_000;

/**
 * Tries settings before they are deployed: whether a name node can serve, whether the user may write below the root, and
 * whether the data node that one is sent to can be reached. Nothing is written.
 * @throws {PulseflowError} saying what does not work, and what to do
 */
export async function tryConnection(given: WebHdfsSettings): Promise<Trial> {
  const settings = { ...given, timeout: Math.min(given.timeout, PATIENCE) };
  const nameNodes = new NameNodes(settings);
  const dataNodes = dataNodeClient(settings);
  try {
    const root = new Root(nameNodes, settings.root);
    const [home, folder] = [await root.home(), await root.folder()];
    await checkAccess(nameNodes, folder);
    const path = posix.join(folder, '.pulseflow-trial');
    const url = await nameNodes.locate({ method: 'PUT', op: 'CREATE', path, what: `write ${path}` });
    await askDataNode(dataNodes, { method: 'GET', url: new URL('/', url) });
    return { user: posix.basename(home), folder, free: await freeSpace(nameNodes) };
  } finally {
    nameNodes.close();
    dataNodes.close();
  }
}

/** Asks whether a folder may be written to; one that is not there yet, whether it may be made. */
async function checkAccess(nameNodes: NameNodes, folder: string): Promise<void> {
  for (let path = folder; ; path = posix.dirname(path)) {
    const parameters = { fsaction: '-w-' };
    const operation = { method: 'GET', op: 'CHECKACCESS', path, parameters, what: `write in ${folder}` } as const;
    if ((await nameNodes.askIfThere(operation)) !== undefined || path === '/') return;
  }
}

async function freeSpace(nameNodes: NameNodes): Promise<string> {
  const operation = { method: 'GET', op: 'GETSTATUS', path: '/', what: 'say how much room it has' } as const;
  const answer = await nameNodes.ask(operation).catch(() => undefined);
  const { FsStatus } = (answer?.json() ?? {}) as { FsStatus?: { remaining?: unknown } };
  return typeof FsStatus?.remaining === 'number' ? sizeText(FsStatus.remaining) : '';
}
