import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Red, RedNode, SavedNode } from '../../nodes/common/red';
import { acquire, release } from '../../nodes/common/runtime';
import { Arrivals } from './arrivals';
import type { Post } from './client';
import { PostsSource } from './postsSource';
import { takenBy, watchGroup } from './watch';

/**
 * What the Kafka benchmarks put into the Node-RED that they measure: a source of posts, `bench-posts`, and routes that
 * tell what a group took, and when posts came to nodes.
 */
export = (RED: Red): void => {
  const sources = new Map<string, PostsSource>();
  const arrivals = new Arrivals(RED);

  RED.nodes.registerType(
    'bench-posts',
    function (this: RedNode, saved: SavedNode): void {
      RED.nodes.createNode(this, saved);
      const lines = readFileSync(saved.file as string, 'utf8').split('\n');
      const posts = lines.map((line) => JSON.parse(line) as Post);
      sources.set(this.id, new PostsSource(this.id, posts, (message) => this.send(message), acquire(RED)));
      this.on('close', (_, done) => {
        sources.delete(this.id);
        release(RED);
        done();
      });
    },
    {},
  );

  const serve = (path: string, answer: (query: URLSearchParams) => unknown): void =>
    RED.httpAdmin.get(path, ({ url }, response) => {
      const query = new URL(url ?? '', 'http://localhost').searchParams;
      Promise.resolve(query)
        .then(answer)
        .then(
          (found) => reply(response, 200, found ?? {}),
          (thrown: unknown) => reply(response, 500, String(thrown)),
        );
    });
  serve('/bench/watch', (query) => watchGroup(query.get('group') ?? '', Number(query.get('records'))));
  serve('/bench/taken', (query) => takenBy(query.get('group') ?? ''));
  serve('/bench/produce', (query) =>
    sources.get(query.get('source') ?? '')?.run(Number(query.get('records')), Number(query.get('batch'))),
  );
  serve('/bench/arrivals/begin', (query) => arrivals.begin((query.get('nodes') ?? '').split(',')));
  serve('/bench/arrivals/count', (query) => arrivals.count(query.get('node') ?? ''));
  serve('/bench/arrivals', (query) => arrivals.at(query.get('node') ?? ''));
};

function reply(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}
