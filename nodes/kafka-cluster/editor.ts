import { ask } from '../editor/ask';
import type { EditorNode } from '../editor/index';

/** What the node answers to a trial: see `lib/log/kafka/trial`. */
interface Trial {
  readonly brokers: readonly string[];
  readonly topics: number;
}

const PREFIX = '#node-config-input-';
const SETTINGS = ['brokers', 'tls', 'saslMechanism', 'clientId'] as const;

/** Adds a button that tries what the dialog says, before it is deployed. */
export function prepare(node: EditorNode): void {
  const say = (key: string, values?: Record<string, string>): string => node._(`kafka-cluster.test.${key}`, values);
  const row = $('<div class="form-row pulseflow-test"><span></span><div class="pulseflow-field"></div></div>');
  const button = $('<button type="button" class="red-ui-button"></button>').text(say('button'));
  const answer = $('<div role="status" class="pulseflow-hint"></div>');
  row.find('.pulseflow-field').append(button).append(answer);
  const form = $(`${PREFIX}name`).closest('.pulseflow-form');
  row.appendTo(form);
  const show = (): void => void row.toggle($(`${PREFIX}mode`).val() === 'kafka');
  $(`${PREFIX}mode`).on('change', show);
  show();
  button.on('click', () => {
    answer.text(say('running'));
    tryConnection(node).then(
      ({ brokers, topics }) => {
        const values = { brokers: String(brokers.length), addresses: brokers.join(', '), topics: String(topics) };
        answer.text(say('ok', values));
      },
      (thrown: unknown) => answer.text(say('failed', { reason: (thrown as Error).message })),
    );
  });
}

function tryConnection(node: EditorNode): Promise<Trial> {
  const saved = Object.fromEntries(SETTINGS.map((name) => [name, chosen($(`${PREFIX}${name}`).val())]));
  const credentials = { user: $(`${PREFIX}user`).val(), password: $(`${PREFIX}password`).val() };
  return ask('POST', `pulseflow/kafka/${String(node.id)}/test`, { ...saved, credentials });
}

/** Node-RED's lists of config nodes say `_ADD_` for none. */
function chosen(value: unknown): unknown {
  return value === '_ADD_' ? '' : value;
}
