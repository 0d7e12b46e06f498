import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { EditorPage } from '../support/editorPage';
import { allSpecs } from '../support/specs';
import { type FlowNode, THEMES, type Theme } from './themes';

declare const document: {
  querySelectorAll(selector: string): Iterable<{ scrollTop: number }>;
  readonly documentElement: { readonly classList: { toggle(name: string, on: boolean): void } };
};
declare const RED: { readonly workspaces: { show(id: string): void } };

const SCREEN = { width: 1280, height: 800 };
/** High enough for nearly all of any dialog. */
const TALL = { width: 1280, height: 1150 };

/** The dialog of every node, with the settings that it has in the flow, and the editor with the flow itself. */
export async function pictureEditor(
  browser: Browser,
  url: string,
  folder: string,
  flows: readonly FlowNode[],
): Promise<string[]> {
  const made: string[] = [];
  const editor = await EditorPage.open(browser, url, 'en-US');
  const tab = flows.find(({ type, label }) => type === 'tab' && /process/iu.test(label ?? ''));
  const wear = (theme: Theme): Promise<void> =>
    editor.page.evaluate((dark) => document.documentElement.classList.toggle('nr-theme-dark', dark), theme === 'dark');
  for (const theme of THEMES) {
    await wear(theme);
    await editor.page.setViewportSize(SCREEN);
    await editor.page.evaluate((id) => RED.workspaces.show(id), tab?.id ?? '');
    await editor.page.mouse.move(640, 700);
    await editor.page.waitForTimeout(500);
    const path = join(folder, theme === 'light' ? 'editor.png' : 'editor-dark.png');
    await editor.page.screenshot({ path });
    made.push(path);
  }
  // What is added to show a dialog is not to be in the pictures of the flow.
  await editor.page.setViewportSize(TALL);
  for (const theme of THEMES) {
    await wear(theme);
    for (const spec of allSpecs()) {
      const id = flows.find(({ type }) => type === spec.type)?.id ?? (await editor.add(spec));
      const dialog = await editor.openDialog(spec, id);
      if (spec.tries !== undefined) {
        const panel = await dialog.trial();
        await panel.locator('.pulseflow-answer > *').first().waitFor();
      }
      await editor.page.evaluate(() => {
        for (const each of document.querySelectorAll(
          '.red-ui-tray-body, .red-ui-editor-tab-content, .red-ui-tab-content',
        ))
          each.scrollTop = 0;
      });
      const picture = join(folder, 'dialogs', `${spec.type}-${theme}.png`);
      await editor.page.locator('.red-ui-tray').last().screenshot({ path: picture });
      made.push(picture);
      await editor.closeDialogs();
    }
  }
  await editor.close();
  return made;
}
