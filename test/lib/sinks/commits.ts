import type { Contributor, Participant } from '../../../lib/delivery/participant';
import { Store } from '../../../lib/store/store';

/** A message's contributions, kept until the test commits or drops them. */
export class Message implements Contributor {
  readonly deltas = new Map<Participant<unknown>, unknown[]>();

  contribute<Delta>(participant: Participant<Delta>, delta: Delta): undefined {
    const key = participant as Participant<unknown>;
    this.deltas.set(key, [...(this.deltas.get(key) ?? []), delta]);
  }
}

/** The one commit, as the ledger does it. @param beside what else the transaction writes, such as a position */
export function commit(store: Store, messages: readonly Message[], beside: () => void = () => undefined): void {
  const touched = new Set<Participant<unknown>>();
  try {
    store.transaction(() => {
      for (const { deltas } of messages) {
        for (const [participant, each] of deltas) {
          participant.merge(each);
          touched.add(participant);
        }
      }
      for (const participant of touched) participant.save();
      beside();
    });
  } catch (thrown) {
    for (const participant of touched) participant.reload();
    throw thrown;
  }
  for (const participant of touched) participant.committed?.();
}

/** For messages that no source answers for: each contribution is a commit of its own. */
export function alone(store: Store): Contributor {
  return {
    contribute: (participant, delta) => {
      const message = new Message();
      message.contribute(participant, delta);
      return Promise.resolve().then(() => commit(store, [message]));
    },
  };
}
