// `down`: stops and removes what the project has on the engine.
import { planDown, type DownOptions } from "../../planner/index.ts";
import { applyPlan } from "../apply-plan.ts";
import { CliError } from "../cli-error.ts";
import { warn, type CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { loadOrName, type NamedProject } from "../project.ts";
import { wantedOf } from "../wanted-resources.ts";
import { isTrue } from "../up-options.ts";

interface DownFlags {
  readonly removeOrphans?: true;
  readonly rmi?: string;
  readonly timeout?: number;
  readonly volumes?: true;
  readonly volume?: true;
}

/** Runs `down`. */
export async function runDown(
  context: CommandContext,
  args: readonly string[],
  flags: DownFlags,
): Promise<number> {
  const { rmi } = flags;
  if (rmi !== undefined && rmi !== "local" && rmi !== "all") {
    throw new CliError(`invalid value for --rmi: "${rmi}"`);
  }
  const named = loadOrName(context);
  checkNamedServices(args, named);
  const options: DownOptions = {
    ...(args.length === 0 ? {} : { services: args }),
    removeOrphans: flags.removeOrphans === true || isTrue(context.env["COMPOSE_REMOVE_ORPHANS"]),
    removeVolumes: flags.volumes === true || flags.volume === true,
    ...(rmi === undefined ? {} : { removeImages: rmi }),
    ...(flags.timeout === undefined ? {} : { timeout: flags.timeout }),
  };
  const { client } = await context.connect();
  const result = await applyPlan(context, {
    operation: "down",
    client,
    wanted: wantedOf(named),
    ...named,
    plan: (observed) => planDown(named.project ?? { name: named.name }, observed, options),
    signal: context.interrupts.signal,
  });
  if (result.executions.length === 0 && !context.globals.dryRun) {
    warn(context, `No resource found to remove for project "${named.name}".`);
  }
  return EXIT.ok;
}

function checkNamedServices(args: readonly string[], { project }: NamedProject): void {
  if (project === undefined) return;
  for (const service of args) {
    if (project.services[service] === undefined && project.disabledServices[service] === undefined) {
      throw new CliError(`no such service: ${service}`);
    }
  }
}
