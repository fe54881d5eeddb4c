// The processes of a container, from the kernel's own files, in the columns of `ps -ef`.
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { Container } from "./container.ts";
import { EngineError } from "../errors.ts";

const TITLES = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"];
/** The kernel counts processor time in these per second, on every platform that Linux has today. */
const TICKS = 100;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly terminal: number;
  readonly ticks: number;
  /** Ticks after the machine's start. */
  readonly started: number;
  readonly owner: number;
}

/** Every process in the pid namespace of the container's first one, or below it where that namespace is not its own. */
export function containerProcesses(container: Container): { Titles: string[]; Processes: string[][] } {
  const { pid } = container.saved.state;
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const bootTime = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  const rows = descendants(all, pid).map((process) => row(process, bootTime));
  return { Titles: TITLES, Processes: rows };
}

/** Only the format is given; anything but a plain `-ef` or `aux` style is refused rather than answered wrongly. */
export function checkPsArguments(text: string): void {
  if (!["", "-ef", "ef", "-e -f", "-eF", "-fe"].includes(text.trim())) {
    throw new EngineError(
      "not-implemented",
      `ps arguments "${text}" are not supported by this engine: use -ef`,
    );
  }
}

function descendants(all: readonly ProcessStat[], root: number): ProcessStat[] {
  const known = new Set([root]);
  for (let size = 0; size !== known.size;) {
    size = known.size;
    for (const process of all) if (known.has(process.parent)) known.add(process.pid);
  }
  return all.filter((process) => known.has(process.pid));
}

/** Undefined for a process that has just gone. */
function readProcess(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const close = stat.lastIndexOf(")");
    const fields = stat.slice(close + 2).split(" ");
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8")
      .replace(/\0+$/, "")
      .replaceAll("\0", " ");
    return {
      pid,
      parent: Number(fields[1]),
      command: commandLine || `[${stat.slice(stat.indexOf("(") + 1, close)}]`,
      terminal: Number(fields[4]),
      ticks: Number(fields[11]) + Number(fields[12]),
      started: Number(fields[19]),
      owner: statSync(`/proc/${pid}`).uid,
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

function row(process: ProcessStat, bootTime: number): string[] {
  const started = bootTime + process.started / TICKS;
  const lifetime = Math.max(1, Date.now() / 1000 - started);
  const seconds = process.ticks / TICKS;
  return [
    process.owner === 0 ? "root" : String(process.owner),
    String(process.pid),
    String(process.parent),
    String(Math.min(99, Math.floor((seconds / lifetime) * 100))),
    new Date(started * 1000).toTimeString().slice(0, 5),
    process.terminal >> 8 === 136 ? `pts/${process.terminal & 0xff}` : "?",
    clock(Math.floor(seconds)),
    process.command,
  ];
}

function clock(seconds: number): string {
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
