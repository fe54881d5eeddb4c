// What a process may do and who it is: the part of a specification that a container's first process and its execs share. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import type { Directive } from "../collaborators.ts";
import { CAP_MKNOD, capabilityNumbers } from "./capabilities.ts";
import { rlimitFields } from "./rlimits.ts";

export interface ProcessRequest {
  readonly hostConfig: HostConfig;
  /** Of an exec: everything is allowed. */
  readonly privileged: boolean;
  /** The kernel keeps the container from devices it was not given. */
  readonly devicesGuarded: boolean;
  /** File of the filter of system calls; undefined: none. */
  readonly seccomp: string | undefined;
  /** Profile that AppArmor is told; undefined: none. */
  readonly apparmor: string | undefined;
  readonly user: string;
  readonly workingDirectory: string;
  readonly environment: readonly string[];
  readonly command: readonly string[];
}

/** Capabilities, limits, user, folder, environment and command. */
export function processDirectives(request: ProcessRequest): Directive[] {
  const host = request.hostConfig;
  return [
    ...capabilities(request).map((number): Directive => ["cap", String(number)]),
    ...(noNewPrivileges(host) ? [["no-new-privileges"] as const] : []),
    ...(request.apparmor === undefined ? [] : [["apparmor", request.apparmor] as const]),
    ...(request.seccomp === undefined ? [] : [["seccomp", request.seccomp] as const]),
    ...(host.Ulimits ?? []).map((limit): Directive => ["rlimit", ...rlimitFields(limit)]),
    ...(host.OomScoreAdj ? [["oom-score-adj", String(host.OomScoreAdj)] as const] : []),
    ["user", request.user || "0"],
    ...(host.GroupAdd ?? []).map((group): Directive => ["group", group]),
    ["cwd", request.workingDirectory || "/"],
    ...request.environment.map((entry): Directive => ["env", entry]),
    ...request.command.map((word): Directive => ["arg", word]),
  ];
}

/**
 * Without a device cgroup, a process that may make device nodes could open the machine's disks: it may not then, unless it was asked for
 * by name.
 */
function capabilities(request: ProcessRequest): number[] {
  const host = request.hostConfig;
  const privileged = request.privileged || (host.Privileged ?? false);
  const add = host.CapAdd ?? [];
  const kept = capabilityNumbers({ privileged, add, drop: host.CapDrop ?? [] });
  const named = add.some((name) => ["ALL", "MKNOD", "CAP_MKNOD"].includes(name.toUpperCase()));
  if (privileged || request.devicesGuarded || named) return kept;
  return kept.filter((number) => number !== CAP_MKNOD);
}

function noNewPrivileges(host: HostConfig): boolean {
  return (host.SecurityOpt ?? []).some((option) => /^no-new-privileges(?:[=:]true)?$/.test(option));
}
