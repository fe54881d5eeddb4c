import { describe, expect, it } from "vitest";
import { load, loadOk, problemsOf } from "./load-yaml.ts";

const extension = (yaml: string): unknown => loadOk(`services: {}\nx-v: ${yaml}\n`).extensions["x-v"];

const codes = (yaml: string): readonly string[] => load(yaml).diagnostics.map(({ code }) => code);

describe("the YAML dialect", () => {
  it.each([
    ["0440", 0o440],
    ["0o440", 0o440],
    ["0x1F", 31],
    ["0b11", 3],
    ["1_000", 1000],
    ["-12", -12],
    ["1.5", 1.5],
    ["yes", "yes"],
    ["off", "off"],
    ["True", true],
    ["~", null],
    ["", null],
    ["2024-01-02", "2024-01-02"],
    ["22:22", "22:22"],
    ['"5"', "5"],
    ["!!str 5", "5"],
    ['!!int "5"', 5],
    ["089", 89],
  ])("reads %s", (yaml, value) => {
    expect(extension(yaml)).toEqual(value);
  });

  it("keeps all digits of large numbers where text is wanted, and writes floats as Go does", () => {
    const yaml =
      "services: {a: {image: x, environment: {BIG: 12345678901234567890, F: 1e6, G: 1.50, H: 0x10}}}";
    expect(loadOk(yaml).services["a"]?.environment).toEqual({
      BIG: "12345678901234567890",
      F: "1e+06",
      G: "1.5",
      H: "16",
    });
  });

  it("merges mappings with <<, own keys first", () => {
    expect(
      loadOk("x-a: &a {k: 1, l: 2}\nx-b: &b {k: 3, m: 4}\nx-c: {<<: [*a, *b], l: 5}\nservices: {}")
        .extensions,
    ).toMatchObject({
      "x-c": { k: 1, l: 5, m: 4 },
    });
  });

  it.each(["services: {a: {<<: *a, <<: *b}}", "services:\n  a:\n    <<: *a\n    <<: *b"])(
    "wants one << in a mapping: %s",
    (services) => {
      expect(problemsOf(`x-a: &a {image: x}\nx-b: &b {init: true}\n${services}\n`)).toMatch(
        /error: mapping key "<<" is already defined \[duplicate-key\][^]*hint: one can bring in several: `<<: \[\*first, \*second\]`/,
      );
    },
  );

  it("takes an alias of text for a key", () => {
    const yaml = "x-k: &k key\nservices: {a: {image: x, labels: {*k : v}}}\n";
    expect(loadOk(yaml).services["a"]?.labels).toEqual({ key: "v" });
    expect(problemsOf("x-k: &k [key]\nservices: {a: {image: x, labels: {*k : v}}}\n")).toContain(
      "compose.yaml:2:35: error: non-string key in services.a.labels: a list or mapping cannot be a key",
    );
  });

  it("takes several documents as overrides", () => {
    const project = loadOk("services: {a: {image: x}}\n---\nservices: {a: {image: y, hostname: h}}\n");
    expect(project.services["a"]).toMatchObject({ image: "y", hostname: "h" });
  });

  it("allows many aliases, and refuses an alias bomb", () => {
    const many = Array.from({ length: 500 }, (_, index) => `  s${index}: *s`).join("\n");
    expect(Object.keys(loadOk(`x-s: &s {image: x}\nservices:\n${many}\n`).services)).toHaveLength(500);
    const bomb = Array.from({ length: 25 }, (_, index) => `  - &b${index + 1} [*b${index}, *b${index}]`).join(
      "\n",
    );
    const { diagnostics, project } = load(`x-bomb:\n  - &b0 [1, 1]\n${bomb}\n`);
    expect(project).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toContain("alias-limit");
  });

  it("does not lose its way in deep nesting", () => {
    expect(codes(`x-a: ${"[".repeat(20_000)}`)).toContain("yaml-syntax");
    expect(codes(`x-a: ${"[".repeat(150)}${"]".repeat(150)}`)).toEqual(["yaml-syntax"]);
  });

  it("treats __proto__ as a name like any other", () => {
    const project = loadOk("services: {a: {image: x, labels: {__proto__: y}}}");
    expect(Object.entries(project.services["a"]?.labels ?? {})).toEqual([["__proto__", "y"]]);
  });
});

describe("syntax that cannot be read", () => {
  it("points at duplicate keys, both of them", () => {
    expect(problemsOf("services:\n  a:\n    image: x\n    image: y\n")).toBe(
      `compose.yaml:4:5: error: mapping key "image" is already defined [duplicate-key]
  3 |     image: x
  4 |     image: y
    |     ^^^^^
compose.yaml:3:5: note: first defined here
  2 |   a:
  3 |     image: x
    |     ^^^^^
  4 |     image: y
`,
    );
  });

  it("names the syntax error", () => {
    expect(problemsOf("services:\n\ta: {}\n")).toMatch(
      /^compose\.yaml:2:1: error: invalid yaml: .*\[yaml-syntax\]\n/,
    );
  });

  it("refuses keys that are no text", () => {
    expect(problemsOf("services:\n  123:\n    image: x\n")).toBe(
      `compose.yaml:2:3: error: non-string key in services: 123 [wrong-type]
  1 | services:
  2 |   123:
    |   ^^^
  3 |     image: x
  hint: put it in quotes: "123"
`,
    );
  });

  it("refuses an alias inside of what it refers to, and unknown ones", () => {
    expect(problemsOf("x-a: &a [*a]\nservices: {}\n")).toContain("compose.yaml:1:10: error: cycle detected");
    expect(problemsOf("x-a: *b\nservices: {}\n")).toContain("*b");
  });

  it("refuses what is no mapping, and nothing at all", () => {
    expect(problemsOf("- a\n")).toContain("top-level object must be a mapping [not-a-mapping]");
    for (const nothing of ["\n", "{}\n", 'version: "3"\n', "include:\n"]) {
      expect(problemsOf(nothing)).toContain("error: empty compose file [not-a-mapping]\n");
    }
  });
});
