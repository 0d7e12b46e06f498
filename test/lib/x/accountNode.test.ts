import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import twitterAccount from '../../../nodes/twitter-account/twitter-account';
import twitterPoll from '../../../nodes/twitter-poll/twitter-poll';
import { helper, start, withHooks } from '../../nodes/tweet-clean.support';
import { FakeX } from './server';

describe('nodes/twitter-account', () => {
  let folder: string;
  let fake: FakeX;

  const load = async (poll: object = {}): Promise<void> =>
    await helper.load(
      [twitterAccount, twitterPoll].map(withHooks),
      [
        { id: 'f', type: 'tab' },
        { id: 'x', type: 'twitter-account', apiUrl: fake.url },
        { id: 'end', type: 'helper', z: 'f' },
        {
          id: 'poll',
          type: 'twitter-poll',
          z: 'f',
          source: 'search',
          account: 'x',
          query: '#tea',
          interval: '10ms',
          maxResults: 10,
          batch: 100,
          ...poll,
          wires: [['end'], []],
        },
      ],
      { x: { bearerToken: 'secret' } },
    );
  const ids = async (count: number): Promise<string[]> => {
    const found: string[] = [];
    await new Promise<void>((resolve) => {
      helper.getNode('end').on('input', ({ payload }: { payload: { id: string }[] }) => {
        found.push(...payload.map(({ id }) => id));
        if (found.length >= count) resolve();
      });
    });
    return found;
  };
  const publish = (from: number, to: number): void => {
    for (let id = from; id <= to; id++) fake.publish({ id: String(id), text: `post ${id}`, author_id: '7' });
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pulseflow-account-node-'));
    fake = await FakeX.start({ limit: 1_000 });
    start(folder);
  });
  afterEach(async () => {
    await helper.unload();
    await fake.close();
    await rm(folder, { recursive: true });
  });

  it('lets a poll search with its token and address, and go on after a restart without asking for the same posts', async () => {
    publish(1, 10);
    await load();
    assert.deepEqual((await ids(10)).length, 10);
    // The position is committed once the flow is done with the posts: the next poll shows it.
    while (fake.requests.at(-1)?.query.since_id !== '10') await new Promise((resolve) => setImmediate(resolve));
    await helper.unload();
    publish(11, 16);
    await load();
    assert.deepEqual(await ids(6), ['11', '12', '13', '14', '15', '16']);
  });

  it('keeps to the posts a month through a restart', async () => {
    publish(1, 10);
    await load({ postBudget: 15 });
    await ids(10);
    await helper.unload();
    const asked = fake.requests.length;
    assert.equal(fake.billed, 10);
    publish(11, 30);
    await load({ postBudget: 15 });
    const poll = helper.getNode('poll');
    let shown = '';
    while (!shown.includes('budget of 15 posts')) {
      const [call] = (await once(poll, 'call:status')) as [{ args: [{ text?: string }] }];
      shown = call.args[0].text ?? '';
    }
    assert.equal(fake.requests.length, asked, 'less than the 10 posts that X gives at least are left');
  });
});
