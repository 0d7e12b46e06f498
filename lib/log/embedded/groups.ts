import type { Topic } from './topics';

/** A partition of a topic. */
export interface Partition {
  readonly topic: Topic;
  readonly partition: number;
}

/** A member of a consumer group in this process. */
export interface Member {
  readonly group: string;
  readonly topics: readonly Topic[];
  holds(partition: Partition): boolean;
  /** Receives its whole share whenever the group changes. */
  share(partitions: readonly Partition[]): void;
  /** Records have been appended to topics it reads. */
  wake(): void;
}

/**
 * The consumer groups of an embedded log. Partitions are dealt out in turn to the members that read their topic; a
 * member loses its share before another is given it.
 */
export class Groups {
  readonly #members = new Map<string, Member[]>();

  join(member: Member): void {
    const members = this.#members.get(member.group) ?? [];
    members.push(member);
    this.#members.set(member.group, members);
    deal(members);
  }

  leave(member: Member): void {
    const rest = (this.#members.get(member.group) ?? []).filter((each) => each !== member);
    this.#members.set(member.group, rest);
    member.share([]);
    deal(rest);
  }

  appended(topics: ReadonlySet<string>): void {
    for (const members of this.#members.values()) {
      for (const member of members) {
        if (member.topics.some((topic) => topics.has(topic.name))) member.wake();
      }
    }
  }
}

// In two rounds: members give up what is no longer theirs, and only then are given what is new.
function deal(members: readonly Member[]): void {
  const shares = new Map<Member, Partition[]>(members.map((member) => [member, []]));
  for (const topic of new Set(members.flatMap((member) => member.topics))) {
    const readers = members.filter((member) => member.topics.includes(topic));
    for (let partition = 0; partition < topic.partitions; partition++) {
      const reader = readers[partition % readers.length];
      if (reader !== undefined) shares.get(reader)?.push({ topic, partition });
    }
  }
  for (const [member, share] of shares) member.share(share.filter((each) => member.holds(each)));
  for (const [member, share] of shares) member.share(share);
}
