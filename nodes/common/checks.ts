import { DURATION, splitPath } from '../../lib/core/patterns';
import type { Property } from './properties';

/** What is wrong with a saved value: a key of the common catalogue's `checks`, with what it quotes. */
export interface Fault {
  readonly key: 'required' | 'path' | 'duration' | 'template' | 'number' | 'min' | 'max' | 'choice' | 'map';
  readonly value: string;
  readonly limit?: number;
}

/** Checks a saved value against its declaration. Runs in the editor and at deploy alike. */
export function check(property: Property, value: unknown): Fault | undefined {
  const shown = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  if (value === undefined || value === null || value === '' || isEmptyMap(property, value)) {
    return property.required === true ? { key: 'required', value: '' } : undefined;
  }
  const fault = (key: Fault['key'], limit?: number): Fault => ({
    key,
    value: shown,
    ...(limit === undefined ? {} : { limit }),
  });
  // A value such as ${NAME} is an environment variable, known only at deploy.
  if (typeof value === 'string' && /^\$\{[^}]+\}$/u.test(value)) return undefined;
  switch (property.kind) {
    case 'path':
      return typeof value === 'string' && splitPath(value) !== undefined ? undefined : fault('path');
    case 'paths':
      return typeof value === 'string' && splitList(value).every((part) => splitPath(part) !== undefined)
        ? undefined
        : fault('path');
    case 'duration':
      return typeof value === 'string' && DURATION.test(value.trim()) ? undefined : fault('duration');
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
      return typeof value === 'object' &&
        Object.values(value).every((each) => mapValueIsSound(property.valueKind, each))
        ? undefined
        : fault('map');
    case 'text':
    case 'flag':
    case 'config':
    case 'credential':
      return undefined;
  }
}

function isEmptyMap(property: Property, value: unknown): boolean {
  return property.kind === 'map' && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Splits `a, b, c`; empty text gives no parts. */
export function splitList(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function mapValueIsSound(kind: 'path' | 'text', value: unknown): boolean {
  return typeof value === 'string' && (kind === 'text' || splitPath(value) !== undefined);
}

function templateIsSound(source: string): boolean {
  const rest = source.replace(/\{\{([^{}]*)\}\}/gu, (_, inner: string) =>
    splitPath(inner.split('|')[0] ?? '') === undefined ? '{{' : '',
  );
  return !/\{\{|\}\}/u.test(rest);
}
