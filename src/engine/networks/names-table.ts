// The names of a network's running containers, as a file that their resolvers read (docs/native.md, "Names table").
import { rename, rm, writeFile } from "node:fs/promises";

/** One line: an address and its names, the first being the one for reverse answers. */
export interface NamesLine {
  readonly address: string;
  readonly names: readonly string[];
}

/** The text of a table. Names are put in lower case; what could not be a name in a question is left out. */
export function formatNames(lines: Iterable<NamesLine>): string {
  let text = "";
  for (const { address, names } of lines) {
    const words = new Set(names.map((name) => name.toLowerCase()).filter((name) => /^[!-~]+$/.test(name)));
    if (words.size > 0) text += `${address} ${[...words].join(" ")}\n`;
  }
  return text;
}

/**
 * A table file that follows what is in memory. However many members come and go while one version is being written, only one more is
 * written after it.
 */
export class NamesTable {
  readonly #path: string;
  readonly #members = new Map<string, readonly NamesLine[]>();
  #writing: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when resolvers answer accordingly. */
  set(member: string, lines: readonly NamesLine[]): Promise<void> {
    this.#members.set(member, lines);
    return this.#publish();
  }

  delete(member: string): Promise<void> {
    if (!this.#members.delete(member)) return Promise.resolve();
    return this.#publish();
  }

  /** Takes the file away, after any write that is under way. */
  async remove(): Promise<void> {
    this.#members.clear();
    await (this.#waiting ?? this.#writing)?.catch(() => undefined);
    await rm(this.#path, { force: true });
  }

  #publish(): Promise<void> {
    // A write that has not begun yet will see this change too.
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#writing === undefined) return (this.#writing = this.#write());
    this.#waiting = this.#writing
      .catch(() => undefined)
      .then(() => {
        this.#waiting = undefined;
        return (this.#writing = this.#write());
      });
    return this.#waiting;
  }

  async #write(): Promise<void> {
    try {
      await replaceFile(this.#path, formatNames([...this.#members.values()].flat()));
    } finally {
      this.#writing = undefined;
    }
  }
}

/** Readers see the old or the new text. Not synced: after a crash of the machine no resolver is left to read it. */
export async function replaceFile(path: string, text: string): Promise<void> {
  // World-readable: the process that reads it has given up every privilege.
  await writeFile(`${path}.tmp`, text, { mode: 0o644 });
  await rename(`${path}.tmp`, path);
}
