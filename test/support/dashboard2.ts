import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './specs';

/** A node of a flow as it is saved. */
type Node = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** Installs Dashboard 2.0 in a user directory, as its user would. */
export function installDashboard2(home: string): void {
  const link = join(home, 'node_modules/@flowfuse/node-red-dashboard');
  mkdirSync(dirname(link), { recursive: true });
  if (!existsSync(link)) symlinkSync(join(ROOT, 'node_modules/flowfuse-dashboard'), link, 'junction');
}

/** The one dashboard of a flow, at `/dashboard`. */
export const DASHBOARD2 = 'dashboard2';

/** The config nodes that widgets of Dashboard 2.0 stand on: the dashboard itself and its theme. */
export function dashboard2(): Node[] {
  return [
    {
      id: DASHBOARD2,
      type: 'ui-base',
      name: 'dashboard',
      path: '/dashboard',
      includeClientData: true,
      acceptsClientConfig: ['ui-notification', 'ui-control'],
      navigationStyle: 'default',
      titleBarStyle: 'default',
    },
    {
      id: `${DASHBOARD2}-theme`,
      type: 'ui-theme',
      name: 'theme',
      colors: {
        surface: '#ffffff',
        primary: '#0094ce',
        bgPage: '#eeeeee',
        groupBg: '#ffffff',
        groupOutline: '#cccccc',
      },
      sizes: {
        density: 'default',
        pagePadding: '12px',
        groupGap: '12px',
        groupBorderRadius: '4px',
        widgetGap: '12px',
      },
    },
  ];
}

/** A page of the dashboard with one group, which widgets name as theirs. */
export function dashboard2Page(group: string, name: string): Node[] {
  const page = `${group}-page`;
  return [
    {
      id: page,
      type: 'ui-page',
      name,
      ui: DASHBOARD2,
      path: `/${name}`,
      icon: 'home',
      layout: 'grid',
      theme: `${DASHBOARD2}-theme`,
      breakpoints: [{ name: 'Default', px: '0', cols: '12' }],
      order: 1,
      visible: 'true',
      disabled: 'false',
    },
    {
      id: group,
      type: 'ui-group',
      name: 'group',
      page,
      width: '12',
      height: '1',
      order: 1,
      showTitle: false,
      visible: 'true',
      disabled: 'false',
      groupType: 'default',
    },
  ];
}
