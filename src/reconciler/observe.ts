// Looks at what an engine holds of a project: a handful of calls, all at once.

import {
  EngineClientError,
  type ApiObject,
  type ContainerDetails,
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

/** An inspected container in the planner's terms. */
function observedContainer(details: ContainerDetails): ObservedContainer {
  const labels = details.Config.Labels ?? {};
  const health = details.State.Health?.Status;
  return {
    id: details.Id,
    name: details.Name.replace(/^\//, ""),
    service: labels[LABEL.service] ?? "",
    number: Number(labels[LABEL.number] ?? 0),
    oneOff: labels[LABEL.oneOff]?.toLowerCase() === "true",
    state: details.State.Status as ContainerState,
    exitCode: details.State.ExitCode,
    ...(health === "starting" || health === "healthy" || health === "unhealthy" ? { health } : {}),
    imageId: details.Image,
    labels,
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

async function observeContainers(client: EngineClient, label: string): Promise<readonly ObservedContainer[]> {
  const list = await client.listContainers({ labels: [label] });
  const details = await Promise.all(list.map(({ Id }) => unlessGone(client.inspectContainer(Id))));
  return details
    .flatMap((container) => (container === undefined ? [] : [observedContainer(container)]))
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
  return info["CgroupVersion"] === "2" ? [...lacking, "Swappiness"] : lacking;
}

/** Looks up what the engine is, and what it lacks where that matters to the project. */
export async function observeEngine(
  client: EngineClient,
  { limits = false }: Pick<WantedResources, "limits">,
): Promise<ObservedEngine> {
  const [{ apiVersion, version, platform }, info] = await Promise.all([
    client.version(),
    limits ? client.info() : undefined,
  ]);
  return { apiVersion, version, platform, ...(info && { lacks: lackingAbilities(info) }) };
}

/** Looks up everything that carries the project's label, and what the project refers to by name. */
export async function observeProject(client: EngineClient, wanted: WantedResources): Promise<ObservedState> {
  const label = `${LABEL.project}=${wanted.project}`;
  const [engine, containers, networks, volumes, images] = await Promise.all([
    observeEngine(client, wanted),
    observeContainers(client, label),
    observeNetworks(client, label, wanted.networks),
    observeVolumes(client, label, wanted.volumes),
    observeImages(client, wanted.images),
  ]);
  return { engine, containers, networks, volumes, images };
}
