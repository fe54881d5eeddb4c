import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { DiagnosticCode } from "../../src/diagnostics/index.ts";
import { load, type LoadOptions } from "./load-yaml.ts";

interface Example extends LoadOptions {
  readonly yaml: string;
  /** `line:column`; absent where there is no file to point at. */
  readonly at?: string;
  readonly file?: string;
}

const service = "services: {a: {image: x}}\n";

/** Something wrong for each code there is. */
const EXAMPLES: Readonly<Record<DiagnosticCode, Example>> = {
  "file-not-found": { yaml: `include: [gone.yaml]\n${service}`, at: "1:11" },
  "file-unreadable": { yaml: `include: [folder]\n${service}`, at: "1:11", also: { "folder/x": "" } },
  "yaml-syntax": { yaml: "services: {a: {image: x}\n", at: "2:1" },
  "duplicate-key": { yaml: `${service}services: {}\n`, at: "2:1" },
  "alias-limit": { yaml: aliasBomb(), at: "5:46" },
  "not-a-mapping": { yaml: "- services\n", at: "1:1" },
  "interpolation-syntax": { yaml: "services: {a: {image: '${x y}'}}\n", at: "1:23" },
  "variable-required": { yaml: "services: {a: {image: '${X:?tell me}'}}\n", at: "1:23" },
  "variable-unset": { yaml: "services: {a: {image: 'x$X'}}\n", at: "1:23" },
  cast: { yaml: "services: {a: {image: x, init: maybe}}\n", at: "1:32" },
  schema: { yaml: "services: {a: {image: x, depends_on: {b: {}}}, b: {image: x}}\n", at: "1:39" },
  "unknown-key": { yaml: "services: {a: {image: x, prots: []}}\n", at: "1:26" },
  "wrong-type": { yaml: "services: {a: {image: x, ports: 80}}\n", at: "1:33" },
  "invalid-value": { yaml: "services: {a: {image: x, ports: ['80:x']}}\n", at: "1:34" },
  "undefined-reference": { yaml: "services: {a: {image: x, networks: [n]}}\n", at: "1:37" },
  "dependency-cycle": { yaml: "services: {a: {image: x, depends_on: [a]}}\n", at: "1:39" },
  conflict: { yaml: "services: {a: {image: x, network_mode: host, networks: [default]}}\n", at: "1:40" },
  "env-file": {
    yaml: "services: {a: {image: x, env_file: a.env}}\n",
    also: { "a.env": "A=1\nB C=2\n" },
    at: "2:2",
    file: "a.env",
  },
  "project-name": { yaml: service, projectName: "Not Allowed" },
  "not-supported": { yaml: `include: ["https://example.org/x.git"]\n${service}`, at: "1:11" },
  deprecated: { yaml: `version: "3"\n${service}`, at: "1:1" },
  "port-published-twice": {
    yaml: "services: {a: {image: x, ports: ['1:80']}}\n",
    also: { "compose.override.yaml": "services: {a: {ports: ['2:80']}}\n" },
    at: "1:24",
    file: "compose.override.yaml",
  },
  "condition-dropped": {
    yaml: "services: {a: {image: x, depends_on: {b: {condition: service_healthy}}}, b: {image: x}}\n---\nservices: {a: {depends_on: [b]}}\n",
    at: "3:29",
  },
  "unused-resource": { yaml: `${service}volumes: {v: }\n`, at: "2:11" },
};

/** Seven levels of ten aliases each: ten million nodes. */
function aliasBomb(): string {
  const levels = Array.from({ length: 7 }, (_, level) => {
    const item = level === 0 ? "x" : `*l${level - 1}`;
    return `x-${level}: &l${level} [${Array.from({ length: 10 }, () => item).join(", ")}]`;
  });
  return `${levels.join("\n")}\n${service}`;
}

const codes = Object.keys(EXAMPLES) as DiagnosticCode[];

describe("every code of a diagnostic", () => {
  it.each(codes)("%s", (code) => {
    const { yaml, at, file = "compose.yaml", ...options } = EXAMPLES[code];
    const found = load(yaml, options).diagnostics.find((diagnostic) => diagnostic.code === code);
    expect(found).toBeDefined();
    const span = found?.span;
    const where = span && `${span.file} ${span.line}:${span.column}`;
    expect(where).toBe(at === undefined ? undefined : `${file} ${at}`);
  });

  it.each(codes)("%s is explained in the documentation", (code) => {
    const documentation = readFileSync(new URL("../../docs/diagnostics.md", import.meta.url), "utf8");
    expect(documentation).toMatch(new RegExp(`^\\| \`${code}\` `, "m"));
  });
});

describe("an alias bomb", () => {
  it("is refused within 200 ms and 100 MB", () => {
    load(service); // The code is compiled before it is timed.
    const before = { cpu: process.cpuUsage(), memory: process.memoryUsage().heapUsed };
    const { diagnostics, project } = load(aliasBomb());
    const { user, system } = process.cpuUsage(before.cpu);
    const grown = process.memoryUsage().heapUsed - before.memory;
    expect(project).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toContain("alias-limit");
    expect((user + system) / 1000).toBeLessThan(200);
    expect(grown).toBeLessThan(100e6);
  });
});

describe("files", () => {
  it("are each opened once", () => {
    const reads: string[] = [];
    const yaml = `include: [part.yaml, {path: [other.yaml, part.yaml], env_file: .env}]
services:
  a: {image: x, env_file: [a.env, a.env], extends: {service: b, file: base.yaml}}
  b: {extends: {service: b, file: base.yaml}, env_file: a.env}
`;
    const { project } = load(yaml, {
      reads,
      also: {
        ".env": "A=1\n",
        "a.env": "B=1\n",
        "base.yaml": "services: {b: {image: x}}\n",
        "part.yaml": "services: {c: {image: x}}\n",
        "other.yaml": "services: {d: {image: x, extends: {service: b, file: base.yaml}}}\n",
      },
    });
    expect(project).toBeDefined();
    expect(reads.toSorted()).toEqual([...new Set(reads)].toSorted());
    expect(reads).toHaveLength(6);
  });
});
