// The typed, canonical Compose document: what `config` prints and what every later stage reads.
// Names are Compose's own (snake_case). Every short form has become its long form, every duration is a Go duration
// string ("1m30s"), every byte size a string of digits, every path that belongs to the host is absolute. A property
// that was not given is absent; a `null` is kept only where Compose gives it a meaning of its own.
import type { Span } from "../diagnostics/index.ts";

/** A scalar or tree that the loader passes on without looking inside (`x-…`, driver options of others). */
export type Opaque =
  string | number | boolean | null | readonly Opaque[] | { readonly [key: string]: Opaque };

/** Text by name. */
export type Texts = Readonly<Record<string, string>>;

/** A Go duration such as `1m30s`; read it with `parseDuration`. */
export type Duration = string;

/** A count of bytes in decimal digits (or `-1`, which means without limit, where the engine allows that). */
export type Bytes = string;

/** Answers where in the files a part of the project was written. */
export interface Spans {
  /**
   * The place of the value at a path such as `["services", "web", "ports", "0"]`; when the loader made that value itself,
   * the place of what it was made from. Undefined for what nobody wrote (such as the implied `default` network).
   */
  get(path: readonly string[]): Span | undefined;
}

/** A whole project, ready to be planned. */
export interface Project {
  readonly name: string;
  /** The project directory, absolute; relative paths in the files were resolved against it. */
  readonly workingDir: string;
  /** The Compose files in the order in which they were merged, absolute ("-" for standard input). */
  readonly configFiles: readonly string[];
  /** The files given with `--env-file`, absolute; empty when none was given (a default `.env` is not listed). */
  readonly environmentFiles: readonly string[];
  /** The environment that filled in variables: the caller's, `.env` files, and COMPOSE_PROJECT_NAME. */
  readonly environment: Texts;
  /** The services that take part, in the order of the file. */
  readonly services: Readonly<Record<string, Service>>;
  /** Services that a profile or a selection leaves out. They are not orphans. */
  readonly disabledServices: Readonly<Record<string, Service>>;
  /** Only what the services use, unless all resources were asked for. The same holds for the four below. */
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly configs: Readonly<Record<string, Config>>;
  readonly models: Readonly<Record<string, Model>>;
  /** Top-level `x-…` entries. */
  readonly extensions: Readonly<Record<string, Opaque>>;
  readonly spans: Spans;
}

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

/** One entry of a service's `volumes`. */
export interface Mount {
  readonly type: "bind" | "volume" | "tmpfs" | "cluster" | "npipe" | "image";
  /** A bind's absolute host path, a key of the project's `volumes`, or an image; absent for tmpfs and anonymous volumes. */
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: {
    readonly propagation?: string;
    /** Absent means true. */
    readonly create_host_path?: boolean;
    readonly recursive?: string;
    readonly selinux?: string;
  };
  readonly volume?: { readonly labels?: Texts; readonly nocopy?: boolean; readonly subpath?: string };
  readonly tmpfs?: { readonly size?: Bytes; readonly mode?: number };
  readonly image?: { readonly subpath?: string };
}

/** A secret or config as a service sees it. */
export interface FileMount {
  /** A key of the project's `secrets` or `configs`. */
  readonly source: string;
  /** Always present on secrets; a config without it goes to `/<source>`. */
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  /** Octal digits with a leading zero, such as `0440`. */
  readonly mode?: string;
}

/** How a service takes part in a network. */
export interface ServiceNetwork {
  readonly aliases?: readonly string[];
  readonly driver_opts?: Readonly<Record<string, Opaque>>;
  readonly gw_priority?: number;
  readonly interface_name?: string;
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly link_local_ips?: readonly string[];
  readonly mac_address?: string;
  readonly priority?: number;
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

/** `build`. */
export interface Build {
  /** An absolute directory or a remote reference. */
  readonly context: string;
  /** Relative to the context. Absent when `dockerfile_inline` is given. */
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly additional_contexts?: Texts;
  readonly args?: Readonly<Record<string, string | null>>;
  readonly cache_from?: readonly string[];
  readonly cache_to?: readonly string[];
  readonly entitlements?: readonly string[];
  readonly extra_hosts?: readonly string[];
  readonly isolation?: string;
  readonly labels?: Texts;
  readonly network?: string;
  readonly no_cache?: boolean;
  readonly no_cache_filter?: readonly string[];
  readonly platforms?: readonly string[];
  readonly privileged?: boolean;
  readonly provenance?: string;
  readonly pull?: boolean;
  readonly sbom?: string;
  readonly secrets?: readonly FileMount[];
  readonly shm_size?: Bytes;
  /** `default` or `id=path`. */
  readonly ssh?: readonly string[];
  readonly tags?: readonly string[];
  readonly target?: string;
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
}

/** One limit, or a soft and a hard one. */
export type Ulimit = number | { readonly soft: number; readonly hard: number };

export interface DeviceMapping {
  readonly source: string;
  readonly target?: string;
  readonly permissions?: string;
}

/** A GPU or another device that the engine picks. */
export interface DeviceRequest {
  readonly capabilities?: readonly string[];
  /** -1: all. */
  readonly count?: number;
  readonly device_ids?: readonly string[];
  readonly driver?: string;
  readonly options?: Texts;
}

export interface EnvFile {
  readonly path: string;
  /** Absent means true. */
  readonly required?: boolean;
  readonly format?: string;
}

export interface Logging {
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
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

/** `deploy`. One machine uses replicas, resources and restart_policy; the rest is kept and not acted on. */
export interface Deploy {
  readonly mode?: string;
  readonly endpoint_mode?: string;
  readonly replicas?: number;
  readonly labels?: Texts;
  readonly update_config?: RolloutConfig;
  readonly rollback_config?: RolloutConfig;
  readonly resources?: {
    readonly limits?: { readonly cpus?: number; readonly memory?: Bytes; readonly pids?: number };
    readonly reservations?: {
      readonly cpus?: number;
      readonly memory?: Bytes;
      readonly devices?: readonly DeviceRequest[];
      readonly generic_resources?: readonly Opaque[];
    };
  };
  readonly restart_policy?: {
    readonly condition?: string;
    readonly delay?: Duration;
    readonly max_attempts?: number;
    readonly window?: Duration;
  };
  readonly placement?: {
    readonly constraints?: readonly string[];
    readonly preferences?: readonly { readonly spread?: string }[];
    readonly max_replicas_per_node?: number;
  };
}

export interface RolloutConfig {
  readonly parallelism?: number;
  readonly delay?: Duration;
  readonly failure_action?: string;
  readonly monitor?: Duration;
  readonly max_failure_ratio?: number;
  readonly order?: string;
}

export interface Develop {
  readonly watch?: readonly WatchRule[];
}

/** One rule of `develop.watch`. */
export interface WatchRule {
  readonly action: "rebuild" | "sync" | "restart" | "sync+restart" | "sync+exec";
  /** Absolute. */
  readonly path: string;
  /** A path in the container; always present for the sync actions. */
  readonly target?: string;
  readonly ignore?: readonly string[];
  readonly include?: readonly string[];
  readonly exec?: Hook;
  readonly initial_sync?: boolean;
}

/** An entry of top-level `networks`. */
export interface Network {
  /** The engine's name: `<project>_<key>` unless given. */
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Texts;
  readonly ipam?: {
    readonly driver?: string;
    readonly config?: readonly IpamPool[];
    readonly options?: Texts;
  };
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
  readonly labels?: Texts;
}

export interface IpamPool {
  readonly subnet?: string;
  readonly ip_range?: string;
  readonly gateway?: string;
  readonly aux_addresses?: Texts;
}

/** An entry of top-level `volumes`. */
export interface Volume {
  /** The engine's name: `<project>_<key>` unless given. */
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Texts;
  readonly external?: boolean;
  readonly labels?: Texts;
}

/** An entry of top-level `secrets`. The text of `environment` is in `Project.environment`. */
export interface Secret {
  readonly name: string;
  /** Absolute. */
  readonly file?: string;
  /** The name of a variable. */
  readonly environment?: string;
  readonly external?: boolean;
  readonly labels?: Texts;
  readonly driver?: string;
  readonly driver_opts?: Texts;
  readonly template_driver?: string;
}

/** An entry of top-level `configs`. */
export interface Config {
  readonly name: string;
  /** Absolute. */
  readonly file?: string;
  /** The name of a variable. */
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: Texts;
  readonly template_driver?: string;
}

/** An entry of top-level `models`. */
export interface Model {
  readonly name?: string;
  readonly model: string;
  readonly context_size?: number;
  readonly runtime_flags?: readonly string[];
}

export interface ServiceModel {
  readonly endpoint_var?: string;
  readonly model_var?: string;
}
