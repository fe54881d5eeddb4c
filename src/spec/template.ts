// The grammar of variables in text: `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME-word}`, `:?`, `?`, `:+`, `+`, `$$`.
import type { VariableUse } from "./host.ts";

/** Looks a variable up; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

type Operator = ":-" | "-" | ":?" | "?" | ":+" | "+";

interface Variable {
  readonly name: string;
  readonly operator?: Operator;
  /** The text after the operator; it may hold further variables. */
  readonly word: string;
}

type Part = string | Variable;

/** The pieces of a text with variables; undefined when it is malformed. */
export type Template = readonly Part[] | undefined;

/** Why text could not be substituted. */
export type TemplateProblem =
  | { readonly kind: "syntax"; readonly template: string }
  | { readonly kind: "required"; readonly name: string; readonly message: string };

export type Substitution =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: TemplateProblem };

const NAME = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const OPERATOR = /:?[-?+]/y;
/** How deep words may hold variables with words of their own: far beyond any Compose file, well within the stack. */
const MAX_NESTING = 100;

/**
 * Replaces the variables in `template`. `onUnset` hears of every variable that is not set and has no word of its own; it
 * becomes empty text. Words are substituted only where they are used.
 */
export function substitute(template: string, lookup: Lookup, onUnset: (name: string) => void): Substitution {
  if (!template.includes("$")) return { ok: true, text: template };
  return substituteIn(parseTemplate(template), template, lookup, onUnset);
}

/** The same for a template that was parsed already. */
export function substituteIn(
  parts: Template,
  template: string,
  lookup: Lookup,
  onUnset: (name: string) => void,
): Substitution {
  if (parts === undefined) return { ok: false, problem: { kind: "syntax", template } };
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const value = evaluate(part, lookup, onUnset);
    if (!value.ok) return value;
    text += value.text;
  }
  return { ok: true, text };
}

function evaluate(variable: Variable, lookup: Lookup, onUnset: (name: string) => void): Substitution {
  const { name, operator, word } = variable;
  const value = lookup(name);
  const isGiven =
    operator?.startsWith(":") === true ? value !== undefined && value !== "" : value !== undefined;
  if (operator === undefined) {
    if (value === undefined) onUnset(name);
    return { ok: true, text: value ?? "" };
  }
  switch (operator) {
    case ":-":
    case "-":
      return isGiven ? { ok: true, text: value ?? "" } : substitute(word, lookup, onUnset);
    case ":+":
    case "+":
      return isGiven ? substitute(word, lookup, onUnset) : { ok: true, text: value ?? "" };
    case ":?":
    case "?": {
      if (isGiven) return { ok: true, text: value ?? "" };
      const message = substitute(word, lookup, onUnset);
      return message.ok ? { ok: false, problem: { kind: "required", name, message: message.text } } : message;
    }
  }
}

/** The pieces of a template; undefined when a `${` is malformed. A `$` that begins nothing is text. */
export function parseTemplate(template: string): Template {
  const parts: Part[] = [];
  let at = 0;
  while (at < template.length) {
    const dollar = template.indexOf("$", at);
    if (dollar < 0) break;
    if (dollar > at) parts.push(template.slice(at, dollar));
    const next = template.charAt(dollar + 1);
    if (next === "$") {
      parts.push("$");
      at = dollar + 2;
    } else if (next === "{") {
      const braced = parseBraced(template, dollar);
      if (braced === undefined) return undefined;
      parts.push(braced.variable);
      at = braced.end;
    } else {
      const name = matchAt(NAME, template, dollar + 1);
      parts.push(name === undefined ? "$" : { name, word: "" });
      at = dollar + 1 + (name?.length ?? 0);
    }
  }
  parts.push(template.slice(at));
  return parts;
}

function parseBraced(template: string, dollar: number): { variable: Variable; end: number } | undefined {
  const name = matchAt(NAME, template, dollar + 2);
  if (name === undefined) return undefined;
  const afterName = dollar + 2 + name.length;
  if (template.charAt(afterName) === "}") return { variable: { name, word: "" }, end: afterName + 1 };
  const operator = matchAt(OPERATOR, template, afterName) as Operator | undefined;
  if (operator === undefined) return undefined;
  const wordStart = afterName + operator.length;
  const end = closingBrace(template, wordStart);
  if (end === undefined) return undefined;
  return { variable: { name, operator, word: template.slice(wordStart, end) }, end: end + 1 };
}

/** Where the word ends: at the brace that closes the first one, else (unbalanced) at the last brace of the line. Undefined: nowhere. */
function closingBrace(template: string, wordStart: number): number | undefined {
  const newline = template.indexOf("\n", wordStart);
  const line = newline < 0 ? template : template.slice(0, newline);
  const last = line.lastIndexOf("}");
  if (last < wordStart) return undefined;
  // Most words hold no variable: they end at the first brace.
  const opening = line.indexOf("{", wordStart);
  const closing = line.indexOf("}", wordStart);
  if (opening < 0 || closing < opening) return closing;
  let depth = 1;
  for (let at = wordStart; at <= last; at++) {
    const char = line.charAt(at);
    if (char === "{") {
      if (++depth > MAX_NESTING) return undefined;
      at++; // What follows an opening brace is a name, never a brace.
    } else if (char === "}" && --depth === 0) {
      return at;
    }
  }
  return last;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? text.slice(at, pattern.lastIndex) : undefined;
}

/** Every variable that a text mentions, also in words that are not used. */
export function variablesIn(template: string): readonly VariableUse[] {
  return template.includes("$") ? variablesOf(parseTemplate(template)) : [];
}

/** The same for a template that was parsed already. */
export function variablesOf(parts: Template): readonly VariableUse[] {
  const uses: VariableUse[] = [];
  for (const part of parts ?? []) {
    if (typeof part === "string") continue;
    const { name, operator = "", word } = part;
    uses.push({
      name,
      required: operator.endsWith("?"),
      defaultValue: operator.endsWith("-") ? word : "",
      alternateValue: operator.endsWith("+") ? word : "",
    });
    if (word.includes("$")) uses.push(...variablesIn(word));
  }
  return uses;
}
