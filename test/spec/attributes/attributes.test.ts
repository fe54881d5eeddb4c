import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canonicalValue, mergedValue, problemsWith, readCases } from "./cases.ts";

const schema = JSON.parse(readFileSync(new URL("../../../schema/service.json", import.meta.url), "utf8")) as {
  readonly properties: Readonly<Record<string, unknown>>;
};

describe.each(Object.keys(schema.properties))("%s", (attribute) => {
  const { forms, merge, error } = readCases(attribute);

  it.each(forms.say)("written as %s", (value) => {
    expect(canonicalValue(attribute, value)).toEqual(forms.canonical);
  });

  it("merges", () => {
    expect(mergedValue(attribute, merge.base, merge.over)).toEqual(merge.gives);
  });

  it("says what is wrong", () => {
    expect(problemsWith(attribute, error.value)).toBe(error.says);
  });
});
