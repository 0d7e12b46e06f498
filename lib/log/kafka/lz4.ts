/**
 * LZ4 for Kafka's batches: blocks after lz4_Block_format.md, in the frame of lz4_Frame_format.md that Kafka 2 and later
 * use (KIP-57: a right header checksum).
 */

const MAGIC = 0x184d2204;
/** Version 1, blocks independent of each other. */
const FLAGS = 0x60;
/** Blocks of 64 KiB, as Kafka's own clients write. */
const DESCRIPTOR = 0x40;
const BLOCK = 64 * 1024;
const SIZES = new Map([
  [4, 64 * 1024],
  [5, 256 * 1024],
  [6, 1024 * 1024],
  [7, 4 * 1024 * 1024],
]);
const UNCOMPRESSED = 0x80000000;
const HASH_BITS = 14;
const table = new Int32Array(1 << HASH_BITS);

/** Compresses into a frame. */
export function compressLz4(data: Uint8Array): Buffer {
  const header = Buffer.alloc(7);
  header.writeUInt32LE(MAGIC);
  header[4] = FLAGS;
  header[5] = DESCRIPTOR;
  header[6] = headerChecksum(header.subarray(4, 6));
  const parts: Buffer[] = [header];
  for (let from = 0; from < data.length; from += BLOCK) {
    const raw = data.subarray(from, from + BLOCK);
    const block = compressBlock(raw);
    const size = Buffer.allocUnsafe(4);
    if (block.length < raw.length) {
      size.writeUInt32LE(block.length);
      parts.push(size, block);
    } else {
      size.writeUInt32LE((raw.length | UNCOMPRESSED) >>> 0);
      parts.push(size, Buffer.from(raw.buffer, raw.byteOffset, raw.length));
    }
  }
  parts.push(Buffer.alloc(4));
  return Buffer.concat(parts);
}

/**
 * Decompresses a frame. Its checksums are not looked at: the batch around it has one.
 * @throws {Error} if the data is damaged, or no LZ4 frame
 */
export function decompressLz4(data: Buffer): Buffer {
  if (data.length < 7 || data.readUInt32LE(0) !== MAGIC) throw damaged();
  const flags = data[4] ?? 0;
  const largest = SIZES.get(((data[5] ?? 0) >>> 4) & 7);
  if (flags >>> 6 !== 1 || largest === undefined) throw damaged();
  let at = 6 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4) + 1;
  const checksums = (flags & 0x10) === 0 ? 0 : 4;
  let target = Buffer.allocUnsafe(Math.max(largest, data.length * 3));
  let out = 0;
  for (;;) {
    if (at + 4 > data.length) throw damaged();
    const size = data.readUInt32LE(at);
    at += 4;
    if (size === 0) return target.subarray(0, out);
    const length = size & ~UNCOMPRESSED;
    if (at + length > data.length || length > largest) throw damaged();
    if (out + largest > target.length) {
      const larger = Buffer.allocUnsafe((out + largest) * 2);
      target.copy(larger, 0, 0, out);
      target = larger;
    }
    if ((size & UNCOMPRESSED) === 0) {
      out = decompressBlock(data, at, at + length, target, out, out + largest);
    } else {
      data.copy(target, out, at, at + length);
      out += length;
    }
    at += length + checksums;
  }
}

// Loops over bytes without closures: this is the hot path of every batch.
function compressBlock(source: Uint8Array): Buffer {
  const { length } = source;
  const view = new DataView(source.buffer, source.byteOffset, length);
  const target = Buffer.allocUnsafe(length + Math.floor(length / 255) + 16);
  table.fill(-1);
  let out = 0;
  let literal = 0;
  let at = 0;
  let misses = 64;
  // The last match begins 12 bytes before the end at the latest, and the last 5 bytes are literals.
  while (at < length - 12) {
    const word = view.getUint32(at, true);
    const hash = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = table[hash] ?? -1;
    table[hash] = at;
    if (candidate < 0 || at - candidate > 0xffff || view.getUint32(candidate, true) !== word) {
      at += misses++ >> 6;
      continue;
    }
    misses = 64;
    let matched = 4;
    while (at + matched < length - 5 && source[candidate + matched] === source[at + matched]) matched++;
    out = writeSequence(target, out, source, literal, at, matched - 4);
    const offset = at - candidate;
    target[out++] = offset & 0xff;
    target[out++] = offset >>> 8;
    out = writeRest(target, out, matched - 4);
    at += matched;
    literal = at;
  }
  out = writeSequence(target, out, source, literal, length, 0);
  return target.subarray(0, out);
}

/** A token and its literals; the length of the match is completed behind the offset. */
function writeSequence(
  target: Buffer,
  start: number,
  source: Uint8Array,
  from: number,
  to: number,
  match: number,
): number {
  const count = to - from;
  let out = start;
  target[out++] = (Math.min(count, 15) << 4) | Math.min(match, 15);
  out = writeRest(target, out, count);
  target.set(source.subarray(from, to), out);
  return out + count;
}

function writeRest(target: Buffer, start: number, length: number): number {
  if (length < 15) return start;
  let out = start;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) target[out++] = 255;
  target[out++] = rest;
  return out;
}

function decompressBlock(
  source: Buffer,
  from: number,
  end: number,
  target: Buffer,
  start: number,
  limit: number,
): number {
  let at = from;
  let out = start;
  while (at < end) {
    const token = source[at++] ?? 0;
    let count = token >>> 4;
    if (count === 15) {
      let more: number;
      do {
        if (at >= end) throw damaged();
        more = source[at++] ?? 0;
        count += more;
      } while (more === 255);
    }
    if (at + count > end || out + count > limit) throw damaged();
    source.copy(target, out, at, at + count);
    at += count;
    out += count;
    if (at >= end) break;
    if (at + 2 > end) throw damaged();
    const offset = source.readUInt16LE(at);
    at += 2;
    let length = token & 15;
    if (length === 15) {
      let more: number;
      do {
        if (at >= end) throw damaged();
        more = source[at++] ?? 0;
        length += more;
      } while (more === 255);
    }
    length += 4;
    // Blocks that depend on each other reach back into earlier ones.
    if (offset === 0 || offset > out || out + length > limit) throw damaged();
    for (const stop = out + length; out < stop; out++) target[out] = target[out - offset] ?? 0;
  }
  return out;
}

/** The second byte of xxHash-32 with seed 0, of fewer than 16 bytes (xxhash_spec.md). */
function headerChecksum(bytes: Uint8Array): number {
  let hash = (0x165667b1 + bytes.length) >>> 0;
  for (const byte of bytes) {
    hash = (hash + Math.imul(byte, 0x165667b1)) >>> 0;
    hash = Math.imul((hash << 11) | (hash >>> 21), 0x9e3779b1) >>> 0;
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d) >>> 0;
  hash = (hash ^ (hash >>> 16)) >>> 0;
  return (hash >>> 8) & 0xff;
}

function damaged(): Error {
  return new Error('a batch compressed with lz4 is damaged');
}
