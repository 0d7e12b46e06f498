import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2';
import { SettingError, messageOf } from '../core/errors';

/** What an unsuccessful request means for who made it. */
export type Failure =
  /** Asking again cannot help before a person has changed something. */
  | { readonly kind: 'final'; readonly error: SettingError }
  /** The request limit is used up: see the headers. */
  | { readonly kind: 'limited' }
  /** The account's monthly cap at X is used up. */
  | { readonly kind: 'capped'; readonly message: string }
  /** The place to go on from is too old, or a page token is no longer known. */
  | { readonly kind: 'stale'; readonly message: string }
  /** The network or the server; `read` is true if posts may have been counted at X nevertheless. */
  | { readonly kind: 'unreachable'; readonly message: string; readonly read: boolean };

/** Tells what X means by an error that twitter-api-v2 has thrown. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof ApiResponseError) return ofResponse(thrown);
  if (thrown instanceof ApiPartialResponseError) {
    return {
      kind: 'unreachable',
      message: 'X broke off in the middle of an answer.',
      read: thrown.response.statusCode === 200,
    };
  }
  const reason = thrown instanceof ApiRequestError ? messageOf(thrown.requestError) : messageOf(thrown);
  return { kind: 'unreachable', message: `X cannot be reached: ${reason}.`, read: false };
}

function ofResponse(error: ApiResponseError): Failure {
  const { code } = error;
  const { title, detail, type } = problemOf(error.data);
  switch (code) {
    case 401:
      return final(
        'X does not accept the bearer token (401).',
        'bearerToken',
        "Make a new one on your app's page at developer.x.com.",
      );
    case 403:
      return final(
        `X refuses the request (403): ${detail}.`,
        'bearerToken',
        'Check at developer.x.com that the app may use this endpoint.',
      );
    case 400:
      // "'since_id' must be a tweet id created after ...": X searches 7 days back.
      if (/since_id|next_token|pagination/iu.test(detail)) return { kind: 'stale', message: detail };
      return final(`X does not understand the query (400): ${detail}.`, 'query', 'Correct the query.');
    case 402:
      return { kind: 'capped', message: `X wants to be paid first (402): ${detail}.` };
    case 429:
      // Two shapes: {"errors":[{"code":88}]}, and {"title":"Too Many Requests","type":"about:blank","status":429}.
      if (/usage-?cap/iu.test(`${type} ${title}`))
        return { kind: 'capped', message: `The account's monthly cap at X is used up: ${detail}.` };
      return { kind: 'limited' };
    default:
      if (code >= 500) return { kind: 'unreachable', message: `X answers ${code}.`, read: false };
      return final(`X answers ${code}: ${detail}.`, 'query', 'Check the settings of the node and its account.');
  }
}

function final(message: string, setting: string, remedy: string): Failure {
  return { kind: 'final', error: new SettingError(message, { setting, remedy }) };
}

/** The words of an error body: a problem document, the older list of errors, or (503) any text, which is not shown. */
function problemOf(body: unknown): { title: string; detail: string; type: string } {
  const { title, detail, type, errors } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const inner = typeof first === 'object' && first !== null && 'message' in first ? first.message : undefined;
  const words = [inner, detail, title].find((each): each is string => typeof each === 'string' && each !== '');
  return {
    title: typeof title === 'string' ? title : '',
    detail: (words ?? 'it gives no reason').replace(/\.$/u, ''),
    type: typeof type === 'string' ? type : '',
  };
}
