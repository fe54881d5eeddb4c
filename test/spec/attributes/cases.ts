// The cases of one attribute, kept in a YAML file of its name: the forms that say the same, how it merges, what is wrong.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { load, loadOk, problemsOf, type LoadOptions } from "../load-yaml.ts";

/** What a file of cases holds. Texts are YAML of the attribute's value. */
export interface AttributeCases {
  /** Forms that mean the same, and what they mean. */
  readonly forms: { readonly say: readonly string[]; readonly canonical: unknown };
  /** One file over another. */
  readonly merge: { readonly base: string; readonly over: string; readonly gives: unknown };
  /** A value that is wrong, and all that is said about it. */
  readonly error: { readonly value: string; readonly says: string };
}

/** What the values may refer to. */
const REST = `  b: {image: x}
  c: {image: x, healthcheck: {test: a}}
networks: {n: , m: }
volumes: {data: }
secrets: {token: {environment: TOKEN}}
configs: {conf: {content: c}}
models: {llm: {model: m}}
`;

const options: LoadOptions = {
  profiles: ["*"],
  allResources: true,
  noEnvResolution: true,
  also: { "a.env": "", "b.env": "", "a.labels": "", "b.labels": "" },
};

/** A file with a service that has the attribute. */
function fileWith(attribute: string, value: string): string {
  const image = attribute === "image" || attribute === "provider" ? "" : "    image: x\n";
  return `services:\n  a:\n${image}    ${attribute}: ${value}\n${REST}`;
}

export function readCases(attribute: string): AttributeCases {
  const text = readFileSync(new URL(`${attribute}.yaml`, import.meta.url), "utf8");
  return parse(text) as AttributeCases;
}

/** The attribute in canonical form; for `extends`, which leaves nothing of itself, the whole service. */
export function canonicalValue(attribute: string, value: string): unknown {
  return pick(attribute, loadOk(fileWith(attribute, value), options).services["a"]);
}

export function mergedValue(attribute: string, base: string, over: string): unknown {
  const also = { ...options.also, "over.yaml": `services: {a: {${attribute}: ${over}}}\n` };
  const files = ["compose.yaml", "over.yaml"];
  const { project, diagnostics } = load(fileWith(attribute, base), { ...options, files, also });
  if (project === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return pick(attribute, project.services["a"]);
}

export function problemsWith(attribute: string, value: string): string {
  return problemsOf(fileWith(attribute, value), options);
}

function pick(attribute: string, service: object | undefined): unknown {
  if (service === undefined) throw new Error("the service is missing");
  if (attribute === "extends") return service;
  return (service as Readonly<Record<string, unknown>>)[attribute] ?? null;
}
