// The nouns whose attributes have cases, and the documents that their cases are put in.
import type { Project } from "../../../src/spec/index.ts";

/** One attribute of a noun, and the smallest document in which it makes sense. */
export interface Subject {
  readonly noun: string;
  readonly attribute: string;
  /** A whole document with the attribute. */
  document(value: string): string;
  /** What another file says to change it. */
  override(value: string): string;
  /** The attribute, or what it has made of its surroundings. */
  pick(project: Project): unknown;
}

/** What values may refer to. */
const REST = `  b: {image: x}
  c: {image: x, healthcheck: {test: a}}
  buildable: {build: .}
networks: {n: , m: }
volumes: {data: }
secrets: {token: {environment: TOKEN}}
configs: {conf: {content: c}}
models: {llm: {model: m}}
`;

/** An attribute of a service. Of `extends`, which leaves nothing of itself, the whole service is looked at. */
export function serviceSubject(attribute: string): Subject {
  const company = attribute === "image" || attribute === "provider" ? "" : "    image: x\n";
  return {
    noun: "services",
    attribute,
    document: (value) => `services:\n  a:\n${company}    ${attribute}: ${value}\n${REST}`,
    override: (value) => `services: {a: {${attribute}: ${value}}}\n`,
    pick: ({ services }) => (attribute === "extends" ? services["a"] : property(services["a"], attribute)),
  };
}

/** An attribute of a part of a service: `build`, `deploy`, `healthcheck`. */
export function partSubject(part: "build" | "deploy" | "healthcheck", attribute: string): Subject {
  return {
    noun: part,
    attribute,
    document: (value) => `services:\n  a:\n    image: x\n    ${part}:\n      ${attribute}: ${value}\n${REST}`,
    override: (value) => `services: {a: {${part}: {${attribute}: ${value}}}}\n`,
    pick: ({ services }) => property(property(services["a"], part), attribute),
  };
}

type Section = "networks" | "volumes" | "secrets" | "configs" | "models";

/** Attributes that say where a secret or config comes from; with any other, one of them has to stand. */
const ORIGINS = new Set(["file", "environment", "content", "external", "driver"]);

/** An attribute of an entry of the top level. */
export function resourceSubject(section: Section, attribute: string): Subject {
  const needsOrigin = (section === "secrets" || section === "configs") && !ORIGINS.has(attribute);
  const needsModel = section === "models" && attribute !== "model";
  const company = needsOrigin ? "    file: f\n" : needsModel ? "    model: m\n" : "";
  return {
    noun: section,
    attribute,
    document: (value) =>
      `services: {a: {image: x}}\n${section}:\n  k:\n${company}    ${attribute}: ${value}\n`,
    override: (value) => `${section}: {k: {${attribute}: ${value}}}\n`,
    pick: (project) => property(project[section]["k"], attribute),
  };
}

function property(holder: unknown, name: string): unknown {
  return (holder as Readonly<Record<string, unknown>> | undefined)?.[name] ?? null;
}
