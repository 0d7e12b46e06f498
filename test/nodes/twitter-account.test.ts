import assert from 'node:assert/strict';
import twitterAccount from '../../nodes/twitter-account/twitter-account';
import twitterPoll from '../../nodes/twitter-poll/twitter-poll';
import { FakeX } from '../lib/x/server';
import { NodeBench, node } from '../support/nodes';
import { until } from '../support/until';

describe('nodes/twitter-account', () => {
  let bench: NodeBench;
  let fake: FakeX;

  beforeEach(async () => {
    fake = await FakeX.start({ limit: 1_000 });
    bench = new NodeBench([twitterAccount, twitterPoll]);
  });
  afterEach(async () => {
    await bench.dispose();
    await fake.close();
  });

  const run = async (poll: object = {}, bearerToken = 'secret'): Promise<void> => {
    const settings = { source: 'search', account: 'x', query: '#tea', interval: '10ms', maxResults: 10, batch: 100 };
    await bench.run(
      [
        { id: 'x', type: 'twitter-account', apiUrl: fake.url },
        node('poll', 'twitter-poll', { ...settings, ...poll }, ['end'], []),
        node('end', 'probe'),
      ],
      { x: { bearerToken } },
    );
  };
  const publish = (from: number, to: number): void => {
    for (let id = from; id <= to; id++) fake.publish({ id: String(id), text: `post ${id}`, author_id: '7' });
  };
  const ids = (): string[] => bench.recordsAt('end').map((post) => (post as { id: string }).id);
  const arrived = (count: number): Promise<void> => until(() => ids().length >= count, `${count} posts`);

  it('lets a poll search with its token and address, and go on after a restart without asking for the same posts', async () => {
    publish(1, 10);
    await run();
    await arrived(10);
    // The position is committed once the flow is done with the posts: the next poll shows it.
    await until(() => fake.requests.at(-1)?.query.since_id === '10', 'the next poll');
    await bench.stop();
    publish(11, 16);
    await bench.again();
    await arrived(16);
    assert.deepEqual(ids().slice(10), ['11', '12', '13', '14', '15', '16']);
  });

  it('keeps to the posts a month through a restart', async () => {
    publish(1, 10);
    await run({ postBudget: 15 });
    await arrived(10);
    await bench.stop();
    const asked = fake.requests.length;
    assert.equal(fake.billed, 10);
    publish(11, 30);
    await bench.again();
    await until(() => bench.status('poll').text?.includes('budget of 15 posts') === true, 'the budget in the status');
    assert.equal(fake.requests.length, asked, 'less than the 10 posts that X gives at least are left');
  });

  it('says on the poll that it is missing or has no token', async () => {
    await run({}, '');
    assert.match(bench.status('poll').text ?? '', /"account" refers to no configuration node that works/u);
    assert.equal(bench.status('poll').fill, 'red');
    assert.match(bench.logged('x', 20).join(), /Bearer token: is needed, but empty/u);
  });
});
