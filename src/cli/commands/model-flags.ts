import { flag, list, value } from "../options.ts";
import type { ProgramBuilder } from "../program.ts";

/** Adds `config`, `plan` and `version`. */
export function addModelCommands({ program, action, addOptions }: ProgramBuilder): void {
  const config = program
    .command("config [services...]")
    .alias("convert")
    .description("check the files and print the project in canonical form")
    .action(action(async () => (await import("./config.ts")).runConfig));
  addOptions(config, () => [
    flag("--environment", "print the variables that the files are filled in with"),
    value("--explain <path>", "say where the values at a path come from: services.web.environment.PORT"),
    value("--format <format>", "yaml or json; with json, what is wrong is JSON on standard error too"),
    value("--hash <services>", "print the configuration hash of services (a,b or *)"),
    flag("--images", "print the names of images"),
    flag("--lock-image-digests", "print an override file with the exact images"),
    flag("--models", "print the names of models"),
    flag("--networks", "print the names of networks"),
    flag("--no-consistency", "skip the checks across elements"),
    flag("--no-env-resolution", "leave env_file and variables without a value as written"),
    flag("--no-interpolate", "leave variables as written"),
    flag("--no-normalize", "leave implied defaults out"),
    flag("--no-path-resolution", "leave relative paths as written"),
    value("-o, --output <file>", "write to a file"),
    flag("--profiles", "print the names of profiles"),
    flag("-q, --quiet", "only check, print nothing"),
    flag("--resolve-image-digests", "print the images with their digests"),
    flag("--services", "print the names of services"),
    flag("--variables", "print the variables that the files use"),
    flag("--volumes", "print the names of volumes"),
  ]);
  const plan = program
    .command("plan [services...]")
    .description("show what `up` would do, and why; exits with 2 when there is something to do")
    .action(action(async () => (await import("./plan.ts")).runPlan));
  addOptions(plan, () => [
    flag("--json", "the plan as JSON"),
    flag("--force-recreate", "as in up"),
    flag("--no-deps", "as in up"),
    flag("--no-recreate", "as in up"),
    value("--pull <policy>", "as in up"),
    flag("--remove-orphans", "as in up"),
    flag("-V, --renew-anon-volumes", "as in up"),
    list("--scale <service=number>", "as in up"),
    flag("--wait", "as in up"),
  ]);
  program
    .command("version")
    .description("show the version")
    .addOption(value("-f, --format <format>", "pretty or json"))
    .addOption(flag("--short", "only the number"))
    .action(action(async () => (await import("./version-command.ts")).runVersion));
}
