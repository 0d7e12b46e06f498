/** Names in Node-RED's order, from the message on: `['payload', 'author', 'username']`. */
export type MessagePath = readonly string[];

/** Reads what lies at a path of a message as Node-RED does. @param nowhere what is given back where the path breaks off */
export function readMessage(message: object, path: MessagePath, nowhere?: unknown): unknown {
  let value: unknown = message;
  for (const part of path) {
    if (value === undefined || value === null) return nowhere;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/**
 * Sets what lies at a path of a message that is all our own, as Node-RED's `setObjectProperty` does: undefined takes it
 * away (@node-red/util/lib/util.js). What lies beneath a value that is no object is left as it is.
 */
export function writeMessage(message: object, path: MessagePath, value: unknown): void {
  let at: unknown = message;
  for (const [index, part] of path.slice(0, -1).entries()) {
    let next = Object.hasOwn(at as object, part) ? (at as Record<string, unknown>)[part] : undefined;
    if (next === undefined) {
      if (value === undefined) return;
      next = isIndex(path[index + 1]) ? [] : {};
      (at as Record<string, unknown>)[part] = next;
    }
    if (typeof next !== 'object' || next === null) return;
    at = next;
  }
  const last = path.at(-1) ?? '';
  if (value !== undefined) (at as Record<string, unknown>)[last] = value;
  else if (Array.isArray(at) && isIndex(last)) at.splice(Number(last), 1);
  else Reflect.deleteProperty(at as object, last);
}

function isIndex(part: string | undefined): boolean {
  return part !== undefined && /^\d+$/u.test(part);
}
