// What engines may leave on a machine, counted: the same numbers before and after mean that nothing leaked.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "./processes.ts";

/** Counts of everything an engine makes. */
export interface Footprint {
  readonly processes: number;
  readonly mounts: number;
  readonly namespaces: number;
  readonly cgroups: number;
  readonly interfaces: number;
  readonly files: number;
}

function livingProcesses(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && readState(name) !== "Z");
}

function readState(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "")[0];
  } catch {
    return "Z"; // ended while we looked
  }
}

function namespacesOf(pids: readonly string[]): Set<string> {
  const kinds = ["mnt", "net", "pid", "uts", "ipc", "user", "cgroup"];
  const links = pids.flatMap((pid) => kinds.map((kind) => readLink(`/proc/${pid}/ns/${kind}`)));
  return new Set(links.filter((link) => link !== undefined));
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

async function countLines(command: string, args: readonly string[]): Promise<number> {
  const { stdout } = await run(command, args);
  return stdout.split("\n").filter(Boolean).length;
}

/** Processes are those whose command line mentions the state directory or the native binary. */
export async function measureFootprint(root: string): Promise<Footprint> {
  const pids = livingProcesses();
  const ours = pids.filter((pid) => {
    try {
      const line =
        readFileSync(join("/proc", pid, "cmdline"), "utf8") +
        readFileSync(join("/proc", pid, "environ"), "utf8");
      return line.includes("slipway-native") || line.includes(root);
    } catch {
      return false;
    }
  });
  return {
    processes: ours.length,
    mounts: readFileSync("/proc/self/mountinfo", "utf8").split("\n").length,
    namespaces: namespacesOf(ours).size,
    cgroups: await countLines("find", ["/sys/fs/cgroup", "-type", "d", "-path", "*slipway*"]),
    interfaces: await countLines("ip", ["-o", "link"]),
    files: await countLines("find", [root]),
  };
}
