// Writes log lines with their containers' prefixes.
import { LogPrefixes, shortContainerName, type LogStyle } from "./render/log-prefix.ts";

/** Knows the project and the containers of one log. */
export class LogPrinter {
  readonly #project: string;
  readonly #prefixes: LogPrefixes;

  constructor(project: string, style: LogStyle) {
    this.#project = project;
    this.#prefixes = new LogPrefixes(style);
  }

  /** Makes room for a container's name before its first line. */
  join(container: string): void {
    this.#prefixes.add(this.short(container));
  }

  /** The container's name without the project's. */
  short(container: string): string {
    return shortContainerName(container, this.#project);
  }

  /** A whole line of a container, with its prefix and line break. */
  line(container: string, text: string): string {
    return `${this.#prefixes.of(this.short(container))}${text}\n`;
  }

  /** A line about a container, without a prefix: `web-1 exited with code 0`. */
  remark(container: string, text: string): string {
    return `${this.short(container)} ${text}\n`;
  }
}
