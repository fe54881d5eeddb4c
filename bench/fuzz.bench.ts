import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { arbitraryFile } from "../test/spec/arbitrary-document.ts";
import { mutated } from "../test/spec/mutate-yaml.ts";
import { readBoth } from "../test/spec/same-tree.ts";
import { problemWith } from "../test/spec/load-again.ts";
import { packageFolder } from "../test/support/package-copy.ts";
import { describeFigure, type Bench, type BenchRow } from "./measure.ts";

const spec = join(packageFolder, "test/spec");

function texts(): readonly string[] {
  const fixtures = readdirSync(join(spec, "fixtures")).map((name) => `fixtures/${name}`);
  return [...fixtures, "everything.yaml"].map((name) => readFileSync(join(spec, name), "utf8"));
}

/** What is wrong with how a text is loaded and printed, or with how the two YAML readers read it. */
function problemWithText(text: string): string | undefined {
  const both = readBoth(text);
  if (both !== undefined && JSON.stringify(both.quick) !== JSON.stringify(both.thorough)) {
    return "the quick reader and the thorough one disagree";
  }
  return problemWith(text);
}

function* check<T>(
  what: string,
  numRuns: number,
  values: fc.Arbitrary<T>,
  problem: (value: T) => string | undefined,
): Generator<BenchRow> {
  const property = fc.property(values, (value) => {
    const found = problem(value);
    if (found !== undefined) throw new Error(found);
  });
  const result = fc.check(property, { numRuns, endOnFailure: true });
  yield describeFigure(`${result.numRuns} ${what}, of which fail`, result.failed ? 1 : 0, 0, "files");
  if (result.failed) yield { text: fc.defaultReportMessage(result) ?? "", met: false };
}

export const bench: Bench = {
  claim:
    "no Compose file makes the loader throw: 100,000 files with changed text, 100,000 with any value in any place",
  async *run({ quick }) {
    const count = quick ? 2_000 : 100_000;
    yield* check("files with changed text", count, mutated(texts()), problemWithText);
    const projects = fc.tuple(arbitraryFile, arbitraryFile, fc.nat({ max: 7 }));
    yield* check("files with any value in any place", count, projects, (project) => problemWith(...project));
  },
};
