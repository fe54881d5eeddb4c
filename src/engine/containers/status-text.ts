// A container's state in words, as lists show it. Pure.
import type { ContainerState, ContainerStatus } from "../api-types/container.ts";
import type { Container } from "./container.ts";
import { NEVER, timeInMilliseconds } from "./record.ts";

export function statusOf(container: Container): ContainerStatus {
  const { state } = container.saved;
  if (state.restarting) return "restarting";
  if (state.running) return state.paused ? "paused" : "running";
  if (container.removing) return "removing";
  return state.startedAt === NEVER ? "created" : "exited";
}

/** The State of inspect. */
export function stateOf(container: Container): ContainerState {
  const { state, health } = container.saved;
  return {
    Status: statusOf(container),
    Running: state.running,
    Paused: state.paused,
    Restarting: state.restarting,
    OOMKilled: state.oomKilled,
    Dead: false,
    Pid: state.restarting ? 0 : state.pid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: state.startedAt,
    FinishedAt: state.finishedAt,
    ...(health === undefined ? {} : { Health: structuredClone(health) }),
  };
}

/** `Up 7 seconds (healthy)` and the like. `now`: milliseconds since 1970. */
export function statusText(container: Container, now: number): string {
  const { state, health } = container.saved;
  const since = (time: string): string => humanDuration((now - timeInMilliseconds(time)) / 1000);
  const status = statusOf(container);
  if (status === "restarting") return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`;
  if (status === "paused") return `Up ${since(state.startedAt)} (Paused)`;
  if (status === "running") {
    if (health === undefined) return `Up ${since(state.startedAt)}`;
    const word = health.Status === "starting" ? "health: starting" : health.Status;
    return `Up ${since(state.startedAt)} (${word})`;
  }
  if (status === "removing") return "Removal In Progress";
  if (status === "created") return "Created";
  return `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`;
}

/** Rounded as people say it. */
export function humanDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 1) return "Less than a second";
  if (whole === 1) return "1 second";
  if (whole < 60) return `${whole} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}
