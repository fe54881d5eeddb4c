// Limits, devices and restart policy. `deploy` says the same as the older properties of the service and wins.

import { parseBytes } from "../../spec/index.ts";
import type { BlkioRate, Bytes, DeviceRequest, Service } from "../../spec/index.ts";
import type { ApiBody } from "../plan.ts";
import { compact } from "./process.ts";

const NANO_CPUS = 1e9;

function bytes(size: Bytes | undefined): number | undefined {
  return size === undefined ? undefined : parseBytes(size);
}

/** `any`, `on-failure:3`, `unless-stopped`… in the API's words. */
function restartPolicy(service: Service): ApiBody | undefined {
  const deployed = service.deploy?.restart_policy;
  if (deployed !== undefined) {
    const condition = deployed.condition ?? "any";
    const name = condition === "any" ? "always" : condition === "none" ? "no" : condition;
    const retries = name === "on-failure" ? deployed.max_attempts : undefined;
    return compact({ Name: name, MaximumRetryCount: retries });
  }
  if (service.restart === undefined) return undefined;
  const [name, retries] = service.restart.split(":");
  return compact({ Name: name, MaximumRetryCount: retries === undefined ? undefined : Number(retries) });
}

function deviceRequest(request: DeviceRequest, capabilities: readonly string[]): ApiBody {
  return compact({
    Driver: request.driver,
    Count: request.count ?? (request.device_ids === undefined ? -1 : undefined),
    DeviceIDs: request.device_ids,
    Capabilities: [capabilities],
    Options: request.options,
  });
}

function deviceRequests(service: Service): readonly ApiBody[] | undefined {
  const requests = [
    ...(service.gpus ?? []).map((gpu) => deviceRequest(gpu, [...(gpu.capabilities ?? []), "gpu"])),
    ...(service.deploy?.resources?.reservations?.devices ?? []).map((device) =>
      deviceRequest(device, device.capabilities ?? []),
    ),
  ];
  return requests.length === 0 ? undefined : requests;
}

function rates(list: readonly BlkioRate[] | undefined): readonly ApiBody[] | undefined {
  return list?.map(({ path, rate }) => ({ Path: path, Rate: parseBytes(rate) }));
}

function blkioBody(service: Service): ApiBody {
  const io = service.blkio_config;
  return compact({
    BlkioWeight: io?.weight,
    BlkioWeightDevice: io?.weight_device?.map(({ path, weight }) => ({ Path: path, Weight: weight })),
    BlkioDeviceReadBps: rates(io?.device_read_bps),
    BlkioDeviceReadIOps: rates(io?.device_read_iops),
    BlkioDeviceWriteBps: rates(io?.device_write_bps),
    BlkioDeviceWriteIOps: rates(io?.device_write_iops),
  });
}

function ulimits(service: Service): readonly ApiBody[] | undefined {
  if (service.ulimits === undefined) return undefined;
  return Object.entries(service.ulimits).map(([name, limit]) =>
    typeof limit === "number"
      ? { Name: name, Soft: limit, Hard: limit }
      : { Name: name, Soft: limit.soft, Hard: limit.hard },
  );
}

/** The host part of the create body that is about limits, devices and restarts. */
export function resourcesBody(service: Service): ApiBody {
  const limits = service.deploy?.resources?.limits;
  const reservations = service.deploy?.resources?.reservations;
  const cpus = limits?.cpus ?? service.cpus;
  return compact({
    NanoCpus: cpus === undefined ? undefined : Math.round(cpus * NANO_CPUS),
    CpuCount: service.cpu_count,
    CpuPercent: service.cpu_percent,
    CpuShares: service.cpu_shares,
    CpuPeriod: service.cpu_period,
    CpuQuota: service.cpu_quota,
    CpuRealtimePeriod: service.cpu_rt_period,
    CpuRealtimeRuntime: service.cpu_rt_runtime,
    CpusetCpus: service.cpuset,
    Memory: bytes(limits?.memory ?? service.mem_limit),
    MemoryReservation: bytes(reservations?.memory ?? service.mem_reservation),
    MemorySwap: bytes(service.memswap_limit),
    MemorySwappiness: bytes(service.mem_swappiness),
    PidsLimit: limits?.pids ?? service.pids_limit,
    OomKillDisable: service.oom_kill_disable,
    OomScoreAdj: service.oom_score_adj,
    ShmSize: bytes(service.shm_size),
    Ulimits: ulimits(service),
    Devices: service.devices?.map((device) => ({
      PathOnHost: device.source,
      PathInContainer: device.target ?? device.source,
      CgroupPermissions: device.permissions ?? "rwm",
    })),
    DeviceCgroupRules: service.device_cgroup_rules,
    DeviceRequests: deviceRequests(service),
    RestartPolicy: restartPolicy(service),
    ...blkioBody(service),
  });
}
