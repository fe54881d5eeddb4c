import { describe, expect, it } from "vitest";
import type { HealthState } from "../../../src/engine/api-types/container.ts";
import {
  healthConfig,
  nextHealth,
  probeDelay,
  startingHealth,
} from "../../../src/engine/containers/health.ts";
import type { HealthConfig } from "../../../src/engine/containers/health.ts";

const CONFIG: HealthConfig = {
  command: ["true"],
  interval: 1000,
  timeout: 500,
  startPeriod: 3000,
  startInterval: 100,
  retries: 2,
};

function probe(state: HealthState, exitCode: number, age = 10_000, output = ""): HealthState {
  const result = { start: "s", end: "e", exitCode, output };
  return nextHealth(state, result, { config: CONFIG, age });
}

describe("health", () => {
  it("is healthy at the first success, in the start period, too", () => {
    expect(probe(startingHealth(undefined), 0, 10)).toMatchObject({ Status: "healthy", FailingStreak: 0 });
  });

  it("forgives failures in the start period while it is starting", () => {
    const forgiven = probe(startingHealth(undefined), 1, 2999);
    expect(forgiven).toMatchObject({ Status: "starting", FailingStreak: 0 });
    expect(forgiven.Log).toHaveLength(1);
    const healthy = probe(forgiven, 0, 100);
    expect(probe(healthy, 1, 200)).toMatchObject({ Status: "healthy", FailingStreak: 1 });
  });

  it("is unhealthy after so many failures, and healthy again after one success", () => {
    const once = probe(startingHealth(undefined), 1, 3000);
    expect(once).toMatchObject({ Status: "starting", FailingStreak: 1 });
    const twice = probe(once, -1);
    expect(twice).toMatchObject({ Status: "unhealthy", FailingStreak: 2 });
    expect(probe(twice, 1)).toMatchObject({ Status: "unhealthy", FailingStreak: 3 });
    expect(probe(twice, 0)).toMatchObject({ Status: "healthy", FailingStreak: 0 });
  });

  it("keeps the last five probes and 4096 bytes of each", () => {
    let state = startingHealth(undefined);
    for (let i = 0; i < 7; i++) state = probe(state, 0, 10_000, `${i}${"x".repeat(5000)}`);
    expect(state.Log.map((entry) => entry.Output[0])).toEqual(["2", "3", "4", "5", "6"]);
    expect(state.Log[0]?.Output).toBe(`2${"x".repeat(4095)}...`);
    expect(startingHealth(state)).toMatchObject({ Status: "starting", FailingStreak: 0, Log: state.Log });
  });

  it("probes more often while it starts", () => {
    expect(probeDelay(startingHealth(undefined), CONFIG, 0)).toBe(100);
    expect(probeDelay(startingHealth(undefined), CONFIG, 3000)).toBe(1000);
    expect(probeDelay(probe(startingHealth(undefined), 0), CONFIG, 0)).toBe(1000);
  });

  it("reads the check: defaults, shell, none", () => {
    expect(healthConfig({})).toBeUndefined();
    expect(healthConfig({ Healthcheck: { Test: ["NONE"] } })).toBeUndefined();
    expect(healthConfig({ Healthcheck: { Test: [] } })).toBeUndefined();
    expect(healthConfig({ Healthcheck: { Test: ["CMD", "a", "b"], Interval: 2e9 } })).toEqual({
      command: ["a", "b"],
      interval: 2000,
      timeout: 30_000,
      startPeriod: 0,
      startInterval: 5000,
      retries: 3,
    });
    const shell = healthConfig({
      Shell: ["/bin/bash", "-e", "-c"],
      Healthcheck: { Test: ["CMD-SHELL", "a | b"] },
    });
    expect(shell?.command).toEqual(["/bin/bash", "-e", "-c", "a | b"]);
  });
});
