import { describe, expect, it } from "vitest";
import { headlines, problemsOf } from "./load-yaml.ts";

describe("consistency", () => {
  // « marks the place that the message points at.
  it.each<[string, string, string]>([
    [
      "nothing to run",
      "a: «{hostname: h}",
      'service "a" has neither an image nor a build context specified [conflict]',
    ],
    [
      "unknown network",
      "a: {image: x, networks: [«n]}",
      'service "a" refers to undefined network n [undefined-reference]',
    ],
    [
      "unknown volume",
      "a: {image: x, volumes: [«'data:/v']}",
      'service "a" refers to undefined volume data [undefined-reference]',
    ],
    [
      "unknown secret",
      "a: {image: x, secrets: [«s]}",
      'service "a" refers to undefined secret s [undefined-reference]',
    ],
    [
      "unknown config",
      "a: {image: x, configs: [«s]}",
      'service "a" refers to undefined config s [undefined-reference]',
    ],
    [
      "a secret of no name",
      "a: {image: x, secrets: [«{target: t}]}",
      'service "a" has a secret without a `source` [undefined-reference]',
    ],
    [
      "a config of no name",
      "a: {image: x, configs: [«{}]}",
      'service "a" has a config without a `source` [undefined-reference]',
    ],
    [
      "unknown service",
      "a: {image: x, depends_on: [«b]}",
      'service "a" depends on undefined service "b" [undefined-reference]',
    ],
    [
      "unknown namespace",
      "a: {image: x, pid: «'service:b'}",
      'service "a" depends on undefined service "b" [undefined-reference]',
    ],
    [
      "the network of no service",
      "a: {image: x, network_mode: «'service:b'}",
      `service "b" not found for network_mode 'service:b' [undefined-reference]`,
    ],
    [
      "a part of a process",
      "a: {image: x, pids_limit: «1.5}",
      "services.a.pids_limit must be an integer, not 1.5 [cast]",
    ],
    [
      "half a retry",
      "a: {image: x, healthcheck: {retries: «2.5}}",
      "services.a.healthcheck.retries must be an integer, not 2.5 [cast]",
    ],
    [
      "two network modes",
      "a: {image: x, network_mode: «host, networks: [default]}",
      "service a declares mutually exclusive `network_mode` and `networks` [conflict]",
    ],
    [
      "a test without a kind",
      "a: {image: x, healthcheck: {test: «[curl]}}",
      'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE" [invalid-value]',
    ],
    [
      "disagreeing twins",
      "a: {image: x, scale: «2, deploy: {replicas: 3}}",
      "services.a: can't set distinct values on 'scale' and 'deploy.replicas' [conflict]",
    ],
    [
      "a target mounted twice",
      "a: {image: x, tmpfs: [/t], volumes: [«'/x:/t']}",
      "services.a.volumes[0]: target /t already mounted as services.a.tmpfs[0] [conflict]",
    ],
    [
      "one name for many",
      "a: {image: x, container_name: «cc, scale: 2}",
      "services.a: can't set container_name and scale to 2, as container name must be unique [conflict]",
    ],
    [
      "a rule without a target",
      "a: {build: ., develop: {watch: [«{path: ., action: sync}]}}",
      "services.a.develop.watch: target is required for non-rebuild actions [invalid-value]",
    ],
  ])("%s", (_, service, headline) => {
    const line = `  ${service}`;
    expect(headlines(`services:\n${line.replace("«", "")}\n`)).toEqual([
      `compose.yaml:2:${line.indexOf("«") + 1}: error: ${headline}`,
    ]);
  });

  it("knows no name but those of the file", () => {
    const yaml = `services:
  a:
    image: x
    networks: [constructor]
    depends_on: [toString]
    volumes: ["valueOf:/v"]
    secrets: [hasOwnProperty]
    configs: [isPrototypeOf]
    build: {additional_contexts: {b: "service:constructor"}}
    models: [constructor]
  c: {image: x, network_mode: "service:toString"}
  d: {image: x, links: [constructor], volumes_from: [valueOf]}
`;
    const places = headlines(yaml).map((line) => line.split(" error: ")[0]);
    expect(places.toSorted()).toEqual(
      ["4:16", "5:18", "6:15", "7:15", "8:15", "9:38", "10:14", "11:31", "12:25", "12:54"]
        .map((place) => `compose.yaml:${place}:`)
        .toSorted(),
    );
  });

  it("wants an address where a port is bound to one", () => {
    expect(headlines("services:\n  a: {image: x, ports: [{target: 80, host_ip: nonsense}]}\n")).toEqual([
      "compose.yaml:2:47: error: services.a.ports.0.host_ip: invalid IP address: nonsense [invalid-value]",
    ]);
    expect(headlines("services:\n  a: {image: x, ports: [{target: 80, host_ip: '::1'}]}\n")).toEqual([]);
  });

  it("shows the circle of a circular dependency", () => {
    expect(
      problemsOf("services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n"),
    ).toBe(
      `compose.yaml:3:30: error: dependency cycle detected: a -> b -> a [dependency-cycle]
  2 |   a: {image: x, depends_on: [b]}
  3 |   b: {image: x, depends_on: [a]}
    |                              ^
`,
    );
  });

  it("tells a left-out dependency from an unknown one", () => {
    const yaml = "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, profiles: [p]}\n";
    expect(problemsOf(yaml)).toContain('hint: "b" is left out: it belongs to profile p');
    const optional = yaml.replace("[b]", "{b: {condition: service_started, required: false}}");
    expect(problemsOf(optional)).toBe("");
  });

  it("wants one origin for secrets and configs", () => {
    expect(
      headlines("services: {a: {image: x}}\nsecrets:\n  s: {}\nconfigs:\n  c: {file: a, content: b}\n", {
        allResources: true,
      }),
    ).toEqual([
      'compose.yaml:3:6: error: secret "s" must declare either `file` or `environment` [conflict]',
      'compose.yaml:5:6: error: config "c" must declare only one of `file`, `environment` or `content` [conflict]',
    ]);
  });

  it("wants an origin with a name, and lets content be empty", () => {
    const yaml = `services: {a: {image: x}}
secrets: {s: {file: ""}}
configs: {c: {environment: ""}, d: {content: ""}}
`;
    expect(headlines(yaml, { allResources: true })).toEqual([
      'compose.yaml:2:14: error: secret "s" must declare either `file` or `environment` [conflict]',
      'compose.yaml:3:14: error: config "c" must declare either `file`, `environment` or `content` [conflict]',
    ]);
  });

  it("takes a limit of zero for none", () => {
    const limits = "{cpus: 1, memory: 5m, pids: 5}";
    const yaml = `services:
  a:
    image: x
    cpus: 0
    mem_limit: 0b
    mem_reservation: 0
    pids_limit: 0
    deploy: {resources: {limits: ${limits}, reservations: {memory: 5m}}}
`;
    expect(headlines(yaml)).toEqual([]);
  });

  it("warns of what an external resource leaves without effect", () => {
    const yaml = `services: {a: {image: x}}
networks: {n: {external: true, driver: bridge, x-own: 1, internal: false}}
secrets: {s: {external: true, file: f}}
configs: {c: {external: true, content: c}}
`;
    expect(headlines(yaml, { allResources: true })).toEqual([
      "compose.yaml:2:40: warning: networks.n: `driver` has no effect on what is external [conflict]",
      "compose.yaml:3:37: warning: secrets.s: `file` has no effect on what is external [conflict]",
      "compose.yaml:4:40: warning: configs.c: `content` has no effect on what is external [conflict]",
    ]);
  });

  it("wants nothing but a name for a volume that is external", () => {
    expect(
      headlines("services: {a: {image: x}}\nvolumes:\n  v: {external: true, driver: d}\n", {
        allResources: true,
      }),
    ).toEqual([
      'compose.yaml:3:31: error: volumes.v: conflicting parameters "external" and "driver" specified [conflict]',
    ]);
  });

  it("collects everything, in the order of the file", () => {
    const lines = headlines("services:\n  a: {image: 1}\n  b: {imgae: x}\nnope: 1\n");
    expect(lines.map((line) => /:(\d+):/.exec(line)?.[1])).toEqual(["2", "3", "4"]);
  });

  it("suggests the key that was meant", () => {
    expect(problemsOf("services:\n  b:\n    image: x\n    enviroment: {}\n")).toBe(
      `compose.yaml:4:5: error: additional properties 'enviroment' not allowed in services.b [unknown-key]
  3 |     image: x
  4 |     enviroment: {}
    |     ^^^^^^^^^^
  hint: did you mean \`environment\`?
`,
    );
  });
});
