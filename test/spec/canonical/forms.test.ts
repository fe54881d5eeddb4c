import { describe, expect, it } from "vitest";
import { headlines, loadOk, serviceWith } from "../load-yaml.ts";

const modeOf = (mode: string): string | undefined =>
  serviceWith(`    secrets: [{source: s, mode: ${mode}}]`, { rest: "secrets: {s: {file: ./s}}" }).secrets?.[0]
    ?.mode;

describe("short and long forms say the same", () => {
  const rest =
    "  db: {image: x, build: .}\nnetworks: {front: }\nsecrets: {s: {file: ./s}}\nconfigs: {c: {content: hi}}\n";
  it.each<[string, string, string, unknown]>([
    ["command", "[node, '-e', 'a b']", "node -e 'a b'", ["node", "-e", "a b"]],
    ["entrypoint", "[]", "''", []],
    [
      "environment",
      "{A: 1, B: true, C: , D: ''}",
      "[A=1, B=true, C, D=]",
      { A: "1", B: "true", C: null, D: "" },
    ],
    ["labels", "{a: 1, b: ''}", "[a=1, b]", { a: "1", b: "" }],
    ["sysctls", "{net.core.somaxconn: 1024}", "[net.core.somaxconn=1024]", { "net.core.somaxconn": "1024" }],
    [
      "depends_on",
      "{db: {condition: service_started}}",
      "[db]",
      { db: { condition: "service_started", required: true } },
    ],
    ["networks", "{front: }", "[front]", { front: null }],
    ["secrets", "[{source: s}]", "[s]", [{ source: "s", target: "/run/secrets/s" }]],
    ["configs", "[{source: c}]", "[c]", [{ source: "c" }]],
    ["extra_hosts", "{b: '[::1]', a: 1.2.3.4}", "['a:1.2.3.4', 'b=::1']", ["a=1.2.3.4", "b=::1"]],
    ["dns", "[1.1.1.1]", "1.1.1.1", ["1.1.1.1"]],
    ["tmpfs", "['/run:size=1m']", "/run:size=1m", ["/run:size=1m"]],
    [
      "devices",
      "[{source: /dev/null, target: /dev/null, permissions: rwm}]",
      "[/dev/null]",
      [{ source: "/dev/null", target: "/dev/null", permissions: "rwm" }],
    ],
    ["gpus", "[{count: all}]", "all", [{ count: -1 }]],
    ["healthcheck", "{test: [CMD-SHELL, 'a b']}", "{test: a b}", { test: ["CMD-SHELL", "a b"] }],
    ["build", "{context: ./app}", "./app", { context: "/project/app", dockerfile: "Dockerfile" }],
    ["expose", "['80', '90/udp']", "[80, 90/udp]", ["80", "90/udp"]],
    ["mem_limit", "536870912", "512m", "536870912"],
    ["stop_grace_period", "1m30s", "90s", "1m30s"],
  ])("%s", (attribute, long, short, expected) => {
    const read = (value: string): unknown =>
      serviceWith(`    ${attribute}: ${value}`, { rest })[attribute as keyof ReturnType<typeof serviceWith>];
    expect(read(long)).toEqual(expected);
    expect(read(short)).toEqual(expected);
  });

  it("keep null apart from empty commands", () => {
    expect(serviceWith("    command:").command).toBeUndefined();
    expect(serviceWith("    command: ''").command).toEqual([]);
  });

  it("file modes are octal text", () => {
    expect(["0440", "'0440'", "288"].map(modeOf)).toEqual(["0440", "0440", "0440"]);
  });

  it("a backslash at the end of a line goes on with the command", () => {
    expect(serviceWith("    command: |\n      serve \\\n        --port 80\\\n      00 \\\n").command).toEqual(
      ["serve", "--port", "8000"],
    );
  });

  it("an empty dockerfile is the usual one", () => {
    expect(serviceWith("    build: {dockerfile: '${FILE:-}'}").build?.dockerfile).toBe("Dockerfile");
  });

  it("builds have SSH keys as text, and arguments from the environment", () => {
    const attributes =
      "    build: {ssh: {default: , k: ./key}, args: [A, B=1, C], additional_contexts: {o: ./o, u: 'docker-image://x'}}";
    expect(serviceWith(attributes, { environment: { A: "a" } }).build).toEqual({
      context: "/project",
      dockerfile: "Dockerfile",
      ssh: ["default", "k=/project/key"],
      args: { A: "a", B: "1" },
      additional_contexts: { o: "/project/o", u: "docker-image://x" },
    });
  });

  it("external resources by the old form carry a warning", () => {
    const yaml = "services: {a: {image: x, networks: [n]}}\nnetworks:\n  n:\n    external: {name: real}\n";
    expect(headlines(yaml)).toEqual([
      "compose.yaml:4:5: warning: networks.n: external.name is deprecated. Please set name and external: true [deprecated]",
    ]);
  });
});

describe("names and defaults", () => {
  it("come from the project and the key", () => {
    const project = loadOk(
      "name: shop\nservices: {a: {image: x, volumes: ['data:/v', 'old:/w']}}\nvolumes: {data: , old: {external: true}}",
    );
    expect(project.volumes).toEqual({ data: { name: "shop_data" }, old: { name: "old", external: true } });
    expect(project.networks).toEqual({ default: { name: "shop_default" } });
    expect(project.services["a"]?.networks).toEqual({ default: null });
  });

  it("have no place for what is empty, unless that says something", () => {
    const yaml = `    hostname: ""
    ports: []
    environment: {}
    labels: []
    env_file: [a.env]
    label_file: a.env
    networks: {}
    command: []
    deploy: {}
    x-own: []`;
    expect(serviceWith(yaml, { also: { "a.env": "" } })).toEqual({
      image: "app",
      networks: { default: null },
      command: [],
      deploy: {},
      "x-own": [],
    });
  });

  it("go for what is built when the image has no name", () => {
    expect(loadOk("services: {a: {build: ., image: '${NONE:-}'}}").services["a"]?.image).toBeUndefined();
    expect(loadOk("services: {a: {image: '${NONE:-}'}}").services["a"]?.image).toBe("");
  });

  it("go for an empty name as well", () => {
    const yaml = "services: {a: {image: x, volumes: ['data:/v']}}\nvolumes: {data: {name: '${NAME:-}'}}\n";
    expect(loadOk(yaml).volumes).toEqual({ data: { name: "project_data" } });
  });

  it("add the dependencies that links, namespaces and shared volumes imply", () => {
    const yaml =
      "services: {a: {image: x, links: ['b:c'], volumes_from: ['d:ro'], pid: 'service:e'}, b: &x {image: x}, d: *x, e: *x}";
    expect(loadOk(yaml).services["a"]?.depends_on).toEqual({
      b: { condition: "service_started", restart: true, required: true },
      e: { condition: "service_started", restart: true, required: true },
      d: { condition: "service_started", restart: false, required: true },
    });
  });

  it("drop resources that no service uses, unless all are asked for", () => {
    const yaml = "services: {a: {image: x}}\nvolumes: {v: }\n";
    expect(loadOk(yaml).volumes).toEqual({});
    expect(loadOk(yaml, { allResources: true }).volumes).toEqual({ v: { name: "project_v" } });
  });
});

describe("malformed values", () => {
  it.each([
    ["command: echo 'x", "command has a quote or backslash that nothing closes: echo 'x [invalid-value]"],
    ["mem_limit: much", "mem_limit: invalid size: 'much' [invalid-value]"],
    ["mem_limit: 9223372036854775808", "mem_limit: invalid size: '9223372036854775808' [invalid-value]"],
    ["stop_grace_period: 20000w", 'stop_grace_period: invalid duration "20000w" [invalid-value]'],
    ["gpus: [{count: few}]", 'gpus.0.count must be a number or `all`, not "few" [invalid-value]'],
    ["secrets: [{source: s, mode: -1}]", "secrets.0.mode: invalid file mode -1 [invalid-value]"],
    ["secrets: [{source: s, mode: 1.5}]", "secrets.0.mode: invalid file mode 1.5 [invalid-value]"],
    ["stop_grace_period: soon", 'stop_grace_period: invalid duration "soon" [invalid-value]'],
    ["image: 5", "image must be a string, not the number 5 [wrong-type]"],
    ["privileged: [1]", "privileged must be a boolean or a string, not a list [wrong-type]"],
    ["cgroup: 5", "cgroup must be a string, not the number 5 [wrong-type]"],
    [
      "networks: {default: {priority: high}}",
      'networks.default.priority must be an integer, not "high" [cast]',
    ],
    ["cgroup: hots", 'cgroup must be one of host, private, not "hots" [invalid-value]'],
    [
      "oom_score_adj: 2000",
      "oom_score_adj must be less than or equal to 1000, not the number 2000 [invalid-value]",
    ],
  ])("%s", (attribute, problem) => {
    const [headline = "", ...more] = headlines(`services:\n  web:\n    build: .\n    ${attribute}\n`);
    expect(more).toEqual([]);
    const column = 4 + attribute.lastIndexOf(": ") + 3;
    expect(headline).toBe(`compose.yaml:4:${column}: error: services.web.${problem}`);
  });
});
