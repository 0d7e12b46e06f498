import { askJson } from '../answers';

/** An application as the resource manager knows it; more than is named here. */
export interface YarnApplication {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  /** `ACCEPTED`, `RUNNING`, `FINISHED`, `FAILED`, `KILLED`, ... */
  readonly state: string;
  /** `UNDEFINED` until it has ended: `SUCCEEDED`, `FAILED`, `KILLED`. */
  readonly finalStatus: string;
  /** Why it is where it is. */
  readonly diagnostics: string;
}

/** A node manager as the resource manager knows it. */
export interface YarnNode {
  /** `host:port` */
  readonly id: string;
  /** `RUNNING`, `LOST`, ... */
  readonly state: string;
}

/** Asks a resource manager by its REST API. */
export class Applications {
  /** @param url of its web interface */
  constructor(
    private readonly url: string,
    private readonly user: string,
  ) {}

  async cluster(): Promise<{ readonly state: string }> {
    return ((await this.#ask('info')) as { clusterInfo: { state: string } }).clusterInfo;
  }

  async nodes(): Promise<YarnNode[]> {
    return ((await this.#ask('nodes')) as { nodes: { node?: YarnNode[] } | null }).nodes?.node ?? [];
  }

  /** All applications, those that have ended too, by id. */
  async all(): Promise<YarnApplication[]> {
    const { apps } = (await this.#ask('apps')) as { apps: { app?: YarnApplication[] } | null };
    return (apps?.app ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  async get(id: string): Promise<YarnApplication> {
    return ((await this.#ask(`apps/${id}`)) as { app: YarnApplication }).app;
  }

  /** Ends an application, as `yarn application -kill` does. */
  async kill(id: string): Promise<void> {
    const response = await fetch(`${this.url}/ws/v1/cluster/apps/${id}/state?user.name=${this.user}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ state: 'KILLED' }),
    });
    if (!response.ok) throw new Error(`Ending ${id} answered ${response.status}: ${await response.text()}`);
  }

  #ask(what: string): Promise<unknown> {
    return askJson(`${this.url}/ws/v1/cluster/${what}`);
  }
}
