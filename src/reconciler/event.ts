// What happens while a plan is carried out, as data. How it looks is the command line's business; the words are those
// that docker compose prints, since people and scripts look for them.

import type { Step, StepId } from "../planner/index.ts";

/** Why a step failed, with what a person needs to find the cause. */
export interface StepFailure {
  readonly step: StepId;
  /** A stable word: one of the engine client's, or one of the waits'. */
  readonly code: string;
  /** In lower case, complete without the other fields. */
  readonly message: string;
  /** "Container demo-web-1". */
  readonly resource: string;
  readonly service?: string;
  /** The container's name. */
  readonly container?: string;
  /** Of a container that ended while it was waited for. */
  readonly exitCode?: number;
  /** What the last health check printed. */
  readonly healthOutput?: string;
  /** The last lines of the container's log, at most 20. */
  readonly logTail?: readonly string[];
  readonly cause?: unknown;
}

interface StepEventBase {
  readonly step: Step;
  /** "Container demo-web-1", "Network demo_default"… */
  readonly resource: string;
  /** Set on the inner steps of a replacement, which as a whole has been told already: a list of lines leaves them out. */
  readonly inner?: true;
}

/** One thing that happened to one step. `text` is docker compose's word for it: "Creating", "Started"… */
export type ReconcileEvent =
  | (StepEventBase & { readonly type: "started"; readonly text: string })
  | (StepEventBase & {
      readonly type: "progress";
      readonly text: string;
      /** The engine warns: it did something otherwise than it was asked to. */
      readonly isWarning?: true;
      /** A part of the whole that moves by itself: a layer of an image. */
      readonly part?: string;
      readonly current?: number;
      readonly total?: number;
    })
  | (StepEventBase & { readonly type: "done"; readonly text: string; readonly elapsedMs: number })
  | (StepEventBase & {
      readonly type: "failed";
      readonly text: string;
      readonly failure: StepFailure;
      /** It is only a warning: the step's outcome was optional. */
      readonly tolerated: boolean;
    })
  | (StepEventBase & {
      readonly type: "skipped";
      readonly text: string;
      /** The step that failed, or absent where the run was aborted. */
      readonly because?: StepId;
    });
