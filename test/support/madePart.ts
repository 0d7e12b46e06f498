/** The comments of a page between which a test writes. */
export interface Place {
  readonly begin: string;
  readonly end: string;
}

/** A page with what is made of a test's cases in its place there. */
export function withMade(page: string, { begin, end }: Place, made: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no place for it: ${begin}`);
  return `${page.slice(0, from)}${begin}\n\n${made}\n\n${page.slice(to)}`;
}
