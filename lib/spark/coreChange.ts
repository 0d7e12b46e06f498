import { messageOf } from '../core/errors';
import { plainText } from '../core/records';
import type { ChangeRule, ChangeSettings, Source } from './changeRules';
import type { FlowNode } from './flow';
import type { KnownFields } from './knownFields';
import type { MessagePath } from './messagePaths';
import type { Objection } from './obstacles';

/** A rule of a change as a flow has it; what is left out, Node-RED fills in when it makes the node. */
interface SavedRule {
  readonly t: string;
  readonly p: string;
  readonly pt?: string;
  readonly to?: unknown;
  readonly tot?: string;
  readonly from?: unknown;
  readonly fromt?: string;
  readonly re?: boolean;
}

interface SavedChange {
  readonly rules?: readonly SavedRule[];
  /** How versions before 0.10 saved their only rule. */
  readonly action?: string;
  readonly property?: string;
  readonly from?: string;
  readonly to?: string;
  readonly reg?: boolean | null;
}

/** What may be looked for: a number, a flag, a text, or what fits a regular expression. */
const FROM_KINDS = ['num', 'bool', 'str', 're'] as const;

/**
 * What Node-RED's change means for a record by itself.
 * @param object takes what it cannot mean on Spark
 */
export function changeMeaning(
  node: FlowNode,
  known: KnownFields,
  object: (objection: Objection) => void,
): ChangeSettings {
  const saved = node as SavedChange;
  const rules = saved.rules ?? [onlyRule(saved)];
  return { rules: rules.flatMap((rule, index) => new Rule(rule, `rules[${index}]`, known, object).meaning() ?? []) };
}

function onlyRule({ action = '', property = '', from = '', to = '', reg }: SavedChange): SavedRule {
  return { t: action === 'replace' ? 'set' : action, p: property, from, to, re: reg === null || reg === true };
}

class Rule {
  constructor(
    private readonly rule: SavedRule,
    private readonly setting: string,
    private readonly known: KnownFields,
    private readonly object: (objection: Objection) => void,
  ) {}

  meaning(): ChangeRule | undefined {
    const { t: action, p, pt = 'msg' } = this.rule;
    const path = this.#path(pt, p);
    if (path === undefined) return undefined;
    switch (action) {
      case 'delete':
        return { action, path };
      case 'set': {
        const to = this.#source();
        return to === undefined ? undefined : { action, path, to };
      }
      case 'move': {
        const target = this.#path(this.rule.tot ?? 'msg', plainText(this.rule.to));
        return target === undefined ? undefined : { action, path, target };
      }
      case 'change':
        return this.#change(path);
      default:
        this.object({
          setting: this.setting,
          reason: `There is no rule "${action}".`,
          remedy: 'Use set, change, delete or move.',
        });
        return undefined;
    }
  }

  #change(path: MessagePath): ChangeRule | undefined {
    const { from, fromt = this.rule.re === true ? 're' : 'str' } = this.rule;
    const kind = FROM_KINDS.find((each) => each === fromt);
    const to = this.#source();
    if (kind === undefined) this.known.refuse(fromt, this.setting);
    if (to !== undefined && !('literal' in to)) this.known.refuse(this.rule.tot ?? '', this.setting);
    if (kind === undefined || to === undefined || !('literal' in to)) return undefined;
    const find = plainText(from);
    try {
      if (kind === 're') new RegExp(find, 'g');
    } catch (thrown) {
      this.object({ setting: this.setting, reason: `${messageOf(thrown)}.`, remedy: 'Mend the regular expression.' });
    }
    return { action: 'change', path, find, kind, replacement: to.literal, asFlag: this.rule.tot === 'bool' };
  }

  #source(): Source | undefined {
    const { t, to, tot } = this.rule;
    const text = plainText(to ?? '');
    // As Node-RED reads rules from before values had types.
    if (tot === undefined && t === 'set' && text.startsWith('msg.')) return this.#field(text);
    switch (tot ?? 'str') {
      case 'str':
        return { literal: text };
      case 'num':
        return { literal: Number(text) };
      case 'bool':
        return { literal: /^true$/iu.test(text) };
      case 'json':
        return this.#json(text);
      case 'msg':
        return this.#field(text);
      default:
        this.known.refuse(tot ?? '', this.setting);
        return undefined;
    }
  }

  #json(json: string): Source | undefined {
    try {
      JSON.parse(json);
      return { json };
    } catch (thrown) {
      this.object({
        setting: this.setting,
        reason: `It sets no JSON: ${messageOf(thrown)}.`,
        remedy: 'Mend the JSON.',
      });
      return undefined;
    }
  }

  #field(text: string): Source | undefined {
    const path = this.#path('msg', text);
    return path === undefined ? undefined : { path };
  }

  #path(type: string, text: string): MessagePath | undefined {
    return this.known.path(type, text, this.setting);
  }
}
