import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a folder of configuration as Hadoop and HBase read it: one `<name>.xml` for each set of settings. */
export function writeConfiguration(
  folder: string,
  files: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, settings] of Object.entries(files)) {
    const properties = Object.entries(settings).map(
      ([key, value]) => `  <property><name>${escaped(key)}</name><value>${escaped(value)}</value></property>\n`,
    );
    writeFileSync(join(folder, `${name}.xml`), `<configuration>\n${properties.join('')}</configuration>\n`);
  }
  return folder;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
