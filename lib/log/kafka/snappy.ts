/**
 * Snappy for Kafka's batches: blocks after google/snappy's format_description.txt, in the frame of the Java library
 * (`org.xerial.snappy.SnappyOutputStream`), which is what Kafka's own clients write. Blocks without that frame, as
 * librdkafka writes them, are read, too.
 */

/** `\x82SNAPPY\0`, then version 1 and lowest compatible version 1, 32-bit big-endian. */
const HEADER = Buffer.from('82534e41505059000000000100000001', 'hex');
const MAGIC = HEADER.subarray(0, 8);
/** SnappyOutputStream's default block, in bytes. */
const BLOCK = 32 * 1024;
const HASH_BITS = 14;
const table = new Int32Array(1 << HASH_BITS);

/** Compresses into the Java library's frame. */
export function compressSnappy(data: Uint8Array): Buffer {
  const parts: Buffer[] = [HEADER];
  for (let from = 0; from < data.length; from += BLOCK) {
    const block = compressBlock(data.subarray(from, from + BLOCK));
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/**
 * Decompresses a frame, or a block without one.
 * @throws {Error} if the data is damaged
 */
export function decompressSnappy(data: Buffer): Buffer {
  if (!data.subarray(0, MAGIC.length).equals(MAGIC)) return decompressBlock(data);
  const parts: Buffer[] = [];
  let at = HEADER.length;
  while (at < data.length) {
    if (at + 4 > data.length) throw damaged();
    const length = data.readUInt32BE(at);
    at += 4;
    if (at + length > data.length) throw damaged();
    parts.push(decompressBlock(data.subarray(at, at + length)));
    at += length;
  }
  return Buffer.concat(parts);
}

// Loops over bytes without closures: this is the hot path of every batch.
function compressBlock(source: Uint8Array): Buffer {
  const { length } = source;
  const view = new DataView(source.buffer, source.byteOffset, length);
  const target = Buffer.allocUnsafe(32 + length + Math.floor(length / 6));
  let out = writeLength(target, length);
  table.fill(-1);
  let literal = 0;
  let at = 0;
  let misses = 32;
  while (at + 8 <= length) {
    const word = view.getUint32(at, true);
    const hash = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = table[hash] ?? -1;
    table[hash] = at;
    if (candidate < 0 || at - candidate > 0xffff || view.getUint32(candidate, true) !== word) {
      // Data that does not repeat is passed over in growing steps.
      at += misses++ >> 5;
      continue;
    }
    misses = 32;
    let matched = 4;
    while (at + matched < length && source[candidate + matched] === source[at + matched]) matched++;
    out = writeLiteral(target, out, source, literal, at);
    out = writeCopy(target, out, at - candidate, matched);
    at += matched;
    literal = at;
  }
  out = writeLiteral(target, out, source, literal, length);
  return target.subarray(0, out);
}

function writeLength(target: Buffer, length: number): number {
  let out = 0;
  let rest = length;
  while (rest > 0x7f) {
    target[out++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[out++] = rest;
  return out;
}

function writeLiteral(target: Buffer, start: number, source: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length === 0) return start;
  let out = start;
  if (length <= 60) target[out++] = (length - 1) << 2;
  else if (length <= 0x100) {
    target[out++] = 60 << 2;
    target[out++] = length - 1;
  } else {
    target[out++] = 61 << 2;
    target[out++] = (length - 1) & 0xff;
    target[out++] = (length - 1) >>> 8;
  }
  target.set(source.subarray(from, to), out);
  return out + length;
}

function writeCopy(target: Buffer, start: number, offset: number, length: number): number {
  let out = start;
  let rest = length;
  while (rest > 0) {
    // Copies with a two-byte offset take 1 to 64 bytes.
    const now = Math.min(rest, 64);
    target[out++] = ((now - 1) << 2) | 2;
    target[out++] = offset & 0xff;
    target[out++] = offset >>> 8;
    rest -= now;
  }
  return out;
}

function decompressBlock(source: Buffer): Buffer {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = source[at++];
    if (byte === undefined || shift > 28) throw damaged();
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  // The format's best is 64 bytes for a copy of 3: more is a lie, and not worth the memory.
  if (length > source.length * 64) throw damaged();
  const target = Buffer.allocUnsafe(length);
  let out = 0;
  while (at < source.length) {
    const tag = source[at++] ?? 0;
    let offset: number;
    let count: number;
    switch (tag & 3) {
      case 0: {
        count = (tag >>> 2) + 1;
        if (count > 60) {
          const bytes = count - 60;
          if (at + bytes > source.length) throw damaged();
          count = source.readUIntLE(at, bytes) + 1;
          at += bytes;
        }
        if (at + count > source.length || out + count > length) throw damaged();
        source.copy(target, out, at, at + count);
        at += count;
        out += count;
        continue;
      }
      case 1:
        count = ((tag >>> 2) & 7) + 4;
        offset = ((tag >>> 5) << 8) | (source[at++] ?? 0);
        break;
      case 2:
        count = (tag >>> 2) + 1;
        offset = (source[at] ?? 0) | ((source[at + 1] ?? 0) << 8);
        at += 2;
        break;
      default:
        count = (tag >>> 2) + 1;
        if (at + 4 > source.length) throw damaged();
        offset = source.readUInt32LE(at);
        at += 4;
    }
    if (offset === 0 || offset > out || out + count > length) throw damaged();
    // Byte by byte: a copy may overlap what it is writing.
    for (const end = out + count; out < end; out++) target[out] = target[out - offset] ?? 0;
  }
  if (out !== length) throw damaged();
  return target;
}

function damaged(): Error {
  return new Error('a batch compressed with snappy is damaged');
}
