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
  const document: Record<string, unknown> = { name: project.name };
  document["services"] = mapSorted(project.services, (service) =>
    format === "json" ? jsonService(service) : sorted(service),
  );
  for (const [name, section] of Object.entries(sections)) {
    if (Object.keys(section).length > 0) document[name] = mapSorted(section, sorted);
  }
  for (const [name, value] of Object.entries(project.extensions)) setOwn(document, name, sorted(value));
  const escaped = escapes ? escapeDollars(document) : document;
  return format === "json" ? `${JSON.stringify(escaped, null, 2)}\n` : writeYaml(escaped);
}

function jsonService(service: Service): unknown {
  const own = Object.entries(service).filter(([name]) => !name.startsWith("x-"));
  return sorted({ command: null, entrypoint: null, ...Object.fromEntries(own) });
}

function mapSorted<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => unknown,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(record).toSorted()) setOwn(result, key, change(record[key] as T));
  return result;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return mapSorted(value as Record<string, unknown>, sorted);
}

function escapeDollars(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map(escapeDollars);
  if (typeof value !== "object" || value === null) return value;
  const escaped: Record<string, unknown> = {};
  // Keys are never filled in, so that what stands there is meant as it stands.
  for (const [key, item] of Object.entries(value)) setOwn(escaped, key, escapeDollars(item));
  return escaped;
}
