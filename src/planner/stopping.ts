// Stopping and removing containers that are there: hooks before the stop, the stop, the removal.

import type { Hook } from "../spec/index.ts";
import { hookCommand } from "./body/process.ts";
import type { ObservedContainer } from "./observed.ts";
import type { ContainerTarget, StepId } from "./plan.ts";
import type { PlanBuilder } from "./plan-builder.ts";

/** Whether there is a process to stop. A paused container has one. */
export function isUp(container: ObservedContainer): boolean {
  return ["running", "restarting", "paused", "stopping"].includes(container.state);
}

export function existingTarget(container: ObservedContainer): ContainerTarget {
  return { name: container.name, service: container.service, ref: { id: container.id } };
}

/** How a container is to be stopped. */
export interface StopFrame {
  readonly cause: string;
  readonly after: readonly StepId[];
  /** Seconds; absent: its own grace period. */
  readonly timeout: number | undefined;
  /** `pre_stop` of its service. */
  readonly hooks: readonly Hook[] | undefined;
  readonly recreates?: string;
}

/** Adds the steps that stop a running container, and gives the last one's id. */
export function planStopSteps(builder: PlanBuilder, container: ObservedContainer, frame: StopFrame): StepId {
  const { cause, timeout } = frame;
  const target = existingTarget(container);
  const recreates = frame.recreates === undefined ? {} : { recreates: frame.recreates };
  let last: StepId | undefined;
  for (const [index, hook] of (container.state === "running" ? (frame.hooks ?? []) : []).entries()) {
    last = builder.add(
      "runHook",
      `pre_stop ${index} ${container.name}`,
      { container: target, hook: "pre_stop", command: hookCommand(hook) },
      { cause: "it is about to be stopped", after: frame.after, afterEnd: [last], ...recreates },
    );
  }
  const args = { container: target, ...(timeout === undefined ? {} : { timeout }) };
  // A hook that fails is reported, but does not keep the container up.
  const afterEnd = [last];
  return builder.add("stopContainer", stopId(container), args, {
    cause,
    after: frame.after,
    afterEnd,
    ...recreates,
  });
}

/** The id of the step that stops a container. */
export function stopId(container: ObservedContainer): StepId {
  return `stop ${container.name}`;
}

/** Adds the steps that remove a container, stopped first if it runs, and gives the last one's id. */
export function planRemoval(
  builder: PlanBuilder,
  container: ObservedContainer,
  frame: StopFrame & { readonly volumes: boolean },
): StepId {
  const stopped = isUp(container) ? planStopSteps(builder, container, frame) : undefined;
  return builder.add(
    "removeContainer",
    `remove ${container.name}`,
    { container: existingTarget(container), volumes: frame.volumes },
    {
      cause: frame.cause,
      after: [...frame.after, stopped],
      ...(frame.recreates === undefined ? {} : { recreates: frame.recreates }),
    },
  );
}
