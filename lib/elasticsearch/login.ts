import { basic } from '../http/client';

/** How a cluster is logged in to; all empty for not at all. */
export interface Login {
  readonly user: string;
  readonly password: string;
  /** As Kibana shows it, encoded, or as `id:key`; comes before user and password. */
  readonly apiKey: string;
}

/** The value of the header `Authorization`; undefined for no login. */
export function authorizationOf({ user, password, apiKey }: Login): string | undefined {
  const key = apiKey.trim().replace(/^ApiKey\s+/iu, '');
  if (key === '') return basic(user, password);
  // Encoded, it is Base64, which has no colon.
  return `ApiKey ${key.includes(':') ? Buffer.from(key).toString('base64') : key}`;
}
