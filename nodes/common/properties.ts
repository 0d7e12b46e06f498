/** Where a property stands in the dialog: in sight, or folded away under "more". */
type Group = 'essential' | 'more';

/** What a text means: how it is checked, and what the dialog offers for it. */
export type Format =
  'topic' | 'topics' | 'group' | 'table' | 'size' | 'timeZone' | 'brokers' | 'url' | 'addresses' | 'file';

/** A property matters only while another matters and has one of these values. */
export interface Condition {
  readonly property: string;
  readonly is: readonly string[];
}

/** What the values of a map are: paths, any text, or paths with a type of HBase's cells behind a bar (`count|long`). */
export type ValueKind = 'path' | 'text' | 'typed';

interface Options {
  readonly group?: Group;
  /** An empty value is an error. */
  readonly required?: boolean;
  /** Shown in the empty field and in the help. */
  readonly example?: string;
  readonly when?: Condition;
}

interface Base extends Options {
  readonly group: Group;
}

/**
 * What a property is: how it is saved in a flow, shown in the dialog, checked in both and read at run time. `Value` is
 * its type at run time.
 */
export type Property<Value = unknown> = Base & { readonly value?: Value } & (
    | { readonly kind: 'text'; readonly default: string; readonly format?: Format }
    | { readonly kind: 'path' | 'paths'; readonly default: string }
    | { readonly kind: 'template'; readonly default: string; readonly format?: 'index' }
    | { readonly kind: 'duration'; readonly default: string; readonly positive?: true; readonly atMost?: string }
    | { readonly kind: 'number'; readonly default: number; readonly min?: number; readonly max?: number }
    | { readonly kind: 'flag'; readonly default: boolean }
    | { readonly kind: 'choice'; readonly default: string; readonly choices: readonly string[] }
    | { readonly kind: 'choices'; readonly default: readonly string[]; readonly choices: readonly string[] }
    | {
        readonly kind: 'map';
        readonly default: Readonly<Record<string, string>>;
        readonly valueKind: ValueKind;
        readonly names?: 'columns' | 'fields';
      }
    | { readonly kind: 'config'; readonly default: ''; readonly config: string }
    | { readonly kind: 'credential'; readonly default: ''; readonly secret: boolean }
  );

function base(options: Options): Base {
  return { group: 'essential', ...options };
}

/** Any text, or one of a format. */
export function text(preset = '', options: Options & { format?: Format } = {}): Property<string> {
  return { ...base(options), kind: 'text', default: preset, ...options };
}

/** A path to a field of the record; at run time still the text, to be compiled by `lib/core/paths`. */
export function path(preset = '', options: Options = {}): Property<string> {
  return { ...base(options), kind: 'path', default: preset };
}

/** Paths separated by commas; at run time an array. */
export function paths(preset = '', options: Options = {}): Property<string[]> {
  return { ...base(options), kind: 'paths', default: preset };
}

/**
 * A duration such as `10s`; at run time milliseconds. An empty one, where allowed, is 0. A `positive` one is longer than
 * nothing; one with `atMost` is not longer than the duration of that property.
 */
export function duration(preset = '', options: Options & { positive?: true; atMost?: string } = {}): Property<number> {
  return { ...base(options), kind: 'duration', default: preset, ...options };
}

/** Text with `{{fields}}`, to be compiled by `lib/core/templates`; it may be the name of something that there is. */
export function template(preset = '', options: Options & { format?: 'index' } = {}): Property<string> {
  return { ...base(options), kind: 'template', default: preset, ...options };
}

export function number(preset: number, options: Options & { min?: number; max?: number } = {}): Property<number> {
  return { ...base(options), kind: 'number', default: preset, ...options };
}

export function flag(preset: boolean, options: Options = {}): Property<boolean> {
  return { ...base(options), kind: 'flag', default: preset };
}

/** One of several words; the first is the default. */
export function choice<const Choice extends string>(
  choices: readonly [Choice, ...Choice[]],
  options: Options = {},
): Property<Choice> {
  return { ...base(options), kind: 'choice', default: choices[0], choices };
}

/** Any of several words. */
export function choices<const Choice extends string>(
  all: readonly Choice[],
  preset: readonly Choice[],
  options: Options = {},
): Property<Choice[]> {
  return { ...base(options), kind: 'choices', default: preset, choices: all };
}

/** Names with a value each, such as column to path; the names may have to be HBase's columns, or fields. */
export function map(
  valueKind: ValueKind,
  preset: Readonly<Record<string, string>> = {},
  options: Options & { names?: 'columns' | 'fields' } = {},
): Property<Record<string, string>> {
  return { ...base(options), kind: 'map', default: preset, valueKind, ...options };
}

/** A reference to a config node of the given type; at run time its id. */
export function config(type: string, options: Options = {}): Property<string> {
  return { ...base({ required: true, ...options }), kind: 'config', default: '', config: type };
}

/** A secret (shown as dots) or a user name, kept in Node-RED's credentials and never in the flow. */
export function credential(secret: boolean, options: Options = {}): Property<string> {
  return { ...base(options), kind: 'credential', default: '', secret };
}
