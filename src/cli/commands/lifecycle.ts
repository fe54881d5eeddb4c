// `start`, `stop` and `restart`: they act on containers that exist.
import {
  planRestart,
  planStart,
  planStop,
  type LifecycleOptions,
  type ObservedState,
  type PlanResult,
} from "../../planner/index.ts";
import type { Project } from "../../spec/index.ts";
import { applyPlan } from "../apply-plan.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { loadOrName } from "../project.ts";
import { wantedOf } from "../wanted-resources.ts";
import { projectFromLabels } from "../project-from-labels.ts";

interface LifecycleFlags {
  readonly noDeps?: true;
  readonly timeout?: number;
  readonly wait?: true;
  readonly waitTimeout?: number;
}

/** Runs `start`. */
export async function runStart(
  context: CommandContext,
  args: readonly string[],
  flags: LifecycleFlags,
): Promise<number> {
  if (flags.waitTimeout !== undefined && flags.waitTimeout < 0) {
    throw new CliError("--wait-timeout must be a non-negative integer");
  }
  await run(context, { operation: "start", args, flags, plan: planStart });
  return EXIT.ok;
}

/** Runs `stop`. */
export async function runStop(
  context: CommandContext,
  args: readonly string[],
  flags: LifecycleFlags,
): Promise<number> {
  await run(context, { operation: "stop", args, flags, plan: planStop });
  return EXIT.ok;
}

/** Runs `restart`. */
export async function runRestart(
  context: CommandContext,
  args: readonly string[],
  flags: LifecycleFlags,
): Promise<number> {
  await run(context, { operation: "restart", args, flags, plan: planRestart });
  return EXIT.ok;
}

interface LifecycleRun {
  readonly operation: "start" | "stop" | "restart";
  readonly args: readonly string[];
  readonly flags: LifecycleFlags;
  readonly plan: (project: Project, observed: ObservedState, options: LifecycleOptions) => PlanResult;
}

async function run(context: CommandContext, request: LifecycleRun): Promise<void> {
  const { operation, args, flags } = request;
  const named = loadOrName(context);
  const options: LifecycleOptions = {
    ...(args.length === 0 ? {} : { services: args }),
    ...(flags.timeout === undefined ? {} : { timeout: flags.timeout }),
    ...(flags.waitTimeout === undefined ? {} : { waitTimeout: flags.waitTimeout }),
    noDeps: flags.noDeps === true,
    wait: flags.wait === true,
  };
  const { client } = await context.connect();
  let planned = false;
  await applyPlan(context, {
    operation,
    client,
    wanted: wantedOf(named),
    ...named,
    plan: (observed) => {
      const project = named.project ?? projectFromLabels(named.name, observed);
      checkServices(args, project, observed);
      // A container that is restarted could be restarted for ever, and one that ends at once started for ever.
      if (planned) return { plan: { project: named.name, steps: [] }, diagnostics: [], consent: [] };
      planned = true;
      return request.plan(project, observed, options);
    },
    signal: context.interrupts.signal,
  });
}

function checkServices(args: readonly string[], project: Project, observed: ObservedState): void {
  for (const service of args) {
    const known =
      project.services[service] !== undefined ||
      project.disabledServices[service] !== undefined ||
      observed.containers.some((container) => container.service === service);
    if (!known) throw new CliError(`no such service: ${service}`);
  }
}
