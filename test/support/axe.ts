import { source } from 'axe-core';
import type { Page } from 'playwright-core';

/** What the page's own function below uses. */
declare const axe: {
  run(
    context: object,
    options: object,
  ): Promise<{ violations: { id: string; impact: string; nodes: { html: string; target: string[] }[] }[] }>;
};

/** A place on a page that breaks a rule of axe-core. */
export interface Fault {
  readonly rule: string;
  /** CSS of the element. */
  readonly where: string;
  readonly html: string;
}

/** The faults of a whole page that axe-core calls serious or critical. */
export async function seriousFaults(page: Page): Promise<Fault[]> {
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { violations } = await axe.run({ include: ['html'] }, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => ['serious', 'critical'].includes(impact))
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, target }) => ({ rule: id, where: target.join(' '), html: html.slice(0, 200) })),
      );
  });
}
