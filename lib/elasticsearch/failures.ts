import { RecordError, StoreError, StoreUnavailableError } from '../core/errors';
import { isFields } from '../core/records';
import type { HttpAnswer } from '../http/answer';

/** What a server gives as its reason: the type of the exception, and its words with those of its causes. */
export interface Reason {
  readonly type: string;
  readonly words: string;
}

/** Reads the `error` of an answer or of one of its items. */
export function reasonOf(error: unknown): Reason {
  if (typeof error === 'string') return { type: '', words: error };
  if (!isFields(error)) return { type: '', words: '' };
  const words: string[] = [];
  for (let each: unknown = error; isFields(each); each = each.caused_by) {
    if (typeof each.reason === 'string' && !words.includes(each.reason)) words.push(each.reason);
  }
  return { type: typeof error.type === 'string' ? error.type : '', words: words.join(': ').slice(0, 1_000) };
}

/**
 * The error of a request as a whole that did not succeed.
 * @param server what the server is called, such as `OpenSearch 2.19.1 at http://localhost:9200`
 * @param user who is logged in, for errors; empty for nobody
 */
export function failureOf(answer: HttpAnswer, server: string, user: string): Error {
  const body = answer.json();
  const reason = reasonOf(isFields(body) ? body.error : undefined);
  const said = reason.words === '' ? answer.excerpt(300) : reason.words;
  const why = `HTTP ${answer.status}${said === '' ? '' : ` (${said})`}`;
  switch (answer.status) {
    case 400:
      return new RecordError(`${server} refused the request: ${why}.`);
    case 401:
      return new StoreUnavailableError(`${server} did not accept the login: ${why}.`, {
        setting: user === '' ? 'apiKey' : 'user',
        remedy: 'Correct user and password, or the API key, in the elasticsearch cluster node.',
      });
    case 403:
      return denied(server, user, why);
    case 413:
      return new RecordError(`${server} takes no request as large as this record: ${why}.`, {
        remedy: 'Store less of it, or raise http.max_content_length of the server.',
      });
    case 429:
      return new StoreUnavailableError(`${server} has too much to do: ${why}.`, { retryAfter: answer.retryAfter() });
    default:
      return new StoreError(`${server} did not do what it was asked: ${why}.`);
  }
}

/** The server says that whoever is logged in may not do this. */
export function denied(server: string, user: string, why: string): StoreUnavailableError {
  return new StoreUnavailableError(
    `${server} does not allow ${user === '' ? 'this' : `"${user}"`} to write there: ${why}.`,
    {
      setting: 'user',
      remedy: 'Give its role the privileges write and create_index for these indexes.',
    },
  );
}
