// Lines of several containers, each with its container's name in front.
import { cycledColor, paintCode } from "./color.ts";

/** How log lines are drawn. */
export interface LogStyle {
  readonly prefix: boolean;
  readonly color: boolean;
}

/** The name that stands before a container's lines: its own name without the project's. */
export function shortContainerName(name: string, project: string): string {
  return name.startsWith(`${project}-`) ? name.slice(project.length + 1) : name;
}

/** Knows all containers of one log; the column grows when a longer name joins. */
export class LogPrefixes {
  readonly #style: LogStyle;
  readonly #colors = new Map<string, string>();
  #width = 0;

  constructor(style: LogStyle) {
    this.#style = style;
  }

  /** Makes room for a name, and gives it the next colour. */
  add(name: string): void {
    if (this.#colors.has(name)) return;
    this.#colors.set(name, cycledColor(this.#colors.size));
    this.#width = Math.max(this.#width, name.length + 1);
  }

  /** What stands before a line of this container: `web-1  | `. */
  of(name: string): string {
    if (!this.#style.prefix) return "";
    this.add(name);
    const text = `${name.padEnd(this.#width)} | `;
    return this.#style.color ? paintCode(this.#colors.get(name) ?? "36", text) : text;
  }
}

/** Cuts chunks of bytes into lines, without their line breaks; a text without one waits for the rest, or for `end`. */
export class LineCutter {
  #rest: Buffer[] = [];

  push(bytes: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, start)) {
      lines.push(this.#complete(bytes.subarray(start, at)));
      start = at + 1;
    }
    if (start < bytes.length) this.#rest.push(bytes.subarray(start));
    return lines;
  }

  /** The last line, when it had no line break. */
  end(): string[] {
    return this.#rest.length === 0 ? [] : [this.#complete(Buffer.alloc(0))];
  }

  #complete(bytes: Buffer): string {
    const line = this.#rest.length === 0 ? bytes : Buffer.concat([...this.#rest, bytes]);
    this.#rest = [];
    const end = line.at(-1) === 13 ? line.length - 1 : line.length;
    return line.toString("utf8", 0, end);
  }
}
