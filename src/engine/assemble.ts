// Puts the engine's parts together, in the order in which they need each other.
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Backend } from "./backend.ts";
import { openCgroups } from "./cgroup-layout.ts";
import type { EngineContext } from "./collaborators.ts";
import { foundContainers } from "./containers/index.ts";
import { EngineError } from "./errors.ts";
import { EngineEvents } from "./events.ts";
import { openImages } from "./images/index.ts";
import { createNative } from "./native/native.ts";
import type { NativeHost } from "./native/native.ts";
import { hasSubordinateIds, mayRaiseLimits, needsUserNamespace, runProbe } from "./native/probe.ts";
import { chooseWaysOut, currentEgress, findPrograms } from "./native/ways-out.ts";
import type { Egress, EgressWish } from "./native/ways-out.ts";
import { openNetworks } from "./networks/index.ts";
import { refusedEssentials } from "./system/features.ts";
import { createSystem } from "./system/system.ts";
import { openVolumes } from "./volumes/index.ts";

/** Where an engine keeps its state, and its ways to the outside. */
export interface EngineOptions {
  /** State directory, canonical. */
  readonly root: string;
  /** Path of the API's socket, for what the engine says of itself. */
  readonly socket: string;
  /** The native binary. */
  readonly binary: string;
  readonly logFile: string;
  readonly log: (message: string) => void;
  /** How containers are to leave for the world. */
  readonly egress: EgressWish;
  /** Answers `POST /slipway/shutdown`. */
  readonly shutdown: () => Promise<void>;
}

/** A whole engine that does not listen yet. */
export interface Engine {
  readonly backend: Backend;
  readonly context: EngineContext;
  readonly native: NativeHost;
  readonly events: EngineEvents;
  /** False where there is no container to look after. */
  isNeeded(): boolean;
  /** Lets go of all containers, which live on; resolves when nothing is left of those that were removed. */
  close(): Promise<void>;
}

/**
 * Set-user-id programs of images and files in volumes must not be within reach of the machine's other users, whatever the modes in them say.
 */
const PRIVATE_FOLDERS = ["images", "layers", "volumes"];

function makePrivateFolders(root: string): void {
  for (const name of PRIVATE_FOLDERS) {
    mkdirSync(join(root, name), { recursive: true, mode: 0o700 });
    chmodSync(join(root, name), 0o700);
  }
}

/** Makes the engine and finds out what became of its containers. Throws EngineError (unavailable) where it cannot work. */
export async function assembleEngine(options: EngineOptions): Promise<Engine> {
  const { root, socket, binary, logFile, log, shutdown } = options;
  const probe = await runProbe(binary, root);
  const refusal = refusedEssentials(probe);
  if (refusal !== undefined) throw new EngineError("unavailable", refusal);

  const rootless = needsUserNamespace(probe);
  const noTun = probe.tun ? undefined : (probe.reasons["tun"] ?? "/dev/net/tun cannot be opened");
  const programs = rootless ? findPrograms(process.env["PATH"] ?? "") : {};
  const waysOut = chooseWaysOut(options.egress, { rootless, programs, noTun });
  const events = new EngineEvents();
  const native = createNative({ binary, root, rootless, logFile, log, waysOut });
  const cgroups = openCgroups(probe, root, log);
  const context: EngineContext = {
    root,
    cgroups,
    native,
    hasOneId: rootless && !hasSubordinateIds(probe),
    hasFixedLimits: !mayRaiseLimits(probe),
    emit: (event) => events.emit(event),
    log,
  };

  makePrivateFolders(root);
  const foundation = foundContainers(context);
  const [images, volumes, networks] = await Promise.all([
    openImages(context),
    openVolumes(context),
    openNetworks(context, { hasResolverRules: probe.resolverRules }),
  ]);
  networks.setMembers(foundation.members);
  const service = foundation.complete({ context, networking: networks.networking, images, volumes });
  await service.recover();
  const { containers, execs } = service;
  const egress = (): Egress => currentEgress(root, waysOut, native.anchorRunning() !== undefined);
  const system = createSystem({ context, probe, egress, socket, containers, images, volumes, shutdown });
  return {
    backend: { system, events, containers, execs, images, networks: networks.backend, volumes },
    context,
    native,
    events,
    isNeeded: () => service.areNeeded,
    close: () => service.close(),
  };
}
