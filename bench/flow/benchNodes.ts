import type { ServerResponse } from 'node:http';
import { acquire, release } from '../../nodes/common/runtime';
import type { Message, Red, RedNode, SavedNode } from '../../nodes/common/red';
import { nextTurn } from '../drive';
import { PassSource } from './passSource';

/**
 * What the benchmarks put into the Node-RED that they measure: `bench-source`, `bench-pass` and `bench-end` make a flow
 * of nodes that do next to nothing, and `/bench/...` tells of the process.
 */
export = (RED: Red): void => {
  let atStart = process.cpuUsage();
  RED.events.on('flows:started', () => (atStart = process.cpuUsage()));
  RED.httpAdmin.get('/bench/cpu', (_, response) => answer(response, process.cpuUsage(atStart)));
  RED.httpAdmin.get('/bench/run', (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const source = sources.get(searchParams.get('source') ?? '');
    const posts = Number(searchParams.get('posts'));
    if (source === undefined) response.writeHead(404).end();
    else void source.run(posts).then((taken) => answer(response, taken));
  });

  const sources = new Map<string, PassSource>();
  const pass = function (this: RedNode, saved: SavedNode): void {
    RED.nodes.createNode(this, saved);
    this.on('input', (message, send, done) => {
      send(message);
      done();
    });
  };
  const end = function (this: RedNode, saved: SavedNode): void {
    RED.nodes.createNode(this, saved);
    this.on('input', (message, _, done) => {
      sources.get(saved.of as string)?.ended(message.payload);
      done();
    });
  };
  const source = function (this: RedNode, saved: SavedNode): void {
    RED.nodes.createNode(this, saved);
    const ledger = saved.tracked === 'no' ? undefined : acquire(RED);
    const tracked = saved.tracked === 'yes' ? ledger : undefined;
    const send = (message: Message): void => this.send(message);
    sources.set(this.id, new PassSource(this.id, saved.batch as number, send, tracked, nextTurn));
    this.on('close', (_, done) => {
      sources.delete(this.id);
      if (ledger !== undefined) release(RED);
      done();
    });
  };
  RED.nodes.registerType('bench-pass', pass, {});
  RED.nodes.registerType('bench-end', end, {});
  RED.nodes.registerType('bench-source', source, {});
};

function answer(response: ServerResponse, content: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}
