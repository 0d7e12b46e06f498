import type { TopicLog } from '../../lib/log/log';
import { type Trial, tryConnection } from '../../lib/log/kafka/trial';
import { settingsToTry } from '../common/connection';
import { type Question, answerQuestion } from '../common/questions';
import type { Red } from '../common/red';
import { offeredBy } from '../common/services';
import { tlsOf } from '../common/tls';
import { spec } from './spec';

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

function test(RED: Red, question: Question): Promise<Trial> {
  const { tls, ...client } = settingsToTry(RED, spec, question, { mode: 'kafka' });
  return tryConnection({ ...client, ...tlsOf(RED, tls) });
}
