// Waits for a container to be healthy, completed or ready. Woken by the engine's events, never by a timer; a container
// that can no longer get there fails the wait at once.

import type { ContainerDetails, EngineClient } from "../client/index.ts";
import type { ContainerChanges } from "./container-changes.ts";
import { StepError } from "./failure.ts";

const MILLISECONDS_PER_SECOND = 1_000;

/** What is waited for. */
export type WaitGoal = "healthy" | "completed" | "ready";

export interface WaitRequest {
  readonly id: string;
  /** The container's name, for messages. */
  readonly name: string;
  readonly service: string;
  readonly goal: WaitGoal;
  /** Seconds; absent: as long as it takes. */
  readonly timeout?: number;
  /** Milliseconds that a container without a health check has to have run for to count as ready. */
  readonly steadyMs: number;
}

/** "running": there is nothing that could tell whether it works, but for its staying there. */
type Verdict = "reached" | "running" | "pending" | { readonly code: string; readonly message: string };

function hasEnded({ State }: ContainerDetails): boolean {
  return !State.Running && State.Status !== "created";
}

function judgeHealthy(details: ContainerDetails, name: string): Verdict {
  const { State } = details;
  const message = (what: string): string => `dependency failed to start: container ${name} ${what}`;
  if (hasEnded(details)) return { code: "exited", message: message(`exited (${State.ExitCode})`) };
  if (State.Health === undefined || State.Health.Status === "none" || State.Health.Status === "") {
    return { code: "no-healthcheck", message: `container ${name} has no healthcheck configured` };
  }
  if (State.Health.Status === "unhealthy") return { code: "unhealthy", message: message("is unhealthy") };
  return State.Running && State.Health.Status === "healthy" ? "reached" : "pending";
}

function judgeCompleted(details: ContainerDetails, service: string): Verdict {
  const { ExitCode } = details.State;
  if (!hasEnded(details)) return "pending";
  if (ExitCode === 0) return "reached";
  const message = `service "${service}" didn't complete successfully: exit ${ExitCode}`;
  return { code: "exited", message };
}

function judgeReady(details: ContainerDetails, name: string): Verdict {
  const { State } = details;
  if (hasEnded(details)) {
    if (State.ExitCode === 0) return "reached";
    return { code: "exited", message: `container ${name} exited (${State.ExitCode})` };
  }
  const health = State.Health?.Status ?? "";
  if (health === "unhealthy") return { code: "unhealthy", message: `container ${name} is unhealthy` };
  if (!State.Running || health === "starting") return "pending";
  return health === "healthy" ? "reached" : "running";
}

function judge(request: WaitRequest, details: ContainerDetails): Verdict {
  // Between two runs engines call a container running, and its health may be that of the last one.
  if (details.State.Restarting) return "pending";
  switch (request.goal) {
    case "healthy":
      return judgeHealthy(details, request.name);
    case "completed":
      return judgeCompleted(details, request.service);
    case "ready":
      return judgeReady(details, request.name);
    default:
      return request.goal satisfies never;
  }
}

/** Ends with the run, or when the time of one wait is over; `dispose` lets go of the run's signal. */
function deadlineOf(signal: AbortSignal, timeout: number | undefined) {
  const ending = new AbortController();
  let isLate = false;
  const onAbort = (): void => ending.abort(signal.reason);
  const onLate = (): void => {
    isLate = true;
    ending.abort();
  };
  signal.addEventListener("abort", onAbort);
  const timer = timeout === undefined ? undefined : setTimeout(onLate, timeout * MILLISECONDS_PER_SECOND);
  return {
    signal: ending.signal,
    isLate: () => isLate,
    dispose: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}

/** Resolves with true when something happens to the container, with false when `milliseconds` are over first; rejects on abort. */
async function changesWithin(
  changes: ContainerChanges,
  seen: { readonly id: string; readonly count: number },
  milliseconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  const over = AbortSignal.timeout(Math.max(0, Math.ceil(milliseconds)));
  try {
    await changes.next(seen.id, seen.count, AbortSignal.any([signal, over]));
    return true;
  } catch (error) {
    if (signal.aborted || !over.aborted) throw error;
    return false;
  }
}

/** Resolves when the goal is reached. Throws a StepError when it cannot be, or is not in time; rejects on abort. */
export async function waitForContainer(
  client: EngineClient,
  changes: ContainerChanges,
  request: WaitRequest,
  signal: AbortSignal,
): Promise<void> {
  const { id, timeout, steadyMs } = request;
  const deadline = deadlineOf(signal, timeout);
  let steadyAt: number | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const count = changes.count(id);
      const details = await client.inspectContainer(id);
      const verdict = judge(request, details);
      if (verdict === "reached") return;
      if (typeof verdict === "object") throw new StepError(verdict.code, verdict.message, details);
      steadyAt = verdict === "running" ? (steadyAt ?? performance.now() + steadyMs) : undefined;
      try {
        if (steadyAt === undefined) await changes.next(id, count, deadline.signal);
        else if (
          !(await changesWithin(changes, { id, count }, steadyAt - performance.now(), deadline.signal))
        )
          return;
      } catch (error) {
        if (signal.aborted || !deadline.isLate()) throw error;
        const message = `container ${request.name} is not ${request.goal} after ${timeout ?? 0}s`;
        throw new StepError("timeout", message, details);
      }
    }
  } finally {
    deadline.dispose();
  }
}
