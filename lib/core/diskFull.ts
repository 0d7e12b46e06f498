/** SQLite's primary result code for a database that cannot grow: https://www.sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;

/** The errors of the operating system that mean "no room": the disk, the user's quota, the greatest size of a file. */
const SYSTEM_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** True if something failed for want of room: it may succeed once there is some. */
export function isDiskFull(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const { code, errcode } = thrown as { readonly code?: unknown; readonly errcode?: unknown };
  // The upper bytes are SQLite's extended code.
  if (typeof errcode === 'number') return (errcode & 0xff) === SQLITE_FULL;
  return typeof code === 'string' && SYSTEM_CODES.has(code);
}
