import type { Contributor } from '../../../delivery/participant';
import type { NewRecord, RecordWriter, WriterOptions, Written } from '../../log';
import { place } from '../outgoing';
import type { KafkaTopics } from '../topics';
import type { Transactions } from './transactions';

/** Writes records in transactions: each is a part of its message's commit, and reaches Kafka with the source's offset. */
export class TransactionalWriter implements RecordWriter {
  #sticky = 0;

  constructor(
    private readonly transactions: Transactions,
    private readonly topics: KafkaTopics,
    private readonly options: WriterOptions,
  ) {
    transactions.join(options);
  }

  async append(topic: string, records: readonly NewRecord[], contributor: Contributor): Promise<Written> {
    const partitions = await this.topics.partitions(topic);
    const sticky = this.#sticky++ % partitions;
    const { rows, results } = place(topic, records, { partitions, sticky });
    if (rows.length > 0) await this.transactions.add(rows, this.options.node, contributor);
    return results;
  }

  /** What it was given is in the store. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
