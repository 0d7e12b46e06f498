import { withMade } from '../../support/madePart';
import { CHAPTERS } from './cases';

const PLACE = {
  begin: '<!-- The list is made from test/lib/windows: PULSEFLOW_WRITE_TABLE=1 writes it anew. -->',
  end: '<!-- The end of the list. -->',
};

/** The page with the names of all cases, chapter by chapter. */
export function withCases(page: string): string {
  return withMade(page, PLACE, list());
}

function list(): string {
  return CHAPTERS.map(({ title, cases }) => {
    const names = cases.map(({ name }) => `- ${sentence(name)}.`);
    return `### ${title}\n\n${names.join('\n')}`;
  }).join('\n\n');
}

/** As Prettier leaves it: a star or an underscore is no markup. */
function sentence(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replace(/[*_]/gu, '\\$&');
}
