// `--detach=false` and `-d=true`: Go's flag library takes them, so people write them; commander does not. They are
// rewritten before parsing.
import type { Command, Option } from "commander";

const TRUE = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** The arguments with `--flag=true` as `--flag` and `--flag=false` left out, for flags that take no value. */
export function normalizeBooleanFlags(argv: readonly string[], program: Command): string[] {
  const result: string[] = [];
  let command = program;
  for (let index = 0; index < argv.length; index += 1) {
    const token = argv[index] ?? "";
    if (token === "--") return [...result, ...argv.slice(index)];
    if (!token.startsWith("-") || token === "-") {
      result.push(token);
      const found = command === program ? program.commands.find((sub) => isCalled(sub, token)) : undefined;
      if (found === undefined && command === program) return [...result, ...argv.slice(index + 1)];
      if (found !== undefined) command = found;
      else if (stopsAtPositional(command)) return [...result, ...argv.slice(index + 1)];
      else command = command.commands.find((sub) => isCalled(sub, token)) ?? command;
      continue;
    }
    const [name = "", value] = splitFlag(token);
    const option = command.options.find((known) => known.long === name || known.short === name);
    if (
      option !== undefined &&
      isBoolean(option) &&
      value !== undefined &&
      (TRUE.has(value) || FALSE.has(value))
    ) {
      if (TRUE.has(value)) result.push(name);
      continue;
    }
    result.push(token);
    if (option !== undefined && !isBoolean(option) && value === undefined) {
      index += 1;
      if (index < argv.length) result.push(argv[index] ?? "");
    }
  }
  return result;
}

function splitFlag(token: string): [string, string | undefined] {
  const equals = token.indexOf("=");
  return equals === -1 ? [token, undefined] : [token.slice(0, equals), token.slice(equals + 1)];
}

function isBoolean(option: Option): boolean {
  return !option.required && !option.optional;
}

function isCalled(command: Command, name: string): boolean {
  return command.name() === name || command.aliases().includes(name);
}

/** What follows the first argument of such a command belongs to the process it runs. */
function stopsAtPositional(command: Command): boolean {
  return command.name() === "exec";
}
