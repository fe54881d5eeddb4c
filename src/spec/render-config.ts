// What `config` prints: the canonical document, as YAML or JSON, that loads to the same project again.
import type { Project } from "./model/project.ts";
import type { Service } from "./model/service.ts";
import { setOwn } from "./node.ts";
import { writeYaml } from "./write-yaml.ts";

/**
 * Writes the canonical document. `$` is doubled in values unless told otherwise, so that loading it again fills nothing in; keys
 * are sorted. JSON says `null` for a command or entrypoint that is not given, and leaves services' own `x-…` entries out, as
 * Compose's does.
 */
export function renderConfig(
  project: Project,
  format: "yaml" | "json",
  { escapes = true }: { readonly escapes?: boolean } = {},
): string {
  const sections = {
    networks: project.networks,
    volumes: project.volumes,
    secrets: project.secrets,
    configs: project.configs,
    models: project.models,
  };
  const text = escapes ? doubleDollars : unchanged;
  const document: Record<string, unknown> = { name: text(project.name) };
  document["services"] = mapSorted(project.services, (service) =>
    sorted(format === "json" ? jsonService(service) : service, text),
  );
  const sectionOf = (value: unknown): unknown => sorted(value, text);
  for (const [name, section] of Object.entries(sections)) {
    if (Object.keys(section).length > 0) document[name] = mapSorted(section, sectionOf);
  }
  for (const [name, value] of Object.entries(project.extensions)) setOwn(document, name, sectionOf(value));
  return format === "json" ? `${JSON.stringify(document, null, 2)}\n` : writeYaml(document);
}

function jsonService(service: Service): unknown {
  const own = Object.entries(service).filter(([name]) => !name.startsWith("x-"));
  return { command: null, entrypoint: null, ...Object.fromEntries(own) };
}

function mapSorted<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => unknown,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(record).toSorted()) setOwn(result, key, change(record[key] as T));
  return result;
}

/** Keys in order, texts changed; keys are never filled in, so that what stands there is meant as it stands. */
function sorted(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === "string") return text(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => sorted(item, text));
  return mapSorted(value as Record<string, unknown>, (item) => sorted(item, text));
}

function unchanged(value: string): string {
  return value;
}

function doubleDollars(value: string): string {
  return value.includes("$") ? value.replaceAll("$", "$$$$") : value;
}
