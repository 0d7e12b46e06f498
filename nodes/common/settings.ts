import { parseDuration } from '../../lib/core/durations';
import { SettingError } from '../../lib/core/errors';
import { plainText } from '../../lib/core/records';
import { type Fault, type ValueOf, check, matters, splitList } from './checks';
import type { Property } from './properties';
import type { NodeSpec, Settings } from './spec';

/** Words for a fault of a setting, in the language of the runtime. */
export type FaultText = (property: string, fault: Fault) => string;

/**
 * Reads what a flow saved for a node into typed settings; what is missing gets its default.
 * @throws {SettingError} naming the first setting that cannot be used
 */
export function readSettings<Spec extends NodeSpec>(
  spec: Spec,
  saved: Readonly<Record<string, unknown>>,
  credentials: Readonly<Record<string, unknown>> | undefined,
  faultText: FaultText,
): Settings<Spec> {
  const settings: Record<string, unknown> = {};
  const valueOf: ValueOf = (name) => plainText(saved[name] ?? spec.properties[name]?.default);
  for (const [name, property] of Object.entries(spec.properties)) {
    const source = property.kind === 'credential' ? credentials?.[name] : saved[name];
    const value = source ?? property.default;
    const itMatters = matters(spec.properties, property, valueOf);
    const fault = itMatters ? check(property, value, valueOf) : undefined;
    if (fault) throw new SettingError(faultText(name, fault), { setting: name });
    settings[name] = read(property, value, itMatters);
  }
  return settings as Settings<Spec>;
}

function read(property: Property, value: unknown, itMatters: boolean): unknown {
  switch (property.kind) {
    case 'duration':
      return value === '' || !itMatters ? 0 : parseDuration(plainText(value));
    case 'number':
      return value === '' ? property.default : Number(value);
    case 'choice':
      return value === '' ? property.default : String(value);
    case 'flag':
      return value === true || value === 'true';
    case 'paths':
      return splitList(plainText(value));
    case 'text':
    case 'path':
    case 'template':
    case 'config':
    case 'credential':
      return plainText(value).trim();
    case 'choices':
    case 'map':
      return value;
  }
}
