import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { startLockName, takeStartLock } from "../../src/client/start-lock.ts";

describe.skipIf(process.platform !== "linux")("the start lock (abstract sockets: Linux only)", () => {
  it("is held by one at a time, and goes on to each of those who wait", async () => {
    const name = startLockName(`/${randomUUID()}`, 7);
    const { signal } = new AbortController();
    let holders = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      const release = await takeStartLock(name, signal);
      holders += 1;
      most = Math.max(most, holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
      release();
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toBe(1);
  });

  it("stops waiting on abort", async () => {
    const name = startLockName(`/${randomUUID()}`, 7);
    const release = await takeStartLock(name, new AbortController().signal);
    const abort = new AbortController();
    const waiting = takeStartLock(name, abort.signal);
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    release();
  });
});
