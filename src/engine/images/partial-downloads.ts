// What has come of a blob when its download breaks off, kept so that the next one begins where it ended, also after the engine was killed:
// `<root>/blobs/.part-<digits of the blob's digest>`. Whether it is what it should be is seen when the whole is there.
import { createReadStream, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestHex } from "./image-record.ts";

const PREFIX = ".part-";
/** What nobody has gone on with for so long is not waited for. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** One download's file, which is its own until it is released. */
export interface PartialDownload {
  readonly path: string;
  /** Bytes that are there already. */
  readonly size: number;
  /** They begin the blob. */
  bytes(): AsyncIterable<Buffer>;
  /** Nothing of it is left. */
  discard(): void;
  release(): void;
}

export class PartialDownloads {
  readonly #folder: string;
  readonly #claimed = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined when somebody else is downloading the same blob. `mostBytes`: the blob's size; more than that is thrown away. */
  claim(digest: string, mostBytes: number): PartialDownload | undefined {
    const path = join(this.#folder, `${PREFIX}${digestHex(digest)}`);
    if (this.#claimed.has(path)) return undefined;
    this.#claimed.add(path);
    let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const discard = (): void => rmSync(path, { force: true });
    if (size > mostBytes) {
      discard();
      size = 0;
    }
    return {
      path,
      size,
      bytes: () => createReadStream(path, { end: size - 1 }),
      discard,
      release: () => this.#claimed.delete(path),
    };
  }

  /** Removes those that nobody is going on with: all, or only those that are stale. Gives how many bytes they were. */
  sweep(which: "all" | "stale"): number {
    let freed = 0;
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (!isPartialDownload(name) || this.#claimed.has(path)) continue;
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined || (which === "stale" && Date.now() - stat.mtimeMs < STALE_MS)) continue;
      rmSync(path, { force: true });
      freed += stat.size;
    }
    return freed;
  }
}

/** Whether a file of that name in the folder of blobs is one. */
export function isPartialDownload(name: string): boolean {
  return name.startsWith(PREFIX);
}
