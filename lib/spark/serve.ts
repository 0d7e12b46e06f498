import { PulseflowError, messageOf } from '../core/errors';
import { TOO_LONG, linesOf } from './lines';
import type { RunStage } from './stage';

/** V8 has no text of more than about 536 million characters; what is made of a line is larger than it. */
export const LONGEST_LINE = 256 * 2 ** 20;

/**
 * Answers each line with a line, in order, until there are no more. A line that is no batch is answered with what is
 * wrong with it, and the next one is none the worse.
 * @param write resolves when there is room for more
 */
export async function serve(
  run: RunStage,
  chunks: AsyncIterable<Uint8Array>,
  write: (text: string) => Promise<void>,
  longest = LONGEST_LINE,
): Promise<void> {
  for await (const line of linesOf(chunks, longest)) await write(`${answer(run, line, longest)}\n`);
}

function answer(run: RunStage, line: string | typeof TOO_LONG, longest: number): string {
  try {
    if (line === TOO_LONG) {
      throw new PulseflowError(`A line is longer than ${longest} bytes.`, { remedy: 'Give fewer rows at once.' });
    }
    return JSON.stringify(run(batchOf(line)));
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : 'Error';
    return JSON.stringify({ error: { name, message: messageOf(thrown) } });
  }
}

function batchOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (thrown) {
    throw new PulseflowError(`A line is not JSON: ${messageOf(thrown)}.`);
  }
}
