// Lists of containers: what a row holds and which rows a filter lets through. Pure but for the clock.
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { ContainerSummary } from "../api-types/container.ts";
import type { Filters } from "../backend.ts";
import { EngineError } from "../errors.ts";
import type { Container } from "./container.ts";
import { commandLine } from "./image-merge.ts";
import { mountPoints } from "./inspect.ts";
import { portRows } from "./ports.ts";
import { timeInMilliseconds } from "./record.ts";
import { statusOf, statusText } from "./status-text.ts";

export interface ListContext {
  readonly find: (ref: string) => Container | undefined;
  /** Image id of a reference; undefined when there is none. */
  readonly imageId: (ref: string) => string | undefined;
}

export interface ListOptions {
  readonly all: boolean;
  readonly limit?: number;
  readonly filters: Filters;
}

type Test = (container: Container, value: string) => boolean;

const LAST_PORT = 65_535;

const isPorts = (value: string): boolean => portsOf(value) !== undefined;

/** What the values of a filter may be; the others take any. */
const VALUES: Readonly<Record<string, (value: string) => boolean>> = {
  status: (value) =>
    ["created", "running", "paused", "restarting", "removing", "exited", "dead"].includes(value),
  health: (value) => ["starting", "healthy", "unhealthy", "none"].includes(value),
  exited: (value) => /^-?\d+$/.test(value),
  publish: isPorts,
  expose: isPorts,
  "is-task": (value) => ["true", "1", "false", "0"].includes(value),
};

/** Newest first. `containers`: oldest first. */
export function listContainers(
  containers: readonly Container[],
  options: ListOptions,
  context: ListContext,
): ContainerSummary[] {
  const tests = filterTests(options.filters, context);
  const showsAll = options.all || options.filters.has("status") || (options.limit ?? 0) > 0;
  const shown = containers
    .toReversed()
    .filter((container) => showsAll || container.saved.state.running)
    .filter((container) => tests(container));
  const limited = options.limit !== undefined && options.limit > 0 ? shown.slice(0, options.limit) : shown;
  return limited.map((container) => summarise(container, context));
}

/** A predicate of the `filters` of lists: values of one key are alternatives, but every label must be there. */
export function filterTests(filters: Filters, context: ListContext): (container: Container) => boolean {
  const tests = testsByKey(context);
  for (const key of ["before", "since"])
    for (const value of filters.get(key) ?? []) reference(context, value);
  const checks = [...filters].map(([key, values]) => {
    const test = tests[key];
    if (test === undefined) throw new EngineError("invalid", `invalid filter '${key}'`);
    const isValue = VALUES[key];
    const wrong = isValue === undefined ? undefined : values.find((value) => !isValue(value));
    if (wrong !== undefined) throw new EngineError("invalid", `invalid filter '${key}=${wrong}'`);
    return (container: Container): boolean =>
      key === "label"
        ? values.every((value) => test(container, value))
        : values.some((value) => test(container, value));
  });
  return (container) => checks.every((check) => check(container));
}

/** `key` or `key=value` against labels. */
export function hasLabel(labels: Readonly<Record<string, string>> | undefined, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  if (equals < 0) return labels?.[wanted] !== undefined;
  return labels?.[wanted.slice(0, equals)] === wanted.slice(equals + 1);
}

function testsByKey(context: ListContext): Readonly<Record<string, Test>> {
  return {
    id: (container, value) => container.id.startsWith(value),
    name: (container, value) => matchesName(container.saved.name, value),
    label: (container, value) => hasLabel(container.saved.config.Labels, value),
    status: (container, value) => statusOf(container) === value,
    exited: (container, value) =>
      statusOf(container) === "exited" && String(container.saved.state.exitCode) === value,
    ancestor: (container, value) => container.saved.imageId === context.imageId(value),
    network: (container, value) =>
      Object.entries(container.saved.endpoints).some(
        ([name, endpoint]) =>
          name === value || (value !== "" && (endpoint.NetworkID ?? "").startsWith(value)),
      ),
    volume: (container, value) =>
      container.saved.mounts.some(
        ({ name, source, target }) => target === value || (name ?? source) === value,
      ),
    health: (container, value) => (container.saved.health?.Status ?? "none") === value,
    before: (container, value) => container.saved.created < reference(context, value).saved.created,
    since: (container, value) => container.saved.created > reference(context, value).saved.created,
    publish: (container, value) => hasPort(container, value, ({ PublicPort }) => PublicPort),
    expose: (container, value) => hasPort(container, value, ({ PrivatePort }) => PrivatePort),
    "is-task": (_container, value) => value === "false" || value === "0",
    isolation: () => true,
  };
}

function reference(context: ListContext, value: string): Container {
  const found = context.find(value);
  if (found === undefined) throw new EngineError("not-found", `No such container: ${value}`);
  return found;
}

/** Names are matched as regular expressions, with and without the slash, as clients expect. */
function matchesName(name: string, pattern: string): boolean {
  try {
    const expression = new RegExp(pattern);
    return expression.test(name) || expression.test(`/${name}`);
  } catch {
    return name.includes(pattern); // not an expression: then it is text
  }
}

/** Of the ports that it has while it runs. */
function hasPort(
  container: Container,
  value: string,
  numberOf: (row: ReturnType<typeof portRows>[number]) => number | undefined,
): boolean {
  const wanted = portsOf(value);
  if (wanted === undefined) return false;
  return portRows(container.saved.ports).some((row) => {
    const port = numberOf(row);
    return row.Type === wanted.protocol && port !== undefined && port >= wanted.first && port <= wanted.last;
  });
}

interface WantedPorts {
  readonly first: number;
  readonly last: number;
  readonly protocol: string;
}

/** `80`, `80-90`, either with `/udp` or another protocol than TCP. */
function portsOf(value: string): WantedPorts | undefined {
  const match = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(value);
  if (match === null) return undefined;
  const [, first = "", last = first, protocol = "tcp"] = match;
  if (Number(first) > Number(last) || Number(last) > LAST_PORT) return undefined;
  return { first: Number(first), last: Number(last), protocol };
}

/** The name of its image, unless that has gone or is another image's by now. */
function imageName({ saved }: Container, { imageId }: ListContext): string {
  return imageId(saved.imageRef) === saved.imageId ? saved.imageRef : saved.imageId;
}

/** As Docker writes it: what has spaces is in quotes, but for the program. */
function commandText(config: ContainerConfig): string {
  const [program, ...args] = commandLine(config);
  return [program, ...args.map((word) => (word.includes(" ") ? `'${word}'` : word))].join(" ");
}

function summarise(container: Container, context: ListContext): ContainerSummary {
  const { saved } = container;
  return {
    Id: saved.id,
    Names: [`/${saved.name}`],
    Image: imageName(container, context),
    ImageID: saved.imageId,
    Command: commandText(saved.config),
    Created: Math.floor(timeInMilliseconds(saved.created) / 1000),
    Ports: portRows(saved.ports),
    Labels: { ...saved.config.Labels },
    State: statusOf(container),
    Status: statusText(container, Date.now()),
    HostConfig: { NetworkMode: saved.hostConfig.NetworkMode ?? "" },
    NetworkSettings: { Networks: structuredClone(saved.endpoints) },
    Mounts: mountPoints(saved.mounts),
  };
}
