// The check of a document's shape against what a validator for JSON Schema says.
import type { ErrorObject } from "ajv/dist/2020.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Node, NodePath } from "../../src/spec/node.ts";
import { placesAt, toPlain } from "../../src/spec/node.ts";
import { parseDocuments } from "../../src/spec/parse.ts";
import { createReport } from "../../src/spec/report.ts";
import { checkSchema } from "../../src/spec/schema.ts";
import { packageFolder } from "../support/package-copy.ts";
import { arbitraryFile } from "./arbitrary-document.ts";

const bundle = readFileSync(join(packageFolder, "dist/schema.json"), "utf8");
// Repeated items of lists are the loader's business.
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(
  JSON.parse(bundle.replaceAll('"uniqueItems": true', '"uniqueItems": false')),
);

interface Problem {
  readonly code: string;
  readonly path: NodePath;
}

function validatorProblems(document: Node): readonly Problem[] {
  return validate(toPlain(document)) ? [] : (validate.errors ?? []).flatMap(problemOf);
}

function problemOf({ keyword, instancePath, params, propertyName }: ErrorObject): readonly Problem[] {
  const steps = instancePath.split("/").slice(1);
  const path = steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const at = (code: string, ...more: readonly string[]): readonly Problem[] => [
    { code, path: [...path, ...more] },
  ];
  switch (keyword) {
    case "propertyNames":
      return []; // Comes with an error about the name itself.
    case "additionalProperties":
      return at("unknown-key", String(params["additionalProperty"]));
    case "required":
      return at("schema");
    case "type":
      return at("wrong-type");
    default:
      return at("invalid-value", ...(propertyName === undefined ? [] : [propertyName]));
  }
}

/** "code at path", each once. */
function inWords(problems: readonly Problem[]): readonly string[] {
  return [...new Set(problems.map(({ code, path }) => `${code} at ${JSON.stringify(path)}`))].toSorted();
}

it("finds the mistakes that a validator for JSON Schema finds, at the same places", () => {
  let wrong = 0;
  fc.assert(
    fc.property(arbitraryFile, (text) => {
      const source = { name: "compose.yaml", path: "/compose.yaml", text };
      for (const document of parseDocuments(source, createReport())) {
        const report = createReport();
        checkSchema(document, report);
        const own = inWords(report.sorted().map(({ code, path = [] }) => ({ code, path })));
        const all = validatorProblems(document);
        if (all.length > 0) wrong++;
        expect(inWords(all)).toEqual(expect.arrayContaining([...own]));
        // Of one place one thing is said.
        const unsaid = all.filter((problem) => !own.includes(inWords([problem])[0] ?? ""));
        for (const { path } of unsaid) {
          const place = placesAt(document, path).value;
          expect(place !== undefined && report.hasErrorAt(place)).toBe(true);
        }
      }
    }),
    { numRuns: 3000 },
  );
  expect(wrong).toBeGreaterThan(500);
});
