import { join } from 'node:path';
import { Ledger } from '../../lib/delivery/ledger';
import { EmbeddedLog } from '../../lib/log/embedded/embeddedLog';
import { Store, storeFile } from '../../lib/store/store';
import { Peek } from '../../test/flows/peek';
import { BATCH, batchesOf } from '../posts';
import { CLUSTER, TOPIC } from './shippedFlow';

const PARTITIONS = 3;

/** Puts posts into the topic that the flow reads, as kafka-out would, before Node-RED opens the store. */
export async function prefill(home: string, lines: readonly string[]): Promise<void> {
  const store = new Store(storeFile(home));
  const ledger = new Ledger(store);
  const log = new EmbeddedLog(store, { name: CLUSTER, partitions: PARTITIONS, retention: 0 });
  for (const batch of batchesOf(lines, BATCH)) {
    const records = batch.map((value) => ({ key: (JSON.parse(value) as { id: string }).id, value }));
    await log.append(TOPIC, records, ledger.contributor({}));
  }
  log.close();
  ledger.close();
  store.close();
}

/** A look at the store of the Node-RED that runs in `home`. */
export function peekInto(home: string): Peek {
  return new Peek(join(home, 'pulseflow', 'pulseflow.db'));
}
