import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineError } from "../../../src/engine/errors.ts";
import { actionsOf, openRealEngine, processesOf, refusal, runToEnd, untilSaid } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const NOW = new AbortController().signal;
const SLEEP = { Cmd: ["sleep", "600"] };
/** Ends at SIGTERM, as a process 1 does only when it asks for it. */
const POLITE = { Cmd: ["sh", "-c", "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done"] };

describe.skipIf(refusal !== undefined)("a real container", () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine();
  });
  afterAll(() => engine.end());

  const stateOf = (id: string): ReturnType<typeof engine.containers.inspect>["State"] =>
    engine.containers.inspect(id).State;
  const exit = (id: string): Promise<unknown> => engine.containers.wait(id, "not-running", NOW).result;

  it("runs, ends, and tells its output and status", async () => {
    const ran = await runToEnd(engine, { Cmd: ["sh", "-c", "echo out; echo err >&2; exit 7"] });
    expect(ran).toMatchObject({ status: 7, stdout: "out\n", stderr: "err\n" });
    expect(stateOf(ran.id)).toMatchObject({
      Status: "exited",
      Running: false,
      ExitCode: 7,
      Pid: 0,
      OOMKilled: false,
    });
    expect(actionsOf(engine, ran.id)).toEqual(["create", "start", "die"]);
    expect(engine.networking.taken.has(ran.id)).toBe(false);
  });

  it("is started once and stopped once", async () => {
    const id = await engine.create(POLITE);
    expect(stateOf(id).Status).toBe("created");
    expect(await engine.containers.start(id)).toBe(true);
    expect(await engine.containers.start(id)).toBe(false);
    expect(stateOf(id)).toMatchObject({ Status: "running", Running: true });
    expect(stateOf(id).Pid).toBeGreaterThan(1);
    await untilSaid(engine, id, "up");
    expect(await engine.containers.stop(id, {})).toBe(true);
    expect(await engine.containers.stop(id, {})).toBe(false);
    expect(stateOf(id)).toMatchObject({ Status: "exited", ExitCode: 3 });
    expect(actionsOf(engine, id)).toEqual(["create", "start", "kill", "die", "stop"]);
  });

  it("is killed when it does not stop in time", async () => {
    const id = await engine.create(SLEEP);
    await engine.containers.start(id);
    const begun = Date.now();
    await engine.containers.stop(id, { timeout: 1 });
    expect(Date.now() - begun).toBeGreaterThanOrEqual(990);
    expect(stateOf(id)).toMatchObject({ ExitCode: 137, OOMKilled: false });
    const signals = engine.events.filter((event) => event.Actor.ID === id && event.Action === "kill");
    expect(signals.map((event) => event.Actor.Attributes["signal"])).toEqual(["15", "9"]);
  });

  it("is stopped by its own signal and timeout", async () => {
    const id = await engine.create({
      Cmd: ["sh", "-c", "trap 'exit 4' USR1; echo up; while :; do sleep 0.05; done"],
      StopSignal: "SIGUSR1",
      StopTimeout: 30,
    });
    await engine.containers.start(id);
    await untilSaid(engine, id, "up");
    await engine.containers.stop(id, {});
    expect(stateOf(id).ExitCode).toBe(4);
  });

  it("is restarted, and logs go on in the same log", async () => {
    const id = await engine.create(POLITE);
    await engine.containers.start(id);
    const first = stateOf(id).Pid;
    await untilSaid(engine, id, "up");
    await engine.containers.restart(id, {});
    expect(stateOf(id)).toMatchObject({ Status: "running", ExitCode: 0 });
    expect(stateOf(id).Pid).not.toBe(first);
    expect(actionsOf(engine, id)).toEqual(["create", "start", "kill", "die", "stop", "start", "restart"]);
    await engine.containers.kill(id, "KILL");
    await engine.containers.restart(id, {});
    expect(stateOf(id).Status).toBe("running");
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("hears any signal", async () => {
    const id = await engine.create({
      Cmd: ["sh", "-c", "trap 'exit 9' HUP; echo up; while :; do sleep 0.05; done"],
    });
    await expect(engine.containers.kill(id, "HUP")).rejects.toThrow(
      `cannot kill container: ${id}: container ${id} is not running`,
    );
    await engine.containers.start(id);
    await expect(engine.containers.kill(id, "NOPE")).rejects.toThrow("Invalid signal: NOPE");
    const ended = engine.containers.wait(id, "next-exit", NOW).result;
    await untilSaid(engine, id, "up");
    await engine.containers.kill(id, "SIGHUP");
    expect(await ended).toEqual({ StatusCode: 9 });
  });

  it("vanishes at removal, with its folder, processes and cgroups", async () => {
    const id = await engine.create(SLEEP, "vanishing");
    await engine.containers.start(id);
    await expect(engine.containers.remove(id, { force: false, volumes: false })).rejects.toThrow(
      'cannot remove container "vanishing": container is running: stop the container before removing or force remove',
    );
    const removed = engine.containers.wait(id, "removed", NOW).result;
    await engine.containers.remove("vanish".padEnd(9, "ing"), { force: true, volumes: true });
    expect(await removed).toEqual({ StatusCode: 137 });
    expect(() => engine.containers.inspect(id)).toThrow(`No such container: ${id}`);
    expect(existsSync(join(engine.root, "containers", id))).toBe(false);
    expect(processesOf(id)).toEqual([]);
    for (const directory of new Set(Object.values(engine.context.cgroups.directories))) {
      expect(readdirSync(directory)).not.toContain(id);
    }
    expect(actionsOf(engine, id)).toEqual(["create", "start", "kill", "die", "destroy"]);
  });

  it("removes itself when asked to, at its end and after a failed start", async () => {
    const id = await engine.create({ Cmd: ["false"], HostConfig: { AutoRemove: true } });
    const removed = engine.containers.wait(id, "removed", NOW).result;
    await engine.containers.start(id);
    expect(await removed).toEqual({ StatusCode: 1 });
    expect(existsSync(join(engine.root, "containers", id))).toBe(false);
    const bad = await engine.create({ Cmd: ["/no/such"], HostConfig: { AutoRemove: true } });
    await expect(engine.containers.start(bad)).rejects.toThrow("no such file or directory");
    expect(() => engine.containers.inspect(bad)).toThrow("No such container");
  });

  it("stays after a restart by hand even if it removes itself otherwise", async () => {
    const id = await engine.create({ ...POLITE, HostConfig: { AutoRemove: true } });
    await engine.containers.start(id);
    await untilSaid(engine, id, "up");
    await engine.containers.restart(id, {});
    expect(stateOf(id).Status).toBe("running");
    await untilSaid(engine, id, "up");
    await engine.containers.stop(id, {});
    expect(() => engine.containers.inspect(id)).toThrow("No such container");
  });

  it.each([
    [["nosuchcmd"], 127, "executable file not found in $PATH", "invalid"],
    [["/etc"], 126, "permission denied", "invalid"],
    [["/no/such/file"], 127, "no such file or directory", "invalid"],
  ])("fails to start with %j as Docker does: %d", async (Cmd, code, text, kind) => {
    const id = await engine.create({ Cmd });
    const failure = await engine.containers.start(id).then(
      () => undefined,
      (error: unknown) => error as EngineError,
    );
    expect(failure).toMatchObject({ kind, exitCode: code });
    expect(failure?.message).toContain(text);
    expect(stateOf(id)).toMatchObject({
      Status: "created",
      ExitCode: code,
      Error: failure?.message,
      StartedAt: "0001-01-01T00:00:00Z",
    });
    expect(actionsOf(engine, id)).toEqual(["create"]);
    expect(engine.networking.taken.has(id)).toBe(false);
    expect(processesOf(id)).toEqual([]);
  });

  it("undoes a start that the network refuses", async () => {
    const id = await engine.create(SLEEP);
    engine.networking.failure = new Error("no address left");
    try {
      await expect(engine.containers.start(id)).rejects.toThrow("no address left");
    } finally {
      engine.networking.failure = undefined;
    }
    expect(stateOf(id)).toMatchObject({ Status: "created", Running: false, ExitCode: 128 });
    expect(await engine.containers.start(id)).toBe(true);
    expect(stateOf(id)).toMatchObject({ Status: "running", Error: "", ExitCode: 0 });
    await engine.containers.remove(id, { force: true, volumes: false });
  });

  it("comes back by its policy until someone stops it", async () => {
    const id = await engine.create({
      Cmd: ["false"],
      HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } },
    });
    await engine.containers.start(id);
    while (stateOf(id).Running) await engine.containers.wait(id, "next-exit", NOW).result;
    expect(engine.containers.inspect(id).RestartCount).toBe(2);
    expect(actionsOf(engine, id)).toEqual(["create", "start", "die", "start", "die", "start", "die"]);

    const always = await engine.create({ Cmd: ["true"], HostConfig: { RestartPolicy: { Name: "always" } } });
    await engine.containers.start(always);
    for (let i = 0; i < 3; i++) await engine.containers.wait(always, "next-exit", NOW).result;
    expect(stateOf(always)).toMatchObject({ Status: "restarting", Running: true, Restarting: true, Pid: 0 });
    await expect(engine.containers.top(always, "")).rejects.toThrow(
      `Container ${always} is restarting, wait`,
    );
    expect(await engine.containers.stop(always, {})).toBe(true);
    expect(stateOf(always)).toMatchObject({ Status: "exited", Running: false });
    await engine.containers.remove(always, { force: false, volumes: false });
  });

  it("wakes all who wait, each by its condition", async () => {
    const id = await engine.create(SLEEP);
    expect(await engine.containers.wait(id, "not-running", NOW).result).toEqual({ StatusCode: 0 });
    const next = engine.containers.wait(id, "next-exit", NOW).result;
    const impatient = new AbortController();
    const aborted = engine.containers.wait(id, "next-exit", impatient.signal).result;
    impatient.abort(new Error("gone"));
    await expect(aborted).rejects.toThrow("gone");
    await engine.containers.start(id);
    const running = engine.containers.wait(id, "not-running", NOW).result;
    await engine.containers.kill(id, "KILL");
    expect(await Promise.all([next, running])).toEqual([{ StatusCode: 137 }, { StatusCode: 137 }]);
    expect(() => engine.containers.wait("nobody", "removed", NOW)).toThrow("No such container: nobody");
  });

  it("serialises what comes at once", async () => {
    const id = await engine.create(POLITE);
    const results = await Promise.all([1, 2, 3].map(() => engine.containers.start(id)));
    expect(results.filter(Boolean)).toHaveLength(1);
    await untilSaid(engine, id, "up");
    const stopped = engine.containers.stop(id, {});
    const removed = engine.containers.remove(id, { force: true, volumes: true });
    await Promise.all([stopped, removed]);
    await expect(engine.containers.start(id)).rejects.toThrow("No such container");
  });

  it("is killed while it is being started", async () => {
    const id = await engine.create(SLEEP);
    const starting = engine.containers.start(id);
    await new Promise(setImmediate); // its turn has come
    await Promise.all([starting, engine.containers.remove(id, { force: true, volumes: true })]);
    expect(processesOf(id)).toEqual([]);
    expect(engine.networking.taken.has(id)).toBe(false);
  });

  it("is renamed, and found by name, id and beginning of the id", async () => {
    const id = await engine.create(SLEEP, "old-name");
    await expect(engine.create(SLEEP, "old-name")).rejects.toThrow(
      `Conflict. The container name "/old-name" is already in use by container "${id}"`,
    );
    await engine.containers.rename("old-name", "new-name");
    for (const ref of ["new-name", "/new-name", id, id.slice(0, 12)]) {
      expect(engine.containers.inspect(ref).Name).toBe("/new-name");
    }
    expect(() => engine.containers.inspect("old-name")).toThrow("No such container: old-name");
    const other = await engine.create(SLEEP, "old-name");
    await expect(engine.containers.rename(other, "new-name")).rejects.toThrow("Conflict.");
    await engine.containers.remove(other, { force: false, volumes: false });
    await exit(id);
  });
});
