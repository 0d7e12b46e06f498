import { isAbsolute, normalize, resolve } from 'node:path';
import { SettingError } from '../core/errors';

/**
 * Where an extract is written. A relative path stays below `base`; an absolute one, which only who edits the flow can
 * give, is taken as it is, so that an extract can lie where Tableau looks for it.
 * @throws {SettingError} if it names no file or leaves `base`
 */
export function extractFile(base: string, path: string): string {
  const wanted = path.trim();
  const leaves = !isAbsolute(wanted) && normalize(wanted).split(/[/\\]/u).includes('..');
  if (wanted === '' || /[/\\]$/u.test(wanted) || wanted.includes('\0') || leaves) {
    throw new SettingError(`"${path}" is not a file for an extract.`, {
      setting: 'path',
      remedy: `Write a file below ${base}, such as tableau/extract.csv, or an absolute path.`,
    });
  }
  return resolve(base, wanted);
}
