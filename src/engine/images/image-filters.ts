// Filters of image lists and of prune.
import type { Filters } from "../backend.ts";
import { EngineError } from "../errors.ts";
import { hasChildren } from "./image-parents.ts";
import type { ImageRecord } from "./image-record.ts";
import type { ImageStore } from "./image-store.ts";
import { madeAt, repoDigests, repoTags } from "./image-views.ts";

/** What the filters need to know of the engine. */
export interface FilterContext {
  readonly store: ImageStore;
  /** Throws EngineError when there is no such image. */
  readonly find: (ref: string) => ImageRecord;
}

type Test = (image: ImageRecord) => boolean;

/** What a list shows. */
export interface ListFilter {
  readonly matches: Test;
  /** Whether a name of an image that matches, as people write it, is among those that were asked for. */
  readonly shows: (name: string) => boolean;
}

/** What `GET /images/json` shows. Throws EngineError (invalid) for a key or value that is not known. */
export function listFilter(filters: Filters, context: FilterContext): ListFilter {
  allow(filters, ["reference", "dangling", "label", "label!", "before", "since", "until"]);
  const dangling = flag(filters, "dangling");
  const tests: Test[] = [
    ageAndLabels(filters),
    ...(filters.get("before") ?? []).map((ref) => olderThan(madeAt(context.find(ref)))),
    ...(filters.get("since") ?? []).map((ref) => newerThan(madeAt(context.find(ref)))),
  ];
  const references = (filters.get("reference") ?? []).map(globPattern);
  const shows = (name: string): boolean => references.length === 0 || matchesAny(name, references);
  if (references.length > 0) {
    const names = ({ id }: ImageRecord): string[] => [
      ...repoTags(context.store, id),
      ...repoDigests(context.store, id),
    ];
    tests.push((image) => names(image).some(shows));
  }
  if (dangling !== undefined) {
    const { store } = context;
    const isDangling = ({ id }: ImageRecord): boolean => store.namesOf(id).length === 0;
    tests.push(
      dangling
        ? (image) => isDangling(image) && !hasChildren(store, image.id)
        : (image) => !isDangling(image),
    );
  }
  return { matches: (image) => tests.every((test) => test(image)), shows };
}

/** A test for prune: images without a name, or with `dangling=false` all; whether they are used is not asked here. */
export function pruneFilter(filters: Filters, store: ImageStore): Test {
  allow(filters, ["dangling", "label", "label!", "until"]);
  const danglingOnly = flag(filters, "dangling") ?? true;
  const others = ageAndLabels(filters);
  return (image) => (!danglingOnly || store.namesOf(image.id).length === 0) && others(image);
}

function ageAndLabels(filters: Filters): Test {
  const wanted = filters.get("label") ?? [];
  const unwanted = filters.get("label!") ?? [];
  const before = (filters.get("until") ?? []).map((text) => olderThan(pointInTime(text)));
  return (image) => {
    const labels = image.config.config?.Labels ?? {};
    return (
      wanted.every((label) => hasLabel(labels, label)) &&
      !unwanted.some((label) => hasLabel(labels, label)) &&
      before.every((test) => test(image))
    );
  };
}

function olderThan(time: number): Test {
  return (image) => madeAt(image) < time;
}

function newerThan(time: number): Test {
  return (image) => madeAt(image) > time;
}

/** Seconds since 1970, a date, or how long ago: `24h`, `1h30m`. */
function pointInTime(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^(\d+(\.\d+)?[hms])+$/.test(text)) {
    const unit: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
    const parts = [...text.matchAll(/([\d.]+)([hms])/g)];
    const ago = parts.reduce(
      (sum, [, amount, letter]) => sum + Number(amount) * (unit[letter ?? ""] ?? 0),
      0,
    );
    return Date.now() / 1000 - ago;
  }
  const date = Date.parse(text);
  if (Number.isNaN(date)) throw new EngineError("invalid", `invalid filter 'until=[${text}]'`);
  return date / 1000;
}

function allow(filters: Filters, keys: readonly string[]): void {
  for (const key of filters.keys()) {
    if (!keys.includes(key)) throw new EngineError("invalid", `invalid filter '${key}'`);
  }
}

function flag(filters: Filters, key: string): boolean | undefined {
  const values = filters.get(key) ?? [];
  if (values.length === 0) return undefined;
  const value = values.length === 1 ? values[0] : undefined;
  if (value === "1" || value === "true") return true;
  if (value === "0" || value === "false") return false;
  throw new EngineError("invalid", `invalid filter '${key}=[${values.join(" ")}]'`);
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf("=");
  const key = at === -1 ? wanted : wanted.slice(0, at);
  return Object.hasOwn(labels, key) && (at === -1 || labels[key] === wanted.slice(at + 1));
}

/** A pattern stands for the whole name with its tag, or for the name without. */
function matchesAny(name: string, patterns: readonly RegExp[]): boolean {
  const withoutTag = name.includes("@")
    ? name.slice(0, name.indexOf("@"))
    : name.slice(0, name.lastIndexOf(":"));
  return patterns.some((pattern) => pattern.test(name) || pattern.test(withoutTag));
}

/** Shell patterns, in which `*` and `?` stop at a slash. */
function globPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  try {
    return new RegExp(`^${source}$`);
  } catch (error) {
    throw new EngineError("invalid", `invalid filter 'reference=[${glob}]'`, { cause: error });
  }
}
