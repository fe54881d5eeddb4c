// The grammar of `.env` files and of `env_file`: `KEY=VALUE` lines with quotes, comments and variables.
import type { UsedVariable } from "./history.ts";
import type { Place, SourceFile } from "./node.ts";
import type { Report } from "./report.ts";
import type { Lookup } from "./template.ts";
import { substitute } from "./template.ts";
import { usedVariables, type OriginOf } from "./used-variables.ts";

/** How to read a file of variables. */
export interface DotenvOptions {
  readonly source: SourceFile;
  /** What variables in values stand for, before the keys of the file itself. */
  readonly lookup: Lookup;
  readonly report: Report;
  /** `raw`: `KEY=VALUE` lines as `docker run --env-file` reads them, without quotes or variables. */
  readonly isRaw?: boolean;
  /** Hears where each value was written. */
  readonly onValue?: ((key: string, value: string, place: Place) => void) | undefined;
  /** Hears which variables a value was filled in with. */
  readonly onFilledIn?: ((place: Place, variables: readonly UsedVariable[]) => void) | undefined;
  /** Where a variable from the lookup got its value; the environment unless told. */
  readonly originOf?: OriginOf;
}

/**
 * The variables of a file in its order; later ones replace earlier ones. A line with a key only takes its value from the
 * lookup, or is left out. What cannot be read is reported with its line, and ends the reading.
 */
export function parseDotenv(options: DotenvOptions): ReadonlyMap<string, string> {
  const reader = new DotenvReader(options);
  return options.isRaw === true ? reader.readRaw() : reader.read();
}

interface Value {
  readonly text: string;
  readonly end: number;
  /** Whether variables in it are filled in. */
  readonly isTemplate: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  '"': '"',
  "\\": "\\",
};

function rawKeyProblem(key: string, line: string): string | undefined {
  if (key === "") return `no variable name on line '${line}'`;
  return /[ \t]/.test(key) ? `variable '${key}' contains whitespaces` : undefined;
}

class DotenvReader {
  readonly #options: DotenvOptions;
  readonly #text: string;
  readonly #values = new Map<string, string>();
  /** Where each value is written. */
  readonly #places = new Map<string, Place>();
  #failed = false;

  constructor(options: DotenvOptions) {
    this.#options = options;
    this.#text = options.source.text;
  }

  read(): ReadonlyMap<string, string> {
    let at = this.#text.startsWith("\ufeff") ? 1 : 0;
    while (at < this.#text.length && !this.#failed) {
      at = this.#skipBlank(at);
      if (at < this.#text.length) at = this.#readStatement(at);
    }
    return this.#values;
  }

  readRaw(): ReadonlyMap<string, string> {
    let next = 0;
    for (const line of this.#text.split("\n")) {
      const start = next;
      next += line.length + 1;
      const text = line
        .replace(/^\ufeff/, "")
        .replace(/\r$/, "")
        .trimStart();
      if (text === "" || text.startsWith("#")) continue;
      const equals = text.indexOf("=");
      const key = equals < 0 ? text : text.slice(0, equals);
      const problem = rawKeyProblem(key, text);
      if (problem !== undefined) {
        this.#fail(problem, start, start + line.length);
        continue;
      }
      const value = equals < 0 ? this.#options.lookup(key) : text.slice(equals + 1);
      if (value === undefined) continue;
      this.#values.set(key, value);
      this.#options.onValue?.(key, value, this.#place(start, start + line.length));
    }
    return this.#values;
  }

  #skipBlank(start: number): number {
    let at = start;
    while (at < this.#text.length) {
      const char = this.#text.charAt(at);
      if (char === "#") at = this.#lineEnd(at);
      else if (/\s/.test(char)) at++;
      else break;
    }
    return at;
  }

  #lineEnd(at: number): number {
    const newline = this.#text.indexOf("\n", at);
    return newline < 0 ? this.#text.length : newline;
  }

  #readStatement(start: number): number {
    const exported = /export[ \t]+(?=\S)/y;
    exported.lastIndex = start;
    const keyStart = start + (exported.exec(this.#text)?.[0].length ?? 0);
    // Classes of Unicode take a while to be read: not before there is a file.
    const name = /[\p{L}\p{N}_.[\]-]*/uy;
    name.lastIndex = keyStart;
    const key = name.exec(this.#text)?.[0] ?? "";
    const lineEnd = this.#lineEnd(keyStart);
    const afterKey = keyStart + key.length;
    const separator = /[ \t]*([=:])[ \t]*/y;
    separator.lastIndex = afterKey;
    const found = separator.exec(this.#text);
    if (found !== null && key !== "") return this.#readAssignment(key, separator.lastIndex);
    const rest = this.#text.slice(afterKey, lineEnd);
    if (key === "" || (rest.trim() !== "" && !rest.trimStart().startsWith("#"))) {
      this.#reportKey(keyStart, afterKey, lineEnd);
      return lineEnd;
    }
    const inherited = this.#lookup(key);
    if (inherited !== undefined) this.#values.set(key, inherited);
    return lineEnd;
  }

  #reportKey(keyStart: number, at: number, lineEnd: number): void {
    const char = this.#text.charAt(at);
    const line = this.#text.slice(keyStart, lineEnd).trimEnd();
    const message = /[ \t]/.test(char)
      ? "key cannot contain a space"
      : `unexpected character "${char}" in variable name "${line}"`;
    this.#fail(message, at, Math.min(at + 1, lineEnd));
  }

  #readAssignment(key: string, start: number): number {
    const quote = this.#text.charAt(start);
    const value = quote === "'" || quote === '"' ? this.#readQuoted(start) : this.#readPlain(start);
    if (value === undefined) return this.#text.length;
    const text = value.isTemplate ? this.#fillIn(value.text, start, value.end) : value.text;
    if (text !== undefined) {
      const place = this.#place(start, value.end);
      if (value.isTemplate) this.#remember(value.text, place);
      this.#values.set(key, text);
      this.#places.set(key, place);
      this.#options.onValue?.(key, text, place);
    }
    return value.end;
  }

  /** An unquoted value: to the end of the line, or to a `#` with a blank before it, be that the one before the value. */
  #readPlain(start: number): Value {
    const end = this.#lineEnd(start);
    const [text = ""] = this.#text.slice(start - 1, end).split(" #", 1);
    return { text: text.slice(1).trimEnd(), end, isTemplate: true };
  }

  #readQuoted(start: number): Value | undefined {
    const quote = this.#text.charAt(start);
    let text = "";
    for (let at = start + 1; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === quote) return { text, end: this.#afterQuoted(at + 1), isTemplate: quote === '"' };
      if (char !== "\\") {
        text += char;
        continue;
      }
      const escape = quote === "'" ? this.#singleEscape(at) : this.#doubleEscape(at);
      text += escape.text;
      at += escape.length - 1;
    }
    const line = this.#text.slice(start, this.#lineEnd(start));
    this.#fail(`unterminated quoted value ${line}`, start, start + line.length);
    return undefined;
  }

  /** Whatever follows a closing quote on its line, up to a comment, is not part of anything. */
  #afterQuoted(at: number): number {
    const end = this.#lineEnd(at);
    const rest = this.#text.slice(at, end).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      this.#fail(`unexpected text after the closing quote: ${rest}`, at, end);
    }
    return end;
  }

  #singleEscape(at: number): { text: string; length: number } {
    return this.#text.charAt(at + 1) === "'" ? { text: "'", length: 2 } : { text: "\\", length: 1 };
  }

  #doubleEscape(at: number): { text: string; length: number } {
    const next = this.#text.charAt(at + 1);
    if (next === "$") return { text: "$$", length: 2 };
    const octal = /\\0([0-7]{1,3})/y;
    octal.lastIndex = at;
    const digits = octal.exec(this.#text);
    if (digits !== null) {
      return { text: String.fromCharCode(Number.parseInt(digits[1] ?? "0", 8)), length: digits[0].length };
    }
    const known = ESCAPES[next];
    return known === undefined ? { text: `\\${next}`, length: 2 } : { text: known, length: 2 };
  }

  #remember(template: string, place: Place): void {
    const { onFilledIn, lookup, originOf = () => "environment" } = this.#options;
    if (onFilledIn === undefined) return;
    const origin: OriginOf = (name, value) =>
      (lookup(name) === undefined ? this.#places.get(name) : undefined) ?? originOf(name, value);
    const used = usedVariables(template, (name) => this.#lookup(name), origin);
    if (used.length > 0) onFilledIn(place, used);
  }

  #lookup(name: string): string | undefined {
    return this.#options.lookup(name) ?? this.#values.get(name);
  }

  #fillIn(template: string, start: number, end: number): string | undefined {
    const result = substitute(
      template,
      (name) => this.#lookup(name),
      (name) => {
        const message = `The "${name}" variable is not set. Defaulting to a blank string.`;
        this.#options.report.warn("variable-unset", message, { place: this.#place(start, end) });
      },
    );
    if (result.ok) return result.text;
    const { problem } = result;
    const required = problem.kind === "required";
    const reason = required && problem.message !== "" ? `: ${problem.message}` : "";
    const message = required
      ? `required variable ${problem.name} is missing a value${reason}`
      : `invalid interpolation format: ${problem.template}`;
    const code = required ? "variable-required" : "interpolation-syntax";
    this.#options.report.error(code, message, { place: this.#place(start, end) });
    return undefined;
  }

  #place(start: number, end: number): Place {
    return { source: this.#options.source, start, end };
  }

  #fail(problem: string, start: number, end: number): void {
    this.#failed = true;
    const line = this.#text.slice(0, start).split("\n").length;
    this.#options.report.error("env-file", `line ${line}: ${problem}`, { place: this.#place(start, end) });
  }
}
