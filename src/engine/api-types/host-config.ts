// What a container gets of its host, in the Docker Engine API's casing and units, as far as the engine reads or writes it.
import type { Mount } from "./mount.ts";

/** Where a port is published; no `HostPort`, or "" or "0": any that is free. */
export interface PortBinding {
  HostIp?: string;
  HostPort?: string;
}

/** Limits, mounts, ports, namespaces and privileges of one container. Sizes are bytes, CPU times microseconds unless the name says otherwise. */
export interface HostConfig {
  Binds?: string[] | null;
  Mounts?: Mount[];
  Tmpfs?: Record<string, string>;
  VolumesFrom?: string[] | null;
  VolumeDriver?: string;
  NetworkMode?: string;
  PortBindings?: Record<string, PortBinding[] | null>;
  PublishAllPorts?: boolean;
  RestartPolicy?: { Name?: string; MaximumRetryCount?: number };
  AutoRemove?: boolean;
  Memory?: number;
  MemorySwap?: number;
  MemoryReservation?: number;
  NanoCpus?: number;
  CpuShares?: number;
  CpuPeriod?: number;
  CpuQuota?: number;
  CpusetCpus?: string;
  CpusetMems?: string;
  PidsLimit?: number | null;
  OomScoreAdj?: number;
  OomKillDisable?: boolean;
  CapAdd?: string[] | null;
  CapDrop?: string[] | null;
  Privileged?: boolean;
  SecurityOpt?: string[] | null;
  ReadonlyRootfs?: boolean;
  MaskedPaths?: string[] | null;
  ReadonlyPaths?: string[] | null;
  Init?: boolean | null;
  Ulimits?: { Name: string; Soft?: number | null; Hard?: number | null }[] | null;
  Sysctls?: Record<string, string>;
  ShmSize?: number;
  Devices?: { PathOnHost: string; PathInContainer: string; CgroupPermissions: string }[] | null;
  Dns?: string[] | null;
  DnsSearch?: string[] | null;
  DnsOptions?: string[] | null;
  ExtraHosts?: string[] | null;
  GroupAdd?: string[] | null;
  Links?: string[] | null;
  PidMode?: string;
  IpcMode?: string;
  UTSMode?: string;
  UsernsMode?: string;
  CgroupnsMode?: string;
  CgroupParent?: string;
  LogConfig?: { Type?: string; Config?: Record<string, string> };
  Annotations?: Record<string, string>;
  [key: string]: unknown;
}

/** What `update` may change; 0, empty and null leave a value as it is. */
export type ContainerUpdateBody = Partial<
  Pick<
    HostConfig,
    | "CpuPeriod"
    | "CpuQuota"
    | "CpuShares"
    | "CpusetCpus"
    | "CpusetMems"
    | "Memory"
    | "MemoryReservation"
    | "MemorySwap"
    | "NanoCpus"
    | "PidsLimit"
    | "RestartPolicy"
  >
> & { BlkioWeight?: number; KernelMemory?: number; KernelMemoryTCP?: number };
