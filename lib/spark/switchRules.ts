import { plainText } from '../core/records';
import { type MessagePath, readMessage } from './messagePaths';
import type { RecordNode } from './message';

/** What Node-RED's switch asks of a value, as far as a record by itself can answer. */
export const OPERATORS = [
  ...['eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'btwn', 'cont', 'regex', 'hask', 'istype'],
  ...['true', 'false', 'null', 'nnull', 'empty', 'nempty', 'else'],
] as const;

/** A value to compare with: as it stands in the rule, or a field of the message. */
export type Operand = { readonly literal: unknown } | { readonly path: MessagePath };

export interface SwitchRule {
  /** One of `OPERATORS`. */
  readonly operator: string;
  readonly first?: Operand;
  readonly second?: Operand;
  /** A regular expression passes over the case of letters. */
  readonly ignoreCase: boolean;
}

export interface SwitchSettings {
  readonly property: MessagePath;
  readonly rules: readonly SwitchRule[];
  /** A message leaves by each output whose rule holds; else by the first alone. */
  readonly checkAll: boolean;
}

type Test = (value: unknown, message: object) => boolean;

/** Node-RED's switch for one message (@node-red/nodes/core/function/10-switch.js). */
export function switchNode({ property, rules, checkAll }: SwitchSettings): RecordNode {
  const tests = rules.map((rule) => (rule.operator === 'else' ? undefined : testOf(rule)));
  return (message, send) => {
    const value = readMessage(message, property);
    let none = true;
    for (let index = 0; index < tests.length; index++) {
      const test = tests[index];
      const holds: boolean = test === undefined ? none : test(value, message);
      if (test === undefined) none = true;
      if (!holds) continue;
      none = false;
      send(index + 1, message);
      if (!checkAll) return;
    }
  };
}

function testOf({ operator, first, second, ignoreCase }: SwitchRule): Test {
  const one = reader(first);
  const other = reader(second);
  switch (operator) {
    // As Node-RED compares: a text and a number by JavaScript's own conversions.
    case 'eq':
      return (a, message) => a == one(message);
    case 'neq':
      return (a, message) => a != one(message);
    case 'lt':
      return (a, message) => (a as number) < (one(message) as number);
    case 'lte':
      return (a, message) => (a as number) <= (one(message) as number);
    case 'gt':
      return (a, message) => (a as number) > (one(message) as number);
    case 'gte':
      return (a, message) => (a as number) >= (one(message) as number);
    case 'btwn':
      return (a, message) => isBetween(a as number, one(message) as number, other(message) as number);
    case 'cont':
      return (a, message) => String(a).includes(String(one(message)));
    case 'regex':
      return regexTest(first, ignoreCase);
    case 'hask':
      return (a, message) => hasKey(a, one(message));
    case 'istype':
      return (a, message) => isOfType(a, one(message));
    case 'true':
      return (a) => a === true;
    case 'false':
      return (a) => a === false;
    case 'null':
      return (a) => a === undefined || a === null;
    case 'nnull':
      return (a) => a !== undefined && a !== null;
    case 'empty':
      return (a) => sizeOf(a) === 0;
    case 'nempty':
      return (a) => (sizeOf(a) ?? 0) !== 0;
    default:
      throw new TypeError(`there is no operator "${operator}"`);
  }
}

function reader(operand: Operand | undefined): (message: object) => unknown {
  if (operand === undefined) return () => undefined;
  if ('literal' in operand) return () => operand.literal;
  return (message) => readMessage(message, operand.path);
}

function regexTest(operand: Operand | undefined, ignoreCase: boolean): Test {
  const flags = ignoreCase ? 'i' : '';
  if (operand === undefined || 'literal' in operand) {
    const regex = new RegExp(String(operand?.literal), flags);
    return (a) => regex.test(String(a));
  }
  return (a, message) => new RegExp(readMessage(message, operand.path) as string, flags).test(String(a));
}

function isBetween(value: number, one: number, other: number): boolean {
  return (value >= one && value <= other) || (value <= one && value >= other);
}

function hasKey(value: unknown, name: unknown): boolean {
  if (value === undefined || value === null || typeof name === 'object') return false;
  return Object.prototype.hasOwnProperty.call(value, plainText(name));
}

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    case 'json':
      try {
        JSON.parse(value as string);
        return true;
      } catch {
        return false;
      }
    default:
      return typeof value === type && !Array.isArray(value) && value !== null;
  }
}

/** How many characters, elements or fields; undefined of what has none. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
}
