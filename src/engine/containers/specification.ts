// A saved container and what was prepared for its start, as the native binary reads it. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import type { Directive } from "../collaborators.ts";
import type { CgroupPlan } from "./cgroup.ts";
import { environment } from "./environment.ts";
import { commandLine } from "./image-merge.ts";
import { logRotation } from "./log-driver.ts";
import { processDirectives } from "./process-directives.ts";
import type { SavedContainer } from "./record.ts";
import { FILES } from "./record.ts";
import type { PlacedMount } from "./root-mounts.ts";
import { rootMounts } from "./root-mounts.ts";

/** A namespace of the container: its own, the machine's, or that of a process. */
export type NamespaceChoice = "private" | "host" | { readonly pid: number };

/** A device node to make in the container. */
export interface DeviceNode {
  readonly path: string;
  readonly type: "c" | "b";
  readonly major: number;
  readonly minor: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface StartParts {
  readonly folder: string;
  readonly anchor: number;
  readonly rootless: boolean;
  /** From images/: the root file system. */
  readonly root: readonly Directive[];
  readonly mounts: readonly PlacedMount[];
  readonly devices: readonly DeviceNode[];
  readonly cgroups: CgroupPlan;
  /** File of the filter of system calls; undefined: none. */
  readonly seccomp: string | undefined;
  /** Profile that AppArmor is told; undefined: none. */
  readonly apparmor: string | undefined;
  readonly namespaces: Readonly<Record<"pid" | "net" | "ipc", NamespaceChoice>>;
  /** What links of the predefined network say of others. */
  readonly linkedEnvironment: readonly string[];
  /** From networks/, and the published ports. */
  readonly network: readonly Directive[];
  /** What the host name is at this start. */
  readonly hostname: string;
}

/** The whole specification of `run`. */
export function runSpecification(saved: SavedContainer, parts: StartParts): Directive[] {
  const { config, hostConfig: host } = saved;
  return [
    ["dir", parts.folder],
    ["anchor", String(parts.anchor), parts.rootless ? "1" : "0"],
    ...log(host),
    ["exit", FILES.exit],
    ["ctl", FILES.control],
    ...(config.Tty ? [["tty", ...consoleSize(saved)] as const] : []),
    ...(config.OpenStdin ? [["stdin", config.StdinOnce ? "once" : "open"] as const] : []),
    // In another's PID namespace there is somebody who reaps already, as Docker sees it.
    ...(host.Init && !host.PidMode ? [["init"] as const] : []),
    ...names(saved, parts),
    ...namespaces(saved, parts),
    ...parts.cgroups.directives,
    ["rootfs", `${parts.folder}/${FILES.rootfs}`],
    ...parts.root,
    ...rootMounts({
      hostConfig: host,
      tty: config.Tty ?? false,
      rootless: parts.rootless,
      ipcDonor: typeof parts.namespaces.ipc === "string" ? undefined : parts.namespaces.ipc.pid,
      mounts: parts.mounts,
    }),
    ...parts.devices.map((device): Directive => [
      "device",
      device.path,
      device.type,
      String(device.major),
      String(device.minor),
      device.mode.toString(8),
    ]),
    ...(host.MaskedPaths ?? []).map((path): Directive => ["mask", path]),
    ...(host.ReadonlyPaths ?? []).map((path): Directive => ["readonly", path]),
    ...(host.ReadonlyRootfs ? [["readonly-rootfs"] as const] : []),
    ...sysctls(saved, parts),
    ...parts.network,
    ...processDirectives({
      hostConfig: host,
      privileged: false,
      devicesGuarded: parts.rootless || parts.cgroups.devicesGuarded,
      seccomp: parts.seccomp,
      apparmor: parts.apparmor,
      user: config.User ?? "",
      workingDirectory: config.WorkingDir ?? "",
      environment: environment({
        hostname: parts.hostname,
        tty: config.Tty ?? false,
        entries: [...parts.linkedEnvironment, ...(config.Env ?? [])],
      }),
      command: commandLine(config),
    }),
  ];
}

function log(host: HostConfig): Directive[] {
  if (host.LogConfig?.Type === "none") return [];
  const rotation = logRotation(host);
  if (rotation === undefined) return [["log", FILES.log]];
  return [
    ["log", FILES.log],
    ["log-rotate", String(rotation.size), String(rotation.files)],
  ];
}

function consoleSize(saved: SavedContainer): [rows: string, columns: string] {
  const size = saved.hostConfig["ConsoleSize"];
  const [rows, columns] = Array.isArray(size) ? (size as unknown[]) : [];
  return [String(Number(rows) || 24), String(Number(columns) || 80)];
}

function names(saved: SavedContainer, parts: StartParts): Directive[] {
  if (saved.hostConfig.UTSMode === "host") return [];
  const domain = saved.config.Domainname;
  return [["hostname", parts.hostname], ...(domain ? [["domainname", domain] as const] : [])];
}

function namespaces(saved: SavedContainer, parts: StartParts): Directive[] {
  const path = (kind: "pid" | "net" | "ipc"): string => {
    const choice = parts.namespaces[kind];
    return typeof choice === "string" ? choice : `/proc/${choice.pid}/ns/${kind}`;
  };
  return [
    ["ns", "pid", path("pid")],
    ["ns", "net", path("net")],
    ["ns", "ipc", path("ipc")],
    ["ns", "uts", saved.hostConfig.UTSMode === "host" ? "host" : "private"],
    ["ns", "cgroup", saved.hostConfig.CgroupnsMode === "host" ? "host" : "private"],
  ];
}

/** In a network of its own, any user may ping and listen on low ports. */
function sysctls(saved: SavedContainer, parts: StartParts): Directive[] {
  // The kernel refuses a range of groups that the user namespace does not have; group 0 is always there.
  const everyGroup = parts.rootless ? "0 0" : "0 2147483647";
  const defaults: Record<string, string> =
    parts.namespaces.net === "private"
      ? { "net.ipv4.ping_group_range": everyGroup, "net.ipv4.ip_unprivileged_port_start": "0" }
      : {};
  const wanted = { ...defaults, ...saved.hostConfig.Sysctls };
  return Object.entries(wanted).map(([key, value]): Directive => ["sysctl", key, value]);
}
