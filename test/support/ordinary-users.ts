// The ordinary users that tests may act as when they run as root. They are made by whoever prepares the machine (.ci/run does), never by
// a test: `slipway-test` has subordinate ids, `slipway-plain` has none.
import { existsSync, readFileSync } from "node:fs";
import { run, type CommandOptions, type CommandResult } from "./processes.ts";

export interface OrdinaryUser {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  readonly subordinateIds: boolean;
}

/** The user of that name, when the machine has it and tests run as root. */
export function findUser(name: "slipway-test" | "slipway-plain"): OrdinaryUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, , , home] = line?.split(":") ?? [];
  if (uid === undefined || home === undefined) return undefined;
  const subordinateIds = readFileSync("/etc/subuid", "utf8")
    .split("\n")
    .some((entry) => entry.startsWith(`${name}:`));
  return { name, uid: Number(uid), home, subordinateIds };
}

/** Why nothing can be tried as that user; undefined when it can. */
export function userUnavailable(name: "slipway-test" | "slipway-plain"): string | undefined {
  if (process.getuid?.() !== 0) return `acting as ${name} needs root`;
  return findUser(name) === undefined ? `there is no user ${name} on this machine` : undefined;
}

/** Puts what follows into the control group that the machine of test/debian-kernel has delegated to the user, as systemd does at a login. */
function sessionOf(user: OrdinaryUser): string[] {
  const group = `/run/session-of-${user.name}`;
  return existsSync(group) ? ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', group] : [];
}

/** Runs a command as the user, with a login's environment and what `options.env` adds. */
export function runAs(
  user: OrdinaryUser,
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const env = {
    PATH: process.env["PATH"],
    LANG: "C.UTF-8",
    HOME: user.home,
    USER: user.name,
    ...options.env,
  };
  const [program = "", ...words] = [
    ...sessionOf(user),
    "setpriv",
    "--reuid",
    user.name,
    "--regid",
    user.name,
    "--init-groups",
    command,
    ...args,
  ];
  return run(program, words, { cwd: user.home, ...options, env });
}
