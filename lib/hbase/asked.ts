import { RecordError } from '../core/errors';
import { describe, isFields } from '../core/records';
import { compileTemplate } from '../core/templates';
import type { Scan } from './table';

/** What is to be read: one row, or a range of them. */
export type Asked = { readonly row: string } | { readonly scan: Scan };

/** What hbase-get reads where a message does not say: templates over its record. */
export interface AskedSettings {
  readonly by: 'row' | 'prefix' | 'range';
  readonly row: string;
  readonly prefix: string;
  readonly start: string;
  readonly stop: string;
  /** The most rows; 0 for all. */
  readonly limit: number;
  readonly reversed: boolean;
}

/**
 * Compiles what hbase-get reads, once, at deploy.
 * @returns tells what a record asks for. One that is no object is the field `payload`. `own` are the properties of
 *   `msg.hbase`: `row`, `prefix`, `start`, `stop`, `limit` and `reversed` in place of the settings
 * @throws {SettingError} if a template cannot be used
 */
export function compileAsked(settings: AskedSettings): (record: unknown, own?: unknown) => Asked {
  const { by } = settings;
  const templates = {
    row: compileTemplate(by === 'row' ? settings.row : '', 'row'),
    prefix: compileTemplate(by === 'prefix' ? settings.prefix : '', 'prefix'),
    start: compileTemplate(by === 'range' ? settings.start : '', 'start'),
    stop: compileTemplate(by === 'range' ? settings.stop : '', 'stop'),
  };
  return (record, own) => {
    const given = isFields(own) ? own : {};
    const subject = isFields(record) ? record : { payload: record };
    const text = (name: keyof typeof templates): string => textOf(given[name], name) ?? templates[name](subject);
    const isScan = ['prefix', 'start', 'stop'].some((name) => given[name] !== undefined);
    if (given.row !== undefined || (by === 'row' && !isScan)) return { row: keyOf(text, subject) };
    const stop = text('stop');
    const limit = given.limit === undefined ? settings.limit : limitOf(given.limit);
    return {
      scan: {
        prefix: text('prefix'),
        start: text('start'),
        ...(stop === '' ? {} : { stop }),
        ...(limit === 0 ? {} : { limit }),
        reversed: given.reversed === undefined ? settings.reversed : given.reversed === true,
      },
    };
  };
}

function keyOf(text: (name: 'row') => string, record: unknown): string {
  const key = text('row');
  if (key !== '') return key;
  throw new RecordError(`The row key is empty for ${describe(record)}.`, { setting: 'row' });
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new RecordError(`msg.hbase.${name} is no text: ${describe(value)}.`, { setting: name });
}

function limitOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new RecordError(`msg.hbase.limit is no number of rows: ${describe(value)}.`, {
    setting: 'limit',
    remedy: 'Give a whole number; 0 for all.',
  });
}
