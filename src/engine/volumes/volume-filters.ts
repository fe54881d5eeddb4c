// Filters of volume lists and of prune.
import type { Filters } from "../backend.ts";
import { EngineError } from "../errors.ts";
import { localDriver } from "./volume-options.ts";
import type { VolumeRecord } from "./volume-record.ts";

/** A test for `GET /volumes`. Throws EngineError (invalid) for a key or value that is not known. */
export function listFilter(
  filters: Filters,
  isUsed: (name: string) => boolean,
): (volume: VolumeRecord) => boolean {
  allow(filters, ["name", "driver", "label", "dangling"]);
  const dangling = flag(filters, "dangling");
  return (volume) =>
    any(filters, "name", (value) => nameMatches(volume.name, value)) &&
    any(filters, "driver", (value) => value === localDriver) &&
    every(filters, "label", (value) => hasLabel(volume.labels, value)) &&
    (dangling === undefined || dangling === !isUsed(volume.name));
}

/** A test for prune: anonymous ones only, unless `all` asks for those with names too. */
export function pruneFilter(filters: Filters): (volume: VolumeRecord) => boolean {
  allow(filters, ["label", "label!", "all"]);
  const all = flag(filters, "all") ?? false;
  return (volume) =>
    (all || volume.anonymous) &&
    every(filters, "label", (value) => hasLabel(volume.labels, value)) &&
    every(filters, "label!", (value) => !hasLabel(volume.labels, value));
}

function allow(filters: Filters, keys: readonly string[]): void {
  for (const key of filters.keys()) {
    if (!keys.includes(key)) throw new EngineError("invalid", `invalid filter '${key}'`);
  }
}

function flag(filters: Filters, key: string): boolean | undefined {
  const values = filters.get(key);
  if (values === undefined || values.length === 0) return undefined;
  const value = values[0] ?? "";
  if (values.length === 1 && ["1", "true"].includes(value)) return true;
  if (values.length === 1 && ["0", "false"].includes(value)) return false;
  throw new EngineError("invalid", `invalid filter '${key}=[${values.join(" ")}]'`);
}

function any(filters: Filters, key: string, test: (value: string) => boolean): boolean {
  const values = filters.get(key) ?? [];
  return values.length === 0 || values.some(test);
}

function every(filters: Filters, key: string, test: (value: string) => boolean): boolean {
  return (filters.get(key) ?? []).every(test);
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [key, value] = splitOnce(wanted);
  return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The API's names are patterns where they can be read as one, else parts of the name. */
function nameMatches(name: string, wanted: string): boolean {
  if (name.includes(wanted)) return true;
  try {
    return new RegExp(wanted).test(name);
  } catch {
    return false; // not a pattern, and the text itself was not found
  }
}
