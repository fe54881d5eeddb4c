import { flag, integer, list, value } from "../options.ts";
import type { ProgramBuilder } from "../program.ts";

/** Adds `ps` and `logs`. */
export function addOutputCommands({ program, action, addOptions }: ProgramBuilder): void {
  const ps = program
    .command("ps [services...]")
    .description("list containers")
    .action(action(async () => (await import("./ps.ts")).runPs));
  addOptions(ps, () => [
    flag("-a, --all", "stopped containers too, and those that `run` made"),
    list("--filter <filter>", "only containers that match: status=<state>"),
    value("--format <format>", "table, json, or a Go template; `table TEMPLATE` for a table of its own"),
    flag("--no-trunc", "show values in full"),
    flag("--orphans", "containers of services that the file does not have too (always so)").hideHelp(),
    flag("-q, --quiet", "only ids"),
    flag("--services", "only names of services"),
    list("--status <status>", "only containers in this state; can be given again"),
  ]);
  const logs = program
    .command("logs [services...]")
    .description("show the output of containers")
    .action(action(async () => (await import("./logs.ts")).runLogs));
  addOptions(logs, () => [
    flag("-f, --follow", "go on with what comes"),
    integer("--index <number>", "which of the service's containers"),
    flag("--no-color", "without colours"),
    flag("--no-log-prefix", "without the containers' names"),
    value("--since <time>", "from this time on: a timestamp, or how long ago (42m)"),
    value("-n, --tail <lines>", "only that many lines from the end of each container's log"),
    flag("-t, --timestamps", "show timestamps"),
    value("--until <time>", "up to this time: a timestamp, or how long ago (42m)"),
  ]);
}
