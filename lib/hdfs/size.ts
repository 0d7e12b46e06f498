import { SettingError } from '../core/errors';
import { SIZE } from '../core/patterns';

const UNITS = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 } as const;

/**
 * Reads a size written `64MB`, `512KB`, `1GB` or as a number of bytes. Units are powers of 1024, as HDFS has them.
 * @returns bytes, a whole number greater than 0
 * @throws {SettingError} if it is written otherwise
 */
export function parseSize(text: string, setting = 'rollSize'): number {
  const match = SIZE.exec(text.trim().toUpperCase());
  const bytes = match === null ? 0 : Math.round(Number(match[1]) * UNITS[(match[2] ?? 'B') as keyof typeof UNITS]);
  if (bytes > 0) return bytes;
  throw new SettingError(`"${text}" is not a size.`, {
    setting,
    remedy: 'Write a number greater than 0 and a unit: 512KB, 64MB or 1GB.',
  });
}

/** Bytes as a person reads them: `129 GB`, `512 KB`. */
export function sizeText(bytes: number): string {
  const unit = (['GB', 'MB', 'KB'] as const).find((each) => bytes >= UNITS[each]) ?? 'B';
  return `${Math.round(bytes / UNITS[unit])} ${unit}`;
}
