// What an image is: its configuration, byte for byte as it came (its digest is the image's id), and what the engine adds.
import { createHash } from "node:crypto";
import type { ContainerConfig } from "../api-types/container-config.ts";
import { EngineError } from "../errors.ts";

/** The parts of an image's configuration that the engine reads. */
export interface ImageConfig {
  readonly architecture: string;
  readonly variant?: string;
  readonly os: string;
  /** RFC 3339. */
  readonly created?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly config?: ContainerConfig;
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly HistoryEntry[];
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** A manifest byte for byte as a registry had it. */
export interface KeptManifest {
  readonly mediaType: string;
  readonly text: string;
}

export interface ImageRecord {
  /** sha256:… of `json`. */
  readonly id: string;
  readonly json: string;
  readonly config: ImageConfig;
  /** Bytes of the files in each layer, in the order of `rootfs.diff_ids`. */
  readonly layerSizes: readonly number[];
  /** Made of the machine's own folders instead of layers. */
  readonly host: boolean;
  /** The image of the container that it was committed from; it may be gone. */
  readonly parent?: string;
  /** By which it was pulled last. */
  readonly manifest?: KeptManifest;
}

/** sha256:… of some bytes. */
export function digestOf(bytes: string | Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** As the docker CLI shows a layer. */
export function shortDigest(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + 12);
}

/** The digits of a sha256 digest. Throws EngineError (invalid) when it is not one, so that it is fit to be a file's name. */
export function digestHex(digest: unknown): string {
  const match = typeof digest === "string" ? /^sha256:([0-9a-f]{64})$/.exec(digest) : null;
  if (match?.[1] === undefined)
    throw new EngineError("invalid", `not a sha256 digest: ${JSON.stringify(digest)}`);
  return match[1];
}

/** Reads a configuration that came from outside. Throws EngineError (invalid) with what is wrong with it. */
export function parseImageConfig(json: string): ImageConfig {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw invalidConfig((error as Error).message);
  }
  const config = value as Partial<ImageConfig> | null;
  if (typeof config !== "object" || config === null) throw invalidConfig("it is not an object");
  const diffIds: unknown = config.rootfs?.diff_ids;
  if (!Array.isArray(diffIds)) throw invalidConfig("rootfs.diff_ids is not a list");
  for (const id of diffIds) digestHex(id);
  if ((config.os ?? "linux") !== "linux")
    throw invalidConfig(`it is for ${config.os}, this engine runs linux images`);
  return {
    ...config,
    os: "linux",
    architecture: config.architecture ?? "",
    rootfs: { type: "layers", diff_ids: diffIds as string[] },
  };
}

function invalidConfig(reason: string): EngineError {
  return new EngineError("invalid", `invalid image configuration: ${reason}`);
}
