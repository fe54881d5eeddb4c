import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderDiagnostics } from "../src/diagnostics/index.ts";
import { renderConfig } from "../src/spec/index.ts";
import { load } from "../test/spec/load-yaml.ts";
import { mutated } from "../test/spec/mutate-yaml.ts";
import { readBoth } from "../test/spec/same-tree.ts";
import { packageFolder } from "../test/support/package-copy.ts";
import { describeFigure, type Bench } from "./measure.ts";

const spec = join(packageFolder, "test/spec");

function texts(): readonly string[] {
  const fixtures = readdirSync(join(spec, "fixtures")).map((name) => `fixtures/${name}`);
  return [...fixtures, "everything.yaml"].map((name) => readFileSync(join(spec, name), "utf8"));
}

/** Loads a text; complains when anything but diagnostics comes of it, or when the two YAML readers disagree. */
function tryText(text: string): void {
  const { project, diagnostics, sources } = load(text, { also: { "app.env": "A=1\n" } });
  if (project === undefined && !diagnostics.some(({ severity }) => severity === "error")) {
    throw new Error("neither a project nor an error");
  }
  renderDiagnostics(diagnostics, { sources });
  if (project !== undefined) renderConfig(project, "yaml");
  const both = readBoth(text);
  if (both !== undefined && JSON.stringify(both.quick) !== JSON.stringify(both.thorough)) {
    throw new Error("the quick reader and the thorough one disagree");
  }
}

export const bench: Bench = {
  claim: "no Compose file makes the loader throw: 100,000 mutated files",
  async *run({ quick }) {
    const count = quick ? 2_000 : 100_000;
    const result = fc.check(
      fc.property(mutated(texts()), (text) => tryText(text)),
      { numRuns: count, endOnFailure: true },
    );
    const failures = result.failed ? 1 : 0;
    yield describeFigure(`${result.numRuns} mutated files, of which fail`, failures, 0, "files");
    if (result.failed) yield { text: fc.defaultReportMessage(result) ?? "", met: false };
  },
};
