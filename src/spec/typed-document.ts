// From the positioned tree to typed values. The schema and the canonical form have made sure that the tree has these types.
import type { Network } from "./model/network.ts";
import type { Spans } from "./model/project.ts";
import type { Config, Model, Secret, Volume } from "./model/resources.ts";
import type { Service } from "./model/service.ts";
import type { Opaque } from "./model/values.ts";
import type { Node } from "./node.ts";
import { placesAt, setOwn, spanOf, toPlain } from "./node.ts";

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
  const plain = toPlain(root) as Record<string, unknown>;
  const section = <T>(name: string): Readonly<Record<string, T>> => (plain[name] ?? {}) as Record<string, T>;
  const services: Record<string, Service> = {};
  for (const [name, service] of Object.entries(section<Service>("services"))) {
    setOwn(services, name, withoutUnsaid(service));
  }
  const extensions: Record<string, Opaque> = {};
  for (const [name, value] of Object.entries(plain)) {
    if (name.startsWith("x-")) setOwn(extensions, name, value as Opaque);
  }
  return {
    services,
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

/** At the level of a service, null says the same as nothing, and so do most empty values. */
function withoutUnsaid(service: Service): Service {
  const given = Object.entries(service).filter(
    ([name, value]) => name.startsWith("x-") || !isUnsaid(name, value),
  );
  return Object.fromEntries(given) as unknown as Service;
}

function isUnsaid(name: string, value: unknown): boolean {
  if (value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0 && !SAY_MUCH_WHEN_EMPTY.has(name);
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
