// Colours as escape sequences, and when to use them.

/** A way to draw text. */
type Style = "red" | "green" | "yellow" | "blue" | "cyan" | "magenta" | "bold" | "dim";

const CODES: Readonly<Record<Style, string>> = {
  red: "31",
  green: "32",
  yellow: "33",
  blue: "34",
  magenta: "35",
  cyan: "36",
  bold: "1",
  dim: "2",
};

/** Draws a text; plain text where there are no colours. */
export type Paint = (style: Style, text: string) => string;

/** Value of `--ansi`. */
export type AnsiMode = "auto" | "always" | "never";

/** Whether to use escape sequences on a stream: not with NO_COLOR or `never`, always with `always`, else on terminals. */
export function usesColor(
  mode: AnsiMode,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (mode === "always") return true;
  if (mode === "never" || (env["NO_COLOR"] ?? "") !== "") return false;
  return isTerminal && env["TERM"] !== "dumb";
}

/** A painter that draws, or one that gives the text back. */
export function painter(enabled: boolean): Paint {
  return enabled ? (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m` : (_style, text) => text;
}

const CYCLE = ["36", "33", "32", "35", "34"];

/** The escape code of the nth container in a log: cyan, yellow, green, magenta, blue, then the same in bold. */
export function cycledColor(index: number): string {
  const code = CYCLE[index % CYCLE.length] ?? "36";
  return Math.floor(index / CYCLE.length) % 2 === 0 ? code : `${code};1`;
}

/** Text in a colour given by its escape code. */
export function paintCode(code: string, text: string): string {
  return `\u001b[${code}m${text}\u001b[0m`;
}
