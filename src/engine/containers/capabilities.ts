// Which Linux capabilities a container's processes keep.
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";

/** In the kernel's numbering, from 0. */
// prettier-ignore
const NAMES = [
  "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
  "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
  "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
  "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL",
  "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON",
  "BPF", "CHECKPOINT_RESTORE",
];

// prettier-ignore
const DEFAULTS = [
  "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP",
  "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
];

export interface CapabilityWishes {
  readonly privileged: boolean;
  readonly add: readonly string[];
  readonly drop: readonly string[];
}

/** The numbers to keep, ascending. An addition wins over a removal, as `--cap-drop ALL --cap-add X` expects. */
export function capabilityNumbers(wishes: CapabilityWishes): number[] {
  if (wishes.privileged) return NAMES.map((_, number) => number);
  const add = wishes.add.map(normalise);
  const drop = wishes.drop.map(normalise);
  const start = add.includes("ALL") ? NAMES : drop.includes("ALL") ? [] : DEFAULTS;
  const kept = new Set(start.filter((name) => !drop.includes(name)));
  for (const name of add) if (name !== "ALL") kept.add(name);
  return [...kept].map((name) => NAMES.indexOf(name)).toSorted((a, b) => a - b);
}

/** The names (without `CAP_`) that a container keeps, in the kernel's order. */
export function capabilityNames(host: HostConfig): string[] {
  return capabilityNumbers({
    privileged: host.Privileged ?? false,
    add: host.CapAdd ?? [],
    drop: host.CapDrop ?? [],
  }).map((number) => NAMES[number] ?? "");
}

/** Throws for a name the kernel does not have. */
export function checkCapabilities(names: readonly string[]): void {
  for (const name of names) {
    const known = normalise(name);
    if (known !== "ALL" && !NAMES.includes(known)) {
      throw new EngineError("invalid", `invalid capability: unknown capability "${name}"`);
    }
  }
}

/** The capability that makes device nodes. */
export const CAP_MKNOD = NAMES.indexOf("MKNOD");

function normalise(name: string): string {
  const upper = name.toUpperCase();
  return upper.startsWith("CAP_") ? upper.slice(4) : upper;
}
