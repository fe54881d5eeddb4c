export type { ReconcileEvent, StepFailure } from "./event.ts";
