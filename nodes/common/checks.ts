import { BROKER, COLUMN, SIZE, TABLE_NAME, durationOf, splitPath, splitTyped } from '../../lib/core/patterns';
import type { Format, Property, ValueKind } from './properties';

type FaultKey =
  | 'required'
  | 'path'
  | 'duration'
  | 'nothing'
  | 'longer'
  | 'template'
  | 'number'
  | 'min'
  | 'max'
  | 'choice'
  | 'map'
  | 'column'
  | 'size'
  | 'timeZone'
  | 'brokers'
  | 'table'
  | 'url';

/** What is wrong with a saved value: a key of the common catalogue's `checks`, with what it quotes. */
export interface Fault {
  readonly key: FaultKey;
  readonly value: string;
  readonly limit?: number | string;
}

/** The value of another property, its default where nothing is saved. */
export type ValueOf = (name: string) => unknown;

const NO_OTHERS: ValueOf = () => undefined;

/**
 * Checks a saved value against its declaration. Runs in the editor and at deploy alike.
 * @param valueOf the node's other properties, for values that are bound by another
 */
export function check(property: Property, value: unknown, valueOf: ValueOf = NO_OTHERS): Fault | undefined {
  const shown = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  if (value === undefined || value === null || value === '' || isEmptyOf(property, value)) {
    return property.required === true ? { key: 'required', value: '' } : undefined;
  }
  const fault = (key: FaultKey, limit?: number | string): Fault => ({
    key,
    value: shown,
    ...(limit === undefined ? {} : { limit }),
  });
  if (isVariable(value)) return undefined;
  switch (property.kind) {
    case 'path':
      return typeof value === 'string' && splitPath(value) !== undefined ? undefined : fault('path');
    case 'paths':
      return typeof value === 'string' && splitList(value).every((part) => splitPath(part) !== undefined)
        ? undefined
        : fault('path');
    case 'duration': {
      const duration = typeof value === 'string' ? durationOf(value) : undefined;
      if (duration === undefined) return fault('duration');
      if (property.positive === true && duration === 0) return fault('nothing');
      const limit = property.atMost === undefined ? undefined : valueOf(property.atMost);
      const most = typeof limit === 'string' ? durationOf(limit) : undefined;
      return most === undefined || duration <= most ? undefined : fault('longer', String(limit));
    }
    case 'template':
      return typeof value === 'string' && templateIsSound(value) ? undefined : fault('template');
    case 'number': {
      const number = Number(value);
      if (!Number.isFinite(number)) return fault('number');
      if (property.min !== undefined && number < property.min) return fault('min', property.min);
      if (property.max !== undefined && number > property.max) return fault('max', property.max);
      return undefined;
    }
    case 'choice':
      return typeof value === 'string' && property.choices.includes(value) ? undefined : fault('choice');
    case 'choices':
      return Array.isArray(value) && value.every((each) => property.choices.includes(each as string))
        ? undefined
        : fault('choice');
    case 'map':
      return checkMap(property, value);
    case 'text':
      return checkFormat(property.format, shown.trim());
    case 'flag':
    case 'config':
    case 'credential':
      return undefined;
  }
}

/** A value such as `${NAME}` is an environment variable, known only at deploy. */
function isVariable(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{[^}]+\}$/u.test(value);
}

/** Texts of other formats may be anything. */
const FORMATS: Partial<Record<Format, (value: string) => boolean>> = {
  size: (value) => SIZE.test(value.toUpperCase()) && Number.parseFloat(value) > 0,
  timeZone: (value) => doesNotThrow(() => new Intl.DateTimeFormat('en', { timeZone: value })),
  url: isUrl,
  table: (value) => TABLE_NAME.test(value),
};

function checkFormat(format: Format | undefined, value: string): Fault | undefined {
  if (format === 'brokers' || format === 'addresses') {
    const wrong = splitList(value).find((each) => !(format === 'addresses' ? isUrl(each) : BROKER.test(each)));
    return wrong === undefined ? undefined : { key: format === 'addresses' ? 'url' : format, value: wrong };
  }
  if (format === undefined || FORMATS[format]?.(value) !== false) return undefined;
  return { key: format as FaultKey, value };
}

function isUrl(value: string): boolean {
  return /^https?:/iu.test(value) && doesNotThrow(() => new URL(value));
}

function doesNotThrow(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

function checkMap(property: Property & { readonly kind: 'map' }, value: unknown): Fault | undefined {
  if (typeof value !== 'object' || value === null) return { key: 'map', value: String(value) };
  for (const [name, each] of Object.entries(value)) {
    if (property.names === 'columns' && !COLUMN.test(name)) return { key: 'column', value: name };
    if (property.names === 'fields' && splitPath(name) === undefined) return { key: 'path', value: name };
    if (!mapValueIsSound(property.valueKind, each)) return { key: 'map', value: name };
  }
  return undefined;
}

/** A map without entries, or no choice of several. */
function isEmptyOf(property: Property, value: unknown): boolean {
  if (property.kind === 'choices') return Array.isArray(value) && value.length === 0;
  return property.kind === 'map' && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Splits `a, b, c`; empty text gives no parts. */
export function splitList(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Whether a property matters: its condition holds, and that of the property it depends on. */
export function matters(properties: Readonly<Record<string, Property>>, property: Property, valueOf: ValueOf): boolean {
  if (property.when === undefined) return true;
  const decider = properties[property.when.property];
  if (decider === undefined) return false;
  const given = valueOf(property.when.property) ?? decider.default;
  // A flag is a boolean in the editor, and text in a flow that is read.
  const value = typeof given === 'boolean' ? String(given) : given;
  return property.when.is.some((each) => each === value) && matters(properties, decider, valueOf);
}

function mapValueIsSound(kind: ValueKind, value: unknown): boolean {
  if (typeof value !== 'string' || kind === 'text') return typeof value === 'string';
  const path = kind === 'typed' ? splitTyped(value)?.path : value;
  return path !== undefined && splitPath(path) !== undefined;
}

function templateIsSound(source: string): boolean {
  const rest = source.replace(/\{\{([^{}]*)\}\}/gu, (_, inner: string) =>
    splitPath(inner.split('|')[0] ?? '') === undefined ? '{{' : '',
  );
  return !/\{\{|\}\}/u.test(rest);
}
