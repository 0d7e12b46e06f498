import { AssignerProtocol, type Cluster, type PartitionAssigner } from 'kafkajs';
import { type Sharer, shareOut } from './shareOut';

const NAME = 'pulseflow';
const VERSION = 1;

interface TargetingCluster extends Cluster {
  addMultipleTargetTopics(topics: string[]): Promise<void>;
}

/**
 * How a group of ours shares out its partitions, in place of kafkajs's own way: that gives every member the topics of
 * the one that shares out, and changes nearly all places when one member comes.
 * @param held what this member has had so far, by topic
 */
export function assigner(held: () => Record<string, number[]>): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(held())),
      }),
    }),
    async assign({ members }) {
      const sharers = members.map(({ memberId, memberMetadata }) => sharerOf(memberId, memberMetadata));
      const partitions = new Map<string, number[]>();
      for (const topic of new Set(sharers.flatMap((each) => each.topics))) {
        partitions.set(topic, await partitionsOf(cluster, topic));
      }
      return [...shareOut(sharers, partitions)].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment,
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

async function partitionsOf(cluster: TargetingCluster, topic: string): Promise<number[]> {
  try {
    // It knows its own topics only.
    await cluster.addMultipleTargetTopics([topic]);
  } catch {
    // It has just been deleted: who reads it will find out.
    return [];
  }
  return cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
}

function sharerOf(id: string, metadata: Buffer): Sharer {
  const { topics = [], userData } = AssignerProtocol.MemberMetadata.decode(metadata) ?? {};
  let held: Record<string, number[]> = {};
  try {
    held = JSON.parse(userData?.toString() ?? '{}') as Record<string, number[]>;
  } catch {
    // Of another version: it has no wishes.
  }
  return { id, topics, held };
}
