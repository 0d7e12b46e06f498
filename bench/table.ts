import type { Figure } from './measure';
import { print } from './page';

/** Prints a table whose columns line up, and which Markdown takes as it is. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => aligned(cells[column] ?? '', width, column)).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  print(`\n### ${title}\n\n${[line(head), line(rule), ...rows.map(line)].join('\n')}`);
}

function aligned(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** The columns of a figure. */
export const FIGURE_HEAD = ['posts/s', 'spread', 'CPU µs/post'] as const;

export function figureCells({ rate, spread, cpu }: Figure): string[] {
  return [whole(rate), `±${(spread * 100).toFixed(0)}%`, micros(cpu)];
}

/** Three digits say all there is to say. */
export function whole(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 0 });
}

export function micros(value: number): string {
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** How many times as fast `one` is as `other`, by the time of the processor. */
export function faster(one: Figure, other: Figure): string {
  return `${(other.cpu / one.cpu).toFixed(2)}x`;
}
