export type { ReconcileEvent, StepFailure } from "./event.ts";
export { executePlan } from "./execute.ts";
export type { ExecuteOptions, ExecutionResult } from "./execute.ts";
export { observeProject } from "./observe.ts";
export { reconcile } from "./reconcile.ts";
export type { ReconcileRequest, ReconcileResult, RoundsSoFar } from "./reconcile.ts";
