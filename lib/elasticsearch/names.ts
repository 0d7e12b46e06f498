import { RecordError, SettingError } from '../core/errors';
import { compileTemplate, type Template } from '../core/templates';

/** The servers' limit for the name of an index, in bytes (`MetadataCreateIndexService.MAX_INDEX_NAME_BYTES`). */
const LONGEST_INDEX = 255;
/** The servers' limit for an id, in bytes (`IndexRequest.validate`). */
const LONGEST_ID = 512;
/** Of `Strings.INVALID_FILENAME_CHARS`, and what `MetadataCreateIndexService.validateIndexOrAliasName` adds. */
const FORBIDDEN = /[\\/*?"<>| ,#:]/u;
/** A surrogate without its partner. */
const HALF = /\p{Surrogate}/u;
const REMEMBERED = 1_000;

const PLACEHOLDER = /\{\{[^{}]*\}\}/gu;
const RULES =
  'Index names are lower case, without spaces and \\ / * ? " < > | , # :, and do not begin with - _ + or a dot.';

/** What is wrong with the name of an index, as a clause; undefined if nothing is. */
function faultOf(name: string): string | undefined {
  if (name === '') return 'is empty';
  const [forbidden] = FORBIDDEN.exec(name) ?? [];
  if (forbidden !== undefined) return `contains "${forbidden}"`;
  if (name !== name.toLowerCase()) return 'has capital letters';
  // Names with a dot in front are the server's own, such as .kibana.
  if (/^[-_+.]/u.test(name)) return `begins with "${name.charAt(0)}"`;
  if (HALF.test(name)) return 'contains half a character';
  const bytes = Buffer.byteLength(name);
  return bytes > LONGEST_INDEX ? `has ${bytes} bytes, more than ${LONGEST_INDEX}` : undefined;
}

/**
 * Compiles elasticsearch-sink's `index`, once, at deploy: the name of the index (or data stream) of a record.
 * @throws {SettingError} if it is malformed, or what stands outside of its fields can be in no name
 */
export function compileIndex(source: string): Template {
  const template = compileTemplate(source, 'index');
  // A field stands for something harmless, so that what is wrong is the setting's own.
  const fault = faultOf(source.replace(PLACEHOLDER, 'x'));
  if (fault !== undefined)
    throw new SettingError(`The index "${source}" ${fault}.`, { setting: 'index', remedy: RULES });
  const sound = new Set<string>();
  return (record) => {
    const name = template(record);
    if (sound.has(name)) return name;
    const wrong = faultOf(name);
    if (wrong !== undefined) {
      throw new RecordError(`The index "${shortened(name)}" of this record ${wrong}.`, {
        setting: 'index',
        remedy: RULES,
      });
    }
    if (sound.size >= REMEMBERED) sound.clear();
    sound.add(name);
    return name;
  };
}

/**
 * The pattern of all indexes that a template gives: `posts-{{created_at|yyyy.MM}}` gives `posts-*`.
 * @returns undefined where it would be every index there is
 */
export function patternOf(source: string): string | undefined {
  const pattern = source.replace(PLACEHOLDER, '*').replace(/\*+/gu, '*');
  return pattern === '*' ? undefined : pattern;
}

/** @throws {RecordError} if it can be the id of no document */
export function checkId(id: string): string {
  // A unit of text takes three bytes at most: most ids need not be measured.
  const bytes = id.length * 3 <= LONGEST_ID ? 0 : Buffer.byteLength(id);
  if (bytes > LONGEST_ID) {
    throw new RecordError(`The document's id has ${bytes} bytes; the servers take at most ${LONGEST_ID}.`, {
      setting: 'documentId',
    });
  }
  // Ids with half a character would all become the same one.
  if (HALF.test(id)) throw new RecordError("The document's id contains half a character.", { setting: 'documentId' });
  return id;
}

function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
