import { flag, integer, list, value } from "../options.ts";
import type { ProgramBuilder } from "../program.ts";

/** Adds `down`, `start`, `stop`, `restart` and `exec`. */
export function addLifecycleCommands(builder: ProgramBuilder): void {
  addDown(builder);
  addStartStop(builder);
  addExec(builder);
}

function addDown({ program, action, addOptions }: ProgramBuilder): void {
  const command = program
    .command("down [services...]")
    .description("stop and remove containers and networks")
    .action(action(async () => (await import("./down.ts")).runDown));
  addOptions(command, () => [
    flag("--remove-orphans", "remove containers of services that the file does not have"),
    value("--rmi <which>", "remove images of the services: local (those without a custom tag) or all"),
    integer("-t, --timeout <seconds>", "grace period when containers are stopped"),
    flag("-v, --volumes", "remove the volumes that the file declares, and anonymous ones"),
    flag("--volume", "same as --volumes").hideHelp(),
    flag("--dry-run", "show what would be done, change nothing"),
  ]);
}

function addStartStop({ program, action }: ProgramBuilder): void {
  program
    .command("start [services...]")
    .description("start containers that exist")
    .addOption(flag("--wait", "wait until services are running or healthy"))
    .addOption(integer("--wait-timeout <seconds>", "longest time to wait"))
    .addOption(flag("--dry-run", "show what would be done, change nothing"))
    .action(action(async () => (await import("./lifecycle.ts")).runStart));
  program
    .command("stop [services...]")
    .description("stop running containers")
    .addOption(integer("-t, --timeout <seconds>", "grace period when containers are stopped"))
    .addOption(flag("--dry-run", "show what would be done, change nothing"))
    .action(action(async () => (await import("./lifecycle.ts")).runStop));
  program
    .command("restart [services...]")
    .description("restart containers")
    .addOption(flag("--no-deps", "leave the services that depend on these alone"))
    .addOption(integer("-t, --timeout <seconds>", "grace period when containers are stopped"))
    .addOption(flag("--dry-run", "show what would be done, change nothing"))
    .action(action(async () => (await import("./lifecycle.ts")).runRestart));
}

function addExec({ program, action, addOptions }: ProgramBuilder): void {
  const command = program
    .command("exec")
    .usage("[options] SERVICE COMMAND [ARGS...]")
    .description("run a command in a running container")
    .argument("[service]")
    .argument("[command...]")
    .passThroughOptions()
    .action(action(async () => (await import("./exec.ts")).runExec));
  addOptions(command, () => [
    flag("-d, --detach", "let the command run in the background"),
    list("-e, --env <variable>", "set an environment variable; can be given again"),
    integer("--index <number>", "which of the service's containers; 0 for the first"),
    flag("-i, --interactive", "keep standard input open").hideHelp(),
    flag("-T, --no-tty", "do not allocate a terminal"),
    flag("--no-TTY", "same as --no-tty").hideHelp(),
    flag("--privileged", "give the command all privileges"),
    flag("-t, --tty", "allocate a terminal").hideHelp(),
    value("-u, --user <user>", "run the command as this user"),
    value("-w, --workdir <folder>", "folder in the container to run the command in"),
  ]);
}
