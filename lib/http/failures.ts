import { StoreError, StoreUnavailableError, messageOf } from '../core/errors';

/** A server did not answer in time. */
export class TimeoutError extends Error {
  constructor(readonly milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
    this.name = 'TimeoutError';
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be looked up just now',
  ETIMEDOUT: 'no connection in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** Node's codes of certificates that are not trusted, and of servers that do not speak TLS. */
const TLS = /CERT|SSL|TLS|UNABLE_TO_|SELF_SIGNED|EPROTO|ALTNAME/u;

/**
 * Why a request came to nothing, as an error of ours.
 * @param server what the server is called, such as `HBase REST gateway`
 * @param origin the address that was tried last
 */
export function unreachable(server: string, origin: string, thrown: unknown): StoreError {
  const code = codeOf(thrown);
  if (code !== undefined && TLS.test(code)) {
    return new StoreUnavailableError(
      `The ${server} at ${origin} cannot be talked to by TLS: ${messageOf(thrown)} (${code}).`,
      {
        setting: 'tls',
        remedy: 'Make sure that the address has the right scheme, and that the TLS settings trust its certificate.',
        cause: thrown,
      },
    );
  }
  const why = (code === undefined ? undefined : WORDS[code]) ?? messageOf(thrown);
  return new StoreUnavailableError(
    `The ${server} at ${origin} cannot be reached: ${why}${code === undefined ? '' : ` (${code})`}.`,
    {
      setting: 'url',
      remedy: 'Make sure that it runs and that the address is right.',
      cause: thrown,
    },
  );
}

/** The code of what Node's network throws; of several tries to connect, the first's. */
function codeOf(thrown: unknown): string | undefined {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors[0]);
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
