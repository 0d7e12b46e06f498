const NEWLINE = 10;

/** A line longer than this is passed over, and known by this in its place. */
export const TOO_LONG = Symbol('a line that is too long');

/**
 * The lines of a stream of bytes, the last one even without its end. Each is put together once, so that long ones take
 * time linear in their length.
 * @param most how many bytes a line may have
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<string | typeof TOO_LONG, void> {
  let parts: Uint8Array[] = [];
  let length = 0;
  const keep = (part: Uint8Array): void => {
    length += part.length;
    if (length > most) parts = [];
    else parts.push(part);
  };
  const line = (): string | typeof TOO_LONG => {
    const whole = length > most ? TOO_LONG : Buffer.concat(parts).toString('utf8');
    parts = [];
    length = 0;
    return whole;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end));
      yield line();
      from = end + 1;
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  }
  if (length > 0) yield line();
}
