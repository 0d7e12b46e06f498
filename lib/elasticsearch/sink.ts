import type { Rejection } from '../core/records';
import { recordStep, reject } from '../core/records';
import { Batcher, type BatcherOptions, type BatcherStatus } from '../sinks/batcher';
import type { RowResult } from '../sinks/destination';
import { Bulk } from './bulk';
import type { ElasticsearchCluster } from './cluster';
import { type DocumentRow, type DocumentSettings, type Origin, compileDocuments } from './documents';
import { type IndexTemplate, type TemplateSettings, indexTemplateOf, install } from './indexTemplate';

/** elasticsearch-sink's settings. */
export interface ElasticsearchSinkSettings extends DocumentSettings, TemplateSettings {
  /** Makes an index template for the indexes of `index`, unless somebody else has one. */
  readonly createTemplate: boolean;
}

/** The servers' own advice is 5 to 15 MB; their limit, `http.max_content_length`, 100 MB. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Stores records as documents of a cluster, through a batcher. */
export class ElasticsearchSink {
  readonly #rowOf: (record: Readonly<Record<string, unknown>>, origin?: Origin) => DocumentRow;
  readonly #template: IndexTemplate | undefined;
  readonly #bulk: Bulk;
  readonly #batcher: Batcher<DocumentRow>;
  #ready = false;

  /** @throws {SettingError} if a setting cannot be used */
  constructor(
    private readonly cluster: ElasticsearchCluster,
    settings: ElasticsearchSinkSettings,
    options: Omit<BatcherOptions, 'name'>,
  ) {
    this.#rowOf = compileDocuments(settings);
    this.#template = settings.createTemplate ? indexTemplateOf(settings) : undefined;
    this.#bulk = new Bulk(cluster);
    this.#batcher = new Batcher(
      { write: (rows) => this.#write(rows), size: ({ bytes }) => bytes, key: ({ index, id }) => `${index}/${id}` },
      { maxBytes: MAX_BYTES, ...options, name: `Index "${settings.index}"` },
    );
  }

  /**
   * Stores the records of one message.
   * @param origin where the one record of the message has come from, for records without an id of their own
   * @returns resolves once each record is safe or refused, with those refused
   * @throws {PulseflowError} if they could not be stored; storing them again changes nothing for those that were
   */
  async add(records: readonly unknown[], origin?: Origin): Promise<Rejection[]> {
    const kept: unknown[] = [];
    const rows: DocumentRow[] = [];
    const { rejected } = recordStep((record) => {
      rows.push(this.#rowOf(record, origin));
      kept.push(record);
    })(records);
    const results = await this.#batcher.add(rows);
    results.forEach((error, at) => {
      if (error !== undefined) rejected.push(reject(kept[at], error));
    });
    return rejected;
  }

  status(): BatcherStatus {
    return this.#batcher.status();
  }

  /** Writes what is waiting, for at most `limit` milliseconds. */
  close(limit: number): Promise<void> {
    return this.#batcher.close(limit);
  }

  async #write(rows: readonly DocumentRow[]): Promise<undefined | readonly RowResult[]> {
    if (!this.#ready) await this.#prepare(rows[0]?.index ?? '');
    return this.#bulk.write(rows);
  }

  /** Before the first write: what server it is, and what its indexes are to be made with. */
  async #prepare(index: string): Promise<void> {
    await this.cluster.product();
    if (this.#template !== undefined) await install(this.cluster, this.#template, index);
    this.#ready = true;
  }
}
