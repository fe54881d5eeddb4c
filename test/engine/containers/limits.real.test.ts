import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import type { ContainerStats } from "../../../src/engine/api-types/stats.ts";
import { eventually } from "../../support/processes.ts";
import { KernelView } from "./kernel-view.ts";
import { actionsOf, logOf, openRealEngine, refusal, untilSaid } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const COUNTING = ["sh", "-c", "echo ready; i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done"];

describe.skipIf(refusal !== undefined)("a running container", () => {
  let engine: RealEngine;
  let kernel: KernelView;
  beforeAll(async () => {
    engine = await openRealEngine();
    kernel = new KernelView(engine.context.cgroups);
  });
  afterAll(() => engine.end());

  const running = async (Cmd: string[], HostConfig: HostConfig = {}): Promise<string> => {
    const id = await engine.create({ Cmd, HostConfig });
    await engine.containers.start(id);
    return id;
  };
  const state = (id: string): ReturnType<typeof engine.containers.inspect>["State"] =>
    engine.containers.inspect(id).State;
  const look = async (id: string, oneShot = false): Promise<ContainerStats> => {
    const signal = new AbortController().signal;
    for await (const stats of engine.containers.stats(id, { stream: false, oneShot }, signal)) return stats;
    throw new Error("no stats");
  };
  const freezes = (): boolean => {
    return engine.context.cgroups.directories.freezer !== undefined;
  };

  it("is paused: nothing of it moves, and goes on afterwards", async (context) => {
    if (!freezes()) return context.skip("no freezer cgroup");
    const id = await running(COUNTING);
    await untilSaid(engine, id, "ready");
    await engine.containers.pause(id);
    expect(state(id)).toMatchObject({ Status: "paused", Running: true, Paused: true });
    // What had been said by then may still be on its way to the log.
    const before = await eventually("nothing is added", async () => {
      const seen = await logOf(engine, id);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await logOf(engine, id)).stdout === seen.stdout ? seen : undefined;
    });
    await expect(engine.containers.pause(id)).rejects.toThrow("is already paused");
    await expect(engine.execs.create(id, { Cmd: ["true"] })).rejects.toThrow(
      "is paused, unpause the container",
    );
    await expect(engine.containers.start(id)).rejects.toThrow("cannot start a paused container");
    await expect(engine.containers.remove(id, { force: false, volumes: false })).rejects.toThrow("is paused");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await logOf(engine, id)).toEqual(before);
    await engine.containers.unpause(id);
    expect(state(id)).toMatchObject({ Status: "running", Paused: false });
    const last = before.stdout.trim().split("\n").at(-1) ?? "";
    await untilSaid(engine, id, String(Number(last) + 5));
    await expect(engine.containers.unpause(id)).rejects.toThrow("is not paused");
    expect(actionsOf(engine, id)).toEqual(["create", "start", "pause", "unpause"]);
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("that is paused can be stopped, killed and removed", async (context) => {
    if (!freezes()) return context.skip("no freezer cgroup");
    const ends: ((id: string) => Promise<unknown>)[] = [
      (id) => engine.containers.stop(id, {}),
      (id) => engine.containers.kill(id, "KILL"),
      (id) => engine.containers.remove(id, { force: true, volumes: true }),
    ];
    for (const end of ends) {
      const id = await running(["sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done"]);
      await untilSaid(engine, id, "ready");
      await engine.containers.pause(id);
      await end(id);
      const left = engine.containers.list({ all: true, filters: new Map([["id", [id]]]) });
      expect(left.map(({ State }) => State)).toEqual(end === ends[2] ? [] : ["exited"]);
    }
  });

  it("tells what it uses, as the kernel counts it", async () => {
    const id = await running(
      [
        "sh",
        "-c",
        "head -c 40m /dev/zero > /dev/shm/x; dd if=/dev/zero of=/x bs=1M count=4 oflag=direct 2>/dev/null; echo ready; while :; do :; done",
      ],
      { Memory: 256 << 20, PidsLimit: 50, NanoCpus: 0.5e9 },
    );
    await untilSaid(engine, id, "ready");
    const before = kernel.processorTime(id);
    const seen = (await look(id, true)).cpu_stats.cpu_usage.total_usage;
    expect(seen).toBeGreaterThanOrEqual(before);
    expect(seen).toBeLessThanOrEqual(kernel.processorTime(id));
    const stats = await look(id);
    const {
      usage_in_usermode: user,
      usage_in_kernelmode: system,
      total_usage: total,
    } = stats.cpu_stats.cpu_usage;
    // The kernel counts the two in whole ticks of ten milliseconds, and each processor's when it comes to it.
    expect(Math.abs(user + system - total)).toBeLessThan(0.05 * total + 40e6);
    expect(Math.abs((stats.memory_stats.usage ?? 0) / kernel.memory(id) - 1)).toBeLessThan(0.05);
    expect(stats.memory_stats).toMatchObject({ limit: 256 << 20 });
    expect(stats.pids_stats).toEqual({ current: 1, limit: 50 });
    expect(stats.cpu_stats.online_cpus).toBe(cpus().length);
    const writes = stats.blkio_stats.io_service_bytes_recursive ?? [];
    const written = writes.filter(({ op }) => op.toLowerCase() === "write").map(({ value }) => value);
    expect(written.reduce((sum, each) => sum + each, 0)).toBe(kernel.written(id));
    // A loop that never rests takes all that the limit leaves it, or what others do.
    const spent = stats.cpu_stats.cpu_usage.total_usage - stats.precpu_stats.cpu_usage.total_usage;
    const passed = (stats.cpu_stats.system_cpu_usage ?? 0) - (stats.precpu_stats.system_cpu_usage ?? 0);
    expect(passed).toBeGreaterThan(0);
    expect(spent).toBeGreaterThan(0.05e9);
    expect(spent).toBeLessThan(1e9);
    expect(stats.cpu_stats.throttling_data.periods).toBeGreaterThan(0);
    expect(await look(id, true)).toMatchObject({ precpu_stats: { cpu_usage: { total_usage: 0 } }, id });
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("that has ended uses nothing", async () => {
    const id = await engine.create({ Cmd: ["true"] });
    const stats = await look(id, true);
    expect(stats).toMatchObject({ read: "0001-01-01T00:00:00Z", memory_stats: {}, pids_stats: {} });
  });

  it("is given other limits at once, and a restart policy", async (context) => {
    if (!engine.context.cgroups.files.has("pids.max")) return context.skip("no writable cgroups");
    const id = await running(["sleep", "600"], { Memory: 64 << 20 });
    await expect(engine.containers.update(id, { Memory: 512 << 20 })).rejects.toThrow(
      "update the memoryswap",
    );
    const changes = { Memory: 512 << 20, MemorySwap: 600 << 20, NanoCpus: 5e8, PidsLimit: 33 };
    expect(await engine.containers.update(id, changes)).toEqual({ Warnings: [] });
    expect(kernel.limits(id)).toMatchObject({ memory: 512 << 20, quota: "50000 100000", pids: 33 });
    await engine.containers.update(id, { Memory: 32 << 20, MemorySwap: 40 << 20 });
    expect(kernel.limits(id).memory).toBe(32 << 20);
    await engine.containers.update(id, { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } });
    const { HostConfig } = engine.containers.inspect(id);
    expect(HostConfig).toMatchObject({
      Memory: 32 << 20,
      PidsLimit: 33,
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 },
    });
    await expect(engine.containers.update(id, { Memory: 1000 })).rejects.toThrow("Minimum memory limit");
    expect(actionsOf(engine, id).filter((action) => action === "update")).toHaveLength(3);
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("shows its processes, those of execs among them, in the columns asked for", async () => {
    const id = await running(["sh", "-c", "echo ready; sleep 601 & wait"]);
    await untilSaid(engine, id, "ready");
    const { Id } = await engine.execs.create(id, { Cmd: ["sleep", "602"] });
    await engine.execs.startDetached(Id);
    const usual = await eventually("both run", async () => {
      const shown = await engine.containers.top(id, "-ef");
      return shown.Processes.some((row) => row.at(-1) === "sleep 601") ? shown : undefined;
    });
    expect(usual.Titles).toEqual(["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]);
    const commands = usual.Processes.map((row) => row.at(-1));
    expect(commands).toContain("sleep 601");
    expect(commands).toContain("sleep 602");
    const own = await engine.containers.top(id, "-eo pid,args");
    expect(own.Titles).toEqual(["PID", "COMMAND"]);
    expect(own.Processes.map(([, command]) => command).toSorted()).toEqual(commands.toSorted());
    await expect(engine.containers.top(id, "-eo args")).rejects.toThrow(
      "Couldn't find PID field in ps output",
    );
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("may not be given devices that are none", async () => {
    await expect(
      engine.create({ Cmd: ["true"], HostConfig: { DeviceCgroupRules: ["x 1:1 r"] } }),
    ).rejects.toThrow("invalid device cgroup rule format: 'x 1:1 r'");
    writeFileSync(join(engine.root, "plain"), "");
    const BlkioDeviceReadBps = [{ Path: join(engine.root, "plain"), Rate: 1 }];
    await expect(engine.create({ Cmd: ["true"], HostConfig: { BlkioDeviceReadBps } })).rejects.toThrow(
      "is not a block device",
    );
  });
});
