// Limits and figures of containers as a person sees them, for every kind of user: compared with what the kernel says inside.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import type { EngineUnderTest } from "../support/engines.ts";
import { readProc } from "../support/proc.ts";
import { eventually } from "../support/processes.ts";

interface Info {
  readonly CgroupVersion: string;
  readonly MemoryLimit: boolean;
  readonly CpuCfsQuota: boolean;
  readonly PidsLimit: boolean;
  readonly CPUSet: boolean;
}

interface Stats {
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number }; readonly online_cpus: number };
  readonly precpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly memory_stats: { readonly usage: number; readonly limit: number };
  readonly pids_stats: { readonly current: number; readonly limit?: number };
  readonly networks: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>;
  readonly blkio_stats: {
    readonly io_service_bytes_recursive: readonly { readonly op: string; readonly value: number }[] | null;
  };
}

const LIMITS = ["-m", "96m", "--cpus", "0.5", "--pids-limit", "20", "--cpuset-cpus", "0"];
const WORDS = [
  ["MemoryLimit", "memory limit capabilities"],
  ["CpuCfsQuota", "CPU CFS scheduler"],
  ["PidsLimit", "PIDs limit capabilities"],
  ["CPUSet", "support cpuset"],
] as const;

/** What the container prints of its own limits. */
const SHOWN = {
  "1": [
    "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us pids/pids.max cpuset/cpuset.cpus",
    "100663296\n50000\n20\n0\n",
  ],
  "2": ["cd /sys/fs/cgroup; cat memory.max cpu.max pids.max cpuset.cpus", "100663296\n50000 100000\n20\n0\n"],
} as const;

/** 0.4 seconds of processor time, eight megabytes to the disk, forty in memory; then a server of five, and rest. */
const WORK = [
  "const { createServer, get } = require('node:http'), { execFileSync } = require('node:child_process'), fs = require('node:fs');",
  "while (process.cpuUsage().user + process.cpuUsage().system < 400000);",
  "execFileSync('dd', ['if=/dev/zero', 'of=/written', 'bs=1M', 'count=8', 'oflag=direct'], { stdio: 'ignore' });",
  "fs.writeFileSync('/dev/shm/kept', Buffer.alloc(40 << 20, 1));",
  "const server = createServer((request, response) => response.end(Buffer.alloc(5 << 20))).listen(80, () => console.log('ready'));",
].join("\n");

interface Figures {
  /** Nanoseconds. */
  readonly processor: number;
  /** Bytes. */
  readonly memory: number;
  readonly written: number;
}

function sum(text: string, pattern: RegExp): number {
  const values = Array.from(text.matchAll(pattern), ([, value]) => Number(value));
  return values.reduce((total, each) => total + each, 0);
}

/** The kernel's own, of the groups that a process is in. */
function kernelFigures(pid: number, version: string): Figures {
  const groups = readProc(pid, "cgroup").trim().split("\n");
  const read = (controller: string, file: string): string => {
    const line = groups.find((each) => each.split(":")[1]?.split(",").includes(controller)) ?? "";
    return readFileSync(join("/sys/fs/cgroup", controller, line.split(":")[2] ?? "", file), "utf8");
  };
  if (version === "1") {
    return {
      processor: Number(read("cpuacct", "cpuacct.usage")),
      memory: Number(read("memory", "memory.usage_in_bytes")),
      written: sum(read("blkio", "blkio.throttle.io_service_bytes_recursive"), / Write (\d+)/g),
    };
  }
  return {
    processor: sum(read("", "cpu.stat"), /^usage_usec (\d+)/gm) * 1000,
    memory: Number(read("", "memory.current")),
    written: sum(read("", "io.stat"), / wbytes=(\d+)/g),
  };
}

/** Bytes that the kernel counts on the process's first interface. */
function kernelTraffic(pid: number): [received: number, sent: number] {
  const line = /eth0:\s*(.*)/.exec(readProc(pid, "net/dev"))?.[1] ?? "";
  const counts = line.split(/\s+/).map(Number);
  return [counts[0] ?? 0, counts[8] ?? 0];
}

/** The docker CLIs of this machine: the one on the PATH, and Debian's where that is another. */
const CLIS = ["docker", "/usr/bin/docker"].filter((path) => path === "docker" || existsSync(path));

async function infoOf(engine: EngineUnderTest): Promise<Info> {
  await engine.start();
  return JSON.parse(await engine.succeed("info", "--format", "{{json .}}")) as Info;
}

async function statsOf(engine: EngineUnderTest, name: string): Promise<Stats> {
  const url = `http://engine/containers/${name}/stats?stream=false`;
  const { stdout } = await engine.command("curl", ["-s", "--unix-socket", engine.socket, url]);
  return JSON.parse(stdout) as Stats;
}

describeEachEngine(
  "limits and figures",
  (engine) => {
    it("stand in the container's own files, or in a warning of create", async () => {
      const info = await infoOf(engine());
      const created = await engine().docker([
        "create",
        "--name",
        "bounded",
        ...LIMITS,
        "--ulimit",
        "nice=10:10",
        "slipway/host",
        "sleep",
        "600",
      ]);
      expect(created.code).toBe(0);
      const refused = WORDS.filter(([field]) => !info[field]).map(([, words]) => words);
      const named = WORDS.filter(([, words]) => created.stderr.includes(words)).map(([, words]) => words);
      expect(named).toEqual(refused);
      await engine().succeed("start", "bounded");
      const [script, expected] = SHOWN[info.CgroupVersion === "1" ? "1" : "2"];
      const shown = await engine().docker(["exec", "bounded", "sh", "-c", script]);
      expect(refused.length > 0 || shown.stdout === expected).toBe(true);
      const limits = await engine().succeed("exec", "bounded", "cat", "/proc/1/limits");
      expect(/^Max nice priority +10 +10 *$/m.test(limits)).toBe(
        !created.stderr.includes("a limit nice above"),
      );
      const updated = await engine().docker(["update", "--pids-limit", "30", "bounded"]);
      expect(updated.stdout.includes("PIDs limit")).toBe(!info.PidsLimit);
      await engine().succeed("rm", "-f", "bounded");
    });

    it("agree with the kernel's to five percent", async () => {
      const info = await infoOf(engine());
      await engine().succeed("run", "-d", "--name", "busy", "slipway/host", "node", "-e", WORK);
      await eventually("the work is done", async () => {
        return (await engine().succeed("logs", "busy")) === "ready\n" || undefined;
      });
      const fetch = "for await (const _ of (await fetch('http://' + process.argv[1])).body);";
      const address = (
        await engine().succeed("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "busy")
      ).trim();
      await engine().succeed(
        "run",
        "--rm",
        "slipway/host",
        "node",
        "--input-type=module",
        "-e",
        fetch,
        address,
      );
      const pid = Number(await engine().succeed("inspect", "-f", "{{.State.Pid}}", "busy"));
      const stats = await statsOf(engine(), "busy");
      const [received, sent] = kernelTraffic(pid);
      const { eth0 } = stats.networks;
      expect(sent).toBeGreaterThan(5 << 20);
      expect((eth0?.tx_bytes ?? 0) / sent).toBeCloseTo(1, 1);
      expect((eth0?.rx_bytes ?? 0) / received).toBeCloseTo(1, 1);
      const own: Figures = {
        processor: stats.cpu_stats.cpu_usage.total_usage,
        memory: stats.memory_stats.usage,
        written: writtenBytes(stats),
      };
      // Without cgroups there is nothing to compare with: the figures are sums over processes.
      const kernel = info.MemoryLimit ? kernelFigures(pid, info.CgroupVersion) : own;
      const ratios = (Object.keys(own) as (keyof Figures)[]).map(
        (name) => own[name] / (kernel[name] || 1) - 1,
      );
      for (const ratio of info.MemoryLimit ? ratios : []) expect.soft(Math.abs(ratio)).toBeLessThan(0.05);
      expect(stats.cpu_stats.cpu_usage.total_usage).toBeGreaterThan(0.25e9);
      expect(stats.precpu_stats.cpu_usage.total_usage).toBeGreaterThan(0.25e9);
      expect(stats.memory_stats.usage).toBeGreaterThan(40 << 20);
      expect(stats.pids_stats.current).toBeGreaterThan(0);
      for (const cli of CLIS) {
        const format = "{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.NetIO}} {{.BlockIO}} {{.PIDs}}";
        const { stdout } = await engine().command(cli, ["stats", "--no-stream", "--format", format, "busy"]);
        const row =
          /^busy [\d.]+% ([\d.]+)MiB \/ [\d.]+[MG]iB [\d.]+[kM]B \/ ([\d.]+)MB [\d.]+[kM]?B \/ ([\d.]+)[kM]?B \d+\n$/.exec(
            stdout,
          );
        expect(row, stdout).not.toBeNull();
        expect(Number(row?.[1])).toBeGreaterThan(40);
        expect(Number(row?.[2]) / (sent / 1e6)).toBeCloseTo(1, 1);
      }
      await engine().succeed("rm", "-f", "busy");
    });
  },
  { only: "bundled" },
);

function writtenBytes(stats: Stats): number {
  const rows = stats.blkio_stats.io_service_bytes_recursive ?? [];
  return rows.filter(({ op }) => op.toLowerCase() === "write").reduce((total, { value }) => total + value, 0);
}
