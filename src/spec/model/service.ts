// An entry of `services`, and the parts of it that only services have.
import type { Build } from "./build.ts";
import type { Deploy, DeviceRequest } from "./deploy.ts";
import type { Develop } from "./develop.ts";
import type { FileMount, Mount } from "./mount.ts";
import type { ServiceNetwork } from "./network.ts";
import type { ServiceModel } from "./resources.ts";
import type { Bytes, Duration, Opaque, Texts, Ulimit } from "./values.ts";

/** One entry of `services`. */
export interface Service {
  readonly annotations?: Texts;
  /** Whether `up` shows the logs of this service. Absent means true. */
  readonly attach?: boolean;
  readonly blkio_config?: BlkioConfig;
  readonly build?: Build;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cgroup?: string;
  readonly cgroup_parent?: string;
  /** Empty list: the image's command is cleared. Absent: the image's command is used. */
  readonly command?: readonly string[];
  readonly configs?: readonly FileMount[];
  readonly container_name?: string;
  readonly cpu_count?: number;
  readonly cpu_percent?: number;
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_rt_period?: number;
  readonly cpu_rt_runtime?: number;
  readonly cpu_shares?: number;
  /** A number of CPUs, possibly a fraction. */
  readonly cpus?: number;
  readonly cpuset?: string;
  readonly credential_spec?: { readonly config?: string; readonly file?: string; readonly registry?: string };
  readonly depends_on?: Readonly<Record<string, ServiceDependency>>;
  readonly deploy?: Deploy;
  readonly develop?: Develop;
  readonly device_cgroup_rules?: readonly string[];
  readonly devices?: readonly DeviceMapping[];
  readonly dns?: readonly string[];
  readonly dns_opt?: readonly string[];
  readonly dns_search?: readonly string[];
  readonly domainname?: string;
  /** Empty list: the image's entrypoint is cleared. Absent: the image's entrypoint is used. */
  readonly entrypoint?: readonly string[];
  /** Already read into `environment`; present only where the environment was left unresolved. */
  readonly env_file?: readonly EnvFile[];
  /** Null: the variable is removed from what the image sets. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly expose?: readonly string[];
  readonly external_links?: readonly string[];
  /** `host=address`, sorted. */
  readonly extra_hosts?: readonly string[];
  readonly gpus?: readonly DeviceRequest[];
  readonly group_add?: readonly string[];
  readonly healthcheck?: Healthcheck;
  readonly hostname?: string;
  /** Absent for a service that is only built: its image is then called `<project>-<service>`. */
  readonly image?: string;
  readonly init?: boolean;
  readonly ipc?: string;
  readonly isolation?: string;
  readonly label_file?: readonly string[];
  readonly labels?: Texts;
  /** `service` or `service:alias`. */
  readonly links?: readonly string[];
  readonly logging?: Logging;
  readonly mac_address?: string;
  readonly mem_limit?: Bytes;
  readonly mem_reservation?: Bytes;
  readonly mem_swappiness?: Bytes;
  readonly memswap_limit?: Bytes;
  readonly models?: Readonly<Record<string, ServiceModel | null>>;
  readonly network_mode?: string;
  /** Null: joined with nothing particular. Absent only with `network_mode` or a provider. */
  readonly networks?: Readonly<Record<string, ServiceNetwork | null>>;
  readonly oom_kill_disable?: boolean;
  readonly oom_score_adj?: number;
  readonly pid?: string;
  readonly pids_limit?: number;
  readonly platform?: string;
  readonly ports?: readonly Port[];
  readonly post_start?: readonly Hook[];
  readonly pre_start?: readonly Hook[];
  readonly pre_stop?: readonly Hook[];
  readonly privileged?: boolean;
  readonly profiles?: readonly string[];
  readonly provider?: Provider;
  readonly pull_policy?: string;
  readonly pull_refresh_after?: string;
  readonly read_only?: boolean;
  /** `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:<n>`. */
  readonly restart?: string;
  readonly runtime?: string;
  readonly scale?: number;
  readonly secrets?: readonly FileMount[];
  readonly security_opt?: readonly string[];
  readonly shm_size?: Bytes;
  readonly stdin_open?: boolean;
  readonly stop_grace_period?: Duration;
  readonly stop_signal?: string;
  readonly storage_opt?: Readonly<Record<string, Opaque>>;
  readonly sysctls?: Texts;
  /** `path` or `path:options`. */
  readonly tmpfs?: readonly string[];
  readonly tty?: boolean;
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  readonly use_api_socket?: boolean;
  readonly user?: string;
  readonly userns_mode?: string;
  readonly uts?: string;
  readonly volumes?: readonly Mount[];
  readonly volumes_from?: readonly string[];
  readonly working_dir?: string;
  readonly [extension: `x-${string}`]: Opaque;
}

/** Why one service waits for another, and for what. */
export interface ServiceDependency {
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
  /** False: the service starts even if this dependency fails or is left out. */
  readonly required: boolean;
  /** True: restarted when the dependency is restarted or made anew by a command. */
  readonly restart?: boolean;
}

/** One published port (or one range of host ports for a container port). */
export interface Port {
  readonly name?: string;
  readonly mode: string;
  readonly host_ip?: string;
  readonly target: number;
  /** A host port or a range `8000-9000`; absent: the engine chooses. */
  readonly published?: string;
  readonly protocol: string;
  readonly app_protocol?: string;
}

/** `healthcheck`. `test` begins with CMD, CMD-SHELL or NONE; without it the image's own test is used. */
export interface Healthcheck {
  readonly test?: readonly string[];
  readonly interval?: Duration;
  readonly timeout?: Duration;
  readonly retries?: number;
  readonly start_period?: Duration;
  readonly start_interval?: Duration;
  readonly disable?: boolean;
}

/** A command around the life of a container. */
export interface Hook {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly image?: string;
  readonly per_replica?: boolean;
  readonly privileged?: boolean;
  readonly user?: string;
  readonly working_dir?: string;
}

export interface EnvFile {
  readonly path: string;
  /** Absent means true. */
  readonly required?: boolean;
  readonly format?: string;
}

export interface DeviceMapping {
  readonly source: string;
  readonly target?: string;
  readonly permissions?: string;
}

export interface Logging {
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
}

export interface Provider {
  readonly type: string;
  readonly options?: Readonly<Record<string, readonly string[]>>;
}

export interface BlkioConfig {
  readonly weight?: number;
  readonly weight_device?: readonly { readonly path: string; readonly weight: number }[];
  readonly device_read_bps?: readonly BlkioRate[];
  readonly device_read_iops?: readonly BlkioRate[];
  readonly device_write_bps?: readonly BlkioRate[];
  readonly device_write_iops?: readonly BlkioRate[];
}

export interface BlkioRate {
  readonly path: string;
  readonly rate: Bytes;
}
