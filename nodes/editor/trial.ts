import type { NodeSpec } from '../common/spec';
import { ask } from './ask';
import { faultOf, sentence } from './faults';
import { shown } from './form';
import type { EditorNode } from './index';

/** Shows what the runtime answered; the area is empty. */
export type ShowAnswer = (answer: unknown, area: HTMLElement, node: EditorNode) => void;

/** What the runtime says of a sample that went through the node: see `nodes/common/trial`. */
interface Answer {
  /** Why the sample or the settings cannot be used. */
  readonly refused?: string;
  readonly output?: 1 | 2;
  readonly reason?: string;
  readonly payload?: unknown;
  /** What else there is to know, each with a label in the node's catalogue. */
  readonly [other: string]: unknown;
}

/** How long after the last key the sample is tried, in ms. */
const PAUSE = 250;

/** Makes the part of a dialog that tries its settings, as they are, on a sample. */
export function prepareTrial(spec: NodeSpec, node: EditorNode, form: HTMLElement, show: ShowAnswer = showPassed): void {
  const panel = form.querySelector<HTMLDetailsElement>('.pulseflow-try');
  const sample = panel?.querySelector<HTMLInputElement | HTMLTextAreaElement>('[data-sample]');
  const area = panel?.querySelector<HTMLElement>('.pulseflow-answer');
  if (panel == null || sample == null || area == null) return;
  sample.value = sampleFor(spec, node);
  let timer: number | undefined;
  let asked = 0;
  const attempt = (): void => {
    if (!panel.open) return;
    const mine = ++asked;
    const settings = settingsShown(spec);
    const wrong = firstWrong(spec, node, settings);
    if (wrong !== undefined) {
      fail(area, node._('common.trial.settings', { fault: wrong }));
      return;
    }
    ask('POST', `pulseflow/try/${spec.type}`, { settings, sample: sample.value }).then(
      (answer) => {
        if (mine !== asked) return;
        const { refused } = answer as Answer;
        if (refused !== undefined) {
          fail(area, refused);
          return;
        }
        area.replaceChildren();
        area.classList.remove('pulseflow-failed');
        show(answer, area, node);
      },
      (thrown: unknown) => {
        if (mine === asked) fail(area, (thrown as Error).message);
      },
    );
  };
  const soon = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(attempt, PAUSE);
  };
  panel.addEventListener('toggle', attempt);
  form.addEventListener('input', soon);
  $(form).on('change', soon);
}

function settingsShown(spec: NodeSpec): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(spec.properties)
      .filter(([, { kind }]) => kind !== 'credential' && kind !== 'config')
      .map(([name, property]) => [name, shown(spec, name, property)]),
  );
}

/** The first fault of a setting; a trial needs no place where to put what it makes. */
function firstWrong(spec: NodeSpec, node: EditorNode, settings: Record<string, unknown>): string | undefined {
  for (const [name, value] of Object.entries(settings)) {
    const fault = faultOf(spec, name, value, node);
    if (fault === undefined || name === 'table') continue;
    const words = sentence((key, values) => node._(key, values), fault);
    return `${node._(`${spec.type}.properties.${name}.label`)}: ${words}`;
  }
  return undefined;
}

function sampleFor(spec: NodeSpec, node: EditorNode): string {
  const now = new Date().toISOString();
  if (spec.tries === 'time') return now;
  const text = node._('common.trial.sample');
  if (spec.tries === 'text') return text;
  const author = { id: '7', username: 'ann', name: 'Ann' };
  const public_metrics = { like_count: 3, retweet_count: 1 };
  return JSON.stringify({ id: '1', text, created_at: now, lang: 'en', author, public_metrics, source: 'web' }, null, 2);
}

function showPassed(answer: unknown, area: HTMLElement, node: EditorNode): void {
  const { output, reason = '', payload, ...others } = answer as Answer;
  if (output !== undefined) {
    const heading = area.appendChild(document.createElement('p'));
    if (output === 2) heading.className = 'pulseflow-refused';
    heading.textContent = node._(`common.trial.${output === 2 ? 'rejected' : 'passed'}`, { reason });
    area.append(block(JSON.stringify(payload, null, 2)));
  }
  for (const [name, value] of Object.entries(others)) {
    const heading = area.appendChild(document.createElement('p'));
    heading.textContent = node._(`${String(node.type)}.trial.${name}`);
    area.append(block(typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
  }
}

/** Text that keeps its lines, and that the keyboard can scroll. */
function block(text: string): HTMLElement {
  const made = document.createElement('pre');
  made.tabIndex = 0;
  made.textContent = text;
  return made;
}

function fail(area: HTMLElement, words: string): void {
  area.classList.add('pulseflow-failed');
  area.textContent = words;
}
