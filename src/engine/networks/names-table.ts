// The names of a network's running containers, as a file that their resolvers read (docs/native.md, "Names table").
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

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

/** A table file that follows what is in memory. However many members come and go in one turn of the event loop, it is written once. */
export class NamesTable {
  readonly #path: string;
  readonly #members = new Map<string, readonly NamesLine[]>();
  #writing: Promise<void> | undefined;

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
    await this.#writing?.catch(() => undefined);
    rmSync(this.#path, { force: true });
  }

  #publish(): Promise<void> {
    this.#writing ??= this.#write();
    return this.#writing;
  }

  async #write(): Promise<void> {
    await setImmediate();
    this.#writing = undefined; // what changes from here on is for the next one
    replaceFile(this.#path, formatNames([...this.#members.values()].flat()));
  }
}

/**
 * Readers see the old or the new text. Not synced: after a crash of the machine no resolver is left to read it; without that the kernel only
 * has to remember it, which takes less time than having it done by another thread.
 */
export function replaceFile(path: string, text: string): void {
  // World-readable: the process that reads it has given up every privilege.
  writeFileSync(`${path}.tmp`, text, { mode: 0o644 });
  renameSync(`${path}.tmp`, path);
}
