// Go templates as `--format` takes them: fields, methods, literals, pipes and Docker's functions. Control structures
// (`if`, `range`, …) and variables are refused, with a message that says so.
import { CliError } from "../cli-error.ts";

/** What a template shows: values by field, and methods, which are called with what stands behind them. */
export type TemplateData = Readonly<Record<string, unknown>>;

/** A template that has been read; it is filled in for each thing to be shown. Throws CliError for a field that is not there. */
export type Template = (data: TemplateData) => string;

type Evaluate = (data: TemplateData) => unknown;
type TemplateFunction = (...args: readonly unknown[]) => unknown;

const ACTION = /\{\{(?:- )?(.*?)(?: -)?\}\}/gs;
const TOKEN = /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+(?![\w.])|\.[\w.]*|\w+|\|)/y;

const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  json: (value) => JSON.stringify(value),
  upper: (value) => textOf(value).toUpperCase(),
  lower: (value) => textOf(value).toLowerCase(),
  title: (value) => textOf(value).replaceAll(/(?<![\p{L}\p{N}])\p{L}/gu, (letter) => letter.toUpperCase()),
  split: (value, separator) => textOf(value).split(textOf(separator)),
  join: (values, separator) =>
    (Array.isArray(values) ? values : [values]).map(textOf).join(textOf(separator)),
  truncate: (value, length) => textOf(value).slice(0, Number(length)),
  pad: (value, before, after) =>
    textOf(value) && `${" ".repeat(Number(before))}${textOf(value)}${" ".repeat(Number(after))}`,
  len: (value) => (Array.isArray(value) ? value : textOf(value)).length,
  print: (...values) => values.map(textOf).join(""),
  println: (...values) => `${values.map(textOf).join(" ")}\n`,
};

/** Text as it is, everything else as JSON. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function fail(action: string, message: string): never {
  throw new CliError(`template: {{${action}}}: ${message}`);
}

function valueAt(data: TemplateData, path: string, action: string): unknown {
  let value: unknown = data;
  for (const name of path.split(".").filter((part) => part !== "")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
      fail(action, `there is no "${name}"; fields are ${Object.keys(data).join(", ")}`);
    }
    value = (value as TemplateData)[name];
  }
  return value;
}

function readOperand(token: string, action: string): Evaluate {
  if (token.startsWith(".")) return (data) => valueAt(data, token, action);
  if (token.startsWith("`")) return () => token.slice(1, -1);
  if (token.startsWith('"')) return () => unquote(token, action);
  if (/^-?\d/.test(token)) return () => Number(token);
  const known = FUNCTIONS[token];
  if (known === undefined) return fail(action, `"${token}" is not supported`);
  return () => known;
}

function unquote(token: string, action: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return fail(action, `${token} is not a string`);
  }
}

/** An operand with what it is called with; what a pipe hands over comes last. */
function readCommand(tokens: readonly string[], action: string, piped: Evaluate | undefined): Evaluate {
  const [first, ...others] = tokens.map((token) => readOperand(token, action));
  if (first === undefined) return fail(action, "there is nothing to show");
  const args = piped === undefined ? others : [...others, piped];
  return (data) => {
    const value = first(data);
    if (typeof value === "function") return (value as TemplateFunction)(...args.map((arg) => arg(data)));
    return args.length === 0 ? value : fail(action, `"${tokens[0]}" takes no arguments`);
  };
}

function readAction(action: string): Evaluate {
  const commands: string[][] = [[]];
  let position = 0;
  while (action.slice(position).trim() !== "") {
    TOKEN.lastIndex = position;
    const token = TOKEN.exec(action)?.[1];
    if (token === undefined) return fail(action, `cannot be read from "${action.slice(position).trim()}" on`);
    position = TOKEN.lastIndex;
    if (token === "|") commands.push([]);
    else commands.at(-1)?.push(token);
  }
  let evaluate: Evaluate | undefined;
  for (const command of commands) evaluate = readCommand(command, action, evaluate);
  return evaluate ?? fail(action, "there is nothing to show");
}

function plain(piece: string): string {
  return piece.replaceAll("\\t", "\t").replaceAll("\\n", "\n");
}

/** Reads a template; `\t` and `\n` outside of actions are a tab and a line break. Throws CliError for what it cannot read. */
export function readTemplate(text: string): Template {
  const parts: (string | Evaluate)[] = [];
  let end = 0;
  let trims = false;
  for (const match of text.matchAll(ACTION)) {
    let before = plain(text.slice(end, match.index));
    if (trims) before = before.trimStart();
    parts.push(match[0].startsWith("{{- ") ? before.trimEnd() : before, readAction((match[1] ?? "").trim()));
    trims = match[0].endsWith(" -}}");
    end = match.index + match[0].length;
  }
  const rest = plain(text.slice(end));
  if (rest.includes("{{")) throw new CliError(`template: an action is not closed: ${rest.trim()}`);
  parts.push(trims ? rest.trimStart() : rest);
  return (data) => parts.map((part) => (typeof part === "string" ? part : textOf(part(data)))).join("");
}
