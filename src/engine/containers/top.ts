// The processes of a container: from the kernel's own files in the columns of `ps -ef`, or as the machine's `ps` shows them.
import { readFileSync } from "node:fs";
import type { Container } from "./container.ts";
import { containerMembers } from "./container-processes.ts";
import type { ProcessStat } from "./container-processes.ts";
import type { Native } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { effectiveUserId, innerUserId } from "./user-ids.ts";

/** What `GET /containers/{id}/top` answers. */
export interface ProcessTable {
  readonly Titles: string[];
  readonly Processes: string[][];
}

const TITLES = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"];
/** The kernel counts processor time in these per second, on every platform that Linux has today. */
const TICKS = 100;
const USUAL = ["", "-ef", "ef", "-e -f", "-fe"];

/** `psArgs`: as for `ps`, which is only asked when it is not the usual `-ef`. */
export async function processTable(
  native: Native,
  container: Container,
  psArgs: string,
): Promise<ProcessTable> {
  const members = containerMembers(container.saved.state.pid);
  if (!USUAL.includes(psArgs.trim()))
    return await askPs(native, psArgs, new Set(members.map(({ pid }) => String(pid))));
  const bootTime = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  const userMap = readFileSync(`/proc/${container.saved.state.pid}/uid_map`, "utf8");
  return {
    Titles: TITLES,
    Processes: members.map((member) => row(member, bootTime, userMap)).filter((cells) => cells !== undefined),
  };
}

async function askPs(native: Native, psArgs: string, pids: ReadonlySet<string>): Promise<ProcessTable> {
  const asked = psArgs.trim().split(/\s+/);
  const ps = (...more: string[]): Promise<Buffer> => native.call(["ps", ...asked, ...more]);
  let stdout: string;
  try {
    // Without the numbers some options show fewer than there are; others do not go together with them.
    stdout = String(await ps(`-q${[...pids].join(",")}`).catch(() => ps()));
  } catch (error) {
    const [complaint = ""] = (error as Error).message.split("\n");
    if (complaint === "ps: No such file or directory") {
      throw new EngineError(
        "not-implemented",
        `ps arguments "${psArgs}" need the program ps on this machine`,
      );
    }
    throw new EngineError("invalid", `error running ps: ${complaint}`, { cause: error });
  }
  const [heading = "", ...lines] = stdout.split("\n").filter((line) => line !== "");
  const Titles = heading.trim().split(/\s+/);
  const at = Titles.indexOf("PID");
  if (at < 0) throw new EngineError("invalid", "Couldn't find PID field in ps output");
  const rows = lines.map((line) => columns(line, Titles.length));
  return { Titles, Processes: rows.filter((cells) => pids.has(cells[at] ?? "")) };
}

/** The last column takes what is left: a command has spaces. */
function columns(line: string, count: number): string[] {
  const words = line.trim().split(/\s+/);
  return [...words.slice(0, count - 1), words.slice(count - 1).join(" ")];
}

/** Undefined for a process that has just gone. */
function row(member: ProcessStat, bootTime: number, userMap: string): string[] | undefined {
  const details = detailsOf(member, userMap);
  if (details === undefined) return undefined;
  const started = bootTime + member.started / TICKS;
  const lifetime = Math.max(1, Date.now() / 1000 - started);
  const seconds = (member.userTicks + member.systemTicks) / TICKS;
  return [
    details.owner === 0 ? "root" : String(details.owner),
    String(member.pid),
    String(member.parent),
    String(Math.min(99, Math.floor((seconds / lifetime) * 100))),
    new Date(started * 1000).toTimeString().slice(0, 5),
    member.terminal >> 8 === 136 ? `pts/${member.terminal & 0xff}` : "?",
    clock(Math.floor(seconds)),
    details.command,
  ];
}

function detailsOf(
  { pid, name }: ProcessStat,
  userMap: string,
): { command: string; owner: number } | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0+$/, "").replaceAll("\0", " ");
    const owner = effectiveUserId(readFileSync(`/proc/${pid}/status`, "utf8"));
    return { command: words || `[${name}]`, owner: innerUserId(userMap, owner) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

function clock(seconds: number): string {
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
