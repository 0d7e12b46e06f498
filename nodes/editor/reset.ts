import type { EditorNode } from './index';

/** Makes the button of a dialog that lets a running node forget its state, after asking. */
export function prepareReset(node: EditorNode, form: JQueryLike): void {
  const row = form.find('.pulseflow-reset');
  const say = (key: string, values?: Record<string, string>): void => {
    row.find('[role=status]').text(node._(`common.reset.${key}`, values));
  };
  row.find('button').on('click', () => {
    if (!window.confirm(node._('common.reset.ask'))) return;
    $.ajax({ url: `pulseflow/nodes/${String(node.id)}/reset`, method: 'POST' }).then(
      () => say('done'),
      (answer: unknown) => say('failed', { reason: (answer as { responseText: string }).responseText }),
    );
  });
}
