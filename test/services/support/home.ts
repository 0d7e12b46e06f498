import { resolve } from 'node:path';

/** The project's folder. */
export const ROOT = resolve(__dirname, '../../../..');

/**
 * Where servers live: what was fetched of them, the certificates, and the folders of those that `npm run services` runs.
 * `PULSEFLOW_SERVICES_HOME` names another place than `.services/` in the project.
 */
export const SERVICES_HOME = resolve(process.env.PULSEFLOW_SERVICES_HOME ?? resolve(ROOT, '.services'));

/** Where the folders of what `npm run services` runs are; `PULSEFLOW_SERVICES_RUNNING` names another place. */
export const RUNNING_HOME = resolve(process.env.PULSEFLOW_SERVICES_RUNNING ?? resolve(SERVICES_HOME, 'running'));
