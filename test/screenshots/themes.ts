/** A node as a flow file holds it. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly label?: string;
  readonly [property: string]: unknown;
}

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The colours that node-red-dashboard 3.6 takes for its dark theme. */
const DARK_STATE: Readonly<Record<string, string>> = {
  'base-color': '#097479',
  'page-titlebar-backgroundColor': '#097479',
  'page-backgroundColor': '#111111',
  'page-sidebar-backgroundColor': '#333333',
  'group-textColor': '#0eb8c0',
  'group-borderColor': '#555555',
  'group-backgroundColor': '#333333',
  'widget-textColor': '#eeeeee',
  'widget-backgroundColor': '#097479',
  'widget-borderColor': '#333333',
};
const DARK_COLORS = {
  surface: '#1f2933',
  primary: '#56B4E9',
  bgPage: '#121212',
  groupBg: '#1e1e1e',
  groupOutline: '#3a3a3a',
};

/** The flow with both dashboards in the theme, as a user sets it in the sidebar of each. */
export function inTheme(flows: readonly FlowNode[], theme: Theme): FlowNode[] {
  if (theme === 'light') return [...flows];
  return flows.map((node) => {
    if (node.type === 'ui_base') return { ...node, theme: darkTheme(node.theme as DashboardTheme) };
    if (node.type === 'ui-theme') return { ...node, colors: DARK_COLORS };
    return node;
  });
}

interface DashboardTheme {
  readonly themeState: Readonly<Record<string, object>>;
}

function darkTheme(theme: DashboardTheme): object {
  const state = Object.entries(DARK_STATE).map(
    ([name, value]) => [name, { ...theme.themeState[name], value }] as const,
  );
  return { ...theme, name: 'theme-dark', themeState: { ...theme.themeState, ...Object.fromEntries(state) } };
}
