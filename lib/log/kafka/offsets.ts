import type { Beginning } from '../log';
import type { Client } from './client';
import type { Place } from './membership';
import type { Range } from './positions';

/** What a cluster says of the partitions of a topic. */
export interface TopicOffsets {
  /** By partition. */
  readonly ranges: ReadonlyMap<number, Range>;
  /** The group's offsets, where it has some. */
  readonly group: ReadonlyMap<number, number>;
  /** Where a group begins that has none. */
  readonly beginnings: ReadonlyMap<number, number>;
}

/** Asks for the offsets of a topic and of a group in it. */
export async function offsetsOf(client: Client, group: string, topic: string, from: Beginning): Promise<TopicOffsets> {
  const offsets = await client.ask((admin) => admin.fetchTopicOffsets(topic));
  const ranges = new Map(
    offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]),
  );
  const [committed] = await client.ask((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
  const known = (committed?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0);
  return {
    ranges,
    group: new Map(known.map(({ partition, offset }) => [partition, Number(offset)])),
    beginnings: await beginningsOf(client, topic, from, ranges),
  };
}

async function beginningsOf(
  client: Client,
  topic: string,
  from: Beginning,
  ranges: ReadonlyMap<number, Range>,
): Promise<ReadonlyMap<number, number>> {
  if (typeof from === 'string') {
    return new Map([...ranges].map(([partition, { low, high }]) => [partition, from === 'earliest' ? low : high]));
  }
  const found = await client.ask((admin) => admin.fetchTopicOffsetsByTimestamp(topic, from.time));
  return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
}

/** The topics of partitions, each once. */
export function topicsOf(places: readonly Place[]): string[] {
  return [...new Set(places.map(({ topic }) => topic))];
}
