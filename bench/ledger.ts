import { BenchNodeRed, type FlowNode } from './flow/nodeRed';
import { type Figure, type Subject, type Taken, measure } from './measure';
import { BATCH } from './posts';
import { FIGURE_HEAD, figureCells, printTable } from './table';

interface Form {
  readonly name: string;
  readonly batch: number;
  readonly nodes: readonly Partial<FlowNode>[];
  readonly posts: number;
}

const PASS = new Array<Partial<FlowNode>>(4).fill({ type: 'bench-pass' });
const STEPS: readonly Partial<FlowNode>[] = [
  { type: 'hashtag-extract', from: 'text', to: 'hashtags', kinds: ['hashtag'], lowercase: true, output: 'enrich' },
  { type: 'sentiment', property: 'text', engine: 'afinn', to: 'sentiment' },
];
const FORMS: readonly Form[] = [
  { name: 'one by one, 4 nodes that pass on', batch: 1, nodes: PASS, posts: 50_000 },
  { name: 'one by one, hashtags and sentiment', batch: 1, nodes: STEPS, posts: 20_000 },
  { name: 'batches of 500, 4 nodes that pass on', batch: BATCH, nodes: PASS, posts: 2_000_000 },
  { name: 'batches of 500, hashtags and sentiment', batch: BATCH, nodes: STEPS, posts: 50_000 },
];

/** `no`: Node-RED as it is; `idle`: the ledger's hooks look at messages that no source answers for; `yes`: tracked. */
const TRACKED = ['no', 'idle', 'yes'] as const;

/** Measures what it costs that the ledger watches every message: the same flow with it and without. */
export async function benchLedger(): Promise<void> {
  const nodeReds = await Promise.all(TRACKED.map(() => BenchNodeRed.start()));
  try {
    for (const [index, tracked] of TRACKED.entries()) {
      await nodeReds[index]?.deploy(FORMS.flatMap((form, number) => chain(`source${number}`, form, tracked)));
    }
    const rows: string[][] = [];
    for (const [number, form] of FORMS.entries()) {
      const path = `/bench/run?source=source${number}&posts=${form.posts}`;
      const subjects = nodeReds.map((nodeRed): Subject => ({ name: form.name, round: () => nodeRed.ask<Taken>(path) }));
      const [without, idle, tracked] = await measure(subjects);
      if (without === undefined || idle === undefined || tracked === undefined) throw new Error('not measured');
      rows.push([form.name, 'no ledger', ...figureCells(without), '', '']);
      rows.push(['', 'hooks, nothing tracked', ...figureCells(idle), ...against(idle, without)]);
      rows.push(['', 'tracked source', ...figureCells(tracked), ...against(tracked, without)]);
    }
    const head = ['flow', '', ...FIGURE_HEAD, 'less throughput', 'more CPU'];
    printTable('What the ledger costs', head, rows);
  } finally {
    await Promise.all(nodeReds.map((nodeRed) => nodeRed.stop()));
  }
}

function against(figure: Figure, without: Figure): string[] {
  return [percent(1 - figure.rate / without.rate), percent(figure.cpu / without.cpu - 1)];
}

function percent(part: number): string {
  return `${(part * 100).toFixed(part < 0.1 ? 1 : 0)}%`;
}

function chain(id: string, { batch, nodes }: Form, tracked: (typeof TRACKED)[number]): FlowNode[] {
  const tab = `tab-${id}`;
  const end = `${id}-${nodes.length}`;
  return [
    { id: tab, type: 'tab' },
    { id, type: 'bench-source', z: tab, batch, tracked, wires: [[`${id}-0`]] },
    ...nodes.map((node, hop) => ({ type: '', ...node, id: `${id}-${hop}`, z: tab, wires: [[`${id}-${hop + 1}`], []] })),
    { id: end, type: 'bench-end', z: tab, of: id, wires: [] },
  ];
}
