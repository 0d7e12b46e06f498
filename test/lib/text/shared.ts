import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * The path of a file in the folder shared by the project's people, which is no part of a clone. Where it is missing the
 * suite says so and its tests are pending.
 */
export function sharedFile(suite: Mocha.Context, ...parts: string[]): string {
  const folder = path.resolve(process.env.PULSEFLOW_SHARED ?? path.join(process.cwd(), '..', 'shared'));
  const file = path.join(folder, ...parts);
  if (!existsSync(file)) {
    console.log(`      pending: there is no ${file}; PULSEFLOW_SHARED names the folder it should be in`);
    suite.skip();
  }
  return file;
}

/** The texts of the 49,570 real posts in the shared folder. */
export function realTexts(suite: Mocha.Context): string[] {
  const lines = gunzipSync(readFileSync(sharedFile(suite, 'data', 'tweets.ndjson.gz')))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}
