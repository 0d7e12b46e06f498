import { messageOf } from '../core/errors';
import { plainText } from '../core/records';
import type { FlowNode } from './flow';
import type { KnownFields } from './knownFields';
import type { Objection } from './obstacles';
import { OPERATORS, type Operand, type SwitchRule, type SwitchSettings } from './switchRules';

/** A switch as a flow has it; what is left out, Node-RED fills in when it makes the node. */
interface SavedSwitch {
  readonly property?: string;
  readonly propertyType?: string;
  readonly rules?: readonly SavedRule[];
  readonly checkall?: string;
}

interface SavedRule {
  readonly t: string;
  readonly v?: unknown;
  readonly vt?: string;
  readonly v2?: unknown;
  readonly v2t?: string;
  readonly case?: boolean;
}

/** Operators that compare with nothing. */
const ALONE = new Set(['true', 'false', 'null', 'nnull', 'empty', 'nempty', 'else']);

const BY_SEQUENCE = new Set(['head', 'tail', 'index']);

/**
 * What Node-RED's switch means for a record by itself.
 * @param object takes what it cannot mean on Spark
 */
export function switchMeaning(
  node: FlowNode,
  known: KnownFields,
  object: (objection: Objection) => void,
): SwitchSettings {
  const { property = 'payload', propertyType = 'msg', rules = [], checkall = 'true' } = node as SavedSwitch;
  const path = known.path(propertyType, property, 'property') ?? [];
  return {
    property: path,
    rules: rules.map((rule, index) => ruleOf(rule, `rules[${index}]`, known, object)),
    checkAll: checkall !== 'false',
  };
}

function ruleOf(
  { t: operator, v, vt, v2, v2t, case: ignoreCase = false }: SavedRule,
  setting: string,
  known: KnownFields,
  object: (objection: Objection) => void,
): SwitchRule {
  const bare = { operator, ignoreCase };
  if (!(OPERATORS as readonly string[]).includes(operator)) {
    const sequence = BY_SEQUENCE.has(operator);
    object({
      setting,
      reason: sequence
        ? `The rule "${operator}" counts the messages of a sequence; Spark has no order of all records.`
        : `The rule "${operator}" means nothing on Spark.`,
      remedy: 'Use rules on the values of fields, or do this behind the kafka-out.',
    });
    return bare;
  }
  if (ALONE.has(operator)) return bare;
  const first = operandOf(v, vt, operator, setting, known);
  if (operator === 'regex' && first !== undefined && 'literal' in first) {
    try {
      new RegExp(plainText(first.literal), ignoreCase ? 'i' : '');
    } catch (thrown) {
      object({ setting, reason: `${messageOf(thrown)}.`, remedy: 'Mend the regular expression.' });
    }
  }
  const second = operator === 'btwn' ? operandOf(v2, v2t, operator, setting, known) : undefined;
  return { ...bare, ...(first === undefined ? {} : { first }), ...(second === undefined ? {} : { second }) };
}

function operandOf(
  value: unknown,
  type: string | undefined,
  operator: string,
  setting: string,
  known: KnownFields,
): Operand | undefined {
  // The name of a type stands for itself.
  if (operator === 'istype') return { literal: type === 'json' || type === 'null' ? type : value };
  switch (type ?? (Number.isNaN(Number(value)) ? 'str' : 'num')) {
    case 'num':
      return { literal: Number(value) };
    case 'str':
      return { literal: plainText(value) };
    case 'bool':
      return { literal: /^true$/iu.test(plainText(value)) };
    case 'null':
      return { literal: 'null' };
    case 'msg': {
      const path = known.path('msg', plainText(value), setting);
      return path === undefined ? undefined : { path };
    }
    default:
      known.refuse(type ?? '', setting);
      return undefined;
  }
}
