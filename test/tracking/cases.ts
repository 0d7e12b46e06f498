import { COMBINING } from './casesCombining';
import { DASHBOARDS } from './casesDashboards';
import { FUNCTIONS } from './casesFunctions';
import { OUTSIDE } from './casesOutside';
import { ROUTES } from './casesRoutes';
import type { TrackingCase } from './case';

/** All cases, in the order of the table. */
export const CASES: readonly TrackingCase[] = [...ROUTES, ...FUNCTIONS, ...COMBINING, ...OUTSIDE, ...DASHBOARDS];
