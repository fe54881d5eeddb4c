// Which services take part, and which resources they need.
import { inDependencyOrder } from "./dependency-order.ts";
import type { Project } from "./model/project.ts";
import type { Service } from "./model/service.ts";
import { setOwn } from "./node.ts";
import { nearest } from "./suggest.ts";

/** Services by whether they take part. */
export interface SplitServices {
  readonly enabled: Record<string, Service>;
  readonly disabled: Record<string, Service>;
}

/** Splits services by active profiles. A service without profiles always takes part; `*` activates every profile. */
export function splitByProfiles(
  services: Readonly<Record<string, Service>>,
  active: ReadonlySet<string>,
): SplitServices {
  return split(services, (_, { profiles }) => {
    if (profiles === undefined || profiles.length === 0 || active.has("*")) return true;
    return profiles.some((profile) => active.has(profile));
  });
}

function split(
  services: Readonly<Record<string, Service>>,
  isEnabled: (name: string, service: Service) => boolean,
): SplitServices {
  const enabled: Record<string, Service> = {};
  const disabled: Record<string, Service> = {};
  for (const [name, service] of Object.entries(services)) {
    setOwn(isEnabled(name, service) ? enabled : disabled, name, service);
  }
  return { enabled, disabled };
}

/** Whether a name given on the command line, which may hold `*` and `?`, stands for a service. */
export function matchesName(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`).test(name);
}

/** How a selection of services turned out. */
export type Selection =
  | { readonly ok: true; readonly project: Project }
  | { readonly ok: false; readonly unknown: string; readonly suggestion: string | undefined };

/**
 * The project with only the named services (and, unless told otherwise, all they depend on); the others count as disabled.
 * No names: the project as it is.
 */
export function selectServices(
  project: Project,
  names: readonly string[],
  options: { readonly includeDependencies?: boolean } = {},
): Selection {
  if (names.length === 0) return { ok: true, project };
  const known = Object.keys(project.services);
  const wanted = new Set<string>();
  for (const pattern of names) {
    const matching = known.filter((name) => matchesName(pattern, name));
    if (matching.length === 0) return { ok: false, unknown: pattern, suggestion: nearest(pattern, known) };
    for (const name of matching) wanted.add(name);
  }
  if (options.includeDependencies !== false) {
    // What is added on the way is walked over as well.
    for (const name of wanted) for (const other of dependenciesOf(project.services, name)) wanted.add(other);
  }
  const { enabled, disabled } = split(project.services, (name) => wanted.has(name));
  const disabledServices = { ...project.disabledServices, ...disabled };
  return { ok: true, project: { ...project, services: enabled, disabledServices } };
}

/** The project with only those networks, volumes, secrets, configs and models that its services use. */
export function withoutUnusedResources(project: Project): Project {
  const used = {
    networks: new Set<string>(),
    volumes: new Set<string>(),
    secrets: new Set<string>(),
    configs: new Set<string>(),
    models: new Set<string>(),
  };
  for (const { networks, models, volumes, configs, secrets, build } of Object.values(project.services)) {
    for (const name in networks) used.networks.add(name);
    for (const name in models) used.models.add(name);
    volumes?.forEach(({ type, source }) => {
      if (type === "volume" && source !== undefined) used.volumes.add(source);
    });
    configs?.forEach(({ source }) => used.configs.add(source));
    secrets?.forEach(({ source }) => used.secrets.add(source));
    build?.secrets?.forEach(({ source }) => used.secrets.add(source));
  }
  return {
    ...project,
    networks: only(project.networks, used.networks),
    volumes: only(project.volumes, used.volumes),
    secrets: only(project.secrets, used.secrets),
    configs: only(project.configs, used.configs),
    models: only(project.models, used.models),
  };
}

function only<T>(entries: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const [name, entry] of Object.entries(entries)) if (names.has(name)) setOwn(kept, name, entry);
  return kept;
}

/** The names of the enabled services, each after the services it depends on; otherwise in the order of the file. */
export function servicesInDependencyOrder(project: Project): readonly string[] {
  const { services } = project;
  return inDependencyOrder(Object.keys(services), (name) => dependenciesOf(services, name));
}

function dependenciesOf(services: Readonly<Record<string, Service>>, name: string): readonly string[] {
  return Object.keys(services[name]?.depends_on ?? {}).filter((other) => Object.hasOwn(services, other));
}
