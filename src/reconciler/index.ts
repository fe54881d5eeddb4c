export type { ReconcileEvent, StepFailure } from "./event.ts";
export { executePlan } from "./execute.ts";
export type { ExecuteOptions } from "./execute.ts";
export { observeEngine, observeProject } from "./observe.ts";
export { reconcile } from "./reconcile.ts";
export type { ReconcileResult, RoundsSoFar } from "./reconcile.ts";
