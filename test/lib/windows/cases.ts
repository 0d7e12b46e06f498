import type { Chapter } from './case';
import { GRID } from './casesGrid';
import { LIFE } from './casesLife';
import { RESULTS } from './casesResults';
import { SESSIONS } from './casesSessions';
import { TIME } from './casesTime';

/** The rules of the windows, each with an example: read it as their specification. */
export const CHAPTERS: readonly Chapter[] = [...GRID, ...SESSIONS, ...TIME, ...RESULTS, ...LIFE];
