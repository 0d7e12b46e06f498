import type { IncomingHttpHeaders } from 'node:http';

/** What a server has answered, its body read to the end. */
export class HttpAnswer {
  constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    readonly body: Buffer,
    /** The address it came from, without path. */
    readonly origin: string,
  ) {}

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  text(): string {
    return this.body.toString('utf8');
  }

  /** The body as JSON; undefined if it is none. */
  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch {
      return undefined;
    }
  }

  /** `Retry-After` (RFC 9110, 10.2.3), in milliseconds; undefined if there is none that can be read. */
  retryAfter(now = Date.now()): number | undefined {
    const value = this.headers['retry-after'];
    if (value === undefined) return undefined;
    const wait = /^\d+$/u.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
    return Number.isNaN(wait) ? undefined : Math.max(0, wait);
  }

  /** The beginning of the body on one line, for errors; tags of an HTML page are left out. */
  excerpt(longest = 300): string {
    const text = this.text()
      .replace(/<style[^]*?<\/style>|<[^>]*>/gu, ' ')
      .replace(/\s+/gu, ' ')
      .trim();
    return text.length > longest ? `${text.slice(0, longest)} …` : text;
  }
}
