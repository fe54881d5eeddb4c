import { describe, expect, it } from "vitest";
import { load, loadOk, problemsOf } from "./load-yaml.ts";

/** What `services.a` is when one set of attributes is merged over another. */
function merged(base: string, over: string): Record<string, unknown> {
  const project = loadOk(
    `${wrap(base)}---\n${wrap(over)}---\nservices: {b: {image: x}, c: {image: x}}\nnetworks: {m: , n: }\n`,
  );
  return { ...project.services["a"] };
}

function wrap(attributes: string): string {
  return `services:\n  a:\n    image: x\n${indent(attributes)}\n`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}

describe("merging one document over another", () => {
  it.each<[string, string, string, string, unknown]>([
    ["scalars are replaced", "hostname", "hostname: a", "hostname: b", "b"],
    [
      "null keeps what was there",
      "ports",
      "ports: [80]",
      "ports:",
      [{ mode: "ingress", target: 80, protocol: "tcp" }],
    ],
    ["commands are replaced", "command", "command: a b", "command: [c]", ["c"]],
    ["a null command wins", "command", "command: a b", "command:", undefined],
    [
      "environment merges across forms",
      "environment",
      "environment: {A: 1, B: 2}",
      "environment: [B=3, C=4]",
      { A: "1", B: "3", C: "4" },
    ],
    ["labels merge across forms", "labels", "labels: [a=1]", "labels: {a: 2, b: 3}", { a: "2", b: "3" }],
    ["one and many are concatenated", "dns", "dns: 1.1.1.1", "dns: [2.2.2.2]", ["1.1.1.1", "2.2.2.2"]],
    [
      "options of a provider are replaced, or grow",
      "provider",
      "provider: {type: p, options: {size: 1, tags: [a]}}",
      "provider: {options: {size: 2, tags: [b]}}",
      { type: "p", options: { size: ["2"], tags: ["a", "b"] } },
    ],
    [
      "stages that are not to be cached add up",
      "build",
      "build: {no_cache_filter: a}",
      "build: {no_cache_filter: b}",
      { context: "/project", dockerfile: "Dockerfile", no_cache_filter: ["a", "b"] },
    ],
    ["lists grow", "security_opt", "security_opt: [a]", "security_opt: [a, b]", ["a", "a", "b"]],
    ["keyed lists keep one of each", "cap_add", "cap_add: [A]", "cap_add: [A, B]", ["A", "B"]],
    [
      "mounts are known by their target",
      "volumes",
      "volumes: ['/a:/x', '/b:/y']",
      "volumes: ['/c:/x']",
      [
        { type: "bind", source: "/c", target: "/x", bind: {} },
        { type: "bind", source: "/b", target: "/y", bind: {} },
      ],
    ],
    [
      "a list of dependencies says service_started",
      "depends_on",
      "depends_on: {b: {condition: service_started}}",
      "depends_on: [b, c]",
      {
        b: { condition: "service_started", required: true },
        c: { condition: "service_started", required: true },
      },
    ],
    [
      "networks keep their configuration",
      "networks",
      "networks: {n: {aliases: [z]}}",
      "networks: [n, m]",
      { n: { aliases: ["z"] }, m: null },
    ],
    [
      "hosts may have several addresses",
      "extra_hosts",
      "extra_hosts: [a=1.1.1.1]",
      "extra_hosts: {a: 2.2.2.2}",
      ["a=1.1.1.1", "a=2.2.2.2"],
    ],
    [
      "options of the same log driver merge",
      "logging",
      "logging: {driver: d, options: {a: 1}}",
      "logging: {options: {b: 2}}",
      { driver: "d", options: { a: "1", b: "2" } },
    ],
    [
      "another log driver replaces them",
      "logging",
      "logging: {driver: d, options: {a: 1}}",
      "logging: {driver: e}",
      { driver: "e" },
    ],
    [
      "limits are replaced",
      "ulimits",
      "ulimits: {nofile: {soft: 1, hard: 2}}",
      "ulimits: {nofile: 5}",
      { nofile: 5 },
    ],
    [
      "limits of a build keep the half that is not said",
      "build",
      "build: {ulimits: {nofile: {soft: 1, hard: 2}}}",
      "build: {ulimits: {nofile: {hard: 3}}}",
      { context: "/project", dockerfile: "Dockerfile", ulimits: { nofile: { soft: 1, hard: 3 } } },
    ],
    [
      "a build context becomes a mapping",
      "build",
      "build: ./a",
      "build: {target: t}",
      { context: "/project/a", dockerfile: "Dockerfile", target: "t" },
    ],
    ["!reset takes away", "ports", "ports: [80]", "ports: !reset []", undefined],
    [
      "!reset takes one key away",
      "environment",
      "environment: {A: 1, B: 2}",
      "environment: {A: !reset null}",
      { B: "2" },
    ],
    ["!override replaces", "cap_add", "cap_add: [A]", "cap_add: !override [B]", ["B"]],
  ])("%s", (_, attribute, base, over, expected) => {
    expect(merged(base, over)[attribute]).toEqual(expected);
  });

  it("matches address pools by their subnet", () => {
    const project = loadOk(`services: {a: {image: x, networks: [n]}}
networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24}, {subnet: 10.1.0.0/24}]}}}
---
networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}]}}}
`);
    expect(project.networks["n"]?.ipam?.config).toEqual([
      { subnet: "10.0.0.0/24", gateway: "10.0.0.1" },
      { subnet: "10.1.0.0/24" },
    ]);
  });

  it("refuses to merge what does not go together, and shows both places", () => {
    expect(
      problemsOf("services:\n  a:\n    image: x\n    ports: [80]\n---\nservices:\n  a:\n    ports: {b: 1}\n"),
    ).toContain(
      `compose.yaml:8:12: error: cannot override services.a.ports: it is a list, and this is a mapping [conflict]
  7 |   a:
  8 |     ports: {b: 1}
    |            ^^^^^^
compose.yaml:4:12: note: what it would be merged into
`,
    );
  });
});

describe("places after a merge", () => {
  it("are where the value was written last", () => {
    const { project } = load("services: {a: {image: x, ports: [80]}}", {
      files: ["compose.yaml", "more.yaml"],
      also: { "more.yaml": "services:\n  a:\n    ports: [81]\n    hostname: h\n" },
    });
    expect(project?.spans.get(["services", "a", "ports", "0"])).toMatchObject({
      file: "compose.yaml",
      line: 1,
    });
    expect(project?.spans.get(["services", "a", "ports", "1"])).toMatchObject({
      file: "more.yaml",
      line: 3,
      column: 13,
    });
    expect(project?.spans.get(["services", "a", "hostname"])).toMatchObject({ file: "more.yaml", line: 4 });
  });
});
