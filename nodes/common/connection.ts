import type { Question } from './questions';
import type { Red } from './red';
import { readSettings } from './settings';
import type { NodeSpec, Settings } from './spec';
import { faultWords } from './words';

/** What the editor shows in place of a secret that it does not know. */
const KEPT = '__PWRD__';

/**
 * The settings that the dialog of a cluster shows, for its connection to be tried: secrets that it does not know are
 * those that the deployed node has.
 * @param fixed what goes without saying, such as the mode
 * @throws {SettingError} if one cannot be used
 */
export function settingsToTry<Spec extends NodeSpec>(
  RED: Red,
  spec: Spec,
  { parameters, body }: Question,
  fixed: Readonly<Record<string, unknown>> = {},
): Settings<Spec> {
  const { credentials = {}, ...saved } = body as { credentials?: Record<string, unknown> };
  const own = RED.nodes.getNode(parameters.id ?? '')?.credentials ?? {};
  const known: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(spec.properties)) {
    if (property.kind !== 'credential') continue;
    const shown = credentials[name] === KEPT ? undefined : credentials[name];
    known[name] = shown ?? own[name];
  }
  return readSettings(spec, { ...saved, ...fixed }, known, faultWords(RED, spec));
}
