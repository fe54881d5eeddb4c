// The arguments of a Dockerfile's instructions: words as a shell splits them, pairs, lists.

type Variables = ReadonlyMap<string, string>;

/** A list written as JSON; undefined when it is none. */
export function jsonList(argument: string): string[] | undefined {
  if (!argument.startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(argument);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
  } catch {
    return undefined; // a command that begins with a bracket, such as `[ -f /x ]`
  }
}

/** `key value` as one pair, or `key=value key2="value 2"`. Throws Error. */
export function pairs(instruction: string, argument: string, variables: Variables): [string, string][] {
  const parts = words(argument, variables);
  const first = parts[0];
  if (first === undefined) throw new Error(`${instruction} requires at least one argument`);
  if (!first.includes("=")) {
    const value = expand(argument.replace(/^\S+\s*/, ""), variables);
    if (value === "") throw new Error(`${instruction} must have two arguments`);
    return [[first, value]];
  }
  return parts.map((part) => {
    const at = part.indexOf("=");
    if (at < 0) throw new Error(`Syntax error - can't find = in "${part}". Must be of the form: name=value`);
    if (at === 0) throw new Error(`${instruction} names can not be blank`);
    return [part.slice(0, at), part.slice(at + 1)];
  });
}

const variable = /^\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/;

/** The value of the variable that a text begins with, and how long its name is written; undefined when it begins with none. */
function valueAt(text: string, variables: Variables): { value: string; length: number } | undefined {
  const found = variable.exec(text);
  if (found === null) return undefined;
  const [whole, plain, braced = plain ?? "", operator, other = ""] = found;
  const value = variables.get(braced) ?? "";
  const chosen =
    operator === undefined
      ? value
      : (value === "") === (operator === "-")
        ? other
        : operator === "-"
          ? value
          : "";
  return { value: chosen, length: whole.length };
}

/** Variables in their places: `$A`, `${A}`, `${A:-otherwise}`, `${A:+instead}`. */
export function expand(text: string, variables: Variables): string {
  let [expanded, rest] = ["", text];
  while (rest !== "") {
    const found = rest.startsWith("$") ? valueAt(rest, variables) : undefined;
    const escaped = rest.startsWith("\\$");
    expanded += found?.value ?? rest.slice(escaped ? 1 : 0, escaped ? 2 : 1);
    rest = rest.slice(found?.length ?? (escaped ? 2 : 1));
  }
  return expanded;
}

/** Words as a shell splits them: quotes, backslashes, variables outside of single quotes. Throws Error. */
export function words(argument: string, variables: Variables): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < argument.length; at++) {
    const character = argument.charAt(at);
    const named = character === "$" && quote !== "'" ? valueAt(argument.slice(at), variables) : undefined;
    if (named !== undefined) {
      word = (word ?? "") + named.value;
      at += named.length - 1;
    } else if (character === "\\" && quote !== "'") {
      at += 1;
      word = (word ?? "") + argument.charAt(at);
    } else if (quote !== "" ? character === quote : character === '"' || character === "'") {
      quote = quote === "" ? character : "";
      word ??= "";
    } else if (quote === "" && /\s/.test(character)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") throw new Error("a quote is not closed");
  if (word !== undefined) found.push(word);
  return found;
}
