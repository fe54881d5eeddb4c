// How probes make a container healthy or unhealthy. Pure; health-monitor.ts runs the probes.
import type { HealthState } from "../api-types/container.ts";
import type { ContainerConfig } from "../api-types/container-config.ts";

const SECOND = 1000;
const LOG_LENGTH = 5;
const OUTPUT_LENGTH = 4096;

/** Durations in milliseconds. */
export interface HealthConfig {
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

export interface ProbeResult {
  /** RFC 3339 */
  readonly start: string;
  readonly end: string;
  /** -1 when it did not end in time or could not be run. */
  readonly exitCode: number;
  readonly output: string;
}

/** What to probe with; undefined when there is no healthcheck. */
export function healthConfig(config: ContainerConfig): HealthConfig | undefined {
  const check = config.Healthcheck;
  const [kind, ...words] = check?.Test ?? [];
  if (check === undefined || (kind !== "CMD" && kind !== "CMD-SHELL")) return undefined;
  const shell = config.Shell?.length ? config.Shell : ["/bin/sh", "-c"];
  return {
    command: kind === "CMD" ? words : [...shell, words.join(" ")],
    interval: milliseconds(check.Interval, 30 * SECOND),
    timeout: milliseconds(check.Timeout, 30 * SECOND),
    startPeriod: milliseconds(check.StartPeriod, 0),
    startInterval: milliseconds(check.StartInterval, 5 * SECOND),
    retries: check.Retries || 3,
  };
}

/** At every start: nothing is known, but the log of earlier probes stays. */
export function startingHealth(previous: HealthState | undefined): HealthState {
  return { Status: "starting", FailingStreak: 0, Log: previous?.Log ?? [] };
}

/** The state after one more probe. `age`: milliseconds from the container's start to the probe's. */
export function nextHealth(
  state: HealthState,
  result: ProbeResult,
  context: { config: HealthConfig; age: number },
): HealthState {
  const entry = {
    Start: result.start,
    End: result.end,
    ExitCode: result.exitCode,
    Output: shorten(result.output),
  };
  const Log = [...state.Log, entry].slice(-LOG_LENGTH);
  if (result.exitCode === 0) return { Status: "healthy", FailingStreak: 0, Log };
  const forgiven = state.Status === "starting" && context.age < context.config.startPeriod;
  if (forgiven) return { ...state, Log };
  const FailingStreak = state.FailingStreak + 1;
  const Status = FailingStreak >= context.config.retries ? "unhealthy" : state.Status;
  return { Status, FailingStreak, Log };
}

/** Milliseconds until the next probe. `age`: since the container's start. */
export function probeDelay(state: HealthState, config: HealthConfig, age: number): number {
  const hurries = state.Status === "starting" && age < config.startPeriod;
  return hurries ? Math.min(config.startInterval, config.interval) : config.interval;
}

function milliseconds(nanoseconds: number | undefined, otherwise: number): number {
  return nanoseconds === undefined || nanoseconds === 0 ? otherwise : nanoseconds / 1e6;
}

function shorten(output: string): string {
  const bytes = Buffer.from(output);
  return bytes.length <= OUTPUT_LENGTH ? output : `${bytes.toString("utf8", 0, OUTPUT_LENGTH)}...`;
}
