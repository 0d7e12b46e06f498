import type { ReaderProgress } from '../../lib/log/streamReader';
import type { NodeStatus } from '../common/red';
import type { NodeContext } from '../common/register';
import type { spec } from './spec';

/** What a reader shows of itself. */
export function statusOf(
  { read, inFlight, partitions, state, lag }: ReaderProgress,
  text: NodeContext<typeof spec>['text'],
): NodeStatus {
  const figures = { read, inFlight };
  switch (state?.kind) {
    case undefined:
    case 'closed':
      return { fill: 'green', shape: 'dot', text: text('status.reading', { read, inFlight, partitions }), ...figures };
    case 'joined': {
      const words = text('status.readingWithLag', { read, inFlight, partitions, lag: lag ?? 0 });
      return { fill: 'green', shape: 'dot', text: words, ...figures };
    }
    case 'joining':
    case 'rebalancing':
      return { fill: 'yellow', shape: 'ring', text: text(`status.${state.kind}`, { read, inFlight }), ...figures };
    case 'waiting':
      return { fill: 'yellow', shape: 'ring', text: text('status.waiting', { topics: state.topics }), ...figures };
    case 'failed':
      return { fill: 'red', shape: 'ring', text: state.reason, ...figures };
  }
}
