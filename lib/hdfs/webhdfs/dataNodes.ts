import { StoreUnavailableError, messageOf } from '../../core/errors';
import type { HttpAnswer } from '../../http/answer';
import { HttpClient, type HttpRequest } from '../../http/client';
import type { NameNodeSettings } from './nameNodes';

/** Speaks with the data nodes that name nodes send one to. */
export function dataNodeClient({ tls, timeout }: NameNodeSettings): HttpClient {
  return new HttpClient({ server: 'HDFS data node', addresses: [], timeout, ...(tls === undefined ? {} : { tls }) });
}

/**
 * Sends a request to the data node that a name node has named.
 * @throws {StoreUnavailableError} if it does not answer
 */
export async function askDataNode(
  client: HttpClient,
  request: Omit<HttpRequest, 'path'> & { readonly url: URL },
): Promise<HttpAnswer> {
  try {
    return await client.request({ ...request, path: '' });
  } catch (thrown) {
    throw thrown instanceof StoreUnavailableError && thrown.setting === 'url' ? away(thrown) : thrown;
  }
}

/** The same with what to do about a data node: its address is in no setting. */
function away(thrown: StoreUnavailableError): StoreUnavailableError {
  const words = messageOf(thrown);
  const { remedy = '' } = thrown;
  return new StoreUnavailableError(words.slice(0, words.length - remedy.length).trim(), {
    remedy:
      'The name node sends writers there. Make sure that it runs, and that this machine knows it by that name (dfs.datanode.hostname) and may connect to it.',
    cause: thrown,
  });
}
