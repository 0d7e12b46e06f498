import type { NodeSpec } from '../common/spec';
import { VERSION, upgraded, versionOf } from '../common/versions';

/** Brings nodes that earlier versions saved up to date as they come into the editor, whatever way they come. */
export function upgradeNodes(spec: NodeSpec): void {
  if (spec.migrations === undefined) return;
  const names = [VERSION, ...Object.keys(spec.properties), ...droppedBy(spec)];
  RED.events.on('nodes:add', (node) => {
    if (node.type !== spec.type) return;
    const saved = Object.fromEntries(
      names.filter((name) => node[name] !== undefined).map((name) => [name, node[name]]),
    );
    const current = upgraded(spec, saved);
    if (current === saved) return;
    // The node itself, not the proxy before it, which refuses changes on a locked tab.
    const target = (node.__node__ ?? node) as Record<string, unknown>;
    for (const name of names) Reflect.deleteProperty(target, name);
    Object.assign(target, current);
  });
}

function droppedBy(spec: NodeSpec): string[] {
  return (spec.migrations ?? []).flatMap(({ drops = [] }) => drops);
}

/** Says of a node that a later version saved that it is one; true of all others. */
export function checkVersion(
  packageName: string,
  spec: NodeSpec,
  value: unknown,
  wantsText: unknown,
): boolean | string {
  const known = versionOf(spec);
  if (typeof value !== 'number' || value <= known) return true;
  if (wantsText === undefined) return false;
  return RED._(`${packageName}/${spec.type}:common.version.newer`, { version: value, known });
}
