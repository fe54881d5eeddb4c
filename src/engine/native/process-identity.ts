// Tells a process from another that later got its number: the kernel's start time and this boot's id say so.
import { readFileSync } from "node:fs";

/** Enough to recognise one process of this machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of /proc/PID/stat. */
  readonly startTime: string;
  readonly bootId: string;
}

let presentBoot: string | undefined;

/** Another one after each start of the machine. */
export function bootId(): string {
  return (presentBoot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
}

function statFields(pid: number): { state: string; startTime: string } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined; // no such process
  }
  // The name in parentheses may itself hold spaces and parentheses; what follows the last one is field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", startTime: fields[19] ?? "" };
}

/** Identity of a living process; undefined when it is gone or a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  if (fields === undefined || fields.state === "Z" || fields.state === "X") return undefined;
  return { pid, startTime: fields.startTime, bootId: bootId() };
}

/** True while that very process lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.startTime === identity.startTime && now.bootId === identity.bootId;
}
