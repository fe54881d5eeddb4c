// From the positioned tree to typed values. The schema and the canonical form have made sure that the tree has these types.
import type { Network } from "./model/network.ts";
import type { Spans } from "./model/project.ts";
import type { Config, Model, Secret, Volume } from "./model/resources.ts";
import type { Service } from "./model/service.ts";
import type { Opaque } from "./model/values.ts";
import type { Node } from "./node.ts";
import { child, isNull, placesAt, setOwn, spanOf, toPlain } from "./node.ts";

/** The sections of a document, before anything is implied. */
export interface TypedDocument {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Partial<Network>>>;
  readonly volumes: Readonly<Record<string, Partial<Volume>>>;
  readonly secrets: Readonly<Record<string, Partial<Secret>>>;
  readonly configs: Readonly<Record<string, Partial<Config>>>;
  readonly models: Readonly<Record<string, Model>>;
  readonly extensions: Readonly<Record<string, Opaque>>;
}

/** The typed form of a tree that has passed the schema. */
export function toTypedDocument(root: Node): TypedDocument {
  const section = <T>(name: string): Readonly<Record<string, T>> => {
    const node = child(root, name);
    return node === undefined || isNull(node) ? {} : (toPlain(node) as Record<string, T>);
  };
  const extensions: Record<string, Opaque> = {};
  if (root.kind === "map") {
    root.entries.forEach(({ value }, name) => {
      if (name.startsWith("x-")) setOwn(extensions, name, toPlain(value) as Opaque);
    });
  }
  return {
    services: servicesOf(root),
    networks: section("networks"),
    volumes: section("volumes"),
    secrets: section("secrets"),
    configs: section("configs"),
    models: section("models"),
    extensions,
  };
}

/** Attributes that say something by being there. Of all others, empty ones say the same as none. */
const SAY_MUCH_WHEN_EMPTY = new Set([
  "blkio_config",
  "build",
  "command",
  "credential_spec",
  "deploy",
  "develop",
  "entrypoint",
  "healthcheck",
  "logging",
  "provider",
]);

function servicesOf(root: Node): Record<string, Service> {
  const services: Record<string, Service> = {};
  const section = child(root, "services");
  if (section?.kind === "map") {
    section.entries.forEach(({ value }, name) => setOwn(services, name, toService(value)));
  }
  return services;
}

/** At the level of a service, null says the same as nothing, and so do empty text and most empty collections. */
function toService(node: Node): Service {
  const service: Record<string, unknown> = {};
  if (node.kind === "map") {
    // An image whose name a variable has left empty is an image nevertheless, unless it is one to be built.
    const isImage = (name: string): boolean => name === "image" && !node.entries.has("build");
    node.entries.forEach(({ value }, name) => {
      if (name.startsWith("x-") || isImage(name) || !isUnsaid(name, value))
        setOwn(service, name, toPlain(value));
    });
  }
  return service as unknown as Service;
}

function isUnsaid(name: string, value: Node): boolean {
  if (value.kind === "scalar") return value.value === null || value.value === "";
  const isEmpty = value.kind === "map" ? value.entries.size === 0 : value.items.length === 0;
  return isEmpty && !SAY_MUCH_WHEN_EMPTY.has(name);
}

/** The places of a tree, by path. */
export function spansOf(root: Node): Spans {
  return {
    get(path) {
      const place = placesAt(root, path).value;
      return place && spanOf(place);
    },
  };
}
