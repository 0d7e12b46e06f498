import type { Red } from './red';

/** A node as a person knows it. */
export interface NamedNode {
  readonly id: string;
  /** Left out, with the name, if there is no such node any more. */
  readonly type?: string;
  readonly name?: string;
  /** What of the node is meant, such as a call of `msg.ack` that a source waits for. */
  readonly remark?: string;
}

/** The node that the ledger knows by an id, which may have a remark in parentheses behind it. */
export function namedNode(RED: Red, known: string): NamedNode {
  const [, id = known, remark] = /^(\S+) \((.*)\)$/u.exec(known) ?? [];
  const node = RED.nodes.getNode(id);
  return {
    id,
    ...(node?.type === undefined ? {} : { type: node.type }),
    ...(node?.name === undefined || node.name === '' ? {} : { name: node.name }),
    ...(remark === undefined ? {} : { remark }),
  };
}

/** `a1b2 (function "slow")`: enough to search for it in the editor. */
export function wordsFor({ id, type, name, remark }: NamedNode): string {
  const called = name === undefined ? type : `${type ?? ''} "${name}"`;
  return [id, called === undefined ? undefined : `(${called})`, remark].filter((part) => part !== undefined).join(' ');
}
