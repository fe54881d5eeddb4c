// Every limit of a create request, on a real container: in the kernel's own files, and by what the container then cannot do.
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { numbersOf } from "../../../src/engine/containers/devices.ts";
import { readProc } from "../../support/proc.ts";
import { eventually } from "../../support/processes.ts";
import { hostDisk, KernelView, openableDevice } from "./kernel-view.ts";
import { actionsOf, logOf, openRealEngine, refusal, runToEnd, untilSaid } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const DISK = hostDisk();
const MEMORY = 32 << 20;
/** Takes all memory there is, and then some. */
const GLUTTON = "tail /dev/zero";

function throttleRows(): [HostConfig, string, string, string, string][] {
  if (DISK === undefined) return [];
  const { major, minor } = numbersOf(statSync(DISK));
  const all = "rbps=1000001 wbps=1000002 riops=1003 wiops=1004";
  return (
    [
      ["BlkioDeviceReadBps", "read_bps", 1_000_001],
      ["BlkioDeviceWriteBps", "write_bps", 1_000_002],
      ["BlkioDeviceReadIOps", "read_iops", 1003],
      ["BlkioDeviceWriteIOps", "write_iops", 1004],
    ] as const
  ).map(([field, name, Rate]) => [
    { [field]: [{ Path: DISK, Rate }] },
    `blkio.throttle.${name}_device`,
    "io.max",
    `${major}:${minor} ${Rate}`,
    `${major}:${minor} ${all}`,
  ]);
}

describe.skipIf(refusal !== undefined)("a container's limits", () => {
  let engine: RealEngine;
  let kernel: KernelView;
  beforeAll(async () => {
    engine = await openRealEngine();
    kernel = new KernelView(engine.context.cgroups);
  });
  afterAll(() => engine.end());

  const running = async (HostConfig: HostConfig, script = "sleep 600"): Promise<string> => {
    const id = await engine.create({ Cmd: ["sh", "-c", script], HostConfig });
    await engine.containers.start(id);
    return id;
  };
  const remove = (id: string): Promise<void> => engine.containers.remove(id, { force: true, volumes: true });
  const sh = (script: string, HostConfig: HostConfig): ReturnType<typeof runToEnd> =>
    runToEnd(engine, { Cmd: ["sh", "-c", script], HostConfig });
  const state = (id: string): ReturnType<typeof engine.containers.inspect>["State"] =>
    engine.containers.inspect(id).State;

  it("stand in the kernel's files, or in a warning", async () => {
    const rows: [HostConfig, version1: string, version2: string, value1: string, value2?: string][] = [
      [{ Memory: MEMORY }, "memory.limit_in_bytes", "memory.max", String(MEMORY)],
      [
        { MemorySwap: MEMORY * 2 },
        "memory.memsw.limit_in_bytes",
        "memory.swap.max",
        String(MEMORY * 2),
        String(MEMORY),
      ],
      [{ MemoryReservation: MEMORY / 2 }, "memory.soft_limit_in_bytes", "memory.low", String(MEMORY / 2)],
      [{ KernelMemoryTCP: MEMORY }, "memory.kmem.tcp.limit_in_bytes", "", String(MEMORY)],
      [{ MemorySwappiness: 7 }, "memory.swappiness", "", "7"],
      [{ CpuShares: 512 }, "cpu.shares", "cpu.weight", "512", "20"],
      [{ CpuQuota: 30_000 }, "cpu.cfs_quota_us", "cpu.max", "30000", "30000 60000"],
      [{ CpuPeriod: 60_000 }, "cpu.cfs_period_us", "cpu.max", "60000", "30000 60000"],
      [{ CpusetCpus: "0" }, "cpuset.cpus", "cpuset.cpus", "0"],
      [{ CpusetMems: "0" }, "cpuset.mems", "cpuset.mems", "0"],
      [{ PidsLimit: 40 }, "pids.max", "pids.max", "40"],
      [{ BlkioWeight: 300 }, "blkio.bfq.weight", "io.bfq.weight", "300", "default 300"],
      ...throttleRows(),
    ];
    const HostConfig: HostConfig = Object.assign({}, ...rows.map(([wish]) => wish));
    const { Id, Warnings } = await engine.containers.create(
      { Image: "slipway/host", Cmd: ["sleep", "600"], HostConfig: { ...HostConfig, KernelMemory: MEMORY } },
      {},
    );
    await engine.containers.start(Id);
    expect(Warnings.filter((text) => text.includes("kernel memory limit"))).toHaveLength(1);
    const { version, files } = engine.context.cgroups;
    for (const [wish, version1, version2, value1, value2 = value1] of rows) {
      const [file, value] = version === 1 ? [version1, value1] : [version2, value2];
      const isThere = files.has(file);
      const said = isThere ? kernel.lines(Id, file) : Warnings;
      const isSaid = isThere
        ? said.includes(value)
        : said.some((text) => text.includes(file || "cgroups of version 2 have no such limit"));
      expect.soft(isSaid, `${JSON.stringify(wish)}: ${value} in ${said.join("; ")}`).toBe(true);
    }
    await remove(Id);
  });

  it("on processor time are kept: who wants more is throttled", async () => {
    const id = await running({ NanoCpus: 0.2e9 }, "while :; do :; done");
    const begun = Date.now();
    const before = kernel.processorTime(id);
    await eventually("it has been throttled ten times", () => kernel.throttledPeriods(id) >= 10 || undefined);
    const share = (kernel.processorTime(id) - before) / ((Date.now() - begun) * 1e6);
    expect(share).toBeLessThan(0.26);
    await remove(id);
  });

  it("on processes are kept: no more can be made", async () => {
    const script = "for i in 1 2 3 4 5 6 7 8; do sleep 60 & done; echo unreached";
    const { stdout, stderr } = await sh(script, { PidsLimit: 5 });
    expect(stderr).toMatch(/[Cc]annot fork|Resource temporarily unavailable/);
    expect(stdout).toBe("");
  });

  it("on memory are kept: the process is killed, and everybody told why", async () => {
    const { id, status } = await sh(`exec ${GLUTTON}`, { Memory: MEMORY, MemorySwap: MEMORY });
    expect(status).toBe(137);
    expect(state(id)).toMatchObject({ OOMKilled: true, ExitCode: 137 });
    expect(actionsOf(engine, id)).toEqual(["create", "start", "oom", "die"]);
  });

  it("on memory that only a child exceeds are told while the container lives on", async () => {
    const id = await running(
      { Memory: MEMORY, MemorySwap: MEMORY },
      `${GLUTTON}; echo alive; exec sleep 600`,
    );
    await untilSaid(engine, id, "alive");
    await eventually("it is known", () => state(id).OOMKilled || undefined);
    expect(state(id)).toMatchObject({ Running: true, OOMKilled: true });
    expect(actionsOf(engine, id)).toEqual(["create", "start", "oom"]);
    await engine.containers.kill(id, "KILL");
    await eventually("its end is known", () => !state(id).Running || undefined);
    expect(actionsOf(engine, id).filter((action) => action === "oom")).toEqual(["oom"]);
    expect(state(id).OOMKilled).toBe(true);
  });

  it("on memory make a process wait whose kernel may not kill", async (context) => {
    if (!engine.context.cgroups.files.has("memory.oom_control")) return context.skip("only version 1 can");
    const id = await running({ Memory: MEMORY, MemorySwap: MEMORY, OomKillDisable: true }, GLUTTON);
    await eventually(
      "it waits",
      () => kernel.lines(id, "memory.oom_control").includes("under_oom 1") || undefined,
    );
    expect(state(id).Running).toBe(true);
    await remove(id);
  });

  it("on processors are where it runs", async () => {
    const { stdout } = await sh("grep Cpus_allowed_list /proc/self/status", { CpusetCpus: "0" });
    expect(stdout).toMatch(/:\t0\n$/);
  });

  it("on a block device are kept", async (context) => {
    if (DISK === undefined) return context.skip("the files are on no block device");
    if (!kernel.hasThrottles) return context.skip("no writable blkio cgroup");
    const script =
      "a=$(date +%s%N); dd if=/dev/zero of=/x bs=512k count=4 oflag=direct 2>/dev/null; echo $(($(date +%s%N) - a))";
    const { stdout } = await sh(script, { BlkioDeviceWriteBps: [{ Path: DISK, Rate: 1 << 20 }] });
    expect(Number(stdout) / 1e9).toBeGreaterThan(1.2); // of two seconds, the first half of which comes out of the kernel's purse
  });

  it("of processes are inherited, and so is what the kernel thinks of them", async () => {
    const { stdout } = await sh("ulimit -n; ulimit -Hn; ulimit -c; cat /proc/self/oom_score_adj", {
      Ulimits: [
        { Name: "nofile", Soft: 64, Hard: 128 },
        { Name: "core", Soft: 0, Hard: 0 },
      ],
      OomScoreAdj: 321,
    });
    expect(stdout).toBe("64\n128\n0\n321\n");
  });

  it("on devices are kept, but for those it was given", async (context) => {
    if (engine.context.cgroups.directories.devices === undefined)
      return context.skip("nothing guards devices");
    const device = openableDevice();
    if (device === undefined)
      return context.skip("root itself may open no device that containers are not given");
    const { major, minor } = numbersOf(statSync(device));
    const type = statSync(device).isBlockDevice() ? "b" : "c";
    const open = `mknod /dev/disk ${type} ${major} ${minor}; for how in '<' '<>'; do (eval "exec 3$how/dev/disk") 2>&1 && echo opened; done`;
    const denied = expect.stringMatching(/^.*Operation not permitted\n.*Operation not permitted\n$/);
    expect((await sh(open, {})).stdout).toEqual(denied);
    const readable = { DeviceCgroupRules: [`${type} ${major}:${minor} rm`] };
    expect((await sh(open, readable)).stdout).toMatch(/^opened\n.*Operation not permitted\n$/);
    const Devices = [{ PathOnHost: device, PathInContainer: "/dev/given", CgroupPermissions: "r" }];
    expect((await sh("exec 3</dev/given && echo opened", { Devices })).stdout).toBe("opened\n");
    expect((await sh("echo x > /dev/null && head -c 3 /dev/zero | wc -c", {})).stdout).toBe("3\n");
  });

  it("are its own namespace's root, or seen from the machine's", async () => {
    const { version } = engine.context.cgroups;
    const name = version === 1 ? "pids" : "";
    const lineOf = async (CgroupnsMode?: string): Promise<string> => {
      const { id, stdout } = await sh("cat /proc/self/cgroup", CgroupnsMode ? { CgroupnsMode } : {});
      const shown = stdout.split("\n").find((line) => line.split(":")[1] === name) ?? "";
      return shown.replace(/^\d+:/, "").replace(id, "ID");
    };
    expect(await lineOf("private")).toBe(`${name}:/`);
    expect(await lineOf("host")).toMatch(new RegExp(`^${name}:/.*slipway/[0-9a-f]{8}/ID$`));
    expect(await lineOf()).toBe(await lineOf(version === 1 ? "host" : "private"));
  });

  it("of groups that a privileged container makes itself go with it", async () => {
    const own = engine.context.cgroups.version === 1 ? "/sys/fs/cgroup/pids" : "/sys/fs/cgroup";
    const script = `mkdir -p ${own}/a/b; sleep 600 & echo $! > ${own}/a/b/cgroup.procs; echo made; wait`;
    for (const end of [remove, (id: string) => engine.containers.kill(id, "KILL").then(() => remove(id))]) {
      const id = await running({ Privileged: true, CgroupnsMode: "private" }, script);
      await untilSaid(engine, id, "made");
      expect(kernel.groups(id).length).toBeGreaterThan(0);
      await end(id);
      expect(kernel.groups(id)).toEqual([]);
    }
  });

  it("hold for groups below a parent of the user's choice, which goes with the last of them", async () => {
    const { tops, version } = engine.context.cgroups;
    const top = tops.pids ?? "";
    const parent = `slipway-test-${process.pid}`;
    const CgroupParent = `/${parent}/night`;
    const first = await running({ CgroupParent, PidsLimit: 41, Memory: MEMORY, CgroupnsMode: "host" });
    const second = await running({ CgroupParent });
    expect(readFileSync(join(top, CgroupParent, first, "pids.max"), "utf8")).toBe("41\n");
    expect(readProc(state(first).Pid, "cgroup")).toContain(
      `${version === 1 ? "pids" : ""}:${CgroupParent}/${first}\n`,
    );
    await engine.containers.pause(first);
    await engine.containers.unpause(first);
    await engine.containers.update(first, { PidsLimit: 42 });
    expect(readFileSync(join(top, CgroupParent, first, "pids.max"), "utf8")).toBe("42\n");
    await remove(first);
    expect(existsSync(join(top, CgroupParent, second))).toBe(true);
    await remove(second);
    for (const each of Object.values(tops)) expect(existsSync(join(each, parent)), each).toBe(false);
    mkdirSync(join(top, parent));
    await remove(await running({ CgroupParent: parent }));
    expect(existsSync(join(top, parent))).toBe(true); // it was there before
    rmdirSync(join(top, parent));
  });

  it("can be changed while it runs", async () => {
    const id = await running({ Memory: MEMORY });
    const changes = {
      Memory: MEMORY * 2,
      MemorySwap: MEMORY * 3,
      NanoCpus: 5e8,
      PidsLimit: 33,
      CpusetCpus: "0",
      CpuShares: 2,
    };
    expect(await engine.containers.update(id, changes)).toEqual({ Warnings: [] });
    expect(kernel.limits(id)).toEqual({
      memory: MEMORY * 2,
      quota: "50000 100000",
      pids: 33,
      processors: "0",
    });
    await engine.containers.update(id, { Memory: MEMORY / 2, MemorySwap: MEMORY, PidsLimit: -1 });
    expect(kernel.limits(id)).toMatchObject({ memory: MEMORY / 2, pids: "max" });
    const { Warnings } = await engine.containers.update(id, { KernelMemory: MEMORY });
    expect(Warnings).toEqual([expect.stringContaining("kernel memory limit")]);
    expect((await logOf(engine, id)).stderr).toBe("");
    await remove(id);
  });
});
