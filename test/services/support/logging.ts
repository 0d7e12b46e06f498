import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { properties } from './properties';

/** Has servers and tools that log by Log4j 2 write warnings to standard error. */
export function log4j2Flag(folder: string): string {
  const file = join(folder, 'log4j2.properties');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, log4j2Settings());
  return `-Dlog4j2.configurationFile=${file}`;
}

/** The same as the text of a `log4j2.properties`. */
export function log4j2Settings(): string {
  return properties({
    'rootLogger.level': 'WARN',
    'rootLogger.appenderRef.console.ref': 'console',
    'appender.console.type': 'Console',
    'appender.console.name': 'console',
    'appender.console.target': 'SYSTEM_ERR',
    'appender.console.layout.type': 'PatternLayout',
    'appender.console.layout.pattern': '%d{ISO8601} %p %m (%c{1})%n%throwable',
  });
}

/** Has servers and tools that log by Log4j 1, or reload4j, write warnings to standard error. */
export function log4j1Flag(folder: string): string {
  const file = join(folder, 'log4j.properties');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    file,
    properties({
      'log4j.rootLogger': 'WARN, console',
      'log4j.appender.console': 'org.apache.log4j.ConsoleAppender',
      'log4j.appender.console.target': 'System.err',
      'log4j.appender.console.layout': 'org.apache.log4j.PatternLayout',
      'log4j.appender.console.layout.ConversionPattern': '%d %p %m (%c)%n',
    }),
  );
  return `-Dlog4j.configuration=file:${file}`;
}
