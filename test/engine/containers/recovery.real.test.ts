import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { isAlive, killAndWait, parentOf, readProc } from "../../support/proc.ts";
import { eventually } from "../../support/processes.ts";
import {
  actionsOf,
  collect,
  logOf,
  newRoot,
  openRealEngine,
  processesOf,
  refusal,
  untilSaid,
} from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const NOW = new AbortController().signal;

/** Ends with these words once there is a file `open` where its gate is. */
function behindGate(words: string): string[] {
  return ["sh", "-c", `until [ -e /gate/open ]; do sleep 0.02; done; ${words}`];
}

/** False while a zombie in the group is about to go. */
function isRemoved(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw error;
  }
}

describe.skipIf(refusal !== undefined)("an engine that starts again", () => {
  let engine: RealEngine;
  beforeEach(async () => {
    engine = await openRealEngine();
  });
  afterEach(() => engine.end());

  async function again(): Promise<void> {
    engine.abandon();
    engine = await openRealEngine(engine.root);
  }

  const stateOf = (id: string): ReturnType<typeof engine.containers.inspect>["State"] =>
    engine.containers.inspect(id).State;

  it("finds running containers, their logs and their streams", async () => {
    const id = await engine.create(
      { Cmd: ["cat"], OpenStdin: true, Healthcheck: { Test: ["CMD", "true"], Interval: 20e6 } },
      "survivor",
    );
    await engine.containers.start(id);
    const before = stateOf(id);
    await again();
    expect(stateOf(id)).toMatchObject({ Status: "running", Pid: before.Pid, StartedAt: before.StartedAt });
    expect(engine.networking.adopted).toEqual([id]);
    const attachment = await engine.containers.attach("survivor", {
      stdin: true,
      stdout: true,
      stderr: true,
      stream: true,
      logs: false,
    });
    const output = collect(attachment.output);
    await attachment.write(Buffer.from("still here\n"));
    await untilSaid(engine, id, "still here");
    while (stateOf(id).Health?.Status !== "healthy") await new Promise((resolve) => setTimeout(resolve, 5));
    const ended = engine.containers.wait(id, "next-exit", NOW).result;
    await engine.containers.stop(id, { timeout: 0 });
    expect(await ended).toEqual({ StatusCode: 137 });
    expect((await output).stdout).toBe("still here\n");
  });

  it("learns how containers ended while there was no engine", async () => {
    const gate = join(engine.root, "gate");
    mkdirSync(gate);
    const Binds = [`${gate}:/gate:ro`];
    const id = await engine.create({ Cmd: behindGate("echo last words; exit 11"), HostConfig: { Binds } });
    const own = await engine.create({ Cmd: behindGate("true"), HostConfig: { Binds, AutoRemove: true } });
    await engine.containers.start(id);
    await engine.containers.start(own);
    engine.abandon();
    writeFileSync(join(gate, "open"), "");
    while (!existsSync(join(engine.root, "containers", id, "exit")))
      await new Promise((resolve) => setTimeout(resolve, 10));
    while (processesOf(own).length > 0 || !existsSync(join(engine.root, "containers", own, "exit")))
      await new Promise((resolve) => setTimeout(resolve, 10));
    engine = await openRealEngine(engine.root);
    expect(stateOf(id)).toMatchObject({ Status: "exited", ExitCode: 11, Running: false });
    expect((await logOf(engine, id)).stdout).toBe("last words\n");
    expect(existsSync(join(engine.root, "containers", own))).toBe(false);
  });

  it("counts a container as killed when nothing of it is left", async () => {
    // A process that comes under a profile of AppArmor is not ended by the kernel with its shim.
    const HostConfig = { SecurityOpt: ["apparmor=unconfined"] };
    const id = await engine.create({ Cmd: ["sleep", "600"], HostConfig });
    await engine.containers.start(id);
    const { Pid } = stateOf(id);
    const shim = parentOf(Pid);
    engine.abandon();
    await killAndWait(shim);
    await eventually("the container has ended", () => !isAlive(Pid) || undefined);
    engine = await openRealEngine(engine.root);
    expect(stateOf(id)).toMatchObject({ Status: "exited", ExitCode: 137 });
    for (const directory of new Set(Object.values(engine.context.cgroups.directories))) {
      expect(readdirSync(directory)).not.toContain(id);
    }
    expect(await engine.containers.start(id)).toBe(true);
  });

  /** Of another user than the one it was started as: the kernel does not end it with its shim. */
  const CHANGED_USER = ["setpriv", "--reuid", "65534", "--clear-groups", "sleep", "600"];

  async function runAsAnotherUser(more: HostConfig = {}): Promise<{ id: string; pid: number; shim: number }> {
    const id = await engine.create({ Cmd: CHANGED_USER, HostConfig: more });
    await engine.containers.start(id);
    const pid = stateOf(id).Pid;
    while (!readProc(pid, "status").includes("Uid:\t65534"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    return { id, pid, shim: parentOf(pid) };
  }

  function expectNothingOf(id: string, pid: number): void {
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(engine.root, "containers", id, "ctl"))).toBe(false);
    for (const directory of new Set(Object.values(engine.context.cgroups.directories))) {
      expect(readdirSync(directory)).not.toContain(id);
    }
  }

  it.each([
    ["in namespaces of its own", {}],
    ["among the machine's processes", { PidMode: "host" }],
  ])("ends what a killed shim left %s, with a status that says so", async (_, more) => {
    const { id, pid, shim } = await runAsAnotherUser(more);
    const ended = engine.containers.wait(id, "next-exit", NOW).result;
    process.kill(shim, "SIGKILL");
    expect(await ended).toEqual({ StatusCode: 137 });
    expectNothingOf(id, pid);
    expect(stateOf(id)).toMatchObject({
      Status: "exited",
      ExitCode: 137,
      Pid: 0,
      Error: "the process that kept the container was killed",
    });
    expect(actionsOf(engine, id)).toContain("die");
    expect(engine.networking.taken.has(id)).toBe(false);
    expect(await engine.containers.start(id)).toBe(true);
    expect(stateOf(id).Error).toBe("");
  });

  it("ends what a killed shim left while there was no engine", async () => {
    const { id, pid, shim } = await runAsAnotherUser();
    engine.abandon();
    process.kill(shim, "SIGKILL");
    while (isAlive(shim)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isAlive(pid)).toBe(true);
    engine = await openRealEngine(engine.root);
    expect(stateOf(id)).toMatchObject({ Status: "exited", ExitCode: 137 });
    expectNothingOf(id, pid);
  });

  it("does not start a container again before what a killed shim left has ended", async () => {
    const policy = { RestartPolicy: { Name: "always" } };
    const { id, pid, shim } = await runAsAnotherUser(policy);
    await engine.containers.pause(id);
    process.kill(shim, "SIGKILL");
    while (stateOf(id).Pid === pid || stateOf(id).Status !== "running")
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isAlive(pid)).toBe(false);
    expect(engine.containers.inspect(id).RestartCount).toBe(1);
  });

  it("does not wait for a shim that is held still, and hears of it when it goes on", async () => {
    const held = await engine.create({ Cmd: ["sh", "-c", "sleep 600; exit 3"] }, "held");
    const other = await engine.create({ Cmd: ["sleep", "600"] });
    const fresh = await engine.create({
      Cmd: ["sleep", "600"],
      HostConfig: { RestartPolicy: { Name: "always" } },
    });
    for (const id of [held, other, fresh]) await engine.containers.start(id);
    const { Pid } = stateOf(held);
    const shim = parentOf(Pid);
    process.kill(shim, "SIGSTOP");
    try {
      engine.abandon();
      process.kill(stateOf(fresh).Pid, "SIGKILL");
      while (!existsSync(join(engine.root, "containers", fresh, "exit")))
        await new Promise((resolve) => setTimeout(resolve, 5));
      engine = await openRealEngine(engine.root);
      expect(stateOf(held)).toMatchObject({ Status: "running", Pid });
      expect(stateOf(other)).toMatchObject({ Status: "running" });
      while (stateOf(fresh).Status !== "running") await new Promise((resolve) => setTimeout(resolve, 5));
      expect(engine.logged.join("\n")).toContain("container held: the process that keeps it does not answer");
      const exec = await engine.execs.create(held, { Cmd: ["echo", "inside"], AttachStdout: true });
      const attachment = await engine.execs.startAttached(exec.Id, { tty: false });
      expect((await collect(attachment.output)).stdout).toBe("inside\n");
      process.kill(Pid, "SIGKILL"); // unheard of so far
      await engine.containers.stop(other, { timeout: 0 });
      expect(stateOf(held).Status).toBe("running");
      const ended = engine.containers.wait(held, "next-exit", NOW).result;
      process.kill(shim, "SIGCONT");
      expect(await ended).toEqual({ StatusCode: 137 });
      expect(stateOf(held)).toMatchObject({ Status: "exited", Pid: 0 });
    } finally {
      if (isAlive(shim)) process.kill(shim, "SIGCONT");
    }
  });

  const FREEZER = "/sys/fs/cgroup/freezer";

  /** On version 1 a frozen process does not die before it goes on: as one that waits for a broken disk. */
  async function whileHeldByTheKernel(pid: number, during: () => Promise<void>): Promise<void> {
    const group = join(FREEZER, `slipway-test-${process.pid}`);
    mkdirSync(group);
    try {
      writeFileSync(join(group, "cgroup.procs"), String(pid));
      writeFileSync(join(group, "freezer.state"), "FROZEN");
      await during();
    } finally {
      writeFileSync(join(group, "freezer.state"), "THAWED");
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
      while (!isRemoved(group)) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it.skipIf(!existsSync(join(FREEZER, "cgroup.procs")))(
    "counts what the kernel does not let die as running until it is dead, and does not wait for it",
    { timeout: 120_000 },
    async () => {
      const { id, pid, shim } = await runAsAnotherUser();
      const other = await engine.create({ Cmd: ["sleep", "600"] });
      await engine.containers.start(other);
      await whileHeldByTheKernel(pid, async () => {
        engine.abandon();
        process.kill(shim, "SIGKILL");
        while (isAlive(shim)) await new Promise((resolve) => setTimeout(resolve, 5));
        engine = await openRealEngine(engine.root);
        expect(stateOf(id)).toMatchObject({ Status: "running", Pid: pid });
        expect(stateOf(other).Status).toBe("running");
        expect(engine.logged.join("\n")).toContain(
          `its processes do not end, and it counts as running until they do: ${pid}`,
        );
        await expect(engine.containers.remove(id, { force: true, volumes: true })).rejects.toThrow(
          "did not receive an exit event",
        );
        expect(await engine.containers.start(id)).toBe(false);
        expect(engine.networking.taken).toContain(id);
      });
      while (stateOf(id).Status === "running") await new Promise((resolve) => setTimeout(resolve, 5));
      expectNothingOf(id, pid);
      expect(stateOf(id)).toMatchObject({ Status: "exited", ExitCode: 137 });
      expect(engine.networking.taken).not.toContain(id);
      expect(await engine.containers.start(id)).toBe(true);
    },
  );

  it.skipIf(!existsSync(join(FREEZER, "cgroup.procs")))(
    "that runs when a shim is killed does the same",
    { timeout: 120_000 },
    async () => {
      const { id, pid, shim } = await runAsAnotherUser();
      await whileHeldByTheKernel(pid, async () => {
        process.kill(shim, "SIGKILL");
        while (!engine.logged.some((line) => line.includes("its processes do not end")))
          await new Promise((resolve) => setTimeout(resolve, 5));
        expect(stateOf(id)).toMatchObject({ Status: "running", Pid: pid });
      });
      while (stateOf(id).Status === "running") await new Promise((resolve) => setTimeout(resolve, 5));
      expectNothingOf(id, pid);
    },
  );

  it("starts again what its policy wants running", async () => {
    const create = (Name: string): Promise<string> =>
      engine.create({ Cmd: ["sleep", "600"], HostConfig: { RestartPolicy: { Name } } });
    const [always, unless, stopped, no] = await Promise.all(
      ["always", "unless-stopped", "unless-stopped", "no"].map(create),
    );
    for (const id of [always, unless, stopped, no]) await engine.containers.start(id ?? "");
    await engine.containers.stop(stopped ?? "", { timeout: 0 });
    const pids = [always, unless, no].map((id) => stateOf(id ?? "").Pid);
    engine.abandon();
    for (const pid of pids) process.kill(pid, "SIGKILL");
    for (const id of [always, unless, no]) {
      while (!existsSync(join(engine.root, "containers", id ?? "", "exit")))
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
    engine = await openRealEngine(engine.root);
    expect(engine.isNeeded()).toBe(true); // for what is being started, before it runs
    while (![always, unless].every((id) => stateOf(id ?? "").Status === "running"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(stateOf(stopped ?? "").Status).toBe("exited");
    expect(stateOf(no ?? "").Status).toBe("exited");
    for (const id of [always, unless]) await engine.containers.stop(id ?? "", { timeout: 0 });
    expect(engine.isNeeded()).toBe(false);
  });

  it("does not stay for a start by policy that has failed", async () => {
    const id = await engine.create({
      Cmd: ["sleep", "600"],
      HostConfig: { RestartPolicy: { Name: "always" } },
    });
    await engine.containers.start(id);
    engine.abandon();
    process.kill(stateOf(id).Pid, "SIGKILL");
    while (!existsSync(join(engine.root, "containers", id, "exit")))
      await new Promise((resolve) => setTimeout(resolve, 5));
    rmSync(join(engine.root, "containers", id, "layer"), { recursive: true });
    writeFileSync(join(engine.root, "containers", id, "layer"), "in the way");
    engine = await openRealEngine(engine.root);
    while (engine.isNeeded()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(engine.logged.join("\n")).toContain("could not be started again");
  });

  it("removes the volumes of what was half made and half removed, but not those of others", async () => {
    const parent = join(engine.root, "containers");
    const volumes = (): string[] => readdirSync(join(engine.root, "volumes"));
    const body = { Cmd: ["true"], Volumes: { "/a": {} } };
    const nameOf = (id: string): string => engine.containers.inspect(id).Mounts[0]?.Name ?? "";
    const [kept, made, removed] = [
      await engine.create(body),
      await engine.create(body),
      await engine.create(body),
    ];
    const names = [kept, made, removed].map(nameOf);
    for (const [i, id] of [kept, made, removed].entries()) {
      writeFileSync(join(parent, id, "doomed-volumes"), names[i] ?? "");
    }
    rmSync(join(parent, made, "container.json"));
    renameSync(join(parent, removed), join(parent, `.removed-${removed}`));
    await again();
    expect(volumes()).toEqual([names[0]]);
    expect(readdirSync(parent)).toEqual([kept]);
    expect(existsSync(join(parent, kept, "doomed-volumes"))).toBe(false);
  });

  it("notes anonymous volumes before they exist: an engine may be killed as soon as they do", async () => {
    const parent = join(engine.root, "containers");
    const noted: string[] = [];
    engine.onEvent(({ Type, Action, Actor }) => {
      if (Type !== "volume" || Action !== "create") return;
      const notes = readdirSync(parent).map((id) => join(parent, id, "doomed-volumes"));
      const names = notes.flatMap((note) => readFileSync(note, "utf8").split("\n"));
      noted.push(names.includes(Actor.ID) ? "noted" : "not noted");
    });
    await engine.create({ Cmd: ["true"], Volumes: { "/a": {}, "/b": {} } });
    expect(noted).toEqual(["noted", "noted"]);
  });

  it("leaves no anonymous volume of a container that could not be made", async () => {
    const Mounts = [
      { Type: "volume" as const, Target: "/a" },
      { Type: "volume" as const, Source: "-bad-", Target: "/z" },
    ];
    const failing = engine.create({ Cmd: ["true"], HostConfig: { Mounts } });
    await expect(failing).rejects.toThrow("-bad-");
    expect(readdirSync(join(engine.root, "volumes"))).toEqual([]);
    expect(readdirSync(join(engine.root, "containers"))).toEqual([]);
  });

  it("clears away what was half made and half removed", async () => {
    const parent = join(engine.root, "containers");
    mkdirSync(join(parent, "a".repeat(64), "rootfs"), { recursive: true });
    mkdirSync(join(parent, `.removed-${"b".repeat(64)}`, "layer"), { recursive: true });
    await again();
    expect(readdirSync(parent)).toEqual([]);
    const damaged = join(parent, "c".repeat(64));
    mkdirSync(damaged);
    writeFileSync(join(damaged, "container.json"), '{"id": "c');
    await again();
    expect(engine.containers.list({ all: true, filters: new Map() })).toEqual([]);
    expect(existsSync(damaged)).toBe(true);
    expect(engine.logged.join()).toContain("container.json is damaged");
  });
});

function archive(files: Record<string, string>): Readable {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name, uid: 7, gid: 8 }, text);
  tar.finalize();
  return Readable.from(tar);
}

describe.skipIf(refusal !== undefined)("files of a real container", () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await openRealEngine(newRoot());
  });
  afterAll(() => engine.end());

  const PUT = { noOverwriteDirNonDir: false, copyUIDGID: false };

  it("go in and out, at rest and running, through its mounts", async () => {
    const id = await engine.create({ Cmd: ["sleep", "600"], HostConfig: { Binds: ["vol:/vol"] } });
    await engine.containers.archivePut(id, "/", archive({ "run/secret": "s1", "vol/in-volume": "v1" }), PUT);
    await engine.containers.start(id);
    const seen = await engine.execs.create(id, {
      Cmd: ["sh", "-c", "cat /run/secret /vol/in-volume; stat -c %u:%g /run/secret"],
      AttachStdout: true,
    });
    const attachment = await engine.execs.startAttached(seen.Id, { tty: false });
    expect((await collect(attachment.output)).stdout).toBe("s1v17:8\n");
    await engine.containers.archivePut(id, "/tmp", archive({ file: "hot" }), PUT);
    expect(await engine.containers.archiveStat(id, "/tmp/file")).toMatchObject({
      name: "file",
      size: 3,
      linkTarget: "",
    });
    const { stat, tar } = await engine.containers.archiveGet(id, "/tmp/file");
    expect(stat.name).toBe("file");
    expect((await buffer(tar)).includes("hot")).toBe(true);
    await engine.containers.stop(id, { timeout: 0 });
    expect(await engine.containers.archiveStat(id, "/tmp/file")).toMatchObject({ size: 3 });
    expect(await engine.containers.start(id)).toBe(true);
  });

  it("are refused with the client's own words", async () => {
    const id = await engine.create({ Cmd: ["true"], HostConfig: { Binds: ["ro:/ro:ro"] } }, "files");
    await expect(engine.containers.archiveStat(id, "/no/such")).rejects.toMatchObject({
      kind: "not-found",
      message: "Could not find the file /no/such in container files",
    });
    await expect(engine.containers.archiveStat(id, "")).rejects.toThrow("path cannot be empty");
    await expect(engine.containers.archivePut(id, "/ro", archive({ a: "" }), PUT)).rejects.toThrow(
      "mounted volume is marked read-only",
    );
    const locked = await engine.create({ Cmd: ["true"], HostConfig: { ReadonlyRootfs: true } });
    await expect(engine.containers.archivePut(locked, "/tmp", archive({ a: "" }), PUT)).rejects.toThrow(
      "container rootfs is marked read-only",
    );
  });
});
