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
  for (const key of Object.keys(record)) setOwn(result, key, change(record[key] as From, key));
  return result;
}

function normaliseService(service: Service, options: NormaliseOptions): Service {
  // Not by spreading: V8 gives each object that is made so a hidden class of its own, and all that reads them gets slow.
  const normal: Changing<Service> = Object.assign({}, service);
  const joinsNothing = service.networks === undefined || Object.keys(service.networks).length === 0;
  const hasOwnNetworking = service.network_mode !== undefined || service.provider !== undefined;
  if (joinsNothing && !hasOwnNetworking) normal.networks = { default: null };
  const dependencies = impliedDependencies(service);
  if (Object.keys(dependencies).length > 0) normal.depends_on = { ...dependencies, ...service.depends_on };
  if (service.pull_policy === "if_not_present") normal.pull_policy = "missing";
  if (options.resolvesEnvironment) resolveEnvironment(normal, options);
  if (service.pre_start !== undefined) {
    normal.pre_start = service.pre_start.map((hook) => ({ ...imageOf(service), ...hook }));
  }
  return normal;
}

/** A copy that is still being made. */
type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

function imageOf(service: Service): { readonly image?: string } {
  return service.image === undefined ? {} : { image: service.image };
}

function resolveEnvironment(service: Changing<Service>, { variables }: NormaliseOptions): void {
  const { environment, build } = service;
  if (environment !== undefined) service.environment = resolveNulls(environment, variables);
  if (build?.args === undefined) return;
  service.build = { ...build, args: withoutNullValues(resolveNulls(build.args, variables)) };
}

type Environment = Readonly<Record<string, string | null>>;

function resolveNulls(values: Environment, variables: ReadonlyMap<string, string>): Environment {
  if (!hasNull(values)) return values;
  return mapValues(values, (value, name) => value ?? variables.get(name) ?? null);
}

function hasNull(values: Environment): boolean {
  for (const name in values) if (values[name] === null) return true;
  return false;
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
  const share = (mode: string | undefined): void => {
    if (mode?.startsWith("service:") === true) add(mode.slice("service:".length), true);
  };
  for (const link of service.links ?? []) add(link.split(":", 1)[0], true);
  share(service.network_mode);
  share(service.ipc);
  share(service.pid);
  share(service.uts);
  share(service.cgroup);
  for (const from of service.volumes_from ?? []) {
    if (!from.startsWith("container:")) add(from.split(":", 1)[0], false);
  }
  return implied;
}
