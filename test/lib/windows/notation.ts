import { ZERO } from './case';
import type { LateRecord } from './reference';

/** The record that a case writes as `key time value`; see `Step`. */
export function recordOf(written: string | object): unknown {
  if (typeof written !== 'string') return written;
  const [keys = '', time, value] = written.split(' ');
  const k = keys === '-' ? [] : keys.includes(',') ? keys.split(',') : keys;
  return {
    k,
    ...(time === undefined ? {} : { t: time.includes('T') ? time : instantOf(time) }),
    ...(value === undefined ? {} : { v: Number(value) }),
  };
}

/** `a 0:30 missed 0:00..1:00`. */
export function lateRecordOf(written: string): LateRecord {
  const [record = '', missed = ''] = written.split(' missed ');
  return { record: recordOf(record), missed: missed.split(' ').map(spanOf) };
}

/** A result, or rows of one, with the fields that a result in the short notation has. */
export function briefly(payload: unknown): object {
  const { window, final, counts } = payload as {
    window: { start: string; end: string };
    final: boolean;
    counts: { key: string; count: number }[];
  };
  return {
    span: `${window.start}/${window.end}`,
    final,
    counts: counts.map(({ key, count }) => `${key}:${count}`).join(' '),
  };
}

/** `~0:00..1:00 a:2 b:1` as `briefly` has it. */
export function brieflyOf(written: string): object {
  const final = !written.startsWith('~');
  const [span = '', ...counts] = (final ? written : written.slice(1)).split(' ');
  return { span: spanOf(span), final, counts: counts.join(' ') };
}

function spanOf(written: string): string {
  return written
    .split('..')
    .map((time) => new Date(time.includes('T') ? Date.parse(time) : instantOf(time)).toISOString())
    .join('/');
}

/** `-0:40` or `1:30.5`: minutes and seconds from 2020-01-01, in ms since 1970. */
function instantOf(written: string): number {
  const [, minus, minutes, seconds] = /^(-?)(\d+):([\d.]+)$/u.exec(written) ?? [];
  if (seconds === undefined) throw new Error(`"${written}" is no time of a case`);
  const after = Number(minutes) * 60_000 + Math.round(Number(seconds) * 1000);
  return ZERO + (minus === '-' ? -after : after);
}
