import { ask } from './ask';

/** By node, the names of the fields that it was last given and sent; see `nodes/common/fieldsSeen`. */
type Seen = Partial<Record<string, { readonly input: readonly string[]; readonly output: readonly string[] }>>;

/** So many nodes back along the wires. */
const FURTHEST = 50;

/**
 * The names of the fields of records that a node gets: what it was last given, or else, for a node that is not deployed
 * or has had nothing yet, what the nearest node before it has sent or was given.
 */
export async function fieldsFor(id: string): Promise<readonly string[]> {
  const seen = await ask<Seen>('GET', 'pulseflow/fields').catch((): Seen => ({}));
  const own = seen[id]?.input ?? [];
  if (own.length > 0) return own;
  const visited = new Set([id]);
  for (const visiting of visited) {
    for (const { source } of RED.nodes.filterLinks({ target: RED.nodes.node(visiting) })) {
      if (visited.has(source.id) || visited.size > FURTHEST) continue;
      const before = seen[source.id];
      if (before !== undefined && before.output.length > 0) return before.output;
      if (before !== undefined && before.input.length > 0) return before.input;
      visited.add(source.id);
    }
  }
  return [];
}
