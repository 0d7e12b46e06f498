import type { TopicLog } from '../../lib/log/log';
import { type Trial, tryConnection } from '../../lib/log/kafka/trial';
import { type Question, answerQuestion } from '../common/questions';
import type { Red } from '../common/red';
import { offeredBy } from '../common/register';
import { readSettings } from '../common/settings';
import { faultWords } from '../common/words';
import { spec } from './spec';
import { tlsOf } from './tls';

/** What the editor shows in place of a password that it does not know. */
const KEPT = '__PWRD__';

/**
 * What the editor asks: `POST /pulseflow/kafka/<id>/test` tries the settings in the dialog of a cluster,
 * `GET /pulseflow/kafka/<id>/topics` and `/groups` name the topics and the groups of one that is deployed.
 */
export function offerQuestions(RED: Red): void {
  answerQuestion(RED, 'post', '/pulseflow/kafka/:id/test', 'flows.write', (question) => test(RED, question));
  answerQuestion(
    RED,
    'get',
    '/pulseflow/kafka/:id/topics',
    'flows.read',
    (question) => logOf(RED, question)?.topicNames?.() ?? [],
  );
  answerQuestion(
    RED,
    'get',
    '/pulseflow/kafka/:id/groups',
    'flows.read',
    (question) => logOf(RED, question)?.groupNames?.() ?? [],
  );
}

/** Undefined for a cluster that is not deployed yet. */
function logOf(RED: Red, { parameters }: Question): TopicLog | undefined {
  return offeredBy<TopicLog>(RED, parameters.id ?? '');
}

async function test(RED: Red, { parameters, body }: Question): Promise<Trial> {
  const { credentials = {}, ...saved } = body as { credentials?: Record<string, unknown> };
  const own = RED.nodes.getNode(parameters.id ?? '')?.credentials ?? {};
  const password = credentials.password === KEPT ? own.password : credentials.password;
  const user = credentials.user ?? own.user;
  const { tls, ...client } = readSettings(
    spec,
    { ...saved, mode: 'kafka' },
    { user, password: password ?? own.password },
    faultWords(RED, spec),
  );
  return tryConnection({ ...client, ...tlsOf(RED, tls) });
}
