// Where each value of a project comes from: the place that gave it, the variables in it, and what it replaced.
import type { Span } from "../diagnostics/index.ts";
import type { History, UsedVariable } from "./history.ts";
import type { Project } from "./model/project.ts";
import type { Node, NodePath, Place } from "./node.ts";
import { isNull, spanOf } from "./node.ts";
import { nearest } from "./suggest.ts";

/** A variable that took part in a value. */
export interface VariableOrigin {
  readonly name: string;
  /** Absent: it is not set and has no default. */
  readonly value?: string;
  /** The process environment, the default in the text, nothing, or a line of a file of variables. */
  readonly from: "environment" | "default" | "unset" | Span;
}

/** One place that gave a value, or would have. */
export interface Contribution {
  readonly span: Span;
  /** The first line of what is written there. */
  readonly written: string;
  readonly variables: readonly VariableOrigin[];
}

/** One value of the project. */
export interface Explanation {
  readonly path: readonly string[];
  readonly value: unknown;
  /** Absent: nobody wrote it, it is implied. */
  readonly origin?: Contribution;
  /** What the origin took the place of, the latest first. */
  readonly overridden: readonly Contribution[];
}

/** What was found at a path. */
export type ExplainResult =
  | { readonly ok: true; readonly explanations: readonly Explanation[] }
  | { readonly ok: false; readonly suggestion: string | undefined };

interface Loaded {
  readonly project: Project;
  readonly root: Node;
  readonly history: History;
}

/** Explains the value at a dotted path such as `services.web.ports.0`; of a mapping or list each value in it. */
export function explain(path: string, loaded: Loaded): ExplainResult {
  const document = asDocument(loaded.project);
  const found = findPath(path.split("."), document);
  if (!found.ok) return found;
  const explanations: Explanation[] = [];
  const visit = (at: NodePath, value: unknown): void => {
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    if (entries.length === 0) explanations.push(explainValue(at, value, loaded));
    for (const [key, item] of entries) visit([...at, key], item);
  };
  visit(found.path, found.value);
  return { ok: true, explanations };
}

function asDocument(project: Project): Readonly<Record<string, unknown>> {
  const { name, services, disabledServices, networks, volumes, secrets, configs, models } = project;
  const sections = { networks, volumes, secrets, configs, models, ...project.extensions };
  return { name, services: { ...services, ...disabledServices }, ...sections };
}

type Found =
  | { readonly ok: true; readonly path: NodePath; readonly value: unknown }
  | { readonly ok: false; readonly suggestion: string | undefined };

/** Follows a path; keys may hold dots themselves, and the longest key that is there is meant. */
function findPath(steps: readonly string[], document: unknown): Found {
  const path: string[] = [];
  let value = document;
  for (let at = 0; at < steps.length;) {
    const known = typeof value === "object" && value !== null ? value : {};
    let count = steps.length - at;
    while (count > 0 && !Object.hasOwn(known, steps.slice(at, at + count).join("."))) count--;
    if (count === 0) return { ok: false, suggestion: suggest(path, steps[at] ?? "", known) };
    const key = steps.slice(at, at + count).join(".");
    value = (known as Record<string, unknown>)[key];
    path.push(key);
    at += count;
  }
  return { ok: true, path, value };
}

function suggest(path: NodePath, step: string, known: object): string | undefined {
  const near = nearest(step, Object.keys(known));
  return near === undefined ? undefined : [...path, near].join(".");
}

function explainValue(path: NodePath, value: unknown, { root, history, project }: Loaded): Explanation {
  const node = nodeAt(root, path);
  const places = node?.place === undefined ? [] : [node.place, ...history.replacedBy(node.place)];
  const contributions = places.map((place) => contribution(place, history.variablesAt(place)));
  const [first] = contributions;
  if (first !== undefined && isNull(node) && typeof value === "string") {
    // A variable without a value of its own takes that of the environment.
    const name = path.at(-1) ?? "";
    const used = { name, value, from: history.origin(name, project.environment[name] ?? value) };
    contributions[0] = { ...first, variables: [describeVariable(used)] };
  }
  const fromFiles = history
    .fileValues(path)
    .toReversed()
    .map(({ place }) => contribution(place, history.variablesAt(place)));
  const [origin, ...overridden] = [...contributions, ...fromFiles];
  return { path, value, ...(origin && { origin }), overridden };
}

function nodeAt(root: Node, path: NodePath): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    if (node?.kind === "map") node = node.entries.get(step)?.value;
    else node = node?.kind === "seq" ? node.items[Number(step)] : undefined;
  }
  return node;
}

function contribution(place: Place, variables: readonly UsedVariable[]): Contribution {
  const { source, start } = place;
  const newline = source.text.indexOf("\n", start);
  const lineStart = source.text.lastIndexOf("\n", start - 1) + 1;
  const written = source.text.slice(lineStart, newline < 0 ? undefined : newline).trim();
  return { span: spanOf(place), written, variables: variables.map(describeVariable) };
}

function describeVariable({ name, value, from }: UsedVariable): VariableOrigin {
  return {
    name,
    ...(value !== undefined && { value }),
    from: typeof from === "string" ? from : spanOf(from),
  };
}
