// `up`: brings the project up, in the background or with its logs on this terminal.
import { planUp, wantedResources, type UpOptions } from "../../planner/index.ts";
import { applyPlan } from "../apply-plan.ts";
import { chooseAttached, readAttachFlags, type AttachFlags } from "../attach-options.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { loadAll } from "../project.ts";
import { checkUpFlags, readUpOptions, type UpFlags } from "../up-options.ts";

type Flags = UpFlags & AttachFlags & { readonly yes?: true; readonly y?: true };

/** Runs `up`. */
export async function runUp(context: CommandContext, args: readonly string[], flags: Flags): Promise<number> {
  checkUpFlags(flags);
  const attach = readAttachFlags(flags);
  const { project, sources } = loadAll(context, { services: args });
  if (Object.keys(project.services).length === 0 && !context.globals.allResources) {
    throw new CliError("no service selected");
  }
  const options = readUpOptions({ flags, services: args, environment: project.environment });
  const attached = chooseAttached({ project, services: args, flags, attach });
  const { client } = await context.connect();
  const request = {
    operation: "up",
    wanted: wantedResources(project),
    project,
    sources,
    yes: flags.yes === true || flags.y === true,
    showRunning: true,
    plan: (
      observed: Parameters<typeof planUp>[1],
      soFar: Pick<UpOptions, "pulled" | "started" | "created">,
      agreed: readonly string[],
    ) => planUp(project, observed, { ...options, ...soFar, recreateVolumes: agreed }),
  };
  if (attached === undefined || context.globals.dryRun) {
    await applyPlan(context, { ...request, client, signal: context.interrupts.signal });
    return EXIT.ok;
  }
  const { runAttached } = await import("../attached-up.ts");
  return runAttached(context, { apply: request, client, project, options, attached });
}
