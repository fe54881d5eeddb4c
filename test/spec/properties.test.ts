import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../../src/diagnostics/index.ts";
import { renderConfig } from "../../src/spec/index.ts";
import { load } from "./load-yaml.ts";
import { mutated } from "./mutate-yaml.ts";

const FIXTURE = readFileSync(new URL("everything.yaml", import.meta.url), "utf8");
const fixtures = new URL("fixtures/", import.meta.url);
const OTHERS = readdirSync(fixtures).map((name) => readFileSync(new URL(name, fixtures), "utf8"));
const also = {
  "web.env": "FROM_FILE=1\n",
  "token.txt": "t",
  "base.yaml": "services: {base: {image: b, init: true}}",
};

describe("config", () => {
  it.each(["yaml", "json"] as const)("of config is config (%s)", (format) => {
    const first = load(FIXTURE, { also, profiles: ["*"] });
    expect(renderDiagnostics(first.diagnostics, { sources: first.sources })).toBe("");
    if (first.project === undefined) throw new Error("the fixture does not load");
    const once = renderConfig(first.project, format);
    const second = load(once, { profiles: ["*"] });
    expect(renderDiagnostics(second.diagnostics, { sources: second.sources })).toBe("");
    if (second.project === undefined) throw new Error("the output does not load");
    expect(renderConfig(second.project, format)).toBe(once);
  });

  it("keeps any text as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const yaml = `services: {a: {image: x, labels: {k: ${JSON.stringify(text.replaceAll("$", "$$$$"))}}}}`;
        const { project } = load(yaml);
        if (project === undefined) return; // YAML has no way to say some control characters.
        expect(project.services["a"]?.labels?.["k"]).toBe(text);
        const again = load(renderConfig(project, "yaml")).project;
        expect(again?.services["a"]?.labels?.["k"]).toBe(text);
      }),
    );
  });
});

describe("no input makes the loader throw", () => {
  it("not a changed file", () => {
    fc.assert(
      fc.property(mutated([FIXTURE, ...OTHERS]), (text) => {
        const { diagnostics, project, sources } = load(text, { also });
        expect(project !== undefined || diagnostics.some(({ severity }) => severity === "error")).toBe(true);
        renderDiagnostics(diagnostics, { sources });
        if (project !== undefined) renderConfig(project, "yaml");
      }),
      { numRuns: 2000 },
    );
  });

  it("not any value in any place", () => {
    const value = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>(null, true, 0, -1, 1.5, "", "a", "a:b", "/a:/b", "$", "${A", "1", "yes"),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom("a", "source", "target", "name", "test", "file", "x-y", "external"),
          tie("tree"),
          { maxKeys: 3 },
        ),
      ),
    })).tree;
    const attribute = fc.constantFrom(
      "ports",
      "volumes",
      "networks",
      "depends_on",
      "build",
      "environment",
      "env_file",
      "extends",
      "secrets",
      "configs",
      "healthcheck",
      "deploy",
      "develop",
      "gpus",
      "devices",
      "extra_hosts",
      "command",
      "logging",
      "ulimits",
      "provider",
      "models",
      "post_start",
    );
    const section = fc.constantFrom(
      "include",
      "networks",
      "volumes",
      "secrets",
      "configs",
      "models",
      "name",
      "services",
    );
    fc.assert(
      fc.property(attribute, value, section, value, value, (name, one, top, other, base) => {
        const document = { services: { a: { image: "x", [name]: one }, b: { [name]: base } }, [top]: other };
        const first = JSON.stringify({ services: { a: { image: "x", [name]: base } } });
        for (const text of [JSON.stringify(document), `${first}\n---\n${JSON.stringify(document)}`]) {
          const { diagnostics, project } = load(text);
          expect(project !== undefined || diagnostics.some(({ severity }) => severity === "error")).toBe(
            true,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
