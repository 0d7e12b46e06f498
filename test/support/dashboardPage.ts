import type { Browser, Locator, Page } from 'playwright-core';
import { openPage } from './browser';

/** What the page's own functions below use of the browser. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Iterable<number> } };
}
interface Box {
  readonly tagName: string;
  readonly className: unknown;
  readonly textContent: string;
  readonly scrollWidth: number;
  readonly clientWidth: number;
  getBoundingClientRect(): { left: number; right: number; width: number };
}

/**
 * Errors that are node-red-dashboard's own (3.6.6): its index.html includes `loading.html`, a page of the user's that
 * need not be there, and its script asks for the side menu, which it does not make for a single tab.
 */
const KNOWN = [
  /^Failed to load resource: .* 404 \(Not Found\) \(\S+\/ui\/loading\.html\)$/u,
  /^SideNav 'left' is not available! Did you use md-component-id='left'\? \(\S+\/ui\/js\/app\.min\.js\)$/u,
];

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** A bar of a chart. */
export interface Bar {
  readonly name: string;
  readonly count: number;
}

/** A line of a chart, or all sectors of one. */
export interface Line {
  readonly name: string;
  readonly points: number;
}

/** Of Chart.js, what the page's own functions below use. */
declare const Chart: {
  readonly instances: Readonly<
    Record<
      string,
      {
        readonly chart: { readonly canvas: unknown };
        readonly data: {
          readonly labels: string[];
          readonly datasets: { readonly label: string; readonly data: number[] }[];
        };
        getDatasetMeta(at: number): { readonly data: { readonly _model: { readonly y: number } }[] };
      }
    >
  >;
};

/** The dashboard of `flows/` in a browser. */
export class DashboardPage {
  readonly #errors: readonly string[];

  private constructor(
    readonly page: Page,
    errors: readonly string[],
  ) {
    this.#errors = errors;
  }

  static async open(browser: Browser, url: string, viewport: Viewport): Promise<DashboardPage> {
    const { page, errors } = await openPage(browser, `${url}/ui`, { viewport });
    return new DashboardPage(page, errors);
  }

  /** The errors the page has reported, without those that are the dashboard module's own. */
  get errors(): string[] {
    return this.#errors.filter((error) => !KNOWN.some((known) => known.test(error)));
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  get posts(): Locator {
    return this.page.locator('.pf-posts li');
  }

  get collect(): Locator {
    return this.page.locator('.nr-dashboard-switch md-switch');
  }

  /** The lines or sectors of a chart that have points, and how many. */
  async lines(title: string): Promise<Line[]> {
    const canvas = this.chart(title).locator('canvas');
    if ((await canvas.count()) === 0) return [];
    return canvas.evaluate((element) => {
      const chart = Object.values(Chart.instances).find((each) => each.chart.canvas === element);
      const sets = chart?.data.datasets ?? [];
      return sets.map(({ label, data }) => ({ name: label, points: data.length })).filter(({ points }) => points > 0);
    });
  }

  /** The bars of the hashtags as they are drawn, from the top. */
  async bars(): Promise<Bar[]> {
    return this.chart('Top hashtags of the window')
      .locator('canvas')
      .evaluate((element) => {
        const chart = Object.values(Chart.instances).find((each) => each.chart.canvas === element);
        if (chart === undefined) return [];
        const { labels, datasets } = chart.data;
        const places = chart.getDatasetMeta(0).data;
        return labels
          .map((name, at) => ({ name, count: datasets[0]?.data[at] ?? 0, y: places[at]?._model.y ?? NaN }))
          .sort((a, b) => a.y - b.y)
          .map(({ name, count }) => ({ name, count }));
      });
  }

  chart(title: string): Locator {
    return this.page.locator('md-card', { has: this.page.locator('.nr-dashboard-chart-title', { hasText: title }) });
  }

  /** How many colours a chart is drawn in; text and lines alone are shades of grey, an empty canvas has none. */
  async colours(title: string): Promise<number> {
    const canvas = this.chart(title).locator('canvas');
    if ((await canvas.count()) === 0) return 0;
    return canvas.evaluate((element) => {
      const canvas = element as unknown as Canvas;
      const { width, height } = canvas;
      if (width === 0 || height === 0) return 0;
      const data = [...canvas.getContext('2d').getImageData(0, 0, width, height).data];
      const seen = new Map<string, number>();
      for (let i = 0; i < data.length; i += 4) {
        const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(i, i + 4);
        if (alpha < 255 || Math.max(red, green, blue) - Math.min(red, green, blue) < 40) continue;
        const colour = [red, green, blue].join();
        seen.set(colour, (seen.get(colour) ?? 0) + 1);
      }
      return [...seen.values()].filter((pixels) => pixels > 30).length;
    });
  }

  /** What reaches over the right edge of the page, or is cut off within its own box. */
  async cutOff(): Promise<string[]> {
    const shown = this.page.locator(
      'ui-card-panel, ui-card-panel md-card, ui-card-panel canvas, ui-card-panel p, ui-card-panel .md-text',
    );
    return shown.evaluateAll((elements, edge) => {
      const boxes = elements as unknown as Box[];
      const named = (box: Box): string =>
        `${box.tagName}.${String(box.className)} "${box.textContent.trim().slice(0, 30)}"`;
      const over = boxes.filter(
        (box) => box.getBoundingClientRect().right > edge + 0.5 || box.getBoundingClientRect().left < 0,
      );
      const narrow = boxes.filter(
        (box) => box.tagName === 'P' && box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1,
      );
      return [...over.map((box) => `over the edge: ${named(box)}`), ...narrow.map((box) => `cut off: ${named(box)}`)];
    }, this.page.viewportSize()?.width ?? 0);
  }
}
