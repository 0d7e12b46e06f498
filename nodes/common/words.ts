import type { Red } from './red';
import type { FaultText } from './settings';
import type { NodeSpec } from './spec';

/** Words for what is wrong with a setting of a node, in the language of the runtime. */
export function faultWords(RED: Red, { type }: NodeSpec): FaultText {
  return (property, { key, value, limit = '' }) =>
    `${RED._(`${type}.properties.${property}.label`)}: ${RED._(`common.checks.${key}`, { value, limit })}`;
}
