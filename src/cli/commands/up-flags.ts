import { flag, integer, list, value } from "../options.ts";
import type { ProgramBuilder } from "../program.ts";

/** Adds `up`. */
export function addUpCommand({ program, action, addOptions }: ProgramBuilder): void {
  const command = program
    .command("up [services...]")
    .description("create and start containers")
    .action(action(async () => (await import("./up.ts")).runUp));
  addOptions(command, () => [
    flag("--abort-on-container-exit", "stop all containers when one of them ends"),
    flag("--abort-on-container-failure", "stop all containers when one of them fails"),
    flag("--always-recreate-deps", "recreate the dependencies of the services named"),
    list("--attach <service>", "show only the logs of this service; can be given again"),
    flag("--attach-dependencies", "show the logs of dependencies too"),
    flag("-d, --detach", "let the containers run in the background"),
    value("--exit-code-from <service>", "exit with the code of this service's container"),
    flag("--force-recreate", "recreate containers even if nothing has changed"),
    list("--no-attach <service>", "do not show the logs of this service; can be given again"),
    flag("--no-color", "show logs without colours"),
    flag("--no-deps", "leave the services that others depend on alone"),
    flag("--no-log-prefix", "show logs without the containers' names"),
    flag("--no-recreate", "leave containers that exist as they are"),
    flag("--no-start", "create the containers, start none"),
    value("--pull <policy>", "pull images: always, missing, never"),
    flag("--quiet-pull", "pull without showing progress"),
    flag("--remove-orphans", "remove containers of services that the file does not have"),
    flag("-V, --renew-anon-volumes", "recreate anonymous volumes instead of keeping their data"),
    list("--scale <service=number>", "number of containers of a service; can be given again"),
    integer("-t, --timeout <seconds>", "grace period when containers are stopped"),
    flag("--timestamps", "show timestamps in logs"),
    flag("--wait", "wait until services are running or healthy; implies --detach"),
    integer("--wait-timeout <seconds>", "longest time to wait until services are running or healthy"),
    flag("-y, --yes", "answer all questions with yes"),
    flag("--y", "same as --yes").hideHelp(),
    flag("--dry-run", "show what would be done, change nothing"),
  ]);
}
