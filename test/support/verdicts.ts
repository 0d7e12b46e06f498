import type { RequestVerdict, RowVerdict, SinkServer } from './sinkAdapter';

const WORST = ['refuse', 'fail', 'busy'] as const;

/** What a fake server decides of requests, and what it has seen: the part of a `SinkServer` that needs no protocol. */
export class Verdicts implements Pick<SinkServer, 'onRequest' | 'onRow' | 'requests'> {
  onRequest: SinkServer['onRequest'] = () => 'rows';
  onRow: SinkServer['onRow'] = () => 'take';
  readonly requests: string[][] = [];

  /** Notes a request. @returns what to do with it, and with each of its rows if that is `rows` */
  judge(ids: readonly string[]): { readonly request: RequestVerdict; readonly rows: RowVerdict[] } {
    this.requests.push([...ids]);
    const request = this.onRequest(ids);
    return { request, rows: request === 'rows' ? ids.map((id) => this.onRow(id)) : [] };
  }
}

/** What a protocol that answers for a request as a whole makes of its rows. */
export function worst(rows: readonly RowVerdict[]): RowVerdict {
  return WORST.find((each) => rows.includes(each)) ?? 'take';
}
