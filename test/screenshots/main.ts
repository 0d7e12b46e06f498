import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launchBrowser } from '../support/browser';
import { startNodeRed } from '../support/nodeRed';
import { readJson } from '../support/specs';
import { pictureDashboards } from './dashboards';
import { pictureEditor } from './dialogs';
import { type FlowNode, THEMES, inTheme } from './themes';

const FOLDER = resolve(__dirname, '../../../docs/images');
/** For so long the flow runs before the dashboards are taken, in ms: several windows of a minute have closed. */
const RUN_FOR = 150_000;

async function main(): Promise<void> {
  for (const name of ['dialogs', 'dashboards']) {
    rmSync(join(FOLDER, name), { recursive: true, force: true });
    mkdirSync(join(FOLDER, name), { recursive: true });
  }
  const flows = readJson('flows', 'flows.json') as FlowNode[];
  const browser = await launchBrowser();
  const running = await Promise.all(
    THEMES.map(async (theme) => ({ theme, nodeRed: await startNodeRed({ flows: inTheme(flows, theme) }) })),
  );
  const made: string[] = [];
  try {
    const began = Date.now();
    made.push(...(await pictureEditor(browser, running[0]?.nodeRed.url ?? '', FOLDER, flows)));
    await pause(Math.max(0, began + RUN_FOR - Date.now()));
    for (const { theme, nodeRed } of running)
      made.push(...(await pictureDashboards(browser, nodeRed.url, join(FOLDER, 'dashboards'), theme)));
  } finally {
    await browser.close();
    await Promise.all(running.map(({ nodeRed }) => nodeRed.stop()));
  }
  copyFileSync(join(FOLDER, 'dashboards', 'dashboard-1280x800-light.png'), join(FOLDER, 'dashboard.png'));
  console.log(made.join('\n'));
}

main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
