// What becomes of each property of a service. The compiler asks for a line here when the model gets a new one, so that
// nothing the user writes is dropped in silence.

import type { Diagnostic } from "../../diagnostics/index.ts";
import type { Deploy, Project, Service } from "../../spec/index.ts";

/** In the create body; used elsewhere (by the planner, the loader or a command); or left out, with what to tell the user. */
type Treatment = "body" | "elsewhere" | { readonly leftOut: string };

type Named<T> = { [K in keyof T as K extends `x-${string}` ? never : K]-?: Treatment };

const SERVICE: Named<Service> = {
  annotations: "body",
  attach: "elsewhere",
  blkio_config: "body",
  build: "elsewhere",
  cap_add: "body",
  cap_drop: "body",
  cgroup: "body",
  cgroup_parent: "body",
  command: "body",
  configs: "body",
  container_name: "elsewhere",
  cpu_count: "body",
  cpu_percent: "body",
  cpu_period: "body",
  cpu_quota: "body",
  cpu_rt_period: "body",
  cpu_rt_runtime: "body",
  cpu_shares: "body",
  cpus: "body",
  cpuset: "body",
  credential_spec: { leftOut: "only Windows containers have one" },
  depends_on: "elsewhere",
  deploy: "elsewhere",
  develop: "elsewhere",
  device_cgroup_rules: "body",
  devices: "body",
  dns: "body",
  dns_opt: "body",
  dns_search: "body",
  domainname: "body",
  entrypoint: "body",
  env_file: "elsewhere",
  environment: "body",
  expose: "body",
  external_links: "body",
  extra_hosts: "body",
  gpus: "body",
  group_add: "body",
  healthcheck: "body",
  hostname: "body",
  image: "elsewhere",
  init: "body",
  ipc: "body",
  isolation: "body",
  label_file: "elsewhere",
  labels: "body",
  links: "body",
  logging: "body",
  mac_address: "body",
  mem_limit: "body",
  mem_reservation: "body",
  mem_swappiness: "body",
  memswap_limit: "body",
  models: { leftOut: "models are not supported yet" },
  network_mode: "body",
  networks: "body",
  oom_kill_disable: "body",
  oom_score_adj: "body",
  pid: "body",
  pids_limit: "body",
  platform: "elsewhere",
  ports: "body",
  post_start: "elsewhere",
  pre_start: { leftOut: "containers that run before the start are not supported yet" },
  pre_stop: "elsewhere",
  privileged: "body",
  profiles: "elsewhere",
  provider: { leftOut: "providers are not supported yet" },
  pull_policy: "elsewhere",
  pull_refresh_after: { leftOut: "the image is pulled only when it is missing" },
  read_only: "body",
  restart: "body",
  runtime: "body",
  scale: "elsewhere",
  secrets: "body",
  security_opt: "body",
  shm_size: "body",
  stdin_open: "body",
  stop_grace_period: "body",
  stop_signal: "body",
  storage_opt: "body",
  sysctls: "body",
  tmpfs: "body",
  tty: "body",
  ulimits: "body",
  use_api_socket: { leftOut: "the engine's socket is not passed on" },
  user: "body",
  userns_mode: "body",
  uts: "body",
  volumes: "body",
  volumes_from: "body",
  working_dir: "body",
};

const DEPLOY: Named<Deploy> = {
  mode: { leftOut: "there is one machine only" },
  endpoint_mode: { leftOut: "there is one machine only" },
  replicas: "elsewhere",
  labels: { leftOut: "they are for a swarm's service object" },
  update_config: { leftOut: "containers are replaced all at once" },
  rollback_config: { leftOut: "containers are replaced all at once" },
  resources: "body",
  restart_policy: "body",
  placement: { leftOut: "there is one machine only" },
};

function leftOutOf(
  project: Project,
  value: object,
  table: Readonly<Record<string, Treatment>>,
  path: readonly string[],
): readonly Diagnostic[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const treatment = table[key];
    if (inner === undefined || treatment === undefined || typeof treatment === "string") return [];
    const place = [...path, key];
    const span = project.spans.get(place);
    return [
      {
        severity: "warning" as const,
        code: "not-supported" as const,
        message: `\`${place.slice(2).join(".")}\` of service "${path[1] ?? ""}" has no effect: ${treatment.leftOut}`,
        path: place,
        ...(span === undefined ? {} : { span }),
      },
    ];
  });
}

/** A warning for each property of the service that its containers do not get. */
export function leftOutAttributes(project: Project, name: string): readonly Diagnostic[] {
  const service = project.services[name];
  if (service === undefined) return [];
  const path = ["services", name];
  return [
    ...leftOutOf(project, service, SERVICE, path),
    ...leftOutOf(project, service.deploy ?? {}, DEPLOY, [...path, "deploy"]),
  ];
}
