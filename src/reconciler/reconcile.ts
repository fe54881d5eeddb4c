// Observe, plan, execute; and again until there is nothing left to do. Another round is needed where the plan could not
// know everything: what a pulled image turned out to be, for one.

import type { EngineClient } from "../client/index.ts";
import type { ObservedState, Plan, PlanResult, StepId, WantedResources } from "../planner/index.ts";
import { executePlan, type ExecuteOptions, type ExecutionResult } from "./execute.ts";
import { observeProject } from "./observe.ts";

/** Plans that still have something to do after this many rounds contradict each other. */
const MOST_ROUNDS = 4;

/** What earlier rounds of the same command have done and the next one must not do again. */
export interface RoundsSoFar {
  readonly pulled: readonly string[];
  /** Names of containers that were started. One that has ended since is not started again. */
  readonly started: readonly string[];
  /** Names of containers that were made. They are not made anew once more. */
  readonly created: readonly string[];
}

export interface ReconcileRequest extends ExecuteOptions {
  readonly client: EngineClient;
  readonly wanted: WantedResources;
  /** Makes the plan for what is observed. */
  readonly plan: (observed: ObservedState, soFar: RoundsSoFar) => PlanResult;
  /** Sees each plan before it is carried out, and may answer with another, or with undefined: do nothing. */
  readonly review?: (result: PlanResult, observed: ObservedState) => Promise<PlanResult | undefined>;
}

/** How a reconciliation ended. */
export interface ReconcileResult {
  /**
   * "converged": the engine is as it should be. "rejected": the plan had errors, or the review said no; nothing was done.
   * "failed": a step failed. "aborted": by the signal.
   */
  readonly outcome: "converged" | "rejected" | "failed" | "aborted";
  /** The last plan's, with its diagnostics. */
  readonly planned: PlanResult;
  readonly executions: readonly ExecutionResult[];
  /** The engine as it was seen last. */
  readonly observed: ObservedState;
}

function soFarAfter(soFar: RoundsSoFar, plan: Plan, execution: ExecutionResult): RoundsSoFar {
  const done = new Set(execution.done);
  const steps = plan.steps.filter((step) => done.has(step.id));
  return {
    pulled: [
      ...soFar.pulled,
      ...steps.flatMap((step) => (step.kind === "pullImage" ? [step.args.image] : [])),
    ],
    started: [
      ...soFar.started,
      ...steps.flatMap((step) => (step.kind === "startContainer" ? [step.args.container.name] : [])),
    ],
    created: [
      ...soFar.created,
      ...steps.flatMap((step) => (step.kind === "createContainer" ? [step.args.name] : [])),
    ],
  };
}

function hasErrors(result: PlanResult): boolean {
  return result.diagnostics.some(({ severity }) => severity === "error");
}

/** Makes the engine hold what the plans ask for. */
export async function reconcile(request: ReconcileRequest): Promise<ReconcileResult> {
  const { client, wanted, review, signal } = request;
  const executions: ExecutionResult[] = [];
  let soFar: RoundsSoFar = { pulled: [], started: [], created: [] };
  // What may fail, and has, would only fail again.
  const tolerated = new Set<StepId>();
  for (let round = 1; ; round += 1) {
    const observed = await observeProject(client, wanted);
    const made = request.plan(observed, soFar);
    const planned = review === undefined || hasErrors(made) ? made : await review(made, observed);
    const end = (outcome: ReconcileResult["outcome"]): ReconcileResult => ({
      outcome,
      planned: planned ?? made,
      executions,
      observed,
    });
    if (planned === undefined || hasErrors(planned)) return end("rejected");
    if (signal?.aborted === true) return end("aborted");
    if (planned.plan.steps.every(({ id }) => tolerated.has(id))) return end("converged");
    if (round > MOST_ROUNDS) {
      throw new Error(`internal: the plans for ${wanted.project} do not converge`);
    }
    const execution = await executePlan(planned.plan, client, request);
    executions.push(execution);
    if (execution.aborted || execution.failures.length > 0) {
      const seen = await observeProject(client, wanted);
      return { ...end(execution.aborted ? "aborted" : "failed"), observed: seen };
    }
    for (const { step } of execution.warnings) tolerated.add(step);
    soFar = soFarAfter(soFar, planned.plan, execution);
  }
}
