import { RecordError, SettingError, StoreError } from '../../core/errors';
import type { HttpAnswer } from '../../http/answer';

/** What the gateway said went wrong: the names of the exceptions in its answer, and the first that explains it. */
interface Complaint {
  readonly names: readonly string[];
  readonly text: string;
}

/** Exceptions of HBase that are about what is put, wherever it is put; each try would meet them again. */
const ABOUT_ROWS = ['DoNotRetryIOException', 'IllegalArgumentException', 'FailedSanityCheckException'];

/**
 * Whether an answer with 503 is about the request rather than the server: the gateway says 503 for every exception
 * that it has no status for (`ResourceBase.processException`), also where a value is too large.
 */
export function isAboutTheRequest(answer: HttpAnswer): boolean {
  const { names } = complaintOf(answer);
  return ['NoSuchColumnFamilyException', 'TableNotFoundException', 'TableNotEnabledException', ...ABOUT_ROWS].some(
    (name) => names.includes(name),
  );
}

/** Whether the gateway says that a column family is missing. */
export function lacksFamily(answer: HttpAnswer): boolean {
  return complaintOf(answer).names.includes('NoSuchColumnFamilyException');
}

/** Whether the gateway says that the table is missing. */
export function lacksTable(answer: HttpAnswer): boolean {
  const { status } = answer;
  return status === 404 && !lacksFamily(answer);
}

/** The error for an answer that is none of those that the caller knows. */
export function failure(answer: HttpAnswer, table: string): SettingError | RecordError | StoreError {
  const { status, origin } = answer;
  const { names, text } = complaintOf(answer);
  const said = `HTTP ${status}${text === '' ? '' : `, ${text}`}`;
  if (status === 401) {
    return new SettingError(`The HBase REST gateway at ${origin} does not accept the login (${said}).`, {
      setting: 'user',
      remedy: 'Correct user and password of the cluster node.',
    });
  }
  if (status === 403) {
    return new SettingError(`The HBase REST gateway at ${origin} does not allow this for "${table}" (${said}).`, {
      setting: 'user',
      remedy: 'Grant the user what it needs, or turn off hbase.rest.readonly on the gateway.',
    });
  }
  if (names.includes('TableNotEnabledException')) {
    return new StoreError(`The HBase table "${table}" is disabled (TableNotEnabledException).`, {
      setting: 'table',
      remedy: `Enable it in the HBase shell: enable '${table}'.`,
    });
  }
  if (status === 413 || status === 400 || ABOUT_ROWS.some((name) => names.includes(name))) {
    return new RecordError(`HBase refused to put this into the table "${table}" (${said}).`, {
      setting: 'columns',
      remedy: 'A value or row key may be larger than the server allows (hbase.server.keyvalue.maxsize).',
    });
  }
  return new StoreError(`The HBase REST gateway at ${origin} failed for the table "${table}" (${said}).`, {
    remedy: 'Its log says more.',
  });
}

/** Reads the stack trace that the gateway puts into its answers: one line of it is for a person. */
function complaintOf(answer: HttpAnswer): Complaint {
  const body = answer.text();
  const names = [...body.matchAll(/\b(?:\w+\.)*(\w+(?:Exception|Error))\b/gu)].map(([, name = '']) => name);
  const lines = body.split(/\r?\n/u).map((line) => line.trim());
  const telling = lines.find((line) => /^(?:Caused by: )?(?:\w+\.)+\w+(?:Exception|Error)\b/u.test(line));
  const text = (telling ?? answer.excerpt()).replace(/(?:\w+\.)+(\w+(?:Exception|Error))/gu, '$1').slice(0, 300);
  return { names, text };
}
