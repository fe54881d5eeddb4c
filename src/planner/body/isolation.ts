// What the process may do and see: capabilities, namespaces, name resolution, logging.

import type { Service } from "../../spec/index.ts";
import type { ApiBody } from "../plan.ts";
import { compact } from "./process.ts";

/** Finds the container that stands for a service where one container refers to another. */
export type ContainerOfService = (service: string) => string | undefined;

/** `service:X` in the API's words; anything else as it is. */
export function namespaceMode(mode: string | undefined, containerOf: ContainerOfService): string | undefined {
  if (mode === undefined || !mode.startsWith("service:")) return mode;
  const container = containerOf(mode.slice("service:".length));
  return container === undefined ? undefined : `container:${container}`;
}

/** `service:X` and `container:X` with their access mode, as `VolumesFrom` has them. */
function volumesFrom(service: Service, containerOf: ContainerOfService): readonly string[] | undefined {
  return service.volumes_from?.flatMap((entry) => {
    if (entry.startsWith("container:")) return [entry.slice("container:".length)];
    const [name = "", mode] = entry.split(":");
    const container = containerOf(name);
    if (container === undefined) return [];
    return [mode === undefined ? container : `${container}:${mode}`];
  });
}

const UNMASKED = "systempaths=unconfined";

/** The host part of the create body that is about isolation, names and logs. */
export function isolationBody(service: Service, containerOf: ContainerOfService): ApiBody {
  const unmasked = service.security_opt?.includes(UNMASKED) === true;
  return compact({
    CapAdd: service.cap_add,
    CapDrop: service.cap_drop,
    Privileged: service.privileged,
    ReadonlyRootfs: service.read_only,
    SecurityOpt: service.security_opt?.filter((option) => option !== UNMASKED),
    MaskedPaths: unmasked ? [] : undefined,
    ReadonlyPaths: unmasked ? [] : undefined,
    Init: service.init,
    Runtime: service.runtime,
    Isolation: service.isolation,
    Sysctls: service.sysctls,
    GroupAdd: service.group_add,
    PidMode: namespaceMode(service.pid, containerOf),
    IpcMode: namespaceMode(service.ipc, containerOf),
    UTSMode: namespaceMode(service.uts, containerOf),
    UsernsMode: service.userns_mode,
    CgroupnsMode: service.cgroup?.startsWith("service:") === true ? undefined : service.cgroup,
    CgroupParent: service.cgroup_parent,
    StorageOpt: service.storage_opt,
    Annotations: service.annotations,
    VolumesFrom: volumesFrom(service, containerOf),
    Dns: service.dns,
    DnsSearch: service.dns_search,
    DnsOptions: service.dns_opt,
    // The file says `host=address`; the API wants a colon.
    ExtraHosts: service.extra_hosts?.map((entry) => entry.replace("=", ":")),
    LogConfig:
      service.logging === undefined
        ? undefined
        : compact({ Type: service.logging.driver, Config: service.logging.options }),
  });
}
