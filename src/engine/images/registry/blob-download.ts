// A blob's bytes as one stream, whatever becomes of the connection: what broke off is asked for again from where it did.
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../../errors.ts";
import type { BlobDescriptor } from "./manifests.ts";
import type { RegistrySession } from "./registry-session.ts";
import { retryPause } from "./retry.ts";

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes that have come so far. */
  readonly onProgress: (received: number) => void;
  /** What an earlier download brought: the blob's first bytes. */
  readonly kept?: AsyncIterable<Buffer>;
}

/** Yields the bytes; throws EngineError when they are not those that the descriptor names, and when the registry stays away. */
export async function* downloadBlob(
  session: RegistrySession,
  blob: BlobDescriptor,
  { signal, onProgress, kept }: DownloadOptions,
): AsyncGenerator<Buffer, void, void> {
  const hash = createHash("sha256");
  let received = 0;
  const take = (bytes: Buffer): Buffer => {
    received += bytes.length;
    if (received > blob.size) throw wrongSize(blob);
    hash.update(bytes);
    onProgress(received);
    return bytes;
  };
  if (kept !== undefined) for await (const bytes of kept) yield take(bytes);
  for (let attempt = 1; received < blob.size;) {
    const before = received;
    try {
      for await (const bytes of blobFrom(session, blob, received)) yield take(bytes);
      if (received < blob.size) throw new Error(`only ${received} of ${blob.size} bytes came`);
    } catch (error) {
      if (received > before) attempt = 1;
      const pause = signal.aborted ? undefined : retryPause(error, attempt);
      if (pause === undefined) throw error;
      attempt += 1;
      await delay(pause, undefined, { signal });
    }
  }
  const actual = `sha256:${hash.digest("hex")}`;
  if (actual !== blob.digest) {
    throw new EngineError(
      "failed",
      `filesystem layer verification failed for digest ${blob.digest}: what came has the digest ${actual}`,
    );
  }
}

async function* blobFrom(
  session: RegistrySession,
  { digest, size }: BlobDescriptor,
  start: number,
): AsyncGenerator<Buffer, void, void> {
  if (size === 0) return;
  const answer = await session.request({
    method: "GET",
    path: `/v2/${session.repository}/blobs/${digest}`,
    headers: start === 0 ? {} : { Range: `bytes=${start}-${size - 1}` },
    accept: [200, 206],
    once: true,
  });
  // A registry that knows no ranges begins anew.
  let skip = answer.status === 206 ? start - rangeStart(answer.headers["content-range"], start) : start;
  try {
    for await (const bytes of answer.body as AsyncIterable<Buffer>) {
      const wanted = bytes.subarray(Math.min(skip, bytes.length));
      skip -= bytes.length - wanted.length;
      if (wanted.length > 0) yield wanted;
    }
  } finally {
    answer.body.destroy();
  }
}

function rangeStart(header: string | undefined, asked: number): number {
  const start = Number(/^bytes (\d+)-/.exec(header ?? "")?.[1] ?? asked);
  if (start > asked) throw new EngineError("failed", `the registry left out bytes: ${String(header)}`);
  return start;
}

function wrongSize({ digest, size }: BlobDescriptor): EngineError {
  return new EngineError("failed", `blob ${digest} is larger than the ${size} bytes that its manifest says`);
}
