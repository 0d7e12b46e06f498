import { ask } from './ask';
import type { EditorNode } from './index';

/** What a cluster's dialog tries, and how its answer is put into words. */
export interface ConnectionTest {
  /** The type of the node, whose catalogue has the words under `test`: button, running, ok, failed. */
  readonly type: string;
  /** Where it is asked, below `pulseflow/`, before `/<id>/test`. */
  readonly service: string;
  /** The settings that are sent with it. */
  readonly settings: readonly string[];
  /** The credentials that are sent with it; user and password, if left out. */
  readonly credentials?: readonly string[];
  /** The mode in which there is something to connect to; left out, there always is. */
  readonly mode?: string;
  /** What the words of `ok` quote. */
  readonly values: (answer: never) => Record<string, string>;
  /** The words to tell of an answer with, where those are not always `ok`. */
  readonly key?: (answer: never) => string;
}

const PREFIX = '#node-config-input-';

/** Adds a button that tries what the dialog of a cluster says, before it is deployed. */
export function prepareConnectionTest(node: EditorNode, test: ConnectionTest): void {
  const say = (key: string, values?: Record<string, string>): string => node._(`${test.type}.test.${key}`, values);
  const row = $('<div class="form-row pulseflow-test"><span></span><div class="pulseflow-field"></div></div>');
  const button = $('<button type="button" class="red-ui-button"></button>').text(say('button'));
  const answer = $('<div role="status" class="pulseflow-hint"></div>');
  row.find('.pulseflow-field').append(button).append(answer);
  row.appendTo($(`${PREFIX}name`).closest('.pulseflow-form'));
  if (test.mode !== undefined) {
    const show = (): void => void row.toggle($(`${PREFIX}mode`).val() === test.mode);
    $(`${PREFIX}mode`).on('change', show);
    show();
  }
  button.on('click', () => {
    answer.text(say('running'));
    attempt(node, test).then(
      (answered) => answer.text(say(test.key?.(answered) ?? 'ok', test.values(answered))),
      (thrown: unknown) => answer.text(say('failed', { reason: (thrown as Error).message })),
    );
  });
}

function attempt(node: EditorNode, test: ConnectionTest): Promise<never> {
  const saved = shown(test.settings);
  const credentials = shown(test.credentials ?? ['user', 'password']);
  return ask('POST', `pulseflow/${test.service}/${String(node.id)}/test`, { ...saved, credentials });
}

function shown(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, chosen($(`${PREFIX}${name}`).val())]));
}

/** Node-RED's lists of config nodes say `_ADD_` for none. */
function chosen(value: unknown): unknown {
  return value === '_ADD_' ? '' : value;
}
