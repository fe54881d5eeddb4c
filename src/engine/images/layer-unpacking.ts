// One pass over a layer's bytes: they are kept compressed, hashed as they came and as they are plain, and unpacked.
import { createHash } from "node:crypto";
import { PassThrough } from "node:stream";
import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Native } from "../collaborators.ts";
import { createDecoder, recognise } from "../decompress.ts";
import type { Compression } from "../decompress.ts";
import { BlobWriter } from "./layer-blobs.ts";
import type { WrittenBlob } from "./layer-blobs.ts";
import { unpackingFailure } from "./layer-failure.ts";

/** What a layer turned out to be. */
export interface LayerContents {
  readonly diffId: string;
  readonly blob: WrittenBlob;
  readonly compression: Compression;
  readonly tarSize: number;
  /** Bytes of its files. */
  readonly size: number;
  /** How many devices were left out, because no user namespace may make them. */
  readonly leftOut: number;
}

/** Where a layer goes. */
export interface UnpackTarget {
  readonly folder: string;
  readonly blobPath: string;
  /** So many of the archive's first bytes are at `blobPath` already. */
  readonly kept?: number;
  /** Asked when it fails: whether the bytes that came are good for another attempt. */
  readonly staysOnFailure?: () => boolean;
}

/**
 * Unpacks a layer, compressed or not, into a folder, and keeps it compressed at `blobPath`. Throws EngineError (invalid) when the archive is
 * damaged or tries to leave its folder; the blob is gone then unless it is to stay, the folder is the caller's to remove.
 */
export async function unpackLayer(
  native: Native,
  source: Readable,
  { folder, blobPath, kept = 0, staysOnFailure = () => false }: UnpackTarget,
): Promise<LayerContents> {
  const { compression, bytes } = await recognise(source).catch((error: unknown) => {
    throw unpackingFailure(error);
  });
  let decoder: Duplex;
  try {
    decoder = compression === undefined ? new PassThrough() : createDecoder(compression);
  } catch (error) {
    bytes.destroy();
    throw error;
  }
  const writer = new BlobWriter(blobPath, { compress: compression === undefined, kept });
  const plain = createHash("sha256");
  let tarSize = 0;
  const checked = new PassThrough({ highWaterMark: 1024 * 1024 });
  const reading = pipeline(
    bytes,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        await writer.write(chunk);
        yield chunk;
      }
    },
    decoder,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        plain.update(chunk);
        tarSize += chunk.length;
        yield chunk;
      }
    },
    checked,
  );
  const [unpacked, read] = await Promise.allSettled([
    native.call(["untar", "--root", folder, "--layer", "/"], { input: checked }),
    reading,
  ]);
  try {
    // Each failure ends the other side too: an archive that cannot be decompressed the unpacking, a full disk the reading.
    if (read.status === "rejected" && !isClosedByReader(read.reason)) throw unpackingFailure(read.reason);
    if (unpacked.status === "rejected") throw unpackingFailure(unpacked.reason);
    if (read.status === "rejected") throw unpackingFailure(read.reason);
    const blob = await writer.finish();
    const [size = 0, leftOut = 0] = unpacked.value.toString().split(" ").map(Number);
    const diffId = `sha256:${plain.digest("hex")}`;
    return { diffId, blob, compression: compression ?? "gzip", tarSize, size, leftOut };
  } catch (error) {
    await (staysOnFailure() ? writer.leave() : writer.discard());
    throw error;
  }
}

/** What a stream says when whoever reads it has gone. */
const closedByReader = new Set<unknown>(["ERR_STREAM_PREMATURE_CLOSE", "ABORT_ERR", "EPIPE", "ECONNRESET"]);

function isClosedByReader(error: unknown): boolean {
  return closedByReader.has((error as NodeJS.ErrnoException).code);
}
