// Kernel parameters of a container: only those that belong to a namespace of its own, for every other one is the whole machine's. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";

const OF_IPC = [
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
];

/** Throws for a parameter that would reach beyond the container; `host` is complete. */
export function checkSysctls(host: HostConfig): void {
  for (const written of Object.keys(host.Sysctls ?? {})) {
    const name = sysctlName(written);
    if (OF_IPC.includes(name) || name.startsWith("fs.mqueue.")) {
      if (host.IpcMode !== "host") continue;
      refuse(`sysctl "${written}" is not allowed in the hosts ipc namespace`);
    }
    if (name.startsWith("net.")) {
      if (host.NetworkMode !== "host") continue;
      refuse(`sysctl "${written}" not allowed in host network namespace`);
    }
    if (name === "kernel.domainname") {
      if (host.UTSMode !== "host") continue;
      refuse(`sysctl "${written}" not allowed in host UTS namespace`);
    }
    refuse(`sysctl "${written}" is not in a separate kernel namespace`);
  }
}

/** With dots between its parts, where slashes may stand, too: the separator that comes first is the one. */
function sysctlName(written: string): string {
  const slash = written.indexOf("/");
  const dot = written.indexOf(".");
  if (written.split(/[./]/).includes("")) refuse(`sysctl "${written}" is not a name`);
  if (slash < 0 || (dot >= 0 && dot < slash)) return written;
  return written.replaceAll(/[./]/g, (separator) => (separator === "/" ? "." : "/"));
}

function refuse(message: string): never {
  throw new EngineError("invalid", message);
}
