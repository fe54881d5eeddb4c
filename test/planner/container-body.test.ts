// How a service's properties arrive in the create call.

import { expect, test } from "vitest";
import { planUp, type ObservedState } from "../../src/planner/index.ts";
import { composeProject } from "../support/compose-project.ts";

const EMPTY: ObservedState = {
  engine: { apiVersion: "1.48", server: "" },
  containers: [],
  networks: {},
  volumes: {},
  images: { app: { id: "sha256:app", hasHealthcheck: false, volumes: [] } },
};

interface Body {
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** The create body of service `web`, whose properties are given as YAML lines. */
function bodyOf(lines: string, rest = ""): Body {
  const indented = lines.trim().replaceAll(/^/gm, "    ");
  const project = composeProject(`name: demo\nservices:\n  web:\n    image: app\n${indented}\n${rest}`);
  for (const step of planUp(project, EMPTY).plan.steps) {
    if (step.kind === "createContainer" && step.args.service === "web")
      return step.args.body as unknown as Body;
  }
  throw new Error("no container is created");
}

test("what runs", () => {
  const body = bodyOf(`
command: ["serve", "--fast"]
entrypoint: []
environment: { A: "1", UNSET: null, EMPTY: "" }
user: "1000:1000"
working_dir: /app
tty: true
stdin_open: true
hostname: box
domainname: example.test
stop_signal: SIGINT
stop_grace_period: 1500ms`);
  expect(body).toMatchObject({
    Image: "app",
    Cmd: ["serve", "--fast"],
    Entrypoint: [],
    Env: ["A=1", "UNSET", "EMPTY="],
    User: "1000:1000",
    WorkingDir: "/app",
    Tty: true,
    OpenStdin: true,
    Hostname: "box",
    Domainname: "example.test",
    StopSignal: "SIGINT",
    StopTimeout: 2,
  });
});

test("what is not given is not sent", () => {
  const body = bodyOf("init: true");
  expect(Object.keys(body).toSorted()).toEqual(["HostConfig", "Image", "Labels", "NetworkingConfig"]);
  expect(body.HostConfig).toEqual({ NetworkMode: "demo_default", Init: true });
});

test("health checks, in nanoseconds", () => {
  const check = `
healthcheck:
  test: curl -f localhost
  interval: 1m30s
  timeout: 500ms
  retries: 4
  start_period: 2s
  start_interval: 100ms`;
  expect(bodyOf(check)["Healthcheck"]).toEqual({
    Test: ["CMD-SHELL", "curl -f localhost"],
    Interval: 90e9,
    Timeout: 0.5e9,
    Retries: 4,
    StartPeriod: 2e9,
    StartInterval: 0.1e9,
  });
  expect(bodyOf("healthcheck: { disable: true }")["Healthcheck"]).toEqual({ Test: ["NONE"] });
});

test("ports, published and exposed", () => {
  const body = bodyOf(`
ports: ["8080:80", "127.0.0.1:53:53/udp", "9000", "7000-7001:7000-7001"]
expose: ["3000-3001", "4000/udp"]`);
  expect(Object.keys(body["ExposedPorts"] as object).toSorted()).toEqual([
    "3000/tcp",
    "3001/tcp",
    "4000/udp",
    "53/udp",
    "7000/tcp",
    "7001/tcp",
    "80/tcp",
    "9000/tcp",
  ]);
  expect(body.HostConfig["PortBindings"]).toEqual({
    "80/tcp": [{ HostPort: "8080" }],
    "53/udp": [{ HostIp: "127.0.0.1", HostPort: "53" }],
    "9000/tcp": [{ HostPort: "" }],
    "7000/tcp": [{ HostPort: "7000" }],
    "7001/tcp": [{ HostPort: "7001" }],
  });
});

test("mounts: the short form where it says everything, the long one for the rest", () => {
  const body = bodyOf(
    `
tmpfs: ["/run:size=1m", "/tmp"]
volumes:
  - ./src:/src:ro
  - data:/data:z,nocopy
  - /anonymous
  - { type: volume, source: data, target: /part, volume: { subpath: part } }
  - { type: bind, source: /etc, target: /strict, bind: { create_host_path: false } }
  - { type: bind, source: "/odd:name", target: /odd }
  - { type: tmpfs, target: /scratch, tmpfs: { size: 1m, mode: 1777 } }`,
    "volumes:\n  data:\n",
  );
  expect(body["Volumes"]).toEqual({ "/anonymous": {} });
  expect(body.HostConfig["Binds"]).toEqual(["/project/src:/src:ro", "demo_data:/data:rw,z,nocopy"]);
  expect(body.HostConfig["Tmpfs"]).toEqual({ "/run": "size=1m", "/tmp": "" });
  expect(body.HostConfig["Mounts"]).toEqual([
    { Type: "volume", Source: "demo_data", Target: "/part", VolumeOptions: { Subpath: "part" } },
    { Type: "bind", Source: "/etc", Target: "/strict", BindOptions: {} },
    { Type: "bind", Source: "/odd:name", Target: "/odd", BindOptions: { CreateMountpoint: true } },
    { Type: "tmpfs", Target: "/scratch", TmpfsOptions: { SizeBytes: 1_048_576, Mode: 1777 } },
  ]);
});

test("secrets and configs that are files are read-only binds, which make no path on the host", () => {
  const body = bodyOf(
    "secrets: [token]\nconfigs: [{ source: limits, target: /etc/limits }]",
    "secrets:\n  token: { file: ./token }\nconfigs:\n  limits: { file: ./limits }\n",
  );
  expect(body.HostConfig["Mounts"]).toEqual([
    { Type: "bind", Source: "/project/token", Target: "/run/secrets/token", ReadOnly: true },
    { Type: "bind", Source: "/project/limits", Target: "/etc/limits", ReadOnly: true },
  ]);
});

test("limits: deploy wins over the older properties", () => {
  const body = bodyOf(`
mem_limit: 64m
cpus: 1.5
pids_limit: 10
shm_size: 1m
ulimits: { nofile: 100, nproc: { soft: 1, hard: 2 } }
restart: on-failure:3
devices: ["/dev/null", "/dev/zero:/dev/nil:r"]
deploy:
  resources:
    limits: { memory: 64m }
    reservations: { memory: 32m }`);
  expect(body.HostConfig).toMatchObject({
    Memory: 67_108_864,
    MemoryReservation: 33_554_432,
    NanoCpus: 1.5e9,
    PidsLimit: 10,
    ShmSize: 1_048_576,
    Ulimits: [
      { Name: "nofile", Soft: 100, Hard: 100 },
      { Name: "nproc", Soft: 1, Hard: 2 },
    ],
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
    Devices: [
      { PathOnHost: "/dev/null", PathInContainer: "/dev/null", CgroupPermissions: "rwm" },
      { PathOnHost: "/dev/zero", PathInContainer: "/dev/nil", CgroupPermissions: "r" },
    ],
  });
  const deployed = bodyOf(
    "restart: always\ndeploy: { restart_policy: { condition: on-failure, max_attempts: 2 } }",
  );
  expect(deployed.HostConfig["RestartPolicy"]).toEqual({ Name: "on-failure", MaximumRetryCount: 2 });
});

test("isolation", () => {
  const body = bodyOf(`
cap_add: [NET_ADMIN]
cap_drop: [ALL]
privileged: true
read_only: true
security_opt: ["no-new-privileges:true", "systempaths=unconfined"]
sysctls: { net.core.somaxconn: 1024 }
group_add: [audio]
pid: host
ipc: shareable
userns_mode: host
dns: 10.0.0.1
dns_search: example.test
dns_opt: [ndots:1]
extra_hosts: ["db=10.0.0.2"]
logging: { driver: json-file, options: { max-size: 1m } }
annotations: { a: b }`);
  expect(body.HostConfig).toMatchObject({
    CapAdd: ["NET_ADMIN"],
    CapDrop: ["ALL"],
    Privileged: true,
    ReadonlyRootfs: true,
    SecurityOpt: ["no-new-privileges:true"],
    MaskedPaths: [],
    ReadonlyPaths: [],
    Sysctls: { "net.core.somaxconn": "1024" },
    GroupAdd: ["audio"],
    PidMode: "host",
    IpcMode: "shareable",
    UsernsMode: "host",
    Dns: ["10.0.0.1"],
    DnsSearch: ["example.test"],
    DnsOptions: ["ndots:1"],
    ExtraHosts: ["db:10.0.0.2"],
    LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
    Annotations: { a: "b" },
  });
});

test("networks: the one with the highest priority is the primary one", () => {
  const body = bodyOf(
    `
networks:
  front: { aliases: [www, web] }
  back: { priority: 10, ipv4_address: 10.1.0.5, mac_address: "02:00:00:00:00:01" }`,
    "networks:\n  front:\n  back:\n",
  );
  expect(body.HostConfig["NetworkMode"]).toBe("demo_back");
  expect(body["NetworkingConfig"]).toEqual({
    EndpointsConfig: {
      demo_back: {
        Aliases: ["web"],
        IPAMConfig: { IPv4Address: "10.1.0.5" },
        MacAddress: "02:00:00:00:00:01",
      },
      demo_front: { Aliases: ["web", "www"] },
    },
  });
});

test("another service's namespaces and volumes are those of its container", () => {
  const body = bodyOf(
    "network_mode: service:db\npid: service:db\nvolumes_from: ['db:ro', 'container:other']",
    "  db: { image: app }\n",
  );
  expect(body.HostConfig).toMatchObject({
    NetworkMode: "container:demo-db-1",
    PidMode: "container:demo-db-1",
    VolumesFrom: ["demo-db-1:ro", "other"],
  });
});

test("labels: docker compose's and ours, over the user's", () => {
  const { Labels } = bodyOf(
    'labels: { mine: "1", com.docker.compose.project: "not this" }\ndepends_on: { db: { condition: service_started, restart: true } }',
    "  db: { image: app }\n",
  );
  expect(Labels).toMatchObject({
    mine: "1",
    "com.docker.compose.project": "demo",
    "com.docker.compose.service": "web",
    "com.docker.compose.oneoff": "False",
    "com.docker.compose.container-number": "1",
    "com.docker.compose.depends_on": "db:service_started:true",
    "com.docker.compose.image": "sha256:app",
    "com.docker.compose.project.working_dir": "/project",
    "com.docker.compose.project.config_files": "/project/compose.yaml",
  });
  expect(Labels["com.docker.compose.config-hash"]).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(Labels["dev.slipway.service"] ?? "")).toMatchObject({ image: "app" });
});

test("what does not arrive is named", () => {
  const project = composeProject(
    "name: demo\nservices:\n  web:\n    image: app\n    use_api_socket: true\n    deploy: { placement: { constraints: [a] } }\n",
  );
  const { diagnostics } = planUp(project, EMPTY);
  expect(
    diagnostics.map(({ severity, span, message }) => `${span?.line ?? 0} ${severity}: ${message}`),
  ).toEqual([
    '5 warning: `use_api_socket` of service "web" has no effect: the engine\'s socket is not passed on',
    '6 warning: `deploy.placement` of service "web" has no effect: there is one machine only',
  ]);
});
