// Which processes of the machine belong to a container.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One living process, from /proc/PID/stat. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Between the parentheses. */
  readonly name: string;
  readonly terminal: number;
  /** Of processor time: its own, and of children that it has waited for. */
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly childrenTicks: readonly [user: number, system: number];
  /** Ticks after the machine's start. */
  readonly started: number;
  /** Pages in memory. */
  readonly pages: number;
}

/** Those in the pid namespace of `root`, and its descendants where that namespace is not its own. */
export function containerMembers(root: number): ProcessStat[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const namespace = pidNamespace(root);
  const isOwn = namespace !== undefined && namespace !== pidNamespace(process.pid);
  const known = new Set([root]);
  for (const { pid } of all) if (isOwn && pidNamespace(pid) === namespace) known.add(pid);
  for (let size = 0; size !== known.size;) {
    size = known.size;
    for (const { pid, parent } of all) if (known.has(parent)) known.add(pid);
  }
  return all.filter(({ pid }) => known.has(pid));
}

/** Undefined for one that has gone, or may not be looked at. */
function pidNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}

function readProcess(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
  const close = stat.lastIndexOf(")");
  const fields = stat
    .slice(close + 2)
    .split(" ")
    .map(Number);
  const field = (number: number): number => fields[number - 3] ?? 0; // as proc(5) counts them
  return {
    pid,
    parent: field(4),
    name: stat.slice(stat.indexOf("(") + 1, close),
    terminal: field(7),
    userTicks: field(14),
    systemTicks: field(15),
    childrenTicks: [field(16), field(17)],
    started: field(22),
    pages: field(24),
  };
}
