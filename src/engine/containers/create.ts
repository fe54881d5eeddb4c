// Making a container: the request is checked, merged with its image and saved. Nothing runs yet.
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readAppArmor } from "./apparmor.ts";
import type { ContainerCreateBody } from "../api-types/container.ts";
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";
import { cgroupParentWarnings } from "./cgroup-parent.ts";
import { cgroupWarnings } from "./cgroup-warnings.ts";
import { Container } from "./container.ts";
import { blockRequest, deviceRules } from "./device-limits.ts";
import { checkHostConfig, completeHostConfig } from "./host-config.ts";
import type { PendingImages } from "./image-users.ts";
import { unsupportedWarnings, userWarnings } from "./unsupported.ts";
import { mergeImageConfig } from "./image-merge.ts";
import { checkLinks } from "./legacy-links.ts";
import { planMounts } from "./mounts.ts";
import { newId, parseContainerName, randomContainerName } from "./names.ts";
import type { Parts } from "./parts.ts";
import { emitContainer, imageIdOf } from "./parts.ts";
import { noteDoomedVolumes } from "./doomed-volumes.ts";
import { currentTime, FILES, initialState } from "./record.ts";
import { checkProcessorsHere } from "./processors.ts";
import { ulimitWarnings } from "./rlimits.ts";
import { prepareStart } from "./start.ts";
import {
  anonymousVolumes,
  ensureVolumes,
  nameVolumes,
  populateVolumes,
  removeUnused,
} from "./volume-mounts.ts";
import type { PendingVolumes } from "./volume-users.ts";

/** What containers that have no record yet keep from being removed. */
interface Pending {
  readonly volumes: PendingVolumes;
  readonly images: PendingImages;
}

/** Everything a container becomes; on failure nothing stays but named volumes. */
export async function createContainer(
  parts: Parts,
  pending: Pending,
  request: { body: ContainerCreateBody; name?: string; platform?: string; leavesMode?: boolean },
): Promise<{ Id: string; Warnings: string[] }> {
  const { body } = request;
  prepareStart(parts);
  if (!body.Image) throw new EngineError("invalid", "no image was specified");
  const wanted =
    request.name === undefined || request.name === "" ? undefined : parseContainerName(request.name);
  const image = parts.images.resolve(body.Image, request.platform);
  const config = mergeImageConfig(body, image.config);
  const host = completeHostConfig(body.HostConfig ?? {}, parts.context.cgroups.version);
  checkHostConfig(host, config);
  checkProcessorsHere(host, parts.context.cgroups);
  deviceRules(host);
  blockRequest(host);
  const hostConfig = withDonorIds(parts, host);
  const id = newId();
  const name = wanted ?? randomContainerName((candidate) => parts.store.isTaken(candidate));
  parts.store.reserve(name, id);
  pending.images.hold(id, image.id);
  try {
    const container = await make(parts, pending, {
      id,
      name,
      imageId: image.id,
      imageRef: body.Image,
      config: { ...config, Hostname: defaultHostname(parts, { id, config, hostConfig }) },
      hostConfig,
      body,
      leavesMode: request.leavesMode ?? false,
    });
    parts.store.add(container);
    emitContainer(parts, container, "create");
  } catch (error) {
    parts.store.release(name);
    throw notTheImage(error);
  } finally {
    pending.volumes.release(id);
    pending.images.release(id);
  }
  const Warnings = [
    ...image.warnings,
    ...cgroupWarnings(parts.context.cgroups, hostConfig),
    ...cgroupParentWarnings(parts.context.cgroups, hostConfig.CgroupParent ?? ""),
    ...(parts.context.hasFixedLimits
      ? ulimitWarnings(hostConfig.Ulimits ?? [], readFileSync("/proc/self/limits", "utf8"))
      : []),
    ...userWarnings(config.User ?? "", parts.context.hasOneId ?? false),
    ...unsupportedWarnings(hostConfig, readAppArmor().enabled),
  ];
  return { Id: id, Warnings };
}

/** To clients a create request that finds something missing is one for an image, which they then pull: what else is missing is a mistake in it. */
function notTheImage(error: unknown): unknown {
  if (!(error instanceof EngineError) || error.kind !== "not-found") return error;
  return new EngineError("invalid", error.message, { cause: error });
}

interface Draft {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly imageRef: string;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly body: ContainerCreateBody;
  readonly leavesMode: boolean;
}

async function make(parts: Parts, pending: Pending, draft: Draft): Promise<Container> {
  const { id, name, config, hostConfig, imageId, imageRef } = draft;
  const endpoints = parts.networking.prepare({
    member: { id, name, hostname: config.Hostname ?? "" },
    networkMode: hostConfig.NetworkMode ?? "bridge",
    endpoints: draft.body.NetworkingConfig?.EndpointsConfig ?? {},
    leavesMode: draft.leavesMode,
    macAddress: config.MacAddress,
  });
  checkLinks(parts, hostConfig);
  const planned = planMounts({
    hostConfig,
    config,
    mountsOf: (ref) => parts.store.get(ref).saved.mounts,
    imageId: (ref) => imageIdOf(parts, ref),
  });
  for (const mount of planned) {
    if (mount.type === "bind" && !mount.createSource) requireExisting(mount.source);
    if (mount.type === "image") pending.images.hold(id, mount.source);
  }
  const container = new Container(parts.context.root, {
    version: 1,
    id,
    name,
    created: currentTime(),
    imageId,
    imageRef,
    config,
    hostConfig,
    mounts: planned,
    state: initialState(),
    endpoints,
    ports: {},
    restartCount: 0,
    manuallyStopped: false,
  });
  await furnish(parts, pending.volumes, container);
  return container;
}

/**
 * Folder, volumes and record. Until there is a record, the folder says which volumes are to go with it: from before the first of them
 * exists, since an engine may be killed at any time.
 */
async function furnish(parts: Parts, pending: PendingVolumes, container: Container): Promise<void> {
  const { id, folder, saved } = container;
  saved.mounts = nameVolumes(saved.mounts);
  const anonymous = anonymousVolumes(container);
  makeFolder(folder);
  try {
    noteDoomedVolumes(folder, anonymous);
    for (const { type, name } of saved.mounts) {
      if (type === "volume" && name !== undefined) pending.hold(id, name);
    }
    saved.mounts = await ensureVolumes(parts, saved.mounts);
    await populateVolumes(parts, container);
    await parts.store.save(container);
    noteDoomedVolumes(folder, []);
  } catch (error) {
    pending.release(id);
    for (const volume of anonymous) await removeUnused(parts.volumes, volume);
    await parts.context.native.remove([folder]);
    throw error;
  }
}

/**
 * The log is there from the start: it can be read and watched before there is a process. Nobody else on the machine reaches the writable
 * layer: a set-user-id program that a container's root makes there would be one of the machine's own root.
 */
function makeFolder(folder: string): void {
  mkdirSync(folder, { mode: 0o711 });
  mkdirSync(join(folder, FILES.writable), { mode: 0o700 });
  mkdirSync(join(folder, FILES.rootfs), { mode: 0o711 });
  closeSync(openSync(join(folder, FILES.log), "a", 0o640));
}

function requireExisting(source: string): void {
  if (statSync(source, { throwIfNoEntry: false }) !== undefined) return;
  throw new EngineError(
    "invalid",
    `invalid mount config for type "bind": bind source path does not exist: ${source}`,
  );
}

/** Names change hands: a namespace that is shared is kept by its owner's id. */
function withDonorIds(parts: Parts, host: HostConfig): HostConfig {
  const resolved: HostConfig = { ...host };
  for (const field of ["NetworkMode", "PidMode", "IpcMode"] as const) {
    const ref = /^container:(.+)$/.exec(host[field] ?? "")?.[1];
    if (ref !== undefined) resolved[field] = `container:${donorId(parts, ref)}`;
  }
  return resolved;
}

function donorId(parts: Parts, ref: string): string {
  try {
    return parts.store.get(ref).id;
  } catch (error) {
    throw notTheImage(error);
  }
}

function defaultHostname(
  parts: Parts,
  draft: { id: string; config: ContainerConfig; hostConfig: HostConfig },
): string {
  const { config, hostConfig } = draft;
  if (config.Hostname) return config.Hostname;
  const mode = hostConfig.NetworkMode ?? "";
  if (mode.startsWith("container:")) return parts.store.get(mode.slice("container:".length)).member.hostname;
  return mode === "host" || hostConfig.UTSMode === "host" ? hostname() : draft.id.slice(0, 12);
}
