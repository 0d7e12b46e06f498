import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PAGE = resolve(__dirname, '../../docs/performance.md');

/** What the parts of this run have printed. */
const printed = new Map<string, string[]>();
let part = '';

/** What is printed from now on belongs to a part. */
export function beginPart(name: string): void {
  part = name;
}

/** Prints, and keeps it for the page. */
export function print(text: string): void {
  console.log(text);
  const texts = printed.get(part);
  if (texts === undefined) printed.set(part, [text]);
  else texts.push(text);
}

/** Puts what was printed into the page, in the place of what an earlier run had there. `head` says when and on what. */
export function writePage(head: string): void {
  let page = readFileSync(PAGE, 'utf8');
  for (const [name, texts] of printed) {
    const begin = `<!-- bench:${name} -->`;
    const from = page.indexOf(begin);
    const to = page.indexOf('<!-- bench:end -->', from);
    if (from < 0 || to < 0) continue;
    const body = [`\`npm run bench -- ${name}\`: ${head}`, ...texts.map((text) => text.trim())].join('\n\n');
    page = `${page.slice(0, from + begin.length)}\n\n${body}\n\n${page.slice(to)}`;
  }
  writeFileSync(PAGE, page);
  console.log(`\nWritten to docs/performance.md.`);
}
