import type { Browser, Locator, Page } from 'playwright-core';
import { openPage } from './browser';
import type { Bar, Line, Viewport } from './dashboardPage';

/** Of ECharts, what the page's own functions below use. */
interface Chart {
  getOption(): { series: { name: string; data: unknown[] }[] };
  convertToPixel(axis: { yAxisIndex: number }, value: number): number;
  getWidth(): number;
  getHeight(): number;
  getZr(): { storage: { getDisplayList(): Shape[] } };
}
interface Shape {
  readonly style?: { readonly text?: unknown };
  readonly transform: readonly number[] | null;
  getBoundingRect(): { x: number; y: number; width: number; height: number };
}
interface Widget {
  readonly props: { readonly label: string };
  readonly chart: Chart;
}
declare const uiCharts: Readonly<Record<string, Widget>>;
interface Box {
  readonly tagName: string;
  readonly className: unknown;
  readonly textContent: string;
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  getBoundingClientRect(): { left: number; right: number };
}

/** The dashboard of `flows/` on Dashboard 2.0, in a browser. */
export class Dashboard2Page {
  private constructor(
    readonly page: Page,
    readonly errors: readonly string[],
  ) {}

  static async open(browser: Browser, url: string, viewport: Viewport): Promise<Dashboard2Page> {
    const { page, errors } = await openPage(browser, 'about:blank', { viewport });
    // Dashboard 2.0 shows its charts to its own tests, which Cypress runs.
    await page.addInitScript('window.Cypress = true');
    await page.goto(`${url}/dashboard`, { waitUntil: 'domcontentloaded' });
    return new Dashboard2Page(page, errors);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  get posts(): Locator {
    return this.page.locator('.pf-posts li');
  }

  get collect(): Locator {
    return this.page.locator('.nrdb-switch input');
  }

  /** The lines or sectors of a chart that have points, and how many. */
  async lines(title: string): Promise<Line[]> {
    return this.page.evaluate((label) => {
      const widgets = typeof uiCharts === 'undefined' ? [] : Object.values(uiCharts);
      const series = widgets.find(({ props }) => props.label === label)?.chart.getOption().series ?? [];
      return series.map(({ name, data }) => ({ name, points: data.length })).filter(({ points }) => points > 0);
    }, title);
  }

  /** The bars of the hashtags as they are drawn, from the top. */
  async bars(): Promise<Bar[]> {
    return this.page.evaluate(() => {
      const chart = Object.values(uiCharts).find(({ props }) => props.label === 'Top hashtags of the window')?.chart;
      const data = (chart?.getOption().series[0]?.data ?? []) as [string, number][];
      return data
        .map(([name, count], at) => ({ name, count, y: chart?.convertToPixel({ yAxisIndex: 0 }, at) ?? NaN }))
        .sort((a, b) => a.y - b.y)
        .map(({ name, count }) => ({ name, count }));
    });
  }

  /** What reaches over the edge of the page, or is cut off within its own box or chart. */
  async cutOff(): Promise<string[]> {
    const boxes = this.page.locator(
      '.nrdb-ui-group, .nrdb-ui-widget, .nrdb-ui-widget canvas, .nrdb-ui-widget p, .nrdb-ui-widget label',
    );
    const inPage = await boxes.evaluateAll((elements, edge) => {
      const all = elements as unknown as Box[];
      const named = (box: Box): string =>
        `${box.tagName}.${String(box.className)} "${box.textContent.trim().slice(0, 30)}"`;
      const over = all.filter((box) => {
        const { left, right } = box.getBoundingClientRect();
        return left < 0 || right > edge + 0.5;
      });
      // Posts are shortened to two lines on purpose.
      const cut = all.filter(
        (box) =>
          (box.tagName === 'P' && box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1) ||
          (String(box.className).includes('nrdb-ui-widget') && box.scrollHeight > box.clientHeight + 1),
      );
      return [...over.map((box) => `over the edge: ${named(box)}`), ...cut.map((box) => `cut off: ${named(box)}`)];
    }, this.page.viewportSize()?.width ?? 0);
    return [...inPage, ...(await this.#cutOffInCharts())];
  }

  /** Texts in the charts that do not fit; the names of hashtags, which have no bound, are shortened on purpose. */
  async #cutOffInCharts(): Promise<string[]> {
    return this.page.evaluate(() =>
      Object.values(uiCharts).flatMap(({ props, chart }) =>
        chart
          .getZr()
          .storage.getDisplayList()
          .filter((shape) => typeof shape.style?.text === 'string' && shape.style.text !== '')
          .flatMap((shape) => {
            const text = String(shape.style?.text);
            const { x, y, width, height } = shape.getBoundingRect();
            const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = shape.transform ?? [];
            const corners = [
              [x, y],
              [x + width, y + height],
            ].map(([px = 0, py = 0]) => [a * px + c * py + e, b * px + d * py + f]);
            const outside = corners.some(
              ([px = 0, py = 0]) => px < -1 || py < -1 || px > chart.getWidth() + 1 || py > chart.getHeight() + 1,
            );
            const shortened = /(?:…|\.\.\.)$/u.test(text) && !text.startsWith('#');
            return outside || shortened ? [`cut off in "${props.label}": ${text}`] : [];
          }),
      ),
    );
  }
}
