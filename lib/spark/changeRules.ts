import { type MessagePath, readMessage, writeMessage } from './messagePaths';
import type { Message, RecordNode } from './message';

/** A rule of Node-RED's change, as far as a record by itself can follow it. */
export type ChangeRule =
  | { readonly action: 'set'; readonly path: MessagePath; readonly to: Source }
  | { readonly action: 'delete'; readonly path: MessagePath }
  | { readonly action: 'move'; readonly path: MessagePath; readonly target: MessagePath }
  | {
      readonly action: 'change';
      readonly path: MessagePath;
      /** What is looked for, and whether it is meant as a number, a flag, a text, or a regular expression. */
      readonly find: string;
      readonly kind: 'num' | 'bool' | 'str' | 're';
      /** What it is replaced by; `asFlag`: a text that comes to `true` or `false` becomes that flag. */
      readonly replacement: unknown;
      readonly asFlag: boolean;
    };

/** A value as it stands in the rule, JSON text that is read anew for each message, or a field of the message. */
export type Source = { readonly literal: unknown } | { readonly json: string } | { readonly path: MessagePath };

export interface ChangeSettings {
  readonly rules: readonly ChangeRule[];
}

/** A path that breaks off, which is not the same as a field that is missing. */
const NOWHERE = Symbol('nowhere');

/** Takes a message that is all its own. */
type Action = (message: object) => void;

/** Node-RED's change for one message (@node-red/nodes/core/function/15-change.js). */
export function changeNode({ rules }: ChangeSettings): RecordNode {
  const actions = rules.map(actionOf);
  return (message, send) => {
    const own = copyOf(message) as Message;
    for (const act of actions) act(own);
    send(1, own);
  };
}

function actionOf(rule: ChangeRule): Action {
  const { path } = rule;
  switch (rule.action) {
    case 'set': {
      const valueOf = reader(rule.to);
      return (message) => {
        const value = valueOf(message);
        // Node-RED leaves out a rule whose value cannot be read.
        if (value !== NOWHERE) writeMessage(message, path, value);
      };
    }
    case 'delete':
      return (message) => writeMessage(message, path, undefined);
    case 'move':
      return mover(path, rule.target);
    case 'change':
      return replacer(rule);
  }
}

function reader(source: Source): (message: object) => unknown {
  if ('literal' in source) return () => source.literal;
  if ('json' in source) return () => JSON.parse(source.json) as unknown;
  return (message) => readMessage(message, source.path, NOWHERE);
}

function mover(path: MessagePath, target: MessagePath): Action {
  const [from, to] = [path.join('.'), target.join('.')];
  // Node-RED's own condition: the value is taken away before it is set again, or after.
  const upwards = from.includes(to) && from !== to;
  return (message) => {
    const value = readMessage(message, path, upwards ? NOWHERE : undefined);
    if (!upwards) writeMessage(message, path, undefined);
    if (value !== NOWHERE) writeMessage(message, target, value);
    if (upwards) writeMessage(message, path, undefined);
  };
}

function replacer({ path, find, kind, replacement, asFlag }: ChangeRule & { action: 'change' }): Action {
  const pattern = new RegExp(kind === 're' ? find : find.replace(/[-[\]{}()*+?.,\\^$|#\s]/gu, '\\$&'), 'g');
  return (message) => {
    const current = readMessage(message, path);
    if (typeof current === 'string') {
      if (kind !== 're' && current === find) {
        writeMessage(message, path, replacement);
        return;
      }
      const replaced = current.replace(pattern, replacement as string);
      writeMessage(message, path, asFlag && replaced === String(replacement) ? replacement : replaced);
    } else if (typeof current === 'number' && kind === 'num') {
      if (current === Number(find)) writeMessage(message, path, replacement);
    } else if (typeof current === 'boolean' && kind === 'bool' && String(current) === find) {
      writeMessage(message, path, replacement);
    }
  };
}

/** A copy down to the last field: other branches have the message too. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  // A field called __proto__, as JSON may have it, stays a field.
  for (const [name, each] of Object.entries(value)) {
    if (name === '__proto__') Object.defineProperty(copy, name, { value: each, enumerable: true, writable: true });
    else copy[name] = copyOf(each);
  }
  return copy;
}
