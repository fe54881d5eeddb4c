// A blob's bytes as one stream, whatever becomes of the connection: what broke off is asked for again from where it did.
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../../errors.ts";
import type { BlobDescriptor } from "./manifests.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistrySession } from "./registry-session.ts";

/** Attempts in a row that bring nothing new. */
const MOST_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes that have come so far. */
  readonly onProgress: (received: number) => void;
}

/** Yields the bytes; throws EngineError when they are not those that the descriptor names, and when the registry stays away. */
export async function* downloadBlob(
  session: RegistrySession,
  blob: BlobDescriptor,
  { signal, onProgress }: DownloadOptions,
): AsyncGenerator<Buffer, void, void> {
  const hash = createHash("sha256");
  let received = 0;
  let attempts = 0;
  while (received < blob.size || attempts === 0) {
    const before = received;
    try {
      for await (const bytes of blobFrom(session, blob, received)) {
        received += bytes.length;
        if (received > blob.size) throw wrongSize(blob);
        hash.update(bytes);
        onProgress(received);
        yield bytes;
      }
      if (received < blob.size) throw new Error(`only ${received} of ${blob.size} bytes came`);
    } catch (error) {
      if (signal.aborted || error instanceof EngineError || isFinal(error)) throw error;
      attempts = received > before ? 1 : attempts + 1;
      if (attempts >= MOST_ATTEMPTS) throw error;
      await delay(FIRST_PAUSE_MS * 2 ** (attempts - 1), undefined, { signal });
      continue;
    }
    break;
  }
  const actual = `sha256:${hash.digest("hex")}`;
  if (actual !== blob.digest) {
    throw new EngineError(
      "failed",
      `filesystem layer verification failed for digest ${blob.digest}: what came has the digest ${actual}`,
    );
  }
}

/** A registry that refuses will do so again; one that fails may not. */
function isFinal(error: unknown): boolean {
  return error instanceof RegistryError && error.status < 500 && error.status !== 429;
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
