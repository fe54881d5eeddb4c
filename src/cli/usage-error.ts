// What commander says about a command line, in the words that docker compose's users know.
import type { CommanderError } from "commander";
import { CliError } from "./cli-error.ts";

/** The error to show, or undefined where commander only printed help. */
export function usageError(error: CommanderError, commandPath: string): CliError | undefined {
  if (error.exitCode === 0) return undefined;
  const hint = `see \`${commandPath} --help\``;
  return new CliError(describe(error), { hint, cause: error });
}

function describe(error: CommanderError): string {
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*)\?\)$/, ", did you mean $1?");
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? "";
  const suggestion = /, did you mean .*$/.exec(message)?.[0] ?? "";
  switch (error.code) {
    case "commander.unknownOption":
      return quoted.startsWith("--")
        ? `unknown flag: ${quoted}${suggestion}`
        : `unknown shorthand flag: '${quoted.slice(1, 2)}' in ${quoted}`;
    case "commander.unknownCommand":
      return `unknown command: "${quoted}"${suggestion}`;
    case "commander.optionMissingArgument":
      return `flag needs an argument: ${quoted.replace(/ <.*$/, "").split(", ").at(-1) ?? quoted}`;
    case "commander.missingArgument":
      return `missing argument: ${quoted.toUpperCase()}`;
    default:
      return message;
  }
}
