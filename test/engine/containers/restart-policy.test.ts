import { describe, expect, it } from "vitest";
import { restartDelay, startsWithEngine } from "../../../src/engine/containers/restart-policy.ts";

const RUN = {
  policy: "always",
  maximumRetries: 0,
  exitCode: 1,
  stoppedByHand: false,
  restarts: 0,
  duration: 50,
  lastDelay: 0,
};

describe("the delay before the next run", () => {
  it("begins at 100 ms, doubles, and stops growing at a minute", () => {
    const delays = [];
    let lastDelay = 0;
    for (let i = 0; i < 12; i++) {
      lastDelay = restartDelay({ ...RUN, lastDelay }) ?? -1;
      delays.push(lastDelay);
    }
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000]);
  });

  it("begins anew after a run of ten seconds", () => {
    expect(restartDelay({ ...RUN, lastDelay: 6400, duration: 10_000 })).toBe(100);
    expect(restartDelay({ ...RUN, lastDelay: 6400, duration: 9999 })).toBe(12_800);
  });

  it.each([
    [{ policy: "no" }, false],
    [{ policy: "always", exitCode: 0 }, true],
    [{ policy: "unless-stopped", exitCode: 0 }, true],
    [{ policy: "always", stoppedByHand: true }, false],
    [{ policy: "on-failure", exitCode: 0 }, false],
    [{ policy: "on-failure", exitCode: 3 }, true],
    [{ policy: "on-failure", exitCode: 3, maximumRetries: 2, restarts: 1 }, true],
    [{ policy: "on-failure", exitCode: 3, maximumRetries: 2, restarts: 2 }, false],
  ])("%o: %s", (change, restarts) => {
    expect(restartDelay({ ...RUN, ...change }) !== undefined).toBe(restarts);
  });
});

describe("a container found down when the engine starts", () => {
  const down = {
    policy: "always",
    manuallyStopped: false,
    exitCode: 0,
    endedUnseen: false,
    everStarted: true,
  };

  it.each([
    [{}, true],
    [{ everStarted: false }, false],
    [{ manuallyStopped: true }, true],
    [{ policy: "unless-stopped" }, true],
    [{ policy: "unless-stopped", manuallyStopped: true }, false],
    [{ policy: "on-failure", exitCode: 1 }, false],
    [{ policy: "on-failure", exitCode: 1, endedUnseen: true }, true],
    [{ policy: "on-failure", exitCode: 0, endedUnseen: true }, false],
    [{ policy: "no", endedUnseen: true, exitCode: 1 }, false],
  ])("%o: started %s", (change, starts) => {
    expect(startsWithEngine({ ...down, ...change })).toBe(starts);
  });
});
