import { isFields } from '../../lib/core/records';
import type { Message } from '../common/red';

/** True of a message that says, with `msg.kafka.commit`, that the records at its place are done with. */
export function acknowledges(message: Message): message is Message & { readonly kafka: Record<string, unknown> } {
  return isFields(message.kafka) && message.kafka.commit === true;
}
