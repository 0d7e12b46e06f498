import type { IncomingMessage, ServerResponse } from 'node:http';
import { PulseflowError, messageOf } from '../../lib/core/errors';
import type { HttpRoutes, Red } from './red';

/** What the editor asks the runtime, with the parameters of its path. */
export interface Question {
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: unknown;
}

type Request = IncomingMessage & { readonly params?: Record<string, string>; readonly body?: unknown };

const answered = new WeakMap<HttpRoutes, Set<string>>();

/**
 * Answers a question of the editor, as JSON: `200` with the answer, `422` with `{error}` where a setting or a sample
 * cannot be used, `500` with `{error}` where something broke. Asked of the same path a second time, it does nothing:
 * each node of a package offers its questions when it is loaded.
 * @param permission what the person who asks must be allowed to do in Node-RED
 */
export function answerQuestion(
  RED: Red,
  method: 'get' | 'post',
  path: string,
  permission: 'flows.read' | 'flows.write',
  answer: (question: Question) => unknown,
): void {
  // Without an editor there is nobody who asks.
  const routes = RED.httpAdmin as HttpRoutes | null | undefined;
  if (routes == null) return;
  const paths = answered.get(routes) ?? new Set<string>();
  answered.set(routes, paths);
  if (paths.has(path)) return;
  paths.add(path);
  routes[method](path, RED.auth.needsPermission(permission), (request, response) => {
    const { params = {}, body } = request as Request;
    Promise.resolve()
      .then(() => answer({ parameters: params, body }))
      .then(
        (result) => end(response, 200, result),
        (thrown: unknown) => end(response, thrown instanceof PulseflowError ? 422 : 500, { error: messageOf(thrown) }),
      );
  });
}

function end(response: ServerResponse, code: number, body: unknown): void {
  response.statusCode = code;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}
