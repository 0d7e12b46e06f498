/** How a duration is written; shared by the runtime and the editor, so it imports nothing. */
export const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/u;

/** One name in a path to a field. */
export const PATH_SEGMENT = /^[^.[\]{}|,\s]+(?: [^.[\]{}|,\s]+)*$/u;

/** Names that no path may go through. */
export const UNSAFE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Splits a path into names: `entities.hashtags[0].tag`, with a leading `payload.` dropped; undefined if malformed. */
export function splitPath(path: string): string[] | undefined {
  const relative = path.trim().replace(/^(?:msg\.)?payload\./u, '');
  const parts = relative.replace(/\[(\d+)\]/gu, '.$1').split('.');
  return parts.every((part) => PATH_SEGMENT.test(part) && !UNSAFE_NAMES.has(part)) ? parts : undefined;
}
