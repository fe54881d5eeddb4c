import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionsOf, collect, openRealEngine, refusal, runToEnd } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const NOW = new AbortController().signal;

describe.skipIf(refusal !== undefined)("a real container", () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine();
  });
  afterAll(() => engine.end());

  it("runs, ends, and tells its output and status", async () => {
    const ran = await runToEnd(engine, { Cmd: ["sh", "-c", "echo out; echo err >&2; exit 7"] });
    expect(ran).toMatchObject({ status: 7, stdout: "out\n", stderr: "err\n" });
    expect(engine.containers.inspect(ran.id, { size: false }).State).toMatchObject({
      Status: "exited",
      Running: false,
      ExitCode: 7,
      Pid: 0,
      OOMKilled: false,
    });
    expect(actionsOf(engine, ran.id)).toEqual(["create", "start", "die"]);
    expect(engine.networking.up$.has(ran.id)).toBe(false);
  });
});
