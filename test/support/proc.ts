// What /proc says of processes: each may end before it is looked at, between two looks, and while one goes on.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { eventually } from "./processes.ts";

/**
 * ESRCH and ENXIO: it ended after its file was opened. EACCES: somebody else's, who is none of ours. ENAMETOOLONG: in a folder deeper than
 * the kernel tells, where none of ours is.
 */
const NOTHING_TO_SEE = ["ENOENT", "ESRCH", "ENXIO", "EACCES", "ENAMETOOLONG"];

function look(what: () => string): string {
  try {
    return what();
  } catch (error) {
    if (NOTHING_TO_SEE.includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}

/** One of a process's files; empty when it has ended. */
export function readProc(pid: number, name: string): string {
  return look(() => readFileSync(`/proc/${pid}/${name}`, "utf8"));
}

/** Where one of a process's links leads; empty when it has ended. */
export function readProcLink(pid: number, name: string): string {
  return look(() => readlinkSync(`/proc/${pid}/${name}`));
}

/** Every process of this machine, as it is seen from here. */
export function allProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The fields of `stat` after the name, which may itself hold spaces and parentheses: state, parent, group, session, …; none when it has ended. */
export function statFields(pid: number): readonly string[] {
  const stat = readProc(pid, "stat");
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Whether it is there and does not only wait for somebody to take note of its end. */
export function isAlive(pid: number): boolean {
  const [state = "X"] = statFields(pid);
  return !/[ZXx]/.test(state);
}

/** What it calls itself, as `ps -o comm` shows it; empty when it has ended. */
export function commandName(pid: number): string {
  return readProc(pid, "comm").trimEnd();
}

/** The process that would be told of its end; throws when it has ended. */
export function parentOf(pid: number): number {
  const [, parent] = statFields(pid);
  if (parent === undefined) throw new Error(`process ${pid} has ended`);
  return Number(parent);
}

/** The children of all its threads. */
export function childrenOf(pid: number): number[] {
  return allProcesses().filter((each) => statFields(each)[1] === String(pid));
}

/** How many descriptors it has open; throws when it has ended. */
export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Kilobytes that a file of a process, such as `status` or `smaps_rollup`, says of something; throws when it does not. */
export function kilobytesOf(pid: number, file: string, what: string): number {
  const found = new RegExp(`^${what}:\\s+(\\d+) kB$`, "m").exec(readProc(pid, file))?.[1];
  if (found === undefined) throw new Error(`process ${pid} has no ${what} in ${file}`);
  return Number(found);
}

/** Ends a process at once, and comes back when it has ended. */
export async function killAndWait(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await eventually(`process ${pid} has ended`, () => !isAlive(pid) || undefined);
}

/** Sends a signal, unless it has ended meanwhile. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
