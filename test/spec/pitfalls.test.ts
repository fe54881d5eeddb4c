import { describe, expect, it } from "vitest";
import { load, problemsOf } from "./load-yaml.ts";

describe("warnings of what is rarely meant", () => {
  it("a port that two files publish", () => {
    const base = "services:\n  web:\n    image: x\n    ports: ['80:80', '443:443', '53:53/udp']\n";
    const over =
      "services:\n  web:\n    ports:\n      - 8080:80\n      - 127.0.0.1:443:443\n      - 53:53/tcp\n";
    const options = { files: ["base.yaml", "over.yaml"], also: { "base.yaml": base, "over.yaml": over } };
    expect(problemsOf("", options)).toBe(
      `over.yaml:4:9: warning: service "web" publishes its port 80/tcp twice: lists of ports are added up [port-published-twice]
  3 |     ports:
  4 |       - 8080:80
    |         ^^^^^^^
  5 |       - 127.0.0.1:443:443
  hint: \`ports: !override\` replaces the list of the other file
base.yaml:4:13: note: published here as well
  3 |     image: x
  4 |     ports: ['80:80', '443:443', '53:53/udp']
    |             ^^^^^^^
`,
    );
  });

  it("no such warning about two ports of one file", () => {
    expect(problemsOf("services: {web: {image: x, ports: ['80:80', '8080:80']}}\n")).toBe("");
  });

  it("a list that drops a condition", () => {
    const base =
      "services:\n  a:\n    image: x\n    depends_on:\n      b: {condition: service_healthy}\n  b: {image: x}\n";
    const over = "services:\n  a:\n    depends_on: [b]\n";
    const options = { files: ["base.yaml", "over.yaml"], also: { "base.yaml": base, "over.yaml": over } };
    expect(problemsOf("", options)).toBe(
      `over.yaml:3:18: warning: services.a.depends_on: naming b in a list drops its condition service_healthy [condition-dropped]
  2 |   a:
  3 |     depends_on: [b]
    |                  ^
  hint: leave it out of the list, or repeat the condition in a mapping
base.yaml:5:22: note: the condition that is dropped
  4 |     depends_on:
  5 |       b: {condition: service_healthy}
    |                      ^^^^^^^^^^^^^^^
  6 |   b: {image: x}
`,
    );
    expect(load("", options).project?.services["a"]?.depends_on?.["b"]?.condition).toBe("service_started");
  });

  it.each(["networks", "volumes", "secrets", "configs"])("an unused entry of %s", (section) => {
    const yaml = `services: {a: {image: x}}\n${section}:\n  unused: {external: true}\n`;
    expect(problemsOf(yaml)).toBe(
      `compose.yaml:3:3: warning: no service uses ${section.slice(0, -1)} unused [unused-resource]
  2 | ${section}:
  3 |   unused: {external: true}
    |   ^^^^^^
`,
    );
    expect(problemsOf(yaml, { allResources: true })).toBe("");
  });

  it("nothing that only a service of another profile uses", () => {
    const yaml = `services:
  a: {image: x}
  b: {image: x, profiles: [p], volumes: ["vol:/v"], secrets: [s], configs: [c], networks: [n]}
networks: {n: , default: {name: own}}
volumes: {vol: }
secrets: {s: {environment: S}}
configs: {c: {content: c}}
`;
    expect(problemsOf(yaml)).toBe("");
  });
});
