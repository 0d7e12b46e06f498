import { createServer } from 'node:net';

const LAST = 32_000;
const taken = new Set<number>();

/**
 * Finds ports of 127.0.0.1 that nobody listens on, the first ones from a number on. None is given twice by one process.
 * All lie below the range that systems give outgoing connections, so that a server that was killed finds its own free again.
 * @throws Error if there are not as many
 */
export async function freePorts(count: number, from: number): Promise<number[]> {
  const found: number[] = [];
  for (let port = from; found.length < count; port++) {
    if (port > LAST) throw new Error(`There are no ${count} free ports between ${from} and ${LAST}.`);
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    found.push(port);
  }
  return found;
}

/** Where a test may look for ports: away from those that people use, and from those of other tests. */
export function testPorts(): number {
  return 20_000 + Math.floor(Math.random() * 1_000) * 10;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => done(true));
  });
  await new Promise((done) => server.close(done));
  return free;
}
