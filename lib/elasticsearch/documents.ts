import { RecordError, SettingError, messageOf } from '../core/errors';
import { getter } from '../core/paths';
import { describe, type Fields } from '../core/records';
import { compileTemplate } from '../core/templates';
import { fnv1a } from '../sinks/hash';
import { checkId, compileIndex } from './names';

/** How records become documents: elasticsearch-sink's settings. */
export interface DocumentSettings {
  /** A template for the index, such as `posts-{{created_at|yyyy.MM}}`. */
  readonly index: string;
  /** A template for the document's id. Empty: its place in Kafka, see `Origin`. */
  readonly documentId: string;
  /** Documents go into data streams: they are only added, never changed. */
  readonly dataStream: boolean;
  /** The path of the time that is written as `@timestamp`; data streams need one. Empty: none is written. */
  readonly timestamp: string;
}

/** Where a record has come from, as *kafka in* says of a single one. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A document on its way: two lines of a `_bulk` request. */
export interface DocumentRow {
  readonly index: string;
  readonly id: string;
  readonly lines: string;
  /** Of the lines, in UTF-8. */
  readonly bytes: number;
}

/**
 * Compiles elasticsearch-sink's settings, once, at deploy. The document is the record as JSON, with `@timestamp` where a
 * time is asked for.
 * @returns makes a row; throws a RecordError if the record has no index, no id, or no time where one is asked for
 * @throws {SettingError} if a setting cannot be used
 */
export function compileDocuments(settings: DocumentSettings): (record: Fields, origin?: Origin) => DocumentRow {
  if (settings.dataStream && settings.timestamp === '') {
    throw new SettingError('A data stream needs a time, and no field is named for it.', {
      setting: 'timestamp',
      remedy: 'Name the field with the time of a record, such as created_at.',
    });
  }
  const indexOf = compileIndex(settings.index);
  const idOf = idReader(settings.documentId);
  const timed = timeWriter(settings.timestamp);
  // Data streams take nothing but `create`, which leaves alone what is there already.
  const action = settings.dataStream ? 'create' : 'index';
  return (record, origin) => {
    const index = indexOf(record);
    const document = jsonOf(timed(record));
    const id = checkId(idOf(record, document, origin));
    const lines = `{"${action}":{"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}}}\n${document}\n`;
    return { index, id, lines, bytes: Buffer.byteLength(lines) };
  };
}

type IdReader = (record: Fields, document: string, origin: Origin | undefined) => string;

function idReader(documentId: string): IdReader {
  if (documentId !== '') return compileTemplate(documentId, 'documentId');
  // The place alone would not do: a flow may make several records of one, and all of them have its place.
  return (_record, document, origin) => {
    if (origin === undefined) {
      throw new RecordError(
        'There is no id for this record: documentId is empty, and it is no single record of a topic.',
        {
          setting: 'documentId',
          remedy:
            'Name a field, as in {{id}}; or have kafka in send records one by one. An id that the server makes up would ' +
            'store a record twice whenever it is sent again.',
        },
      );
    }
    const { topic, partition, offset } = origin;
    return `${topic}-${partition}-${offset}-${fnv1a(document).toString(16).padStart(8, '0')}`;
  };
}

function timeWriter(path: string): (record: Fields) => Fields {
  if (path === '') return (record) => record;
  const read = getter(path, 'timestamp');
  return (record) => {
    const value = read(record);
    const time = typeof value === 'string' ? Date.parse(value) : value;
    if (typeof time !== 'number' || Number.isNaN(new Date(time).getTime())) {
      throw new RecordError(`The record's "${path}" is no time: ${describe(value)}.`, {
        setting: 'timestamp',
        remedy: 'It has to be ISO 8601 text or milliseconds since 1970.',
      });
    }
    return { ...record, '@timestamp': new Date(time).toISOString() };
  };
}

function jsonOf(record: Fields): string {
  try {
    return JSON.stringify(record);
  } catch (thrown) {
    throw new RecordError(`The record cannot be written as JSON: ${messageOf(thrown)}.`, { cause: thrown });
  }
}
