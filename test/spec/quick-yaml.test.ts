import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutated } from "./mutate-yaml.ts";
import { readBoth } from "./same-tree.ts";

const SMALL = `# a comment
x-base: &base
  image: "app" # another
  labels: { a: 'it''s', "b": [1, 0x10, ~, *none] }
none: &none plain text
---
x: &x {a: 1}
services:
  web:
    <<: [*x, {b: 2}]
    command: |
      one
        two

      three
    entrypoint: >-
      folded
      text

      and more
    ports:
    - "80:80"
    -   8080
    empty:
    list: !override
      - a: b
        c: d
      - - nested
    gone: !reset null
`;
const TEXTS = [
  SMALL.replace(", *none", ""),
  readFileSync(new URL("everything.yaml", import.meta.url), "utf8"),
  "services:\n  a:\n    image: x\n    environment:\n      - A=1\n      - B=${C:-d}\n    depends_on: [b]\n  b: {image: y}\n",
];

describe("the quick reader of YAML", () => {
  it("reads what Compose files consist of, to the same tree as the thorough one", () => {
    const both = readBoth(TEXTS[0] ?? "");
    expect(both?.quick).toBeDefined();
    expect(both?.quick).toEqual(both?.thorough);
  });

  it.each([
    ["tabs", "a:\tb\n"],
    ["carriage returns", "a: b\r\n"],
    ["an unknown anchor", "a: *b\n"],
    ["a circle", "a: &a [*a]\n"],
    ["a key that occurs twice", "a: 1\na: 2\n"],
    ["a key that is no text", "1: a\n"],
    ["a key that is no text, which was one before", 'a:\n  "1": b\nc:\n  1: d\n'],
    ["unknown tags", "a: !b c\n"],
    ["text over several lines", "a: b\n  c\n"],
    ["a mapping within a line", "a: b: c\n"],
    ["wrong indentation", "a:\n   b: 1\n  c: 2\n"],
    ["an open bracket", "a: [1\n"],
    ["nothing", "# only a comment\n"],
  ])("leaves %s to the thorough one", (_, text) => {
    expect(readBoth(text)).toBeUndefined();
  });

  it.each([
    "a: |\n  b\n\n",
    "a: |\n  b\n\n\nc: d\n",
    "a: >\n  b\n \n",
    "a: |+\n  b\n\n",
    "a: |-\n  b\n\n---\nc: d\n",
  ])("knows where a block scalar with empty lines after it ends: %j", (text) => {
    const both = readBoth(text);
    expect(both?.quick).toBeDefined();
    expect(both?.quick).toEqual(both?.thorough);
  });

  it("agrees with the thorough one on any text that it does not leave to it", () => {
    let quick = 0;
    fc.assert(
      fc.property(mutated(TEXTS), (text) => {
        const both = readBoth(text);
        if (both === undefined) return;
        quick++;
        expect(both.quick).toEqual(both.thorough);
      }),
      { numRuns: 1500 },
    );
    expect(quick).toBeGreaterThan(100);
  });
});
