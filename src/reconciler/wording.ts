// docker compose's words for what steps do, since people and scripts look for them.

import type { Step, StepKind } from "../planner/index.ts";

interface Words {
  readonly doing: string;
  readonly done: string;
}

const WORDS: { readonly [K in StepKind]: Words } = {
  pullImage: { doing: "Pulling", done: "Pulled" },
  removeImage: { doing: "Removing", done: "Removed" },
  createNetwork: { doing: "Creating", done: "Created" },
  removeNetwork: { doing: "Removing", done: "Removed" },
  connectNetwork: { doing: "Connecting", done: "Connected" },
  disconnectNetwork: { doing: "Disconnecting", done: "Disconnected" },
  createVolume: { doing: "Creating", done: "Created" },
  removeVolume: { doing: "Removing", done: "Removed" },
  createContainer: { doing: "Creating", done: "Created" },
  renameContainer: { doing: "Renaming", done: "Renamed" },
  putFiles: { doing: "Copying", done: "Copied" },
  startContainer: { doing: "Starting", done: "Started" },
  stopContainer: { doing: "Stopping", done: "Stopped" },
  restartContainer: { doing: "Restarting", done: "Started" },
  removeContainer: { doing: "Removing", done: "Removed" },
  runHook: { doing: "Running hook", done: "Ran hook" },
  waitReady: { doing: "Waiting", done: "Healthy" },
  waitHealthy: { doing: "Waiting", done: "Healthy" },
  waitCompleted: { doing: "Waiting", done: "Exited" },
};

/** Replacing a container is one thing to who watches, though it is several steps. */
const RECREATING: Words = { doing: "Recreate", done: "Recreated" };

/** What to say when a step begins. */
export function beginning(step: Step): string {
  return (step.recreates === undefined ? WORDS[step.kind] : RECREATING).doing;
}

/** What to say when a step has ended. `isLast`: nothing else of the replacement it may belong to is still to do. */
export function ending(step: Step, isLast: boolean): string {
  if (step.recreates === undefined) return WORDS[step.kind].done;
  return isLast ? RECREATING.done : RECREATING.doing;
}

export const FAILED = "Error";
export const SKIPPED = "Skipped";
export const INTERRUPTED = "Interrupted";
export const IN_USE = "Resource is still in use";
