// Compresses the older files of containers' logs, one at a time, beside everything else the engine does. It may be killed at any moment: a
// file is there in its plain form until its compressed form is whole and on disk.
import { open, rename, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Container } from "./container.ts";
import { logRotation } from "./log-driver.ts";
import { blocksOf } from "./log-part.ts";
import { compressedPath, ignoringMissing, olderFiles, olderPath } from "./log-parts.ts";
import { FILES } from "./record.ts";

/** The queue of containers whose logs are to be looked through. */
export class LogCompression {
  readonly #waiting = new Set<Container>();
  readonly #onFailure: (container: Container, text: string) => void;
  readonly #closing = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #isBusy = false;

  /** `onFailure`: told why a file stays as it is; it is tried again when the next is begun. */
  constructor(onFailure: (container: Container, text: string) => void) {
    this.#onFailure = onFailure;
  }

  /** Compresses all older files of the container's log soon, where its options want that. */
  request(container: Container): void {
    if (logRotation(container.saved.hostConfig)?.compress !== true) return;
    this.#waiting.add(container);
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#work = this.#run();
  }

  /** Leaves what is not done to the next engine. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    for (const container of this.#waiting) {
      this.#waiting.delete(container); // one that is wanted again meanwhile comes again
      if (this.#closing.signal.aborted) break;
      try {
        await compressOlderFiles(join(container.folder, FILES.log), this.#closing.signal);
      } catch (error) {
        const isOver = this.#closing.signal.aborted || container.removing || container.gone;
        if (!isOver) this.#onFailure(container, `its log is not compressed: ${(error as Error).message}`);
      }
    }
    this.#isBusy = false;
  }
}

/** Those that are compressed already, or are dropped meanwhile, are passed over. Rejects with an AbortError at `signal`. */
export async function compressOlderFiles(path: string, signal: AbortSignal): Promise<void> {
  const unfinished = `${path}.compressing`; // begun anew where a killed engine has left one
  try {
    for (const { number, isPlain, isCompressed } of await olderFiles(path)) {
      const plain = olderPath(path, number);
      if (isPlain && !isCompressed && (await compress(plain, unfinished, signal))) {
        await rename(unfinished, compressedPath(plain));
      }
      if (isPlain) await removePlain(plain);
    }
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** False where there is no such file any more. */
async function compress(plain: string, into: string, signal: AbortSignal): Promise<boolean> {
  const from = await ignoringMissing(open(plain, "r"));
  if (from === undefined) return false;
  try {
    const to = await open(into, "w", 0o640);
    try {
      const write = async (compressed: AsyncIterable<Buffer>): Promise<void> => {
        for await (const block of compressed) await to.writeFile(block);
      };
      await pipeline(Readable.from(blocksOf(from)), createGzip(), write, { signal });
      await to.sync();
    } finally {
      await to.close();
    }
    return true;
  } finally {
    await from.close();
  }
}

/** The shim drops the plain form first: where that has gone, nobody else removes the compressed one. */
async function removePlain(plain: string): Promise<void> {
  const removed = await ignoringMissing(unlink(plain).then(() => true));
  if (removed === undefined) await rm(compressedPath(plain), { force: true });
}
