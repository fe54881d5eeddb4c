import { describe, expect, it } from "vitest";
import type { Explanation } from "../../src/spec/index.ts";
import { load, type LoadOptions } from "./load-yaml.ts";

/** Each value with its place, what is in it, and what it overrides, one line each. */
function explained(path: string, yaml: string, options: LoadOptions = {}): readonly string[] {
  const { explain } = load(yaml, { ...options, explains: true });
  const result = explain?.(path);
  if (result?.ok !== true) throw new Error(`nothing at ${path}`);
  return result.explanations.flatMap(describeExplanation);
}

function describeExplanation({ path, value, origin, overridden }: Explanation): readonly string[] {
  const places = [origin, ...overridden].map((part) => {
    if (part === undefined) return "implied";
    const variables = part.variables.map(({ name, value: text, from }) => {
      const source = typeof from === "string" ? from : `${from.file}:${from.line}`;
      return ` ${name}=${text ?? ""} (${source})`;
    });
    return `${part.span.file}:${part.span.line}:${part.span.column}${variables.join("")}`;
  });
  return [`${path.join(".")} = ${JSON.stringify(value)}`, ...places];
}

const BASE = `services:
  web:
    image: app:\${TAG:-1}
    env_file: web.env
    environment:
      URL: "\${SCHEME}://\${HOST}/\${UNSET}"
      INHERITED:
`;

describe("where a value comes from", () => {
  it("says which variables it holds, and where they come from", () => {
    const options = {
      environment: { SCHEME: "https" },
      also: { ".env": "# names\nHOST=example.org\nINHERITED=yes\n", "web.env": "" },
    };
    expect(explained("services.web.environment.URL", BASE, options)).toEqual([
      'services.web.environment.URL = "https://example.org/"',
      "compose.yaml:6:12 SCHEME=https (environment) HOST=example.org (.env:2) UNSET= (unset)",
    ]);
    expect(explained("services.web.image", BASE, options)).toEqual([
      'services.web.image = "app:1"',
      "compose.yaml:3:12 TAG=1 (default)",
    ]);
    expect(explained("services.web.environment.INHERITED", BASE, options)).toEqual([
      'services.web.environment.INHERITED = "yes"',
      "compose.yaml:7:17 INHERITED=yes (.env:3)",
    ]);
  });

  it("follows overrides through files, extended services and env_file", () => {
    const yaml = `services:
  a:
    image: x
    extends: {service: base, file: base.yaml}
    env_file: a.env
    environment: {K: own}
`;
    const also = {
      "base.yaml": "services:\n  base:\n    environment:\n    - K=base\n",
      "compose.override.yaml": "services:\n  a:\n    environment:\n      - K=over\n",
      "a.env": "OTHER=1\nK=file\n",
    };
    expect(explained("services.a.environment.K", yaml, { also })).toEqual([
      'services.a.environment.K = "over"',
      "compose.override.yaml:4:9",
      "compose.yaml:6:22",
      "base.yaml:4:7",
      "a.env:2:3",
    ]);
    expect(explained("services.a.environment.OTHER", yaml, { also })).toEqual([
      'services.a.environment.OTHER = "1"',
      "a.env:1:7",
    ]);
  });

  it("follows the variables in values of an env_file", () => {
    const yaml = `services:
  a:
    image: x
    env_file: [a.env, b.env]
    environment: {OWN: mine}
`;
    const also = {
      ".env": "DOT=dot\n",
      "a.env": "FIRST=1\n",
      "b.env": "HERE=h\nK=${DOT}-${OWN}-${FIRST}-${HERE}-${SHELL_SAYS}-${NONE:-d}\n",
    };
    expect(explained("services.a.environment.K", yaml, { also, environment: { SHELL_SAYS: "s" } })).toEqual([
      'services.a.environment.K = "dot-mine-1-h-s-d"',
      "b.env:2:3 DOT=dot (.env:1) OWN=mine (compose.yaml:5) FIRST=1 (a.env:1) HERE=h (b.env:1) SHELL_SAYS=s (environment) NONE=d (default)",
    ]);
  });

  it("follows included files, anchors, labels and files given with --env-file", () => {
    const yaml = `include: [part/c.yaml]
services:
  inc:
    environment: [KEPT=changed]
  web: {image: x, label_file: l.labels, labels: {l: own}}
`;
    const also = {
      "part/c.yaml": `x-env: &env
  SHARED: \${FROM_FILE}
  KEPT: anchored
services:
  inc:
    image: i
    environment:
      <<: *env
      OWN: \${SHELL_SAYS}-\${DEFAULT:-d}
`,
      "a.env": "FROM_FILE=a\n",
      "b.env": "\nFROM_FILE=b\n",
      "l.labels": "l=file\nm=file\n",
    };
    const options = { also, envFiles: ["a.env", "b.env"], environment: { SHELL_SAYS: "s" } };
    expect(explained("services.inc.environment", yaml, options)).toEqual([
      'services.inc.environment.OWN = "s-d"',
      "part/c.yaml:9:12 SHELL_SAYS=s (environment) DEFAULT=d (default)",
      'services.inc.environment.SHARED = "b"',
      "part/c.yaml:2:11 FROM_FILE=b (b.env:2)",
      'services.inc.environment.KEPT = "changed"',
      "compose.yaml:4:19",
      "part/c.yaml:3:9",
    ]);
    expect(explained("services.web.labels", yaml, options)).toEqual([
      'services.web.labels.l = "own"',
      "compose.yaml:5:53",
      "l.labels:1:3",
      'services.web.labels.m = "file"',
      "l.labels:2:3",
    ]);
  });

  it("finds keys with dots, parts of short forms, and what nobody wrote", () => {
    const yaml = "services:\n  a:\n    image: x\n    labels: {com.example.a: b}\n    ports: ['80:8080']\n";
    expect(explained("services.a.labels.com.example.a", yaml)).toEqual([
      'services.a.labels.com.example.a = "b"',
      "compose.yaml:4:29",
    ]);
    expect(explained("services.a.ports.0.target", yaml)).toEqual([
      "services.a.ports.0.target = 8080",
      "compose.yaml:5:13",
    ]);
    expect(explained("networks", yaml)).toEqual(['networks.default.name = "project_default"', "implied"]);
  });

  it("suggests the path that was meant", () => {
    const { explain } = load("services: {web: {image: x, environment: {A: b}}}\n", { explains: true });
    expect(explain?.("services.web.enviroment")).toEqual({
      ok: false,
      suggestion: "services.web.environment",
    });
    expect(explain?.("service.web")).toEqual({ ok: false, suggestion: "services" });
  });

  it("is not remembered unless asked for", () => {
    expect(load("services: {a: {image: x}}\n").explain).toBeUndefined();
  });
});
