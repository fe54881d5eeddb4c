// What a document implies: the default network, names, dependencies that follow from other attributes, values taken from the
// environment.
import type { Network } from "./model/network.ts";
import type { Config, Model, Secret, Volume } from "./model/resources.ts";
import type { Service, ServiceDependency } from "./model/service.ts";
import { setOwn } from "./node.ts";
import type { TypedDocument } from "./typed-document.ts";

/** A document with everything it implies. */
export interface NormalDocument extends TypedDocument {
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly configs: Readonly<Record<string, Config>>;
}

export interface NormaliseOptions {
  readonly projectName: string;
  readonly variables: ReadonlyMap<string, string>;
  /** False: `environment` and `build.args` keep entries without a value as they are. */
  readonly resolvesEnvironment: boolean;
}

/** Adds what the document implies. */
export function normalise(document: TypedDocument, options: NormaliseOptions): NormalDocument {
  const services = mapValues(document.services, (service) => normaliseService(service, options));
  const joinsDefault = Object.values(services).some(
    (service) => service.networks && "default" in service.networks,
  );
  const networks =
    joinsDefault && !("default" in document.networks)
      ? { ...document.networks, default: {} }
      : document.networks;
  const named = <T extends { readonly name?: string; readonly external?: boolean }>(
    entry: T,
    key: string,
  ) => ({
    ...entry,
    // Empty where a variable has left it so.
    name: entry.name || (entry.external === true ? key : `${options.projectName}_${key}`),
  });
  return {
    ...document,
    services,
    networks: mapValues(networks, named<Partial<Network>>),
    volumes: mapValues(document.volumes, named<Partial<Volume>>),
    secrets: mapValues(document.secrets, named<Partial<Secret>>),
    configs: mapValues(document.configs, named<Partial<Config>>),
    models: mapValues(document.models, (model): Model => model),
  };
}

/** A record with each value changed; keys may have any name. */
export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  const result: Record<string, To> = {};
  for (const [key, value] of Object.entries(record)) setOwn(result, key, change(value, key));
  return result;
}

function normaliseService(service: Service, options: NormaliseOptions): Service {
  const joinsNothing = service.networks === undefined || Object.keys(service.networks).length === 0;
  const hasOwnNetworking = service.network_mode !== undefined || service.provider !== undefined;
  const dependencies = impliedDependencies(service);
  return {
    ...service,
    ...(joinsNothing && !hasOwnNetworking && { networks: { default: null } }),
    ...(Object.keys(dependencies).length > 0 && { depends_on: { ...dependencies, ...service.depends_on } }),
    ...(service.pull_policy === "if_not_present" && { pull_policy: "missing" }),
    ...(options.resolvesEnvironment && resolvedEnvironment(service, options)),
    ...(service.pre_start && {
      pre_start: service.pre_start.map((hook) => ({ ...imageOf(service), ...hook })),
    }),
  };
}

function imageOf(service: Service): { readonly image?: string } {
  return service.image === undefined ? {} : { image: service.image };
}

function resolvedEnvironment(service: Service, { variables }: NormaliseOptions): Partial<Service> {
  const args = service.build?.args && resolveNulls(service.build.args, variables);
  return {
    ...(service.environment && { environment: resolveNulls(service.environment, variables) }),
    ...(service.build && args && { build: { ...service.build, args: withoutNullValues(args) } }),
  };
}

function resolveNulls(
  values: Readonly<Record<string, string | null>>,
  variables: ReadonlyMap<string, string>,
): Record<string, string | null> {
  return mapValues(values, (value, name) => value ?? variables.get(name) ?? null);
}

function withoutNullValues(values: Readonly<Record<string, string | null>>): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (value !== null) setOwn(given, name, value);
  return given;
}

/** Dependencies that follow from links, shared namespaces and shared volumes. */
function impliedDependencies(service: Service): Record<string, ServiceDependency> {
  const implied: Record<string, ServiceDependency> = {};
  const add = (name: string | undefined, restart: boolean): void => {
    if (name === undefined || name === "" || Object.hasOwn(implied, name)) return;
    setOwn(implied, name, { condition: "service_started", restart, required: true });
  };
  for (const link of service.links ?? []) add(link.split(":", 1)[0], true);
  for (const mode of [service.network_mode, service.ipc, service.pid, service.uts, service.cgroup]) {
    if (mode?.startsWith("service:") === true) add(mode.slice("service:".length), true);
  }
  for (const from of service.volumes_from ?? []) {
    if (!from.startsWith("container:")) add(from.split(":", 1)[0], false);
  }
  return implied;
}
