// The shapes of request bodies. A field that the engine does not know is ignored, so every field that it reads is here.
import type { ContainerCreateBody } from "../api-types/container.ts";
import type { ContainerConfig, Healthcheck } from "../api-types/container-config.ts";
import type { ExecCreateBody } from "../api-types/exec.ts";
import type { ContainerUpdateBody, HostConfig, PortBinding } from "../api-types/host-config.ts";
import type { Mount } from "../api-types/mount.ts";
import type {
  EndpointSettings,
  IpamConfig,
  NetworkConnectBody,
  NetworkCreateBody,
} from "../api-types/network.ts";
import type { VolumeCreateBody } from "../api-types/volume.ts";
import { fields, type Shape } from "./decode.ts";

const texts: Shape = { map: "text" };
const empties: Shape = { map: "any" };
const list: Shape = { list: "text" };

const healthcheck = fields<Healthcheck>({
  Test: list,
  Interval: "integer",
  Timeout: "integer",
  StartPeriod: "integer",
  StartInterval: "integer",
  Retries: "integer",
});

const configFields = {
  Hostname: "text",
  Domainname: "text",
  User: "text",
  AttachStdin: "boolean",
  AttachStdout: "boolean",
  AttachStderr: "boolean",
  ExposedPorts: empties,
  Tty: "boolean",
  OpenStdin: "boolean",
  StdinOnce: "boolean",
  Env: list,
  Cmd: "words",
  Entrypoint: "words",
  Healthcheck: healthcheck,
  Image: "text",
  Volumes: empties,
  WorkingDir: "text",
  Labels: texts,
  StopSignal: "text",
  StopTimeout: "integer",
  OnBuild: list,
  Shell: "words",
  NetworkDisabled: "boolean",
  MacAddress: "text",
} as const satisfies Record<string, Shape>;

/** A container's configuration, as `commit` takes it. */
export const containerConfig = fields<ContainerConfig>(configFields);

const mount = fields<Mount>({
  Type: "text",
  Source: "text",
  Target: "text",
  ReadOnly: "boolean",
  Consistency: "text",
  BindOptions: fields<NonNullable<Mount["BindOptions"]>>({
    Propagation: "text",
    NonRecursive: "boolean",
    CreateMountpoint: "boolean",
    ReadOnlyNonRecursive: "boolean",
    ReadOnlyForceRecursive: "boolean",
  }),
  VolumeOptions: fields<NonNullable<Mount["VolumeOptions"]>>({
    NoCopy: "boolean",
    Labels: texts,
    DriverConfig: fields({ Name: "text", Options: texts }),
    Subpath: "text",
  }),
  ImageOptions: fields({ Subpath: "text" }),
  TmpfsOptions: fields<NonNullable<Mount["TmpfsOptions"]>>({
    SizeBytes: "integer",
    Mode: "integer",
    Options: { list: list },
  }),
});

const portBindings: Shape = { map: { list: fields<PortBinding>({ HostIp: "text", HostPort: "text" }) } };
const restartPolicy = fields({ Name: "text", MaximumRetryCount: "integer" });
const throttle: Shape = { list: fields({ Path: "text", Rate: "integer" }) };

const resourceFields = {
  CpuPeriod: "integer",
  CpuQuota: "integer",
  CpuShares: "integer",
  CpusetCpus: "text",
  CpusetMems: "text",
  Memory: "integer",
  MemoryReservation: "integer",
  MemorySwap: "integer",
  NanoCpus: "integer",
  PidsLimit: "integer",
  RestartPolicy: restartPolicy,
  BlkioWeight: "integer",
  KernelMemory: "integer",
  KernelMemoryTCP: "integer",
} as const satisfies Record<string, Shape>;

const hostConfig = fields<HostConfig>({
  ...resourceFields,
  Binds: list,
  Mounts: { list: mount },
  Tmpfs: texts,
  VolumesFrom: list,
  VolumeDriver: "text",
  NetworkMode: "text",
  PortBindings: portBindings,
  PublishAllPorts: "boolean",
  AutoRemove: "boolean",
  OomScoreAdj: "integer",
  OomKillDisable: "boolean",
  CapAdd: "words",
  CapDrop: "words",
  Privileged: "boolean",
  SecurityOpt: list,
  ReadonlyRootfs: "boolean",
  MaskedPaths: list,
  ReadonlyPaths: list,
  Init: "boolean",
  Ulimits: { list: fields({ Name: "text", Soft: "integer", Hard: "integer" }) },
  Sysctls: texts,
  ShmSize: "integer",
  Devices: { list: fields({ PathOnHost: "text", PathInContainer: "text", CgroupPermissions: "text" }) },
  DeviceCgroupRules: list,
  DeviceRequests: {
    list: fields({
      Driver: "text",
      Count: "integer",
      DeviceIDs: list,
      Capabilities: { list: list },
      Options: texts,
    }),
  },
  Dns: list,
  DnsSearch: list,
  DnsOptions: list,
  ExtraHosts: list,
  GroupAdd: list,
  Links: list,
  PidMode: "text",
  IpcMode: "text",
  UTSMode: "text",
  UsernsMode: "text",
  Cgroup: "text",
  CgroupnsMode: "text",
  CgroupParent: "text",
  LogConfig: fields({ Type: "text", Config: texts }),
  Annotations: texts,
  StorageOpt: texts,
  Runtime: "text",
  Isolation: "text",
  ContainerIDFile: "text",
  ConsoleSize: { list: "integer" },
  CpuRealtimePeriod: "integer",
  CpuRealtimeRuntime: "integer",
  CpuCount: "integer",
  CpuPercent: "integer",
  IOMaximumIOps: "integer",
  IOMaximumBandwidth: "integer",
  MemorySwappiness: "integer",
  BlkioWeightDevice: { list: fields({ Path: "text", Weight: "integer" }) },
  BlkioDeviceReadBps: throttle,
  BlkioDeviceWriteBps: throttle,
  BlkioDeviceReadIOps: throttle,
  BlkioDeviceWriteIOps: throttle,
});

const endpoint = fields<EndpointSettings>({
  IPAMConfig: fields({ IPv4Address: "text", IPv6Address: "text", LinkLocalIPs: list }),
  Links: list,
  Aliases: list,
  MacAddress: "text",
  DriverOpts: texts,
  GwPriority: "integer",
  NetworkID: "text",
  EndpointID: "text",
  Gateway: "text",
  IPAddress: "text",
  IPPrefixLen: "integer",
  IPv6Gateway: "text",
  GlobalIPv6Address: "text",
  GlobalIPv6PrefixLen: "integer",
  DNSNames: list,
});

export const containerCreateBody = fields<ContainerCreateBody>({
  ...configFields,
  HostConfig: hostConfig,
  NetworkingConfig: fields({ EndpointsConfig: { map: endpoint } }),
});

export const containerUpdateBody = fields<ContainerUpdateBody>(resourceFields);

export const execCreateBody = fields<ExecCreateBody>({
  Cmd: "words",
  AttachStdin: "boolean",
  AttachStdout: "boolean",
  AttachStderr: "boolean",
  Tty: "boolean",
  Env: list,
  User: "text",
  WorkingDir: "text",
  Privileged: "boolean",
  DetachKeys: "text",
  ConsoleSize: { list: "integer" },
});

export const execStartBody = fields({
  Detach: "boolean",
  Tty: "boolean",
  ConsoleSize: { list: "integer" },
});

export const networkCreateBody = fields<NetworkCreateBody>({
  Name: "text",
  Driver: "text",
  Internal: "boolean",
  Attachable: "boolean",
  EnableIPv4: "boolean",
  EnableIPv6: "boolean",
  IPAM: fields({
    Driver: "text",
    Options: texts,
    Config: {
      list: fields<IpamConfig>({
        Subnet: "text",
        IPRange: "text",
        Gateway: "text",
        AuxiliaryAddresses: texts,
      }),
    },
  }),
  Options: texts,
  Labels: texts,
  Scope: "text",
  Ingress: "boolean",
  ConfigOnly: "boolean",
  ConfigFrom: fields({ Network: "text" }),
});

export const networkConnectBody = fields<NetworkConnectBody>({
  Container: "text",
  EndpointConfig: endpoint,
});

export const networkDisconnectBody = fields({ Container: "text", Force: "boolean" });

export const volumeCreateBody = fields<VolumeCreateBody>({
  Name: "text",
  Driver: "text",
  DriverOpts: texts,
  Labels: texts,
});

/** Credentials to try. */
export const loginBody = fields({
  username: "text",
  password: "text",
  auth: "text",
  email: "text",
  serveraddress: "text",
  identitytoken: "text",
  registrytoken: "text",
});
