import { choice, config, credential, duration, flag, number, text } from '../common/properties';
import { defineNode } from '../common/spec';

const kafka = { property: 'mode', is: ['kafka'] };
const loggedIn = { property: 'saslMechanism', is: ['plain', 'scram-sha-256', 'scram-sha-512'] };

export const spec = defineNode({
  type: 'kafka-cluster',
  config: true,
  properties: {
    mode: choice(['embedded', 'kafka']),
    brokers: text('localhost:9092', {
      required: true,
      example: 'kafka-1:9092, kafka-2:9092',
      format: 'brokers',
      when: kafka,
    }),
    tls: config('tls-config', { required: false, when: kafka }),
    saslMechanism: choice(['none', 'plain', 'scram-sha-256', 'scram-sha-512'], { when: kafka }),
    user: credential(false, { when: loggedIn }),
    password: credential(true, { when: loggedIn }),
    clientId: text('pulseflow', { required: true, group: 'more', when: kafka }),
    createTopics: flag(true, { group: 'more', when: kafka }),
    partitions: number(3, { min: 1, max: 1000, group: 'more' }),
    retention: duration('1d', { group: 'more', when: { property: 'mode', is: ['embedded'] } }),
  },
});
