// `plan`: what `up` would do, and why.
import { formatPlan, planUp, wantedResources } from "../../planner/index.ts";
import { observeProject } from "../../reconciler/index.ts";
import { CliError } from "../cli-error.ts";
import { stderrPaint, type CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { loadAll } from "../project.ts";
import { formatDiagnostics } from "../render/diagnostic.ts";
import { checkUpFlags, readUpOptions, type UpFlags } from "../up-options.ts";

/** Runs `plan`: exit code 0 when there is nothing to do, 2 when there is. */
export async function runPlan(
  context: CommandContext,
  args: readonly string[],
  flags: UpFlags & { readonly json?: true },
): Promise<number> {
  checkUpFlags(flags);
  const { project, sources } = loadAll(context, { services: args });
  const options = readUpOptions({ flags, services: args, environment: project.environment });
  const { client } = await context.connect();
  const observed = await observeProject(client, wantedResources(project));
  const { plan, diagnostics, consent } = planUp(project, observed, options);
  context.stderr.write(formatDiagnostics(diagnostics, { sources, paint: stderrPaint(context) }));
  if (diagnostics.some(({ severity }) => severity === "error")) throw new CliError("");
  for (const { name, cause } of consent) {
    context.stderr.write(`volume ${name} stays as it is, though ${cause}: its data would be lost\n`);
  }
  context.stdout.write(flags.json === true ? `${JSON.stringify(plan, undefined, 2)}\n` : formatPlan(plan));
  return plan.steps.length === 0 ? EXIT.ok : EXIT.changes;
}
