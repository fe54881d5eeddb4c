// The last lines of a terminal, redrawn in place. Only lines that changed are written again, all in one write.

/** What a region draws on. */
export interface RegionTerminal {
  write(text: string): unknown;
  readonly rows?: number;
  readonly columns?: number;
}

const BEGIN_SYNC = "\u001b[?2026h";
const END_SYNC = "\u001b[?2026l";
const ERASE_LINE = "\u001b[2K";
const ERASE_BELOW = "\u001b[J";

/** Owns the lines below everything that was printed before. */
export class LiveRegion {
  readonly #terminal: RegionTerminal;
  #drawn: readonly string[] = [];

  constructor(terminal: RegionTerminal) {
    this.#terminal = terminal;
  }

  /** How many lines and columns there is room for. */
  get size(): { rows: number; columns: number } {
    return { rows: this.#terminal.rows ?? 24, columns: this.#terminal.columns ?? 80 };
  }

  /** Draws these lines in place of those drawn before. Each has to fit the width. */
  update(lines: readonly string[]): void {
    const before = this.#drawn;
    if (before.length === lines.length && before.every((line, index) => line === lines[index])) return;
    const text = [up(before.length)];
    lines.forEach((line, index) => text.push(line === before[index] ? "\n" : `${ERASE_LINE}${line}\n`));
    if (lines.length < before.length) text.push(ERASE_BELOW);
    this.#terminal.write(`${BEGIN_SYNC}${text.join("")}${END_SYNC}`);
    this.#drawn = lines;
  }

  /** Takes the lines away, so that something else can be printed; the next update draws them again below it. */
  clear(): void {
    if (this.#drawn.length === 0) return;
    this.#terminal.write(`${up(this.#drawn.length)}${ERASE_BELOW}`);
    this.#drawn = [];
  }

  /** Leaves what is drawn standing. */
  release(): void {
    this.#drawn = [];
  }
}

function up(count: number): string {
  return count === 0 ? "" : `\u001b[${count}A\r`;
}
