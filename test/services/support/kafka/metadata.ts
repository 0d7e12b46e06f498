import { connect } from 'node:net';

const METADATA = 3;
const VERSION = 1;
const PATIENCE = 5_000;

/**
 * Asks a broker which brokers of its cluster it knows to be alive: a Metadata request, version 1, for no topics
 * (https://kafka.apache.org/protocol.html#The_Messages_Metadata).
 * @param port of its PLAINTEXT listener on 127.0.0.1
 * @returns their ids; none as long as the cluster has no controller
 */
export async function brokersKnownTo(port: number): Promise<number[]> {
  const answer = new Reader(await exchange(port, request()));
  answer.int32(); // the correlation id
  const ids = Array.from({ length: answer.int32() }, () => {
    const id = answer.int32();
    answer.string(); // host
    answer.int32(); // port
    answer.string(); // rack
    return id;
  });
  return answer.int32() < 0 ? [] : ids;
}

function request(): Buffer {
  const body = Buffer.alloc(18);
  body.writeInt32BE(14, 0);
  body.writeInt16BE(METADATA, 4);
  body.writeInt16BE(VERSION, 6);
  body.writeInt32BE(1, 8); // correlation id
  body.writeInt16BE(-1, 12); // no client id
  body.writeInt32BE(0, 14); // no topics
  return body;
}

/** Sends a request and gives its answer, without the size before it. */
async function exchange(port: number, message: Buffer): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  try {
    return await new Promise((done, fail) => {
      let heard = Buffer.alloc(0);
      socket.setTimeout(PATIENCE, () => fail(new Error(`no answer on port ${port}`)));
      socket.once('error', fail);
      socket.once('end', () => fail(new Error(`no answer on port ${port}`)));
      socket.on('data', (chunk) => {
        heard = Buffer.concat([heard, chunk]);
        if (heard.length >= 4 && heard.length >= 4 + heard.readInt32BE(0)) done(heard.subarray(4));
      });
      socket.write(message);
    });
  } finally {
    socket.destroy();
  }
}

class Reader {
  #at = 0;

  constructor(private readonly buffer: Buffer) {}

  int32(): number {
    this.#at += 4;
    return this.buffer.readInt32BE(this.#at - 4);
  }

  /** Passes over a string, or none. */
  string(): void {
    const length = this.buffer.readInt16BE(this.#at);
    this.#at += 2 + Math.max(0, length);
  }
}
