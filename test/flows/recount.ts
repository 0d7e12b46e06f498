import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Sentiment from 'sentiment';
import twitter from 'twitter-text';

/** A post as the file has it. */
export interface FilePost {
  readonly id: string;
  readonly text: string;
  readonly created_at: string;
  readonly lang: string;
}

/** Counts by key, by `start/end` of their window. */
export type Windows = Map<string, Map<string, number>>;

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export function readPosts(file: string): FilePost[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as FilePost);
}

/** The hashtags of a post by twitter-text itself: lower-cased, each once. */
export function tagsOf({ text }: FilePost): string[] {
  return [...new Set(twitter.extractHashtags(text).map((tag) => tag.toLowerCase()))];
}

/** A recount of hashtags that shares no code with the windows it checks: it asks of each window which posts it covers. */
export function recount(posts: readonly FilePost[], size: number, slide: number): Windows {
  const windows: Windows = new Map();
  for (const post of posts) {
    const tags = tagsOf(post);
    if (tags.length === 0) continue;
    const time = Date.parse(post.created_at);
    const latest = time - (time % slide);
    for (let start = latest; start + size > time; start -= slide) {
      const name = windowName(start, start + size);
      const counts = windows.get(name) ?? new Map<string, number>();
      for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      windows.set(name, counts);
    }
  }
  return windows;
}

export function windowName(start: number, end: number): string {
  return `${new Date(start).toISOString()}/${new Date(end).toISOString()}`;
}

/** The label of a text by npm `sentiment` itself: the sign of its score. */
export function moodOf(text: string): string {
  const { score } = analyzer.analyze(text);
  return score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral';
}

const analyzer = new Sentiment();

/** Windows as plain text, in order, for comparing and for a readable difference. */
export function asLines(windows: Windows): string[] {
  const lines: string[] = [];
  for (const [window, counts] of windows) {
    for (const [key, count] of counts) lines.push(`${window} ${key} ${count}`);
  }
  return lines.sort();
}
