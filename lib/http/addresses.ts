import { SettingError } from '../core/errors';

/**
 * The addresses of a server or its gateways, as a person lists them: separated by commas or spaces.
 * @param setting the property they come from, for errors
 * @returns each without a trailing slash
 * @throws {SettingError} if there is none, or one is no address
 */
export function parseAddresses(text: string, setting = 'url'): readonly URL[] {
  const parts = text.split(/[\s,]+/u).filter((part) => part !== '');
  if (parts.length === 0) {
    throw new SettingError('No address is given.', { setting, remedy: 'Write one such as http://localhost:8080.' });
  }
  return parts.map((part) => {
    const url = URL.canParse(part) ? new URL(part) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.host === '') {
      throw new SettingError(`"${part}" is not the address of a server.`, {
        setting,
        remedy: 'Write it with http:// or https:// and its port, such as http://localhost:8080.',
      });
    }
    if (url.username !== '' || url.password !== '') {
      throw new SettingError(`The address "${url.host}" contains a user or password, which the flow would show.`, {
        setting,
        remedy: 'Write them into user and password, which Node-RED keeps encrypted.',
      });
    }
    url.pathname = url.pathname.replace(/\/+$/u, '');
    return url;
  });
}
