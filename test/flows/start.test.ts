import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../support/nodeRed';
import { temporaryFolder } from '../support/store';
import { until } from '../support/until';
import { Peek } from './peek';

interface Post {
  readonly id: string;
}

describe('npm start', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const peek = new Peek(join(folder.path, 'pulseflow', 'pulseflow.db'));
  let child: ChildProcess | undefined;
  let said = '';

  after(() => {
    child?.kill('SIGKILL');
    folder.remove();
  });

  async function start(): Promise<void> {
    const port = String(await freePort());
    said = '';
    const started = spawn('npm', ['start'], {
      env: { ...process.env, PORT: port, PULSEFLOW_HOME: folder.path },
      // A process group of its own, which Ctrl-C in a terminal reaches as a whole.
      detached: true,
    });
    child = started;
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
    };
    started.stdout.on('data', hear);
    started.stderr.on('data', hear);
    await reaches(() => said.includes('[pulseflow] Started.'), 'the start');
    assert.ok(
      said.includes(`Editor: http://127.0.0.1:${port}/`) && said.includes(`Dashboard: http://127.0.0.1:${port}/ui`),
    );
    for (const path of ['ui/', 'dashboard/']) {
      const dashboard = await fetch(`http://127.0.0.1:${port}/${path}`);
      assert.equal(dashboard.status, 200, path);
    }
  }

  async function ctrlC(): Promise<void> {
    const { pid } = child ?? {};
    if (child === undefined || pid === undefined) return;
    const ended = once(child, 'exit');
    process.kill(-pid, 'SIGINT');
    await ended;
    await reaches(() => said.includes('Stopped flows'), 'the end');
    assert.doesNotMatch(said, /\[error\]/u, said);
  }

  function reaches(reached: () => boolean, what: string): Promise<void> {
    return until(reached, () => `${what}; it said:\n${said}`, { within: 40_000, every: 50 });
  }

  it('goes on after Ctrl-C where it stopped: no post twice, none left out', async () => {
    let before = 0;
    for (let round = 0; round < 3; round++) {
      await start();
      const target = before + 100;
      await reaches(() => peek.done('store', 'tweets.enriched') > target, `${target} posts`);
      await ctrlC();
      before = peek.written('tweets.enriched');
    }
    await start();
    await reaches(() => peek.done('store', 'tweets.enriched') > before + 50, `${before + 50} posts`);
    await ctrlC();

    const tweets = peek.values<Post>('tweets').map((post) => post.id);
    assert.equal(new Set(tweets).size, tweets.length, 'a post is in the topic twice');
    const enriched = peek.values<Post>('tweets.enriched').map((post) => post.id);
    assert.equal(new Set(enriched).size, enriched.length, 'a post was processed twice');
    assert.equal(enriched.length, peek.done('process', 'tweets'), 'a post was left out');

    // The source gives numbered posts; those that are refused or repeat another account for every gap.
    const rejected = peek.values<{ record: Partial<Post> }>('rejected');
    const { n } = peek.position('poll/%') as { n: number };
    assert.equal(tweets.length + rejected.length, n);
  });
});
