export { formatPlan, stepResource, stepService } from "./plan.ts";
export type { ContainerTarget, InjectedFile, Plan, Step, StepArgs, StepId, StepKind } from "./plan.ts";
export type {
  ContainerState,
  ObservedContainer,
  ObservedEngine,
  ObservedImage,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
  WantedResources,
} from "./observed.ts";
export type { DownOptions, LifecycleOptions, PlanResult, PullPolicy, UpOptions } from "./options.ts";
export { injectedContent } from "./body/file-mounts.ts";
export { canonicalService, configHash } from "./config-hash.ts";
export { LABEL } from "./labels.ts";
export { planDown } from "./plan-down.ts";
export { planRestart, planStart, planStop } from "./plan-lifecycle.ts";
export { effectlessAttributes, planUp } from "./plan-up.ts";
export { wantedResources } from "./wanted.ts";
