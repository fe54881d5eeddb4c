// Short forms -> long forms, for every place that has them. One file per family; this is the table.
import type { Rules } from "../path-table.ts";
import { canonicalBuild, canonicalSsh } from "./build.ts";
import { canonicalCommand, canonicalTest } from "./command.ts";
import { canonicalDeviceRequests, canonicalDevices, canonicalGpus } from "./devices.ts";
import { canonicalHosts } from "./extra-hosts.ts";
import {
  canonicalDependencies,
  canonicalEnvFiles,
  canonicalFileMounts,
  canonicalList,
  canonicalNames,
  canonicalProviderOption,
  nonEmptyList,
} from "./lists.ts";
import { canonicalEnvironment, canonicalLabels, canonicalOptions } from "./mappings.ts";
import { canonicalPorts } from "./ports.ts";
import { canonicalResource } from "./resources.ts";
import {
  asText,
  canonicalBytes,
  canonicalDuration,
  canonicalFileMode,
  numericFileMode,
} from "./scalar-units.ts";
import type { Transform } from "./transform.ts";
import { canonicalVolumes } from "./volumes.ts";

/** What makes values canonical. */
export const canonicalRules: Rules<Transform> = {
  "services.*.build": canonicalBuild,
  "services.*.build.ssh": canonicalSsh,
  [`services.*.command services.*.entrypoint services.*.pre_start.[].command services.*.post_start.[].command
    services.*.pre_stop.[].command services.*.develop.watch.[].exec.command`]: canonicalCommand,
  "services.*.healthcheck.test": canonicalTest,
  "services.*.ports": canonicalPorts,
  "services.*.volumes": canonicalVolumes,
  "services.*.devices": canonicalDevices,
  "services.*.gpus": canonicalGpus,
  "services.*.deploy.resources.reservations.devices": canonicalDeviceRequests,
  "services.*.extra_hosts services.*.build.extra_hosts": canonicalHosts,
  "services.*.depends_on": canonicalDependencies,
  "services.*.networks services.*.models": canonicalNames,
  "services.*.secrets services.*.configs services.*.build.secrets": canonicalFileMounts,
  "services.*.env_file": canonicalEnvFiles,
  "services.*.dns": nonEmptyList,
  [`services.*.dns_search services.*.dns_opt services.*.tmpfs services.*.label_file
    services.*.build.no_cache_filter services.*.develop.watch.[].ignore
    services.*.develop.watch.[].include`]: canonicalList,
  "services.*.provider.options.*": canonicalProviderOption,
  [`services.*.environment services.*.build.args services.*.pre_start.[].environment
    services.*.post_start.[].environment services.*.pre_stop.[].environment
    services.*.develop.watch.[].exec.environment`]: canonicalEnvironment,
  [`services.*.labels services.*.annotations services.*.sysctls services.*.deploy.labels services.*.build.labels
    services.*.build.additional_contexts services.*.volumes.[].volume.labels networks.*.labels volumes.*.labels
    secrets.*.labels configs.*.labels services.*.gpus.[].options
    services.*.deploy.resources.reservations.devices.[].options`]: canonicalLabels,
  [`networks.*.driver_opts volumes.*.driver_opts secrets.*.driver_opts networks.*.ipam.options
    services.*.logging.options`]: canonicalOptions,
  [`services.*.expose.[] services.*.group_add.[] services.*.build.provenance services.*.build.sbom`]: asText,
  [`services.*.mem_limit services.*.memswap_limit services.*.mem_reservation services.*.mem_swappiness
    services.*.shm_size services.*.build.shm_size services.*.volumes.[].tmpfs.size
    services.*.deploy.resources.limits.memory services.*.deploy.resources.reservations.memory
    services.*.blkio_config.device_read_bps.[].rate services.*.blkio_config.device_read_iops.[].rate
    services.*.blkio_config.device_write_bps.[].rate services.*.blkio_config.device_write_iops.[].rate`]:
    canonicalBytes,
  [`services.*.stop_grace_period services.*.healthcheck.interval services.*.healthcheck.timeout
    services.*.healthcheck.start_period services.*.healthcheck.start_interval
    services.*.deploy.update_config.delay services.*.deploy.update_config.monitor
    services.*.deploy.rollback_config.delay services.*.deploy.rollback_config.monitor
    services.*.deploy.restart_policy.delay services.*.deploy.restart_policy.window`]: canonicalDuration,
  "services.*.secrets.[].mode services.*.configs.[].mode services.*.build.secrets.[].mode": canonicalFileMode,
  "services.*.volumes.[].tmpfs.mode": numericFileMode,
  "networks.* volumes.* secrets.* configs.*": canonicalResource,
};
