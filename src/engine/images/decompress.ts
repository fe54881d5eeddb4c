// Compressed archives, recognised by their first bytes whatever they are called.
import type { Readable, Transform } from "node:stream";
import * as zlib from "node:zlib";
import { EngineError } from "../errors.ts";

const longestMagic = 6;

interface Compression {
  readonly name: string;
  readonly magic: Buffer;
  /** Absent: not one that Node can read. */
  readonly decoder?: (() => Transform) | undefined;
}

// Newer Node versions than the oldest supported have zstd.
const zstd = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;

const compressions: readonly Compression[] = [
  { name: "gzip", magic: Buffer.from([0x1f, 0x8b]), decoder: () => zlib.createGunzip() },
  { name: "zstd", magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), decoder: zstd },
  { name: "bzip2", magic: Buffer.from("BZh") },
  { name: "xz", magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
];

/** The archive's plain bytes. Throws EngineError (invalid) for a compression that this Node cannot read. */
export async function decompress(archive: Readable): Promise<Readable> {
  // A stream that fails while nobody reads it must not end the engine; its reader is told when it comes to it.
  archive.on("error", () => undefined);
  const start = await readStart(archive);
  const compression = compressions.find(({ magic }) => start.subarray(0, magic.length).equals(magic));
  if (compression === undefined) return archive;
  if (compression.decoder === undefined) {
    archive.destroy();
    const remedy = compression.name === "zstd" ? "a Node with zstd (22.15 or later), or " : "";
    throw new EngineError(
      "invalid",
      `the archive is compressed with ${compression.name}, which needs ${remedy}to be decompressed first`,
    );
  }
  const decoder = compression.decoder();
  archive.once("error", (error) => decoder.destroy(error));
  decoder.on("error", () => undefined);
  decoder.once("close", () => archive.destroy());
  return archive.pipe(decoder);
}

/** The first bytes, put back; fewer when the stream has no more. */
async function readStart(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < longestMagic) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) {
      chunks.push(chunk);
      length += chunk.length;
      continue;
    }
    if (stream.readableEnded || !(await moreToRead(stream))) break;
  }
  const start = Buffer.concat(chunks);
  if (start.length > 0) stream.unshift(start);
  return start;
}

/** False at the stream's end. */
function moreToRead(stream: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      stream.off("readable", onReadable).off("end", onEnd).off("error", onError).off("close", onEnd);
      act();
    };
    const onReadable = (): void => settle(() => resolve(true));
    const onEnd = (): void => settle(() => resolve(false));
    const onError = (error: Error): void => settle(() => reject(error));
    stream.on("readable", onReadable).on("end", onEnd).on("error", onError).on("close", onEnd);
  });
}
