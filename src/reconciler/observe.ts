// Looks at what an engine holds of a project: a handful of calls, all at once.

import {
  EngineClientError,
  type ApiObject,
  type ContainerDetails,
  type ContainerListItem,
  type EngineClient,
} from "../client/index.ts";
import { LABEL } from "../planner/index.ts";
import type {
  ContainerState,
  ObservedContainer,
  ObservedEngine,
  ObservedImage,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
  WantedResources,
} from "../planner/index.ts";

/** The answer, or undefined where the engine does not have the thing (any more). */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EngineClientError && error.code === "not-found") return undefined;
    throw error;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What labels say about a container. */
function labelled(
  labels: Readonly<Record<string, string>>,
): Pick<ObservedContainer, "service" | "number" | "oneOff" | "labels"> {
  return {
    service: labels[LABEL.service] ?? "",
    number: Number(labels[LABEL.number] ?? 0),
    oneOff: labels[LABEL.oneOff]?.toLowerCase() === "true",
    labels,
  };
}

/** An inspected container in the planner's terms. */
function observedContainer(details: ContainerDetails): ObservedContainer {
  const labels = details.Config.Labels ?? {};
  const health = details.State.Health?.Status;
  return {
    id: details.Id,
    name: details.Name.replace(/^\//, ""),
    ...labelled(labels),
    state: details.State.Status as ContainerState,
    exitCode: details.State.ExitCode,
    ...(health === "starting" || health === "healthy" || health === "unhealthy" ? { health } : {}),
    image: text(details.Config.Image),
    imageId: details.Image,
    networks: Object.keys(details.NetworkSettings.Networks),
    mounts: details.Mounts.map((mount) => ({
      type: mount.Type,
      ...(mount.Name === undefined ? {} : { name: mount.Name }),
      source: mount.Source,
      destination: mount.Destination,
    })),
    networkMode: text(details.HostConfig["NetworkMode"]),
    pidMode: text(details.HostConfig["PidMode"]),
    ipcMode: text(details.HostConfig["IpcMode"]),
  };
}

/**
 * Engines whose list says of a running container all that an inspection would, but for the process and IPC namespaces that
 * it shares. Podman's leaves out networks, mounts and health.
 */
const LISTS_WHOLE = /^(Docker|Slipway)\//;

/** A listed container in the planner's terms; it runs. */
function listedContainer(item: ContainerListItem): ObservedContainer {
  const health = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(item.Status)?.[1];
  return {
    id: item.Id,
    ...labelled(item.Labels),
    // Links to a container are names of it, too: "/other/alias".
    name: (item.Names.find((name) => name.lastIndexOf("/") === 0) ?? item.Names[0] ?? "").replace(/^\//, ""),
    state: "running",
    exitCode: 0,
    ...(health === undefined ? {} : { health: health as "starting" | "healthy" | "unhealthy" }),
    image: item.Image,
    imageId: item.ImageID,
    networks: Object.keys(item.NetworkSettings?.Networks ?? {}),
    mounts: (item.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      ...(mount.Name === undefined ? {} : { name: mount.Name }),
      source: mount.Source ?? "",
      destination: mount.Destination,
    })),
    networkMode: item.HostConfig?.NetworkMode ?? "",
    pidMode: "",
    ipcMode: "",
  };
}

/** One request tells most; what it leaves open is asked for each container. */
async function observeContainers(
  client: EngineClient,
  label: string,
  wanted: WantedResources,
): Promise<readonly ObservedContainer[]> {
  const [list, { server }] = await Promise.all([
    client.listContainers({ labels: [label] }),
    client.version(),
  ]);
  const isTold = ({ State, Labels }: ContainerListItem): boolean =>
    LISTS_WHOLE.test(server) &&
    State === "running" &&
    !wanted.inspected.includes(Labels[LABEL.service] ?? "");
  const containers = await Promise.all(
    list.map(async (item) => {
      if (isTold(item)) return listedContainer(item);
      const details = await unlessGone(client.inspectContainer(item.Id));
      return details === undefined ? undefined : observedContainer(details);
    }),
  );
  return containers
    .filter((container) => container !== undefined)
    .toSorted((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
}

async function observeNetworks(
  client: EngineClient,
  label: string,
  wanted: readonly string[],
): Promise<Record<string, ObservedNetwork>> {
  const own = await client.listNetworks({ labels: [label] });
  const known = new Set(own.map(({ Name }) => Name));
  const others = wanted.filter((name) => !known.has(name));
  const found = await Promise.all(others.map((name) => unlessGone(client.inspectNetwork(name))));
  const networks: Record<string, ObservedNetwork> = {};
  for (const network of [...own, ...found]) {
    if (network === undefined) continue;
    const { Id, Name, Driver, Labels } = network;
    networks[Name] = { id: Id, name: Name, driver: Driver, labels: Labels ?? {} };
  }
  return networks;
}

async function observeVolumes(
  client: EngineClient,
  label: string,
  wanted: readonly string[],
): Promise<Record<string, ObservedVolume>> {
  const own = await client.listVolumes({ labels: [label] });
  const known = new Set(own.map(({ Name }) => Name));
  const others = wanted.filter((name) => !known.has(name));
  const found = await Promise.all(others.map((name) => unlessGone(client.inspectVolume(name))));
  const volumes: Record<string, ObservedVolume> = {};
  for (const volume of [...own, ...found]) {
    if (volume === undefined) continue;
    volumes[volume.Name] = { name: volume.Name, driver: volume.Driver, labels: volume.Labels ?? {} };
  }
  return volumes;
}

function declaresHealthcheck(config: { readonly [key: string]: unknown }): boolean {
  const check = config["Healthcheck"];
  if (check === null || typeof check !== "object" || !("Test" in check)) return false;
  return Array.isArray(check.Test) && check.Test.length > 0 && check.Test[0] !== "NONE";
}

async function observeImages(
  client: EngineClient,
  wanted: readonly string[],
): Promise<Record<string, ObservedImage>> {
  const details = await Promise.all(
    wanted.map(async (reference) => [reference, await client.inspectImage(reference)] as const),
  );
  const images: Record<string, ObservedImage> = {};
  for (const [reference, image] of details) {
    if (image === undefined) continue;
    const config = image.Config ?? {};
    images[reference] = {
      id: image.Id,
      hasHealthcheck: declaresHealthcheck(config),
      volumes: Object.keys(config["Volumes"] ?? {}),
    };
  }
  return images;
}

/** What `/info` says that the engine's machine cannot do. */
function lackingAbilities(info: ApiObject): readonly string[] {
  const lacking = Object.keys(info).filter((name) => info[name] === false);
  // It says nothing of this one, which only control groups of version 1 have.
  const cannotSwap = info["CgroupVersion"] === "2" || info["MemoryLimit"] === false;
  const security = info["SecurityOptions"];
  const lacksAppArmor =
    Array.isArray(security) && !security.some((option) => /^name=apparmor(?:,|$)/.test(String(option)));
  return [...lacking, ...(cannotSwap ? ["Swappiness"] : []), ...(lacksAppArmor ? ["AppArmor"] : [])];
}

/** Looks up what the engine is, and what it lacks where that matters to the project. */
export async function observeEngine(
  client: EngineClient,
  { limits = false }: Pick<WantedResources, "limits">,
): Promise<ObservedEngine> {
  const [{ apiVersion, server }, info] = await Promise.all([
    client.version(),
    limits ? client.info() : undefined,
  ]);
  return { apiVersion, server, ...(info && { lacks: lackingAbilities(info) }) };
}

/** Looks up everything that carries the project's label, and what the project refers to by name. */
export async function observeProject(client: EngineClient, wanted: WantedResources): Promise<ObservedState> {
  const label = `${LABEL.project}=${wanted.project}`;
  const [engine, containers, networks, volumes, images] = await Promise.all([
    observeEngine(client, wanted),
    observeContainers(client, label, wanted),
    observeNetworks(client, label, wanted.networks),
    observeVolumes(client, label, wanted.volumes),
    observeImages(client, wanted.images),
  ]);
  return { engine, containers, networks, volumes, images };
}
