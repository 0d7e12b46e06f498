import { withMade } from '../support/madePart';
import { CASES } from './cases';

const PLACE = {
  begin: '<!-- The table is made from test/tracking: PULSEFLOW_WRITE_TABLE=1 writes it anew. -->',
  end: '<!-- The end of the table. -->',
};

/** The page with the table as the cases declare it. */
export function withTable(page: string): string {
  return withMade(page, PLACE, table());
}

function table(): string {
  const rows = CASES.map(({ nodes, outcome, note }) => [nodes, outcome, note]);
  const all = [['in the flow', 'outcome', 'what to know'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
