import { RecordError, SettingError } from '../core/errors';
import { compileTemplate, type Template } from '../core/templates';
import { fnv1a } from '../sinks/hash';

/**
 * What no file system shall see in a name: separators, control characters, half characters, which no UTF-8 can write,
 * HDFS's `:` (`DFSUtil.isValidName`), and what Windows forbids.
 */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\p{Surrogate}]/gu;
/** Below HDFS's `dfs.namenode.fs-limits.max-component-length` and most file systems' 255, with room for our numbers. */
const LONGEST_NAME = 150;
const LONGEST_PATH = 1_000;
const REMEMBERED = 1_000;
const ENDINGS = /\.(?:csv|ndjson|jsonl|json)(?:\.gz)?$/iu;

/**
 * Compiles hdfs-sink's `path`, once, at deploy: a template of the folder that a record's file lies in, or, where it ends
 * in .csv, .ndjson, .jsonl or .json (with .gz or without), of the file. A `/` in a date's format separates folders:
 * `tweets/{{created_at|yyyy/MM/dd}}`. Fields are strangers' text, so whatever they hold becomes one plain name: `/`,
 * `..`, control characters and the like become dashes, a dot or underscore in front (hidden, to Hadoop) becomes a dash,
 * and what is too long is cut and given a hash.
 * @throws {SettingError} if the template leaves the root or is malformed
 */
export function compilePath(path: string): Template {
  if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..')) {
    throw new SettingError(`"${path}" is not a path below the cluster's root.`, {
      setting: 'path',
      remedy: 'Write it relative to the root, such as tweets/{{created_at|yyyy-MM-dd}}.',
    });
  }
  const template = compileTemplate(separateDates(path), 'path', (value) => value.replace(UNSAFE, '-'));
  // Most records go where others have gone: remembering what is safe makes a batch twice as fast.
  const known = new Map<string, string>();
  return (record) => {
    const rendered = template(record);
    const before = known.get(rendered);
    if (before !== undefined) return before;
    const path = safePath(rendered);
    if (known.size >= REMEMBERED) known.clear();
    known.set(rendered, path);
    return path;
  };
}

function safePath(rendered: string): string {
  const path = rendered.split('/').filter(Boolean).map(safeName).join('/');
  if (path.length > 0 && path.length <= LONGEST_PATH) return path;
  throw new RecordError(
    path.length === 0
      ? 'The path is empty for this record.'
      : `The path for this record has ${path.length} characters.`,
    { setting: 'path', remedy: `It may have 1 to ${LONGEST_PATH}.` },
  );
}

/** The ending that says that a file is compressed. */
const GZIP = '.gz';

/**
 * The file of a rendered path, not numbered yet: the path itself where it names a file, otherwise `part` in that folder.
 * Whether it ends in `.gz` is a matter of `gzip` alone.
 * @param ending `csv` or `ndjson`
 */
export function fileIn(rendered: string, ending: string, gzip = false): string {
  const plain = ENDINGS.test(rendered) ? rendered.replace(/\.gz$/iu, '') : `${rendered}/part.${ending}`;
  return gzip ? plain + GZIP : plain;
}

/** Whether what is written to a file of this name is compressed. */
export function isGzip(file: string): boolean {
  return file.endsWith(GZIP);
}

/**
 * The finished file of a stretch of the spool. The name says whose and which stretch it is, so writing it again after a
 * crash gives the same file.
 * @param file what `fileIn` gave
 * @param identity the node and the founding of its spool
 */
export function finishedPath(file: string, identity: string, first: number, last: number): string {
  const ending = ENDINGS.exec(file)?.[0] ?? '';
  return `${file.slice(0, file.length - ending.length)}-${identity}-${number(first)}-${number(last)}${ending}`;
}

function number(sequence: number): string {
  return String(sequence).padStart(9, '0');
}

/** `{{at|yyyy/MM}}` as `{{at|yyyy}}/{{at|MM}}`, since a rendered field never holds a separator. */
function separateDates(path: string): string {
  return path.replace(/\{\{([^{}|]*)\|([^{}]*\/[^{}]*)\}\}/gu, (_, field: string, format: string) =>
    format
      .split('/')
      .map((part) => `{{${field}|${part}}}`)
      .join('/'),
  );
}

function safeName(name: string): string {
  const plain = name
    .replace(UNSAFE, '-')
    .replace(/^[._]+/u, (dots) => '-'.repeat(dots.length))
    .replace(/[. ]+$/u, '-');
  if (Buffer.byteLength(plain) <= LONGEST_NAME) return plain;
  const ending = ENDINGS.exec(plain)?.[0] ?? '';
  const hash = fnv1a(name).toString(16).padStart(8, '0');
  // Half a character at the cut becomes U+FFFD, which is a name like any other.
  const cut = Buffer.from(plain)
    .subarray(0, LONGEST_NAME - 20)
    .toString();
  return `${cut}-${hash}${ending}`;
}
