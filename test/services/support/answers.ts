import { connect } from 'node:net';

const PATIENCE = 5_000;

/** Whether somebody listens on a port of 127.0.0.1. */
export async function listensOn(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    return await new Promise((done) => {
      socket.setTimeout(PATIENCE, () => done(false));
      socket.once('error', () => done(false));
      socket.once('connect', () => done(true));
    });
  } finally {
    socket.destroy();
  }
}

/**
 * What a server says by HTTP, as JSON; waits five seconds at most.
 * @throws Error if it does not answer, or with another status than 200
 */
export async function askJson(url: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
