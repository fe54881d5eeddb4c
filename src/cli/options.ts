// Building blocks for the commands' flags.
import { Option } from "commander";
import { CliError } from "./cli-error.ts";

/** A flag without a value. `--no-x` is a flag of its own here, not the opposite of `--x`. */
export function flag(flags: string, description: string): Option {
  return plain(new Option(flags, description));
}

/** A flag with a value, given once. */
export function value(flags: string, description: string): Option {
  return plain(new Option(flags, description));
}

/** A flag with a value that can be given again; its values are a list. */
export function list(flags: string, description: string): Option {
  return plain(new Option(flags, description))
    .default([] as readonly string[], "")
    .argParser((text: string, before: readonly string[]) => [...before, text]);
}

/** A flag with a whole number. */
export function integer(flags: string, description: string): Option {
  const option = plain(new Option(flags, description));
  return option.argParser((text: string) => {
    if (/^[+-]?\d+$/.test(text)) return Number(text);
    const names = option.flags.replace(/ <.*$/, "");
    throw new CliError(`invalid argument "${text}" for "${names}" flag: not an integer`);
  });
}

/** commander takes `--no-x` for the opposite of `--x`; here it is an option called noX. */
function plain(option: Option): Option {
  const name = option.name();
  option.negate = false;
  option.attributeName = () => name.replace(/-([a-zA-Z])/g, (_match, letter: string) => letter.toUpperCase());
  return option;
}
