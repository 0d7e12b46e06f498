import type { Objection } from './obstacles';

const BEHIND = 'put it behind a kafka-in that reads what the kafka-out writes.';

const STORE: Objection = {
  reason: 'Spark does not write to it.',
  remedy: 'End the stretch in a kafka-out, and read its topic with a kafka-in before the sink.',
};

const KNOWN: Readonly<Record<string, Objection>> = {
  function: {
    reason: 'It runs code that was written for Node-RED, with its context and its messages.',
    remedy: `Use switch and change instead, or ${BEHIND}`,
  },
  'link call': {
    reason: 'What it calls answers when it likes; Spark follows wires only.',
    remedy: 'Use link out and link in.',
  },
  'kafka-out': {
    reason: 'Records that are handed on when they are stored come from Node-RED’s writer, which is idle then.',
    remedy: 'Name it as the sink, or wire what follows to the node before it.',
  },
  'twitter-poll': { reason: 'Posts are collected in Node-RED.', remedy: 'Write them to a topic, and begin there.' },
  'hbase-sink': STORE,
  'hdfs-sink': STORE,
  'elasticsearch-sink': STORE,
  'tableau-export': STORE,
};

/** Why a node of a type that Spark does not know cannot be on the way. */
export function strangerTo(type: string): Objection {
  if (type.startsWith('subflow:')) {
    return {
      reason: 'It is a subflow, which is not looked into.',
      remedy: 'Put its nodes into the flow in its place.',
    };
  }
  return (
    KNOWN[type] ?? {
      reason: `A node "${type}" means nothing on Spark.`,
      remedy: `Take it out of the way, or ${BEHIND}`,
    }
  );
}
