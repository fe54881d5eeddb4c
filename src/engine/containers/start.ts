// Starting a container: everything is prepared, the shim sets it up and holds the process, the record goes to disk, and only then may the
// process execute. Whatever fails on the way undoes what came before it.
import { mkdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { EndpointSettings } from "../api-types/network.ts";
import type { Directive } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { isAboutAccounts } from "./accounts.ts";
import { connectWaiting } from "./attach.ts";
import { noteOutOfMemory } from "./conclude.ts";
import type { Container } from "./container.ts";
import { makeCgroupParent } from "./cgroup-parent.ts";
import { planContainerCgroups } from "./container-cgroups.ts";
import { blockRequest, deviceRules } from "./device-limits.ts";
import { refuseDeviceRequests } from "./device-requests.ts";
import { hostDevices } from "./devices.ts";
import { placeMounts, sharedVolumes } from "./place-mounts.ts";
import type { Parts } from "./parts.ts";
import { emitContainer, logOf } from "./parts.ts";
import { publishedPorts } from "./ports.ts";
import { publishDirectives } from "./publish.ts";
import { currentTime, FILES } from "./record.ts";
import { withOwnUpstreams } from "./host-files.ts";
import { linkEnvironment, linksOf } from "./legacy-links.ts";
import { placeHostFiles } from "./place-host-files.ts";
import { seccompFilter } from "./seccomp.ts";
import type { NamespaceChoice } from "./specification.ts";
import { runSpecification } from "./specification.ts";
import { ShimControl } from "./shim-control.ts";
import type { StartFailure } from "./shim-control.ts";
import { emitVolumeEvents } from "./volume-mounts.ts";

interface Prepared {
  readonly specification: Directive[];
  readonly apparmor: string | undefined;
  readonly endpoints: Record<string, EndpointSettings>;
}

/**
 * Runs the container's process and gives the connection to its shim; to be called in the container's turn. On failure everything is as
 * before but for the state's error and exit code, and an EngineError says why.
 */
export function launch(parts: Parts, container: Container): Promise<ShimControl> {
  return parts.launches.take(sharedVolumes(parts, container.saved), () => launchNow(parts, container));
}

async function launchNow(parts: Parts, container: Container): Promise<ShimControl> {
  const { saved } = container;
  const network = { up: false, endpoints: saved.endpoints };
  let shim: ShimControl | undefined;
  const before = { ...saved.state };
  try {
    const prepared = await prepare(parts, container, network);
    const connection = await parts.context.native.shim("run", prepared.specification);
    shim = new ShimControl(connection, {
      folder: container.folder,
      onWarning: (text) => logOf(parts, container, text),
      onOutOfMemory: () => noteOutOfMemory(parts, container),
      onLogBegun: () => parts.logCompression.request(container),
    });
    refuse(container, prepared.endpoints, await shim.ready());
    recordStart(parts, container, { shim, ...prepared });
    container.isBeginning = true;
    await connectWaiting(container);
    refuse(container, prepared.endpoints, await shim.go());
  } catch (error) {
    shim?.abandon();
    Object.assign(saved.state, before);
    await undo(parts, container, network);
    recordFailure(parts, container, error);
    throw error;
  } finally {
    container.isBeginning = false;
  }
  emitVolumeEvents(parts, container, "mount");
  emitContainer(parts, container, "start");
  return shim;
}

/** Begins to make what every start needs, in good time. When that fails, whoever starts a container is told. */
export function prepareStart({ context }: Parts): void {
  context.native.ready().catch((error: unknown) => context.log(String(error)));
}

async function prepare(
  parts: Parts,
  container: Container,
  network: { up: boolean; endpoints: Record<string, EndpointSettings> },
): Promise<Prepared> {
  const { saved, folder } = container;
  const { native } = parts.context;
  for (const name of [FILES.exit, FILES.control]) rmSync(join(folder, name), { force: true });
  mkdirSync(join(folder, FILES.rootfs), { recursive: true, mode: 0o700 });
  const namespaces = chooseNamespaces(parts, container);
  refuseDeviceRequests(saved.hostConfig);
  const apparmor = await parts.appArmor.choose(saved.hostConfig);
  const devices = hostDevices(saved.hostConfig, native.rootless);
  const root = await parts.images.mountRoot(saved.imageId, join(folder, FILES.writable));
  await makeCgroupParent(parts.context, saved.hostConfig.CgroupParent ?? "", saved.id);
  const anchor = await native.anchor();
  network.up = true;
  const up = await parts.networking.up(container.member, saved.endpoints);
  network.endpoints = up.endpoints;
  const directives = withOwnUpstreams(saved.hostConfig, up.directives);
  const links = linksOf(parts, container);
  const hostFiles = placeHostFiles(parts, container, { directives, endpoints: up.endpoints, links });
  const specification = runSpecification(saved, {
    folder,
    anchor,
    rootless: native.rootless,
    root,
    mounts: [...hostFiles, ...(await placeMounts(parts, saved))],
    devices: devices.nodes,
    cgroups: planContainerCgroups(parts.context.cgroups, saved, {
      devices: [...devices.allowed, ...deviceRules(saved.hostConfig)],
      block: blockRequest(saved.hostConfig),
    }),
    seccomp: seccompFilter(parts.context.root, saved.hostConfig),
    apparmor,
    namespaces,
    linkedEnvironment: links.flatMap((link) => linkEnvironment(link, saved.name)),
    network: [...directives, ...(await publishDirectives(saved, up.address, up.hostAddress))],
    hostname:
      saved.hostConfig.NetworkMode === "host" && !saved.config.Hostname
        ? hostname()
        : container.member.hostname,
  });
  return { specification, apparmor, endpoints: up.endpoints };
}

/** The record says "running" before the process does: an engine that is killed in between finds neither shim nor exit file, and knows. */
function recordStart(
  parts: Parts,
  container: Container,
  run: Omit<Prepared, "specification"> & { readonly shim: ShimControl },
): void {
  const { saved } = container;
  Object.assign(saved.state, {
    running: true,
    restarting: false,
    paused: false,
    oomKilled: false,
    pid: run.shim.pid,
    exitCode: 0,
    error: "",
    startedAt: currentTime(),
    apparmor: run.apparmor ?? "",
  });
  saved.endpoints = run.endpoints;
  saved.ports = publishedPorts(run.shim.ports, saved.config);
  parts.store.saveState(container);
}

async function undo(
  parts: Parts,
  container: Container,
  network: { up: boolean; endpoints: Record<string, EndpointSettings> },
): Promise<void> {
  const { saved } = container;
  if (network.up) saved.endpoints = await parts.networking.down(container.member, network.endpoints);
  saved.ports = {};
}

function recordFailure(parts: Parts, container: Container, error: unknown): void {
  const { saved } = container;
  for (const attachment of container.waiting) attachment.abandon();
  container.waiting.clear();
  saved.state.exitCode = (error instanceof EngineError ? error.exitCode : undefined) ?? 128;
  saved.state.error = error instanceof Error ? error.message : String(error);
  parts.store.noteState(container);
}

function refuse(
  container: Container,
  endpoints: Readonly<Record<string, EndpointSettings>>,
  failure: StartFailure | undefined,
): void {
  if (failure === undefined) return;
  throw new EngineError(
    failure.code === 126 || failure.code === 127 ? "invalid" : "failed",
    refusalText(container, endpoints, failure.message),
    { exitCode: failure.code },
  );
}

/** As Docker's clients are told: they tell a port that is taken from a program that is not there by what did not succeed. */
function refusalText(
  container: Container,
  endpoints: Readonly<Record<string, EndpointSettings>>,
  reason: string,
): string {
  if (isAboutAccounts(reason)) return reason;
  const publishing = Object.values(endpoints).find(({ Gateway, IPv6Gateway }) => Gateway || IPv6Gateway);
  if (!reason.startsWith("Bind for ") || publishing === undefined)
    return `failed to create task for container: ${reason}`;
  return `driver failed programming external connectivity on endpoint ${container.member.name} (${publishing.EndpointID ?? ""}): ${reason}`;
}

function chooseNamespaces(
  parts: Parts,
  container: Container,
): Record<"pid" | "net" | "ipc", NamespaceChoice> {
  const host = container.saved.hostConfig;
  return {
    pid: namespaceChoice(parts, host.PidMode ?? "", "PID"),
    net: namespaceChoice(parts, host.NetworkMode ?? "", "network"),
    ipc: namespaceChoice(parts, host.IpcMode ?? "", "IPC"),
  };
}

function namespaceChoice(parts: Parts, mode: string, what: string): NamespaceChoice {
  if (mode === "host") return "host";
  if (!mode.startsWith("container:")) return "private";
  const donor = parts.store.get(mode.slice("container:".length));
  if (donor.shim === undefined) {
    throw new EngineError("conflict", `cannot join ${what} of a non running container: ${donor.id}`);
  }
  if (what === "IPC" && donor.saved.hostConfig.IpcMode !== "shareable") {
    throw new EngineError(
      "failed",
      `can't join IPC of container ${donor.id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`,
    );
  }
  return { pid: donor.saved.state.pid };
}
