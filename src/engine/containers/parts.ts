// What the files of this folder work with together.
import type { VolumesBackend } from "../backend.ts";
import type { ContainerNetworking, ContainerVolumes, EngineContext, ImageRoots } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import type { Turns } from "../turns.ts";
import type { AppArmorProfiles } from "./apparmor-profiles.ts";
import type { Container } from "./container.ts";
import type { LogCompression } from "./log-compression.ts";
import type { ContainerStore } from "./store.ts";

/** The rest of the engine, as containers/ needs it. */
export interface Surroundings {
  readonly context: EngineContext;
  readonly networking: ContainerNetworking;
  readonly images: ImageRoots;
  readonly volumes: ContainerVolumes & Pick<VolumesBackend, "remove">;
}

export interface Parts extends Surroundings {
  readonly store: ContainerStore;
  /** Starts that must not overlap, by volume. */
  readonly launches: Turns;
  readonly logCompression: LogCompression;
  readonly appArmor: AppArmorProfiles;
}

/** A line about a container in the engine's log; once per text, because a probe may repeat it for ever. */
export function logOf(parts: Parts, container: Container, text: string): void {
  if (container.told.has(text)) return;
  container.told.add(text);
  parts.context.log(`container ${container.saved.name}: ${text}`);
}

/** Tells the world what happened to a container. */
export function emitContainer(
  parts: Parts,
  container: Container,
  action: string,
  attributes: Readonly<Record<string, string>> = {},
): void {
  const { config, name, imageRef } = container.saved;
  parts.context.emit({
    Type: "container",
    Action: action,
    Actor: { ID: container.id, Attributes: { ...config.Labels, image: imageRef, name, ...attributes } },
  });
}

/** The id of an image; undefined when there is none of that name. */
export function imageIdOf(parts: Parts, ref: string): string | undefined {
  try {
    return parts.images.idOf(ref);
  } catch (error) {
    if (error instanceof EngineError && error.kind === "not-found") return undefined;
    throw error;
  }
}
