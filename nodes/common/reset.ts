import { messageOf } from '../../lib/core/errors';
import type { HttpRoutes, Red } from './red';
import type { Running } from './register';

const PATH = '/pulseflow/nodes/:id/reset';
const running = new Map<string, Running>();
const served = new WeakSet<HttpRoutes>();

/** Lets a person who may deploy flows make a node forget its state: `POST /pulseflow/nodes/<id>/reset`. */
export function offerReset(RED: Red, id: string, node: Running): void {
  running.set(id, node);
  if (served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.post(PATH, RED.auth.needsPermission('flows.write'), (request, response) => {
    const { id: wanted = '' } = (request as { params?: { id?: string } }).params ?? {};
    const found = running.get(wanted);
    const answer = (code: number, text: string): void => {
      response.statusCode = code;
      response.end(text);
    };
    if (found?.reset === undefined) {
      answer(404, `No node ${wanted} that keeps state is running: deploy it first.`);
      return;
    }
    Promise.resolve(found.reset()).then(
      () => answer(204, ''),
      (thrown: unknown) => answer(500, messageOf(thrown)),
    );
  });
}

export function withdrawReset(id: string, node: Running): void {
  if (running.get(id) === node) running.delete(id);
}
