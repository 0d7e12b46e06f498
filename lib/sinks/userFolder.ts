import { dirname } from 'node:path';
import type { Store } from '../store/store';

/** The user directory that a store lies in (see `storeFile`), below which relative file settings are meant. */
export function userFolder(store: Store): string {
  return dirname(dirname(store.file));
}
