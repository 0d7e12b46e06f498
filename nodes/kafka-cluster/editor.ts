import type { EditorNode } from '../editor/index';

/** What the node answers to a trial: see `lib/log/kafka/trial`. */
interface Trial {
  readonly brokers: readonly string[];
  readonly topics: number;
}

interface Request {
  readonly url: string;
  readonly method: string;
  readonly contentType: string;
  readonly data: string;
}

/** jQuery's, with a body and an answer. */
type Ask = (request: Request) => {
  then(done: (answer: Trial) => void, failed: (answer: unknown) => void): void;
};

const PREFIX = '#node-config-input-';
const SETTINGS = ['brokers', 'tls', 'saslMechanism', 'clientId'] as const;

/** Adds a button that tries what the dialog says, before it is deployed. */
export function prepare(node: EditorNode): void {
  const say = (key: string, values?: Record<string, string>): string => node._(`kafka-cluster.test.${key}`, values);
  const row = $('<div class="form-row pulseflow-test"><label></label><div class="pulseflow-field"></div></div>');
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
    ask(node).then(
      ({ brokers, topics }) => {
        const values = { brokers: String(brokers.length), addresses: brokers.join(', '), topics: String(topics) };
        answer.text(say('ok', values));
      },
      (refusal) => answer.text(say('failed', { reason: reasonOf(refusal) })),
    );
  });
}

function ask(node: EditorNode): ReturnType<Ask> {
  const saved = Object.fromEntries(SETTINGS.map((name) => [name, chosen($(`${PREFIX}${name}`).val())]));
  const credentials = { user: $(`${PREFIX}user`).val(), password: $(`${PREFIX}password`).val() };
  return ($.ajax as unknown as Ask)({
    url: `pulseflow/kafka/${String(node.id)}/test`,
    method: 'POST',
    contentType: 'application/json',
    data: JSON.stringify({ ...saved, credentials }),
  });
}

/** Node-RED's lists of config nodes say `_ADD_` for none. */
function chosen(value: unknown): unknown {
  return value === '_ADD_' ? '' : value;
}

function reasonOf(refusal: unknown): string {
  const { responseJSON, statusText } = refusal as { responseJSON?: { error?: string }; statusText?: string };
  return responseJSON?.error ?? statusText ?? '';
}
