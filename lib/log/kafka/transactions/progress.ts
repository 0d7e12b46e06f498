import type { Offsets } from 'kafkajs';
import type { Client } from '../client';
import type { Spool, Spooled } from './spool';

/**
 * How far the transactions of a lane have got. It is written in the same transactions, as an offset, so that after a
 * transaction of unknown fate it can be asked for.
 */
export interface Progress {
  /** One at a time may write under this name; whoever comes last ends what another has begun. */
  readonly transactionalId: string;
  /** The oldest records of a lane that may be written together: about `limit`, and up to where an offset says so. */
  take(spool: Spool, lane: number, limit: number): Spooled[];
  /** The offset to send in a transaction, and of which group. */
  after(last: Spooled): Offsets & { readonly consumerGroupId: string };
  /** Asks Kafka. Undefined for nothing yet. */
  reached(): Promise<number | undefined>;
  /**
   * Removes the records that are written if so much is reached; to be called inside a transaction of the store.
   * @returns false if what remains cannot be told from what others have written
   */
  settle(spool: Spool, lane: number, reached: number): boolean;
}

/** Names of Kafka's resources that are Pulseflow's own begin so: rights can be given to all of them at once. */
const PREFIX = 'pulseflow';

/** Of a partition that is read from the same cluster: the offset of the group that reads it. */
export class GroupProgress implements Progress {
  readonly transactionalId: string;

  constructor(
    private readonly client: Client,
    private readonly group: string,
    private readonly topic: string,
    private readonly partition: number,
  ) {
    this.transactionalId = `${PREFIX}.${group}.${topic}.${partition}`;
  }

  // An offset of the group stands for all that was made of the records before it.
  take(spool: Spool, lane: number, limit: number): Spooled[] {
    return spool.takeMessages(lane, limit);
  }

  after({ position }: Spooled): Offsets & { readonly consumerGroupId: string } {
    const { group, topic, partition } = this;
    return { consumerGroupId: group, topics: [{ topic, partitions: [{ partition, offset: String(position) }] }] };
  }

  async reached(): Promise<number | undefined> {
    const { group, topic } = this;
    const [found] = await this.client.ask((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    const offset = Number(found?.partitions.find((each) => each.partition === this.partition)?.offset ?? -1);
    return offset < 0 ? undefined : offset;
  }

  settle(spool: Spool, lane: number, reached: number): boolean {
    spool.removeMadeBefore(lane, reached);
    return !spool.lieAcross(lane, reached);
  }
}

/**
 * Of anything else (results of windows, posts, messages from an inject node): a group without members, of which an
 * offset says behind which record of the spool it goes on.
 */
export class OwnProgress implements Progress {
  readonly transactionalId: string;

  /** @param name of the lane, over all Pulseflows there are */
  constructor(
    private readonly client: Client,
    name: string,
  ) {
    this.transactionalId = `${PREFIX}.${name}`;
  }

  take(spool: Spool, lane: number, limit: number): Spooled[] {
    return spool.take(lane, limit);
  }

  after({ topic, partition, sequence }: Spooled): Offsets & { readonly consumerGroupId: string } {
    const topics = [{ topic, partitions: [{ partition, offset: String(sequence + 1) }] }];
    return { consumerGroupId: this.transactionalId, topics };
  }

  async reached(): Promise<number | undefined> {
    const groupId = this.transactionalId;
    const found = await this.client.ask((admin) => admin.fetchOffsets({ groupId }));
    const offsets = found.flatMap(({ partitions }) => partitions.map(({ offset }) => Number(offset)));
    return offsets.length === 0 ? undefined : Math.max(...offsets);
  }

  settle(spool: Spool, lane: number, reached: number): boolean {
    spool.removeUpTo(lane, reached - 1);
    return true;
  }
}
