import { PATH_SEGMENT, UNSAFE_NAMES } from '../core/patterns';
import type { Form } from './message';
import type { MessagePath } from './messagePaths';
import type { Objection } from './obstacles';

/** What a message is known by on Spark. */
const OF_SINGLES = ['payload', 'topic', 'key', 'kafka', 'sentiment'];
/** What all records of a batch have in common, so that it means the same for each. */
const OF_BATCHES = ['topic', 'kafka.topic', 'kafka.partition'];

const NOT_KNOWN: Readonly<Record<string, Omit<Objection, 'setting'>>> = {
  flow: {
    reason: 'It reads the context of the flow, which Spark’s executors do not have.',
    remedy: 'Write the value into the node.',
  },
  global: {
    reason: 'It reads the global context, which Spark’s executors do not have.',
    remedy: 'Write the value into the node.',
  },
  jsonata: {
    reason: 'It evaluates a JSONata expression, which Spark’s executors do not understand.',
    remedy: 'Write it as rules on fields, or put it behind the kafka-out.',
  },
  env: {
    reason: 'It reads an environment variable, which Spark’s executors do not have.',
    remedy: 'Write the value into the node.',
  },
  prev: {
    reason: 'It compares with the message before; Spark has no order of all records.',
    remedy: 'Compare within the record, or do this behind the kafka-out.',
  },
  date: {
    reason: 'It takes the time of the clock, which is another one when Spark runs a batch again after a failure.',
    remedy: 'Use a time of the record.',
  },
};

/** The fields of messages that core nodes name, as far as Spark knows them; it objects to others. */
export class KnownFields {
  /**
   * @param form whether messages are single records at that place
   * @param remedy what makes single records of batches
   */
  constructor(
    private readonly form: Form,
    private readonly remedy: string,
    private readonly object: (objection: Objection) => void,
  ) {}

  /** The field that a typed input of the editor names; undefined if Spark does not know it. */
  path(type: string, text: string, setting: string): MessagePath | undefined {
    if (type !== 'msg') {
      this.refuse(type, setting);
      return undefined;
    }
    const path = text.replace(/^msg\./u, '').replaceAll(/\[(?:(\d+)|"([^"]+)"|'([^']+)')\]/gu, '.$1$2$3');
    const parts = path.split('.');
    const objection = this.#objectionTo(path, parts);
    if (objection === undefined) return parts;
    this.object({ setting, ...objection });
    return undefined;
  }

  /** Objects to a kind of value. */
  refuse(type: string, setting: string): void {
    this.object({
      setting,
      ...(NOT_KNOWN[type] ?? {
        reason: `It uses a value of the type "${type}", which means nothing on Spark.`,
        remedy: 'Use a text, a number, a flag or a field of the message.',
      }),
    });
  }

  #objectionTo(path: string, parts: readonly string[]): Objection | undefined {
    if (!parts.every((part) => PATH_SEGMENT.test(part) && !UNSAFE_NAMES.has(part))) {
      return { reason: `"msg.${path}" is no path that can be followed.`, remedy: 'Write names separated by dots.' };
    }
    if (!OF_SINGLES.includes(parts[0] ?? '')) {
      const known = OF_SINGLES.map((name) => `msg.${name}`).join(', ');
      return { reason: `It uses msg.${path}; known on Spark are ${known}.`, remedy: 'Use a field of the record.' };
    }
    if (this.form === 'single' || OF_BATCHES.includes(path)) return undefined;
    return { reason: `Messages are batches there, of which it takes msg.${path} as a whole.`, remedy: this.remedy };
  }
}
