import { join } from 'node:path';
import type { FlowNode } from './nodeRed';

/** Settings for the process that runs the peer: its posts and functions, in the reach of function nodes. */
export function peerSettings(lines: string, engines: 'npm' | 'own', batch: boolean): string {
  const tools = JSON.stringify(join(__dirname, 'peerTools.js'));
  return `functionGlobalContext: { bench: require(${tools}).peerTools(${JSON.stringify(lines)}, '${engines}', ${batch}) }`;
}

/**
 * The same pipeline of core function nodes: parse, hashtags, sentiment, counts of a minute in a Map. Nothing is durable,
 * nothing waits, nothing is tried again; what is in the flow when the process dies is lost.
 */
export function peerFlow(): FlowNode[] {
  const chain = [
    functionNode(
      'parse',
      'const { payload } = msg; msg.payload = Array.isArray(payload) ? payload.map((line) => JSON.parse(line)) : JSON.parse(payload); return msg;',
    ),
    functionNode('hashtags', each('post.hashtags = hashtags(post.text);', 'hashtags')),
    functionNode('sentiment', each('post.sentiment = mood(post.text);', 'mood')),
    functionNode('windows', WINDOWS),
    functionNode(
      'results',
      "const { results } = global.get('bench'); results.push(JSON.stringify(msg.payload)); return null;",
    ),
  ];
  const wired = chain.map((node, at) => ({ ...node, wires: [chain[at + 1]?.id ?? []].map((to) => [to].flat()) }));
  return [
    { id: 'peer', type: 'tab' },
    { id: 'request', type: 'http in', z: 'peer', url: '/peer', method: 'get', wires: [['posts']] },
    { ...functionNode('posts', SOURCE), outputs: 2, wires: [['parse'], ['response']] },
    { id: 'response', type: 'http response', z: 'peer', statusCode: '200', wires: [] },
    ...wired,
  ];
}

function functionNode(id: string, func: string): FlowNode {
  return { id, type: 'function', z: 'peer', func, outputs: 1 };
}

function each(does: string, uses: string): string {
  return `const { ${uses} } = global.get('bench'); for (const post of [msg.payload].flat()) ${does} return msg;`;
}

const SOURCE = `
const bench = global.get('bench');
const ended = bench.begin();
for (const part of bench.parts) {
  if (bench.batch) node.send([{ payload: part }, null]);
  else for (const line of part) node.send([{ payload: line }, null]);
  await bench.turn();
}
msg.payload = await ended;
return [null, msg];`;

// As anyone would write it: counts by minute, the minutes before it sent once a later one begins.
const WINDOWS = `
const bench = global.get('bench');
const { open } = bench;
for (const post of [msg.payload].flat()) {
  const minute = Math.floor(Date.parse(post.created_at) / 60000);
  let counts = open.get(minute);
  if (!counts) {
    for (const [start, closed] of open) if (start < minute - 1) {
      const ranked = [...closed].sort((a, b) => b[1] - a[1]).slice(0, 20);
      node.send({ payload: { start, counts: ranked } });
      open.delete(start);
    }
    open.set(minute, (counts = new Map()));
  }
  for (const tag of post.hashtags) counts.set(tag, (counts.get(tag) || 0) + 1);
  bench.counted();
}
return null;`;
