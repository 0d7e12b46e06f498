import { RecordError, SettingError } from '../core/errors';
import { type Getter, getter, parsePath } from '../core/paths';
import { type Fields, describe, isFields } from '../core/records';
import { FIELD_KINDS, type FieldKind } from './post';

/** The part of tweet-clean's settings that says what a record has to hold. */
export interface FieldSettings {
  /** The paths that are kept; all of the record if there are none. */
  readonly fields: readonly string[];
  /** The paths that must hold something. */
  readonly required: readonly string[];
  /** What becomes of a record that lacks something: rejected, or given its value from `defaults` if there is one. */
  readonly missing: 'reject' | 'default';
  /** Values by path; of a known field of a post they have to be of its kind, digits for a count. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

interface Check {
  readonly path: string;
  readonly parts: readonly string[];
  readonly read: Getter;
  readonly kind: FieldKind | undefined;
  readonly required: boolean;
  readonly fallback: unknown;
  /** Kept by itself, not as a part of something that is kept. */
  readonly projected: boolean;
}

/**
 * Compiles what a record has to hold to a function that checks one and gives back a new record of the kept fields; the
 * record it was given stays as it is. A known field of a post that holds a value of another kind (`created_at` that is
 * no time, a count that is no number) counts as broken: it gets its default, or the record is rejected. Digits in
 * text become a number where a count belongs, as CSV has them.
 * @throws {SettingError} if a path is malformed. The function throws a RecordError for a record that is to be rejected
 */
export function fieldCheck(settings: FieldSettings): (record: Fields) => Fields {
  const checks = compile(settings);
  const keepsAll = settings.fields.length === 0;
  return (record) => {
    let kept: Fields = keepsAll ? { ...record } : {};
    for (const check of checks) {
      const found = check.read(record);
      const value = checked(check, found);
      if (check.projected) {
        if (value !== undefined) put(kept, check.parts, value);
      } else if (value !== found && (keepsAll || check.read(kept) !== undefined)) {
        kept = replaced(kept, check.parts, 0, value);
      }
    }
    return kept;
  };
}

function compile({ fields, required, missing, defaults }: FieldSettings): Check[] {
  const normal = (setting: string, path: string): string => {
    if (path.includes('[')) {
      throw new SettingError(`"${path}" names one element of a list.`, {
        setting,
        remedy: 'Name the list as a whole, such as entities.hashtags.',
      });
    }
    return parsePath(path, setting).join('.');
  };
  const kept = new Set(fields.map((path) => normal('fields', path)));
  const needed = new Set(required.map((path) => normal('required', path)));
  const fallbacks = new Map<string, unknown>();
  if (missing === 'default') {
    for (const [name, value] of Object.entries(defaults)) {
      const path = normal('defaults', name);
      fallbacks.set(path, fallbackFor(path, value));
    }
  }
  const paths = new Set([...kept, ...needed, ...fallbacks.keys(), ...(kept.size === 0 ? FIELD_KINDS.keys() : [])]);
  // What is kept as a whole is in place before a part of it is replaced.
  const checks = [...paths].map((path): Check => {
    const parts = path.split('.');
    const within = parts.some((_, end) => end > 0 && kept.has(parts.slice(0, end).join('.')));
    // A default is kept even where its field is not listed: who gives it wants it.
    const projected = kept.size > 0 && !within && (kept.has(path) || fallbacks.has(path));
    return {
      path,
      parts,
      read: getter(path),
      kind: FIELD_KINDS.get(path),
      required: needed.has(path),
      fallback: fallbacks.get(path),
      projected,
    };
  });
  return [...checks.filter(({ projected }) => projected), ...checks.filter(({ projected }) => !projected)];
}

function fallbackFor(path: string, value: unknown): unknown {
  const kind = FIELD_KINDS.get(path);
  const made = kind === undefined ? value : ofKind(kind, value);
  if (made !== undefined) return made;
  throw new SettingError(`The default for "${path}" must be ${KIND_NAMES[kind ?? 'text']}, not ${describe(value)}.`, {
    setting: 'defaults',
    remedy: 'Give a value that a post may have there.',
  });
}

/** The value to keep; undefined if there is none and none is needed. */
function checked(check: Check, found: unknown): unknown {
  const missing = found === undefined || found === null || found === '';
  const value = missing ? undefined : check.kind === undefined ? found : ofKind(check.kind, found);
  if (value !== undefined) return value;
  if (check.fallback !== undefined) return check.fallback;
  if (!missing) {
    throw new RecordError(
      `The record's "${check.path}" must be ${KIND_NAMES[check.kind ?? 'text']}, not ${describe(found)}.`,
      {
        setting: 'required',
      },
    );
  }
  if (check.required) {
    throw new RecordError(`The record has no "${check.path}".`, { setting: 'required' });
  }
  return undefined;
}

const KIND_NAMES: Readonly<Record<FieldKind, string>> = { text: 'text', time: 'a time', number: 'a number' };

/** ISO 8601, or the form of X API v1.1: `Wed Oct 10 20:19:24 +0000 2018`. `Date.parse` alone takes nearly anything. */
const TIME = /^(?:[+-]?\d{4,6}-\d\d-\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d? \d\d:)/u;

function ofKind(kind: FieldKind, value: unknown): unknown {
  switch (kind) {
    case 'text':
      if (typeof value === 'string') return value;
      return Number.isSafeInteger(value) ? String(value) : undefined;
    case 'number':
      if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
      return typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/u.test(value) ? Number(value) : undefined;
    case 'time':
      if (typeof value === 'string') return TIME.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
      return typeof value === 'number' && !Number.isNaN(new Date(value).getTime()) ? value : undefined;
  }
}

/** Writes into objects that are all our own. */
function put(target: Fields, parts: readonly string[], value: unknown): void {
  const last = parts.length - 1;
  let at = target;
  for (let index = 0; index < last; index++) {
    const name = parts[index] ?? '';
    const next = at[name];
    if (isFields(next)) {
      at = next;
    } else {
      const made: Fields = {};
      at[name] = made;
      at = made;
    }
  }
  at[parts[last] ?? ''] = value;
}

/** A copy of `source` with one field written; objects on the way are copied too, for they belong to someone else. */
function replaced(source: unknown, parts: readonly string[], index: number, value: unknown): Fields {
  const name = parts[index] ?? '';
  const copy: Fields = isFields(source) ? { ...source } : {};
  const inner = Object.hasOwn(copy, name) ? copy[name] : undefined;
  if (index < parts.length - 1) copy[name] = replaced(inner, parts, index + 1, value);
  else if (value === undefined) Reflect.deleteProperty(copy, name);
  else copy[name] = value;
  return copy;
}
