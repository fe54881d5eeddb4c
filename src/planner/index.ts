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
