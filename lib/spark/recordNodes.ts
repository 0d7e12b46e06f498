import { getter } from '../core/paths';
import type { Rejection, Step } from '../core/records';
import { Cleaner } from '../posts/clean';
import { scorerOf } from '../sentiment/engines';
import { sentimentStep } from '../sentiment/sentimentStep';
import { hashtagStep } from '../text/hashtagStep';
import { changeNode } from './changeRules';
import type { Form, Message, RecordNode, Send } from './message';
import type { RecordsWork, SentimentPlan } from './plan';
import { switchNode } from './switchRules';

/**
 * The node that a step stands for, with the functions that the palette's own node has.
 * @throws {SettingError} if a setting cannot be used
 */
export function recordNode(work: RecordsWork, form: Form): RecordNode {
  switch (work.type) {
    case 'tweet-clean': {
      const cleaner = new Cleaner(work.settings);
      return stepNode((batch) => cleaner.clean(batch, NO_COMMIT).outcome, form);
    }
    case 'hashtag-extract':
      return stepNode(hashtagStep(work.settings), form, work.settings.output === 'split');
    case 'sentiment':
      return sentimentNode(work.settings, form);
    case 'switch':
      return switchNode(work.settings);
    case 'change':
      return changeNode(work.settings);
  }
}

/** What is cleaned without memory has nothing to commit. */
const NO_COMMIT = { contribute: () => undefined };

/** @param reshapes the step makes several records of one, which then have no key beside them any more in a batch */
function stepNode(step: Step, form: Form, reshapes = false): RecordNode {
  if (form === 'single') return (message, send) => sendSingle(message, step(recordsOf(message)), send);
  return (message, send) => {
    const { records, rejected } = step([message.payload]);
    for (const payload of records) {
      send(1, reshapes ? { ...message, payload, key: undefined, headers: undefined } : { ...message, payload });
    }
    for (const rejection of rejected) send(2, refusal(message, rejection));
  };
}

function sentimentNode(settings: SentimentPlan, form: Form): RecordNode {
  const plain = sentimentStep({ ...settings, detail: false });
  if (form === 'batch') return stepNode(plain, form);
  const detailed = sentimentStep({ ...settings, detail: true });
  const scorer = scorerOf(settings.engine);
  const judgementOf = getter(settings.to, 'to');
  return (message, send) => {
    const { payload } = message;
    if (typeof payload === 'string') {
      send(1, { ...message, sentiment: scorer.score(payload) });
      return;
    }
    const outcome = (Array.isArray(payload) ? plain : detailed)(recordsOf(message));
    const [record] = outcome.records;
    const judged =
      record === undefined || Array.isArray(payload) ? message : { ...message, sentiment: judgementOf(record) };
    sendSingle(judged, outcome, send);
  };
}

/** A single message may carry an array all the same: then it is taken as a batch, and stays one. */
function recordsOf({ payload }: Message): readonly unknown[] {
  return Array.isArray(payload) ? payload : [payload];
}

function sendSingle(
  message: Message,
  { records, rejected }: { records: unknown[]; rejected: Rejection[] },
  send: Send,
): void {
  if (Array.isArray(message.payload)) {
    if (records.length > 0) send(1, { ...message, payload: records });
    if (rejected.length > 0) send(2, { ...message, payload: rejected });
    return;
  }
  for (const payload of records) send(1, { ...message, payload });
  for (const payload of rejected) send(2, { ...message, payload });
}

/** What is beside a batch, one for each record, does not go with those that were rejected. */
function refusal(message: Message, payload: Rejection): Message {
  return { ...message, payload, key: undefined, headers: undefined };
}
