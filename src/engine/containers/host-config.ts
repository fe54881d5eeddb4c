// The host-dependent half of a create request: what is refused, and the defaults that clients read back. Pure.
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";
import { checkCapabilities } from "./capabilities.ts";
import { checkEnvironment } from "./environment.ts";
import { checkExtraHosts } from "./host-files.ts";
import { checkLogConfig } from "./log-driver.ts";
import { checkPorts, portName } from "./ports.ts";
import { rlimitFields } from "./rlimits.ts";
import { checkRuntime } from "./runtime.ts";
import { checkSeccomp } from "./seccomp.ts";
import { parseSignal } from "../signals.ts";
import { refuseStorageOptions } from "./storage-options.ts";
import { checkSysctls } from "./sysctls.ts";

export const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
];

export const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

const MINIMUM_MEMORY = 6 * 1024 * 1024;
const DEFAULT_SHM_SIZE = 64 * 1024 * 1024;
const MINIMUM_HEALTH_DURATION = 1_000_000;

/** The request with every default written out, so that inspect shows what is used. `cgroupVersion`: of this machine. */
export function completeHostConfig(asked: HostConfig, cgroupVersion: 1 | 2): HostConfig {
  const privileged = asked.Privileged ?? false;
  const policy = asked.RestartPolicy?.Name || "no";
  return {
    ...asked,
    Binds: asked.Binds ?? null,
    NetworkMode: !asked.NetworkMode || asked.NetworkMode === "default" ? "bridge" : asked.NetworkMode,
    PortBindings: completeBindings(asked.PortBindings ?? {}),
    RestartPolicy: { Name: policy, MaximumRetryCount: asked.RestartPolicy?.MaximumRetryCount ?? 0 },
    AutoRemove: asked.AutoRemove ?? false,
    Privileged: privileged,
    ReadonlyRootfs: asked.ReadonlyRootfs ?? false,
    PublishAllPorts: asked.PublishAllPorts ?? false,
    LogConfig: { Type: asked.LogConfig?.Type || "json-file", Config: asked.LogConfig?.Config ?? {} },
    IpcMode: asked.IpcMode || "private",
    PidMode: asked.PidMode ?? "",
    UTSMode: asked.UTSMode ?? "",
    UsernsMode: asked.UsernsMode ?? "",
    CgroupnsMode: asked.CgroupnsMode || (cgroupVersion === 1 ? "host" : "private"),
    CgroupParent: asked.CgroupParent ?? "",
    ShmSize: asked.ShmSize || DEFAULT_SHM_SIZE,
    MaskedPaths: asked.MaskedPaths ?? (privileged ? [] : MASKED_PATHS),
    ReadonlyPaths: asked.ReadonlyPaths ?? (privileged ? [] : READONLY_PATHS),
    Memory: asked.Memory ?? 0,
    MemorySwap: asked.MemorySwap || 2 * (asked.Memory ?? 0),
    MemoryReservation: asked.MemoryReservation ?? 0,
    NanoCpus: asked.NanoCpus ?? 0,
    CpuShares: asked.CpuShares ?? 0,
    CpuPeriod: asked.CpuPeriod ?? 0,
    CpuQuota: asked.CpuQuota ?? 0,
    CpusetCpus: asked.CpusetCpus ?? "",
    CpusetMems: asked.CpusetMems ?? "",
    PidsLimit: asked.PidsLimit && asked.PidsLimit > 0 ? asked.PidsLimit : null,
    MemorySwappiness: asked["MemorySwappiness"] === -1 ? null : (asked["MemorySwappiness"] ?? null),
    OomScoreAdj: asked.OomScoreAdj ?? 0,
    OomKillDisable: asked.OomKillDisable ?? false,
    CapAdd: asked.CapAdd ?? null,
    CapDrop: asked.CapDrop ?? null,
    Dns: asked.Dns ?? [],
    DnsOptions: asked.DnsOptions ?? [],
    DnsSearch: asked.DnsSearch ?? [],
    ExtraHosts: asked.ExtraHosts ?? null,
    GroupAdd: asked.GroupAdd ?? null,
    Links: asked.Links ?? null,
    VolumesFrom: asked.VolumesFrom ?? null,
    SecurityOpt: asked.SecurityOpt ?? null,
    Devices: asked.Devices ?? [],
    Ulimits: asked.Ulimits ?? null,
  };
}

function completeBindings(
  asked: NonNullable<HostConfig["PortBindings"]>,
): NonNullable<HostConfig["PortBindings"]> {
  const complete: NonNullable<HostConfig["PortBindings"]> = {};
  for (const [port, list] of Object.entries(asked)) {
    const others = complete[portName(port)];
    const more = list?.map(({ HostIp = "", HostPort = "" }) => ({ HostIp, HostPort })) ?? null;
    complete[portName(port)] = others && more ? [...others, ...more] : (others ?? more);
  }
  return complete;
}

/** Throws what the client has to hear about a request that contradicts itself; `host` is complete. */
export function checkHostConfig(host: HostConfig, config: ContainerConfig): void {
  checkLimits(host);
  checkHealth(config);
  checkModes(host, config);
  checkCapabilities([...(host.CapAdd ?? []), ...(host.CapDrop ?? [])]);
  for (const limit of host.Ulimits ?? []) rlimitFields(limit);
  checkPorts(host.PortBindings ?? {});
  checkLogConfig(host);
  checkSecurity(host);
  checkSysctls(host);
  checkRuntime(host);
  refuseStorageOptions(host);
  checkExtraHosts(host.ExtraHosts ?? []);
  checkEnvironment(config.Env ?? []);
  if (config.StopSignal) parseSignal(config.StopSignal);
}

/** The part that may be changed later. */
export function checkLimits(host: HostConfig): void {
  checkRestartPolicy(host);
  checkResources(host);
}

function invalid(message: string): never {
  throw new EngineError("invalid", message);
}

function checkRestartPolicy(host: HostConfig): void {
  const name = host.RestartPolicy?.Name ?? "no";
  const count = host.RestartPolicy?.MaximumRetryCount ?? 0;
  if (!["no", "always", "unless-stopped", "on-failure"].includes(name)) {
    invalid(
      `invalid restart policy: unknown policy '${name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    );
  }
  if (count !== 0 && name !== "on-failure") {
    invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'");
  }
  if (count < 0) invalid("invalid restart policy: maximum retry count cannot be negative");
  if (host.AutoRemove && name !== "no") {
    invalid("can't create 'AutoRemove' container with restart policy");
  }
}

function checkResources(host: HostConfig): void {
  const memory = host.Memory ?? 0;
  const swap = host.MemorySwap ?? 0;
  if (memory !== 0 && memory < MINIMUM_MEMORY) invalid("Minimum memory limit allowed is 6MB");
  if (memory > 0 && swap > 0 && swap < memory) {
    invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
  }
  if (memory === 0 && swap > 0) {
    invalid("You should always set the Memory limit when using Memoryswap limit, see usage");
  }
  const reservation = host.MemoryReservation ?? 0;
  if (reservation !== 0 && reservation < MINIMUM_MEMORY) invalid("Minimum memory reservation allowed is 6MB");
  if (reservation > 0 && memory > 0 && memory < reservation) {
    invalid("Minimum memory limit can not be less than memory reservation limit, see usage");
  }
  if ((host.NanoCpus ?? 0) > 0 && (host.CpuPeriod ?? 0) > 0) {
    invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
  }
  if ((host.NanoCpus ?? 0) > 0 && (host.CpuQuota ?? 0) > 0) {
    invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
  }
  const period = host.CpuPeriod ?? 0;
  if (period !== 0 && (period < 1000 || period > 1_000_000)) {
    invalid("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  }
  const quota = host.CpuQuota ?? 0;
  if (quota > 0 && quota < 1000) invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
  const adjustment = host.OomScoreAdj ?? 0;
  if (adjustment < -1000 || adjustment > 1000) {
    invalid(`Invalid value ${adjustment}, range for oom score adj is [-1000, 1000]`);
  }
  const swappiness = Number(host["MemorySwappiness"] ?? -1);
  if (swappiness < -1 || swappiness > 100) {
    invalid(`invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
  }
  const weight = Number(host["BlkioWeight"] ?? 0);
  if (weight !== 0 && (weight < 10 || weight > 1000)) invalid("Range of blkio weight is from 10 to 1000");
  if ((host.ShmSize ?? 0) < 0) invalid("SHM size can not be less than 0");
}

function checkHealth(config: ContainerConfig): void {
  const health = config.Healthcheck;
  if (health === undefined) return;
  for (const field of ["Interval", "Timeout", "StartPeriod", "StartInterval"] as const) {
    const value = health[field] ?? 0;
    if (value !== 0 && value < MINIMUM_HEALTH_DURATION) {
      invalid(`${field} in Healthcheck cannot be less than 1ms`);
    }
  }
  if ((health.Retries ?? 0) < 0) invalid("Retries in Healthcheck cannot be negative");
  const kind = health.Test?.[0];
  if (kind !== undefined && !["", "NONE", "CMD", "CMD-SHELL"].includes(kind)) {
    invalid(`Unknown healthcheck type in Test: ${kind}; use NONE, CMD or CMD-SHELL`);
  }
}

function checkModes(host: HostConfig, config: ContainerConfig): void {
  checkMode("PID", host.PidMode ?? "", ["", "host"]);
  checkMode("IPC", host.IpcMode ?? "", ["", "private", "shareable", "host", "none"]);
  if (!["", "host"].includes(host.UTSMode ?? "")) invalid(`invalid UTS mode: ${host.UTSMode}`);
  if (!["private", "host"].includes(host.CgroupnsMode ?? "private")) {
    invalid(`invalid cgroup namespace mode: ${host.CgroupnsMode}`);
  }
  if (host.UTSMode === "host" && config.Hostname) {
    invalid("conflicting options: hostname and the UTS mode");
  }
  if (!host.NetworkMode?.startsWith("container:")) return;
  if (config.Hostname) invalid("conflicting options: hostname and the network mode");
  if ((host.Dns ?? []).length > 0) invalid("conflicting options: dns and the network mode");
  if ((host.ExtraHosts ?? []).length > 0) {
    invalid("conflicting options: custom host-to-IP mapping and the network mode");
  }
  if ((host.Links ?? []).length > 0) {
    invalid("conflicting options: container type network can't be used with links");
  }
  if (host.PublishAllPorts || Object.keys(host.PortBindings ?? {}).length > 0) {
    invalid("conflicting options: port publishing and the container type network mode");
  }
}

function checkMode(what: string, mode: string, allowed: readonly string[]): void {
  if (allowed.includes(mode) || /^container:.+/.test(mode)) return;
  invalid(`invalid ${what} mode: ${mode}`);
}

function checkSecurity(host: HostConfig): void {
  for (const option of host.SecurityOpt ?? []) {
    const [key] = option.split(/[=:]/, 1);
    if (
      !["no-new-privileges", "seccomp", "apparmor", "label", "systempaths", "mask", "unmask"].includes(
        key ?? "",
      )
    ) {
      invalid(`invalid --security-opt 2: "${option}"`);
    }
    if (key === "no-new-privileges" && !/^[a-z-]+(?:[=:](?:true|false))?$/.test(option)) {
      invalid(`invalid --security-opt 2: "${option}"`);
    }
  }
  checkSeccomp(host);
}
