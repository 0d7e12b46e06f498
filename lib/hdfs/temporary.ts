import { posix } from 'node:path';

/**
 * The name, of a file or a folder, under which a file is written before it has its own.
 * @param attempt tells several writes of the same file apart; without dots
 */
export function temporaryOf(path: string, attempt = ''): string {
  const mark = attempt === '' ? '' : `.${attempt}`;
  return posix.join(posix.dirname(path), `.${posix.basename(path)}${mark}.tmp`);
}

/** Whether a name is that of an unfinished write of `file`, of whatever attempt. Both are names without a folder. */
export function isTemporaryOf(name: string, file: string): boolean {
  const before = `.${file}.`;
  return name.startsWith(before) && /^[^.]*\.tmp$/u.test(name.slice(before.length));
}
