import { describe, expect, it } from "vitest";
import { headlines, load, loadOk } from "./load-yaml.ts";

describe("the environment of included files", () => {
  const also = {
    "part/compose.yaml": `services:
  part: { image: x, env_file: part.env, secrets: [s], configs: [c] }
secrets: { s: { environment: TOKEN } }
configs: { c: { environment: SHARED } }
`,
    "part/part.env": "FILLED=${TOKEN}-${SHARED}\n",
    "part/.env": "TOKEN=inner\nSHARED=inner\n",
  };
  const yaml = "include: [part/compose.yaml]\nservices: {own: {image: x, env_file: own.env}}\n";

  it("fills in their env_files, and gives their secrets and configs", () => {
    const project = loadOk(yaml, {
      environment: { SHARED: "outer" },
      also: { ...also, "own.env": "OWN=${TOKEN:-none}\n" },
    });
    expect(project.services["part"]?.environment).toEqual({ FILLED: "inner-outer" });
    expect(project.services["own"]?.environment).toEqual({ OWN: "none" });
    expect(project.environment).toMatchObject({ TOKEN: "inner", SHARED: "outer" });
  });
});

describe("files from elsewhere", () => {
  it("are named at the place that asks for them", () => {
    const yaml = `include:
  - oci://registry.example/app:1
  - path: [local.yaml, "https://example.org/app.git#main:sub"]
  - git@example.org:app.git
services:
  a: {image: x, extends: {service: b, file: github.com/example/app}}
`;
    expect(headlines(yaml)).toEqual([
      "compose.yaml:2:5: error: oci://registry.example/app:1: including files from elsewhere (git, OCI, HTTP) is not supported yet [not-supported]",
      "compose.yaml:3:24: error: https://example.org/app.git#main:sub: including files from elsewhere (git, OCI, HTTP) is not supported yet [not-supported]",
      "compose.yaml:4:5: error: git@example.org:app.git: including files from elsewhere (git, OCI, HTTP) is not supported yet [not-supported]",
      "compose.yaml:6:45: error: github.com/example/app: extending a service from elsewhere (git, OCI, HTTP) is not supported yet [not-supported]",
    ]);
  });

  it.each([
    "oci://registry.example/app",
    "oci://registry.example/team/app:1.2",
    "oci://registry.example:5000/app:1.2",
    `oci://registry.example/app:1.2@sha256:${"a".repeat(64)}`,
    "https://example.org/app.git",
    "https://example.org:8443/app.git#main:sub/folder",
    "ssh://git@example.org:22/app.git#v1",
    "git@example.org:team/app.git",
    "git@example.org:team/app.git#main:sub",
    "github.com/team/app.git#main:sub",
  ])("%s is one name, given with -f or in COMPOSE_FILE", (name) => {
    const said = [
      `error: ${name}: Compose files from elsewhere (git, OCI, HTTP) are not supported yet [not-supported]`,
    ];
    expect(headlines("", { files: [name] })).toEqual(said);
    const yaml = "services: {a: {image: x}}\n";
    for (const COMPOSE_FILE of [`compose.yaml:${name}`, `${name}:/project/compose.yaml`, `${name}:${name}`]) {
      expect(headlines(yaml, { environment: { COMPOSE_FILE } })).toEqual(said);
    }
  });
});

describe("a project directory behind a link", () => {
  const yaml = "services: {a: {image: x}}\n";
  const links = { "/project": "/real/other-name" };

  it("is warned of, because its name is the project's", () => {
    const { project, diagnostics } = load(yaml, { links });
    expect(project?.name).toBe("project");
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "project-name" }]);
    expect(diagnostics[0]?.message).toContain('a link to a folder called "other-name"');
  });

  it("does not matter where the project has a name of its own, or the link the same one", () => {
    expect(load(`name: own\n${yaml}`, { links }).diagnostics).toEqual([]);
    expect(load(yaml, { links, projectName: "own" }).diagnostics).toEqual([]);
    expect(load(yaml, { links: { "/project": "/real/project" } }).diagnostics).toEqual([]);
  });
});
