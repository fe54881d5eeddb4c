import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../../src/diagnostics/index.ts";
import { renderConfig } from "../../src/spec/index.ts";
import { load } from "./load-yaml.ts";
import { arbitraryFile } from "./arbitrary-document.ts";
import { mutated } from "./mutate-yaml.ts";
import { problemWith } from "./load-again.ts";

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

describe("whatever is in a file", () => {
  it("nothing throws, and what is printed prints the same again, when text is changed", () => {
    fc.assert(
      fc.property(mutated([FIXTURE, ...OTHERS]), (text) => {
        expect(problemWith(text)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it("nothing throws, and what is printed prints the same again, with any value in any place", () => {
    const way = fc.nat({ max: 7 });
    fc.assert(
      fc.property(arbitraryFile, arbitraryFile, way, (text, other, which) => {
        expect(problemWith(text, other, which)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });
});
