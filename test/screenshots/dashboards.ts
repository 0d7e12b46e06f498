import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Dashboard2Page } from '../support/dashboard2Page';
import { DashboardPage } from '../support/dashboardPage';
import type { Theme } from './themes';

export const VIEWPORTS = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 390, height: 844 },
] as const;

/** Both dashboards at all sizes; on a phone the whole page, which is longer than the screen. */
export async function pictureDashboards(
  browser: Browser,
  url: string,
  folder: string,
  theme: Theme,
): Promise<string[]> {
  const made: string[] = [];
  for (const [name, kind] of [
    ['dashboard', DashboardPage],
    ['dashboard-2', Dashboard2Page],
  ] as const) {
    for (const viewport of VIEWPORTS) {
      const dashboard = await kind.open(browser, url, viewport);
      // The charts are drawn, and the newest posts have come.
      await dashboard.page.waitForTimeout(6_000);
      const path = join(folder, `${name}-${viewport.width}x${viewport.height}-${theme}.png`);
      await dashboard.page.screenshot({ path });
      made.push(path);
      await dashboard.close();
    }
  }
  return made;
}
