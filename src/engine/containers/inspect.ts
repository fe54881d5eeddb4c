// A container as `GET /containers/{id}/json` shows it. Pure but for the folder's name.
import { join } from "node:path";
import type { ContainerInspect } from "../api-types/container.ts";
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { HostConfig } from "../api-types/host-config.ts";
import type { MountPoint } from "../api-types/mount.ts";
import { askedProfile } from "./apparmor.ts";
import type { Container } from "./container.ts";
import type { ContainerMount } from "./container-mount.ts";
import { commandLine } from "./image-merge.ts";
import { FILES } from "./record.ts";
import { stateOf } from "./status-text.ts";

/** What clients find in a host configuration, whether it was asked for or not. */
const UNASKED: HostConfig = {
  ContainerIDFile: "",
  VolumeDriver: "",
  Cgroup: "",
  Runtime: "slipway",
  ConsoleSize: [0, 0],
  Isolation: "",
  BlkioWeight: 0,
  BlkioWeightDevice: [],
  BlkioDeviceReadBps: [],
  BlkioDeviceWriteBps: [],
  BlkioDeviceReadIOps: [],
  BlkioDeviceWriteIOps: [],
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  DeviceCgroupRules: null,
  DeviceRequests: null,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
};

export function inspectContainer(container: Container): ContainerInspect {
  const { saved, folder } = container;
  const [path = "", ...args] = commandLine(saved.config);
  return {
    Id: saved.id,
    Created: saved.created,
    Path: path,
    Args: args,
    State: stateOf(container),
    Image: saved.imageId,
    ResolvConfPath: join(folder, FILES.resolvConf),
    HostnamePath: join(folder, FILES.hostname),
    HostsPath: join(folder, FILES.hosts),
    LogPath: join(folder, FILES.log),
    Name: `/${saved.name}`,
    RestartCount: saved.restartCount,
    Driver: "overlay2",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: saved.state.apparmor || (askedProfile(saved.hostConfig) ?? ""),
    ExecIDs: container.execs.size === 0 ? null : [...container.execs],
    HostConfig: { ...UNASKED, ...structuredClone(saved.hostConfig) },
    GraphDriver: { Name: "overlay2", Data: { UpperDir: join(folder, FILES.writable, "upper") } },
    Mounts: mountPoints(saved.mounts),
    Config: shownConfig(structuredClone(saved.config)),
    NetworkSettings: networkSettings(container),
  };
}

/** Clients are used to no ports and volumes where there are none. */
function shownConfig({ ExposedPorts = {}, Volumes, ...config }: ContainerConfig): ContainerConfig {
  return {
    ...config,
    ...(Object.keys(ExposedPorts).length === 0 ? {} : { ExposedPorts }),
    Volumes: Object.keys(Volumes ?? {}).length === 0 ? null : (Volumes ?? null),
  };
}

/** What inspect and lists say of the mounts; a tmpfs given by the short form is not among them. */
export function mountPoints(mounts: readonly ContainerMount[]): MountPoint[] {
  return mounts
    .filter((mount) => mount.listed)
    .map((mount) => ({
      Type: mount.type,
      ...(mount.name === undefined ? {} : { Name: mount.name }),
      Source: mount.source,
      Destination: mount.target,
      ...(mount.type === "volume" ? { Driver: mount.driver ?? "local" } : {}),
      Mode: mount.mode,
      RW: !mount.readOnly,
      Propagation: mount.propagation,
    }));
}

function networkSettings(container: Container): ContainerInspect["NetworkSettings"] {
  const { endpoints, ports, state, id } = container.saved;
  const bridge = endpoints["bridge"];
  return {
    Bridge: "",
    SandboxID: state.running ? id : "",
    SandboxKey: state.pid === 0 ? "" : `/proc/${state.pid}/ns/net`,
    Ports: structuredClone(ports),
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge?.EndpointID ?? "",
    Gateway: bridge?.Gateway ?? "",
    GlobalIPv6Address: bridge?.GlobalIPv6Address ?? "",
    GlobalIPv6PrefixLen: bridge?.GlobalIPv6PrefixLen ?? 0,
    IPAddress: bridge?.IPAddress ?? "",
    IPPrefixLen: bridge?.IPPrefixLen ?? 0,
    IPv6Gateway: bridge?.IPv6Gateway ?? "",
    MacAddress: bridge?.MacAddress ?? "",
    Networks: structuredClone(endpoints),
  };
}
