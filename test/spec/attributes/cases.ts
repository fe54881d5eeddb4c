// The cases of one attribute, kept in a YAML file of its name: the forms that say the same, how it merges, what is wrong.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { load, loadOk, problemsOf, type LoadOptions } from "../load-yaml.ts";
import type { Subject } from "./subjects.ts";

/** What a file of cases holds. Texts are YAML of the attribute's value. */
export interface AttributeCases {
  /** Forms that mean the same, and what they mean. */
  readonly forms: { readonly say: readonly string[]; readonly canonical: unknown };
  /** One file over another. */
  readonly merge: { readonly base: string; readonly over: string; readonly gives: unknown };
  /** A value that is wrong, and all that is said about it. */
  readonly error: { readonly value: string; readonly says: string };
}

const options: LoadOptions = {
  environment: { HERE: "here" },
  profiles: ["*"],
  allResources: true,
  also: { "a.env": "", "b.env": "", "a.labels": "", "b.labels": "" },
};

/** Reads the file of an attribute: in the folder of its noun; services have theirs right here. */
export function readCases({ noun, attribute }: Subject): AttributeCases {
  const file = noun === "services" ? `${attribute}.yaml` : `${noun}/${attribute}.yaml`;
  return parse(readFileSync(new URL(file, import.meta.url), "utf8")) as AttributeCases;
}

/** The attribute in canonical form. */
export function canonicalValue(subject: Subject, value: string): unknown {
  return subject.pick(loadOk(subject.document(value), optionsFor(subject)));
}

/** What the attribute is when a second file changes it. */
export function mergedValue(subject: Subject, base: string, over: string): unknown {
  const { also } = options;
  const { project, diagnostics } = load(subject.document(base), {
    ...optionsFor(subject),
    files: ["compose.yaml", "over.yaml"],
    also: { ...also, "over.yaml": subject.override(over) },
  });
  if (project === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return subject.pick(project);
}

/** All that is said of a document with a value of the attribute. */
export function problemsWith(subject: Subject, value: string): string {
  return problemsOf(subject.document(value), optionsFor(subject));
}

/** Files with variables stay as they are named, where it is services that are looked at. */
function optionsFor({ noun }: Subject): LoadOptions {
  return { ...options, noEnvResolution: noun === "services" };
}
