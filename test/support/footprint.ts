// What one engine may leave on a machine, counted: the same numbers before and after mean that nothing leaked. Only what belongs to the
// engine of that state directory is counted, so that others on the machine do not disturb.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { allProcesses, commandName, readProc, readProcLink, statFields } from "./proc.ts";
import { eventually, run } from "./processes.ts";

/** Counts of everything an engine makes. */
export interface Footprint {
  readonly processes: number;
  readonly mounts: number;
  readonly namespaces: number;
  readonly cgroups: number;
  /** In the host's network namespace and in the engine's. */
  readonly interfaces: number;
  readonly files: number;
}

/** The living processes of the engine with that state directory: daemon, anchor, shims, and all that descends from them. */
export function processesOf(root: string): number[] {
  const parents = new Map<number, number>();
  const found = new Set<number>();
  for (const pid of allProcesses()) {
    const [state, parent] = statFields(pid);
    if (state === undefined || state === "Z") continue;
    parents.set(pid, Number(parent));
    const traces = readProc(pid, "cmdline") + readProc(pid, "environ") + readProcLink(pid, "cwd");
    if (traces.includes(root)) found.add(pid);
  }
  const belongs = (pid: number | undefined): boolean =>
    pid !== undefined && (found.has(pid) || belongs(parents.get(pid)));
  return [...parents.keys()].filter(belongs);
}

/** What those processes are and where, for whoever finds more of them than there should be. */
export function describeProcesses(root: string): string[] {
  return processesOf(root).map(
    (pid) => `${pid} ${readProcLink(pid, "cwd")} ${readProc(pid, "cmdline").replaceAll("\0", " ")}`,
  );
}

function namespacesOf(pids: readonly number[]): number {
  const kinds = ["mnt", "net", "pid", "uts", "ipc", "user", "cgroup"];
  return new Set(pids.flatMap((pid) => kinds.map((kind) => readProcLink(pid, `ns/${kind}`))).filter(Boolean))
    .size;
}

async function countLines(command: string, args: readonly string[]): Promise<number> {
  const { stdout } = await run(command, args);
  return stdout.split("\n").filter(Boolean).length;
}

async function countInterfaces(root: string): Promise<number> {
  const anchor = processesOf(root).find((pid) => readProc(pid, "cmdline").startsWith("slipway-anchor"));
  const host = await countLines("ip", ["-o", "link"]);
  if (anchor === undefined) return host;
  return host + (await countLines("nsenter", ["-t", String(anchor), "-n", "ip", "-o", "link"]));
}

/** Counts now; what is just ending may still be there. */
export async function measureFootprint(root: string): Promise<Footprint> {
  const pids = processesOf(root);
  const group = createHash("sha256").update(root).digest("hex").slice(0, 8);
  return {
    processes: pids.length,
    mounts: readFileSync("/proc/self/mountinfo", "utf8").split("\n").length,
    namespaces: namespacesOf(pids),
    cgroups: await countLines("find", ["/sys/fs/cgroup", "-type", "d", "-path", `*slipway/${group}*`]),
    interfaces: await countInterfaces(root),
    files: await countLines("find", [root]),
  };
}

/** Whether the engine goes on trying ways out of containers (docs/native.md): what it tries makes processes and interfaces. */
function triesWaysOut(root: string): boolean {
  const uplink = processesOf(root).find((pid) => commandName(pid) === "slipway-uplink");
  const offered = uplink === undefined ? 0 : readProc(uplink, "cmdline").split("\0--way\0").length - 1;
  const report =
    offered > 0 && existsSync(join(root, "run/uplink")) ? readFileSync(join(root, "run/uplink"), "utf8") : "";
  const isFound = /^way (?!proxy)/m.test(report);
  return !isFound && (report.match(/^refused /gm) ?? []).length < offered;
}

/** The counts once what was just ending has ended: the same twice, a second apart. The kernel takes namespaces down in its own time. */
export async function settledFootprint(root: string): Promise<Footprint> {
  await eventually("a way out is chosen", () => !triesWaysOut(root) || undefined);
  let last = await measureFootprint(root);
  return eventually("nothing changes any more", async () => {
    await setTimeout(1000);
    const now = await measureFootprint(root);
    const settled = JSON.stringify(now) === JSON.stringify(last);
    last = now;
    return settled ? now : undefined;
  });
}
