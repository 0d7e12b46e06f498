import { readFileSync } from 'node:fs';
import Analyzer from 'sentiment';
import twitter from 'twitter-text';
import { afinnScorer } from '../../lib/sentiment/afinn';
import { extractHashtags } from '../../lib/text/entities';
import { nextTurn } from '../drive';
import type { Taken } from '../measure';
import { BATCH, batchesOf } from '../posts';

/** What the peer's function nodes use: the lines of a file, and functions of npm packages or of this one. */
export function peerTools(file: string, engines: 'npm' | 'own', batch: boolean): object {
  const lines = readFileSync(file, 'utf8').split('\n');
  const round = new PeerRound(lines.length);
  return {
    ...(engines === 'npm' ? npmEngines() : ownEngines()),
    parts: batchesOf(lines, BATCH),
    batch,
    turn: nextTurn,
    open: round.open,
    results: round.results,
    begin: () => round.begin(),
    counted: () => round.counted(),
  };
}

/** One run through all posts. */
class PeerRound {
  readonly open = new Map<number, Map<string, number>>();
  readonly results: string[] = [];
  #count = 0;
  #finish: (() => void) | undefined;

  constructor(private readonly posts: number) {}

  async begin(): Promise<Taken> {
    this.#count = 0;
    this.open.clear();
    this.results.length = 0;
    const cpu = process.cpuUsage();
    const began = performance.now();
    await new Promise<void>((resolve) => (this.#finish = resolve));
    const { user, system } = process.cpuUsage(cpu);
    return { posts: this.posts, seconds: (performance.now() - began) / 1_000, cpuSeconds: (user + system) / 1e6 };
  }

  counted(): void {
    if (++this.#count === this.posts) this.#finish?.();
  }
}

interface Engines {
  readonly hashtags: (text: string) => string[];
  readonly mood: (text: string) => object;
}

function npmEngines(): Engines {
  const analyzer = new Analyzer();
  return {
    hashtags: (text) => [...new Set(twitter.extractHashtags(text).map((tag) => tag.toLowerCase()))],
    mood: (text) => {
      const { score, comparative } = analyzer.analyze(text);
      return { label: score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral', score, comparative };
    },
  };
}

function ownEngines(): Engines {
  const scorer = afinnScorer();
  return {
    hashtags: (text) => [...new Set(extractHashtags(text).map((tag) => tag.text.toLowerCase()))],
    mood: (text) => {
      const { label, score, comparative, confidence } = scorer.score(text);
      return { label, score, comparative, confidence };
    },
  };
}
