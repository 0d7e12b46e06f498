import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { compressLz4, decompressLz4 } from './lz4';
import { compressSnappy, decompressSnappy } from './snappy';

/** How batches are compressed on their way to a broker. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(data: Buffer): Promise<Buffer>;
}

const zstd = promisify(zstdCompress);
const unzstd = promisify(zstdDecompress);

const CODECS: readonly [CompressionTypes, Codec][] = [
  [
    CompressionTypes.Snappy,
    {
      compress: ({ buffer }) => Promise.resolve(compressSnappy(buffer)),
      decompress: (data) => Promise.resolve().then(() => decompressSnappy(data)),
    },
  ],
  [
    CompressionTypes.LZ4,
    {
      compress: ({ buffer }) => Promise.resolve(compressLz4(buffer)),
      decompress: (data) => Promise.resolve().then(() => decompressLz4(data)),
    },
  ],
  [CompressionTypes.ZSTD, { compress: ({ buffer }) => zstd(buffer), decompress: (data) => unzstd(data) }],
];

/** Gives kafkajs, which only knows gzip, the other codecs of Kafka. Again and again is as good as once. */
export function registerCodecs(): void {
  const codecs = CompressionCodecs as Record<number, () => Codec>;
  for (const [type, codec] of CODECS) codecs[type] = () => codec;
}

/** kafkajs's own number of a codec. */
export function compressionType(compression: Compression): CompressionTypes {
  switch (compression) {
    case 'none':
      return CompressionTypes.None;
    case 'gzip':
      return CompressionTypes.GZIP;
    case 'snappy':
      return CompressionTypes.Snappy;
    case 'lz4':
      return CompressionTypes.LZ4;
    case 'zstd':
      return CompressionTypes.ZSTD;
  }
}
