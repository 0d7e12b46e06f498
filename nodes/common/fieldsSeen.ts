import { fieldNames } from '../../lib/core/fieldNames';
import { answerQuestion } from './questions';
import type { Message, Red } from './red';

/** The last record that a node was given, and the last that it sent. */
interface Seen {
  input?: unknown;
  output?: unknown;
}

const seen = new Map<string, Seen>();

/**
 * What the dialogs offer for fields. A node notes the last record that passed it, by reference: one assignment a
 * message. Names are made of it only when the editor asks; values never leave the runtime.
 */
export class FieldsSeen {
  readonly #seen: Seen = {};

  constructor(private readonly node: string) {
    seen.set(node, this.#seen);
  }

  /** Notes what a message brings: one record, or the first of a batch. */
  received(payload: unknown): void {
    this.#seen.input = Array.isArray(payload) ? payload[0] : payload;
  }

  /** Notes what leaves the first output; nothing may. */
  sent([first]: readonly (Message | readonly Message[] | null)[]): void {
    const message = Array.isArray(first) ? (first as readonly Message[])[0] : (first as Message | null | undefined);
    if (message == null) return;
    const { payload } = message;
    this.#seen.output = Array.isArray(payload) ? payload[0] : payload;
  }

  close(): void {
    if (seen.get(this.node) === this.#seen) seen.delete(this.node);
  }
}

/** `GET /pulseflow/fields`: by node, the names of the fields it was last given (`input`) and sent (`output`). */
export function offerFieldsSeen(RED: Red): void {
  answerQuestion(RED, 'get', '/pulseflow/fields', 'flows.read', () =>
    Object.fromEntries(
      [...seen].map(([node, { input, output }]) => [node, { input: fieldNames(input), output: fieldNames(output) }]),
    ),
  );
}
