export { formatPlan, stepResource, stepService } from "./plan.ts";
export type {
  ApiBody,
  ContainerTarget,
  HookCommand,
  InjectedFile,
  Plan,
  Step,
  StepArgs,
  StepId,
  StepKind,
  StepOf,
} from "./plan.ts";
export type {
  ContainerState,
  ObservedContainer,
  ObservedImage,
  ObservedMount,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
  WantedResources,
} from "./observed.ts";
export type {
  ConsentRequest,
  DownOptions,
  LifecycleOptions,
  PlanResult,
  PullPolicy,
  RecreatePolicy,
  UpOptions,
} from "./options.ts";
export { injectedContent } from "./body/file-mounts.ts";
export { canonicalService, configHash } from "./config-hash.ts";
export { LABEL } from "./labels.ts";
export { planDown } from "./plan-down.ts";
export type { ProjectToRemove } from "./plan-down.ts";
export { planRestart, planStart, planStop } from "./plan-lifecycle.ts";
export { planUp } from "./plan-up.ts";
export { wantedResources } from "./wanted.ts";
