import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canonicalValue, mergedValue, problemsWith, readCases } from "./cases.ts";
import { partSubject, resourceSubject, serviceSubject, type Subject } from "./subjects.ts";

/** The attributes that the schema knows of a noun. */
function attributesOf(noun: string): readonly string[] {
  const text = readFileSync(new URL(`../../../schema/${noun}.json`, import.meta.url), "utf8");
  const { properties } = JSON.parse(text) as { readonly properties: Readonly<Record<string, unknown>> };
  return Object.keys(properties);
}

const SUBJECTS: readonly Subject[] = [
  ...attributesOf("service").map(serviceSubject),
  ...(["build", "deploy", "healthcheck"] as const).flatMap((part) =>
    attributesOf(part).map((attribute) => partSubject(part, attribute)),
  ),
  ...(["networks", "volumes", "secrets", "configs", "models"] as const).flatMap((section) =>
    attributesOf(section.slice(0, -1)).map((attribute) => resourceSubject(section, attribute)),
  ),
];

describe.each(SUBJECTS.map((subject) => [subject.noun, subject.attribute, subject] as const))(
  "%s %s",
  (_noun, _attribute, subject) => {
    const { forms, merge, error } = readCases(subject);

    it.each(forms.say)("written as %s", (value) => {
      expect(canonicalValue(subject, value)).toEqual(forms.canonical);
    });

    it("merges", () => {
      expect(mergedValue(subject, merge.base, merge.over)).toEqual(merge.gives);
    });

    it("says what is wrong", () => {
      expect(problemsWith(subject, error.value)).toBe(error.says);
    });
  },
);

it("every file of cases belongs to an attribute", () => {
  const files = readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" });
  expect(files.filter((file) => file.endsWith(".yaml"))).toHaveLength(SUBJECTS.length);
});
