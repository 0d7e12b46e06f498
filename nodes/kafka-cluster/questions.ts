import type { IncomingMessage, ServerResponse } from 'node:http';
import { PulseflowError, messageOf } from '../../lib/core/errors';
import type { TopicLog } from '../../lib/log/log';
import { type Trial, tryConnection } from '../../lib/log/kafka/trial';
import type { HttpRoutes, Red } from '../common/red';
import { serviceOf } from '../common/register';
import { readSettings } from '../common/settings';
import { spec } from './spec';
import { tlsOf } from './tls';

const served = new WeakSet<HttpRoutes>();
/** What the editor shows in place of a password that it does not know. */
const KEPT = '__PWRD__';

type Request = IncomingMessage & { readonly params?: { readonly id?: string }; readonly body?: unknown };

/**
 * What the editor asks: `POST /pulseflow/kafka/<id>/test` tries the settings in the dialog of a cluster,
 * `GET /pulseflow/kafka/<id>/topics` names the topics of one that is deployed.
 */
export function offerQuestions(RED: Red): void {
  // Without an editor there is nobody who asks.
  if ((RED.httpAdmin as HttpRoutes | null | undefined) == null || served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.post('/pulseflow/kafka/:id/test', RED.auth.needsPermission('flows.write'), (request, response) => {
    answer(response, test(RED, request));
  });
  RED.httpAdmin.get('/pulseflow/kafka/:id/topics', RED.auth.needsPermission('flows.read'), (request, response) => {
    const { id = '' } = (request as Request).params ?? {};
    answer(
      response,
      Promise.resolve().then(() => serviceOf<TopicLog>(RED, id, 'cluster').topicNames?.() ?? []),
    );
  });
}

async function test(RED: Red, request: Request): Promise<Trial> {
  const { id = '' } = request.params ?? {};
  const { credentials = {}, ...saved } = request.body as { credentials?: Record<string, unknown> };
  const own = RED.nodes.getNode(id)?.credentials ?? {};
  const password = credentials.password === KEPT ? own.password : credentials.password;
  const user = credentials.user ?? own.user;
  const { tls, ...client } = readSettings(
    spec,
    { ...saved, mode: 'kafka' },
    { user, password: password ?? own.password },
    (property, { key, value, limit = '' }) =>
      `${RED._(`${spec.type}.properties.${property}.label`)}: ${RED._(`common.checks.${key}`, { value, limit })}`,
  );
  return tryConnection({ ...client, ...tlsOf(RED, tls) });
}

function answer(response: ServerResponse, work: Promise<unknown>): void {
  const end = (code: number, body: unknown): void => {
    response.statusCode = code;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(body));
  };
  work.then(
    (result) => end(200, result),
    (thrown: unknown) => end(thrown instanceof PulseflowError ? 422 : 500, { error: messageOf(thrown) }),
  );
}
