import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** A page, and the errors that it has reported. */
export interface Watched {
  readonly page: Page;
  /** Console errors with the address they come from, and exceptions nobody caught. */
  readonly errors: string[];
}

/** Starts the Chromium that an npm package brings along. */
export async function launchBrowser(): Promise<Browser> {
  const { default: bundled } = await import('@sparticuz/chromium');
  // In a single process, which suits the functions in the cloud it is made for, closing one page ends the browser.
  const args = bundled.args.filter((arg) => arg !== '--single-process' && arg !== '--no-zygote');
  return chromium.launch({ executablePath: await bundled.executablePath(), args, headless: true });
}

/** Opens a page in a context of its own: no cookies, no storage, the locale asked for. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return { page, errors };
}
