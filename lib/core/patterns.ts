/** How a duration is written; shared by the runtime and the editor, so it imports nothing. */
export const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/u;

/** How a size is written, in capitals; as for `DURATION`. */
export const SIZE = /^(\d+(?:\.\d+)?)\s*([KMG]?B)?$/u;

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration in whole milliseconds; undefined if it is written otherwise. */
export function durationOf(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  return match === null
    ? undefined
    : Math.round(Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS]);
}

/** HBase's own rule for table names, a namespace in front allowed (`TableName.isLegalFullyQualifiedTableName`). */
export const TABLE_NAME = /^(?:\w+:)?[a-z0-9_][\w.-]*$/iu;

/** A column `family:qualifier`, by HBase's rule for families (`ColumnFamilyDescriptorBuilder.isLegalColumnFamilyName`). */
export const COLUMN = /^([^\p{Cc}:/.][^\p{Cc}:/]*):/u;

/** How a value lies in a cell of HBase; `text` where none is named. */
export const CELL_TYPES = ['text', 'long', 'double', 'json', 'bytes'] as const;
export type CellType = (typeof CELL_TYPES)[number];

/** Splits `count|long` into path and type; undefined if the type is none. The path is not looked at. */
export function splitTyped(text: string): { readonly path: string; readonly type: CellType } | undefined {
  const [path = '', named = 'text', ...more] = text.split('|').map((part) => part.trim());
  const type = CELL_TYPES.find((each) => each === named);
  return type === undefined || more.length > 0 ? undefined : { path, type };
}

/** The address of a broker, of which the port may be left out. */
export const BROKER = /^(\[[0-9a-f:.]+\]|[^\s:/]+)(:\d{1,5})?$/iu;

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
