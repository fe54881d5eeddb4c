// A container's image with what it has written as one more layer.
import type { Readable } from "node:stream";
import type { ContainerConfig } from "../api-types.ts";
import type { CommittedImage } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { applyChanges } from "./config-changes.ts";
import type { LoadingContext } from "./image-loading.ts";
import { digestOf, parseImageConfig } from "./image-record.ts";
import type { HistoryEntry, ImageConfig, ImageRecord } from "./image-record.ts";
import { removeUnusedLayers } from "./image-removal.ts";
import type { UnpackedLayer } from "./layer-store.ts";

/** A layer that has been unpacked, and the configuration of the image that it is to be the top of. */
export interface UnpackedCommit {
  readonly layer: UnpackedLayer;
  readonly json: string;
}

/** Throws EngineError (invalid) for changes that are no good, and for images that have no layers. */
export async function unpackCommit(
  context: LoadingContext,
  { base, layer, options }: { base: ImageRecord; layer: Readable; options: CommittedImage },
): Promise<UnpackedCommit> {
  let config: ContainerConfig;
  try {
    if (base.host) {
      throw new EngineError(
        "invalid",
        "slipway/host has no layers to add one to: export the container and import that",
      );
    }
    config = imageConfig(applyChanges(options.changes, options.config));
  } catch (error) {
    layer.destroy();
    throw error;
  }
  const unpacked = await context.layers.unpack(layer);
  return { layer: unpacked, json: JSON.stringify(describe(base, { layer: unpacked, config, options })) };
}

function describe(
  base: ImageRecord,
  made: { layer: UnpackedLayer; config: ContainerConfig; options: CommittedImage },
): ImageConfig {
  const { layer, config, options } = made;
  const created = new Date().toISOString();
  const { diff_ids: below } = base.config.rootfs;
  const earlier: readonly HistoryEntry[] = base.config.history ?? below.map(() => ({ created }));
  const comment = options.comment ?? "";
  const own = { created, created_by: options.command, ...(comment === "" ? {} : { comment }) };
  return {
    architecture: base.config.architecture,
    ...(base.config.variant === undefined ? {} : { variant: base.config.variant }),
    ...(options.author === undefined ? {} : { author: options.author }),
    ...(comment === "" ? {} : { comment }),
    config,
    created,
    history: [...earlier, own],
    os: base.config.os,
    rootfs: { type: "layers", diff_ids: [...below, layer.diffId] },
  };
}

/** What is a container's own affair is no part of an image. */
function imageConfig(config: ContainerConfig): ContainerConfig {
  const {
    Hostname: _hostname,
    Domainname: _domainname,
    AttachStdin: _attachStdin,
    AttachStdout: _attachStdout,
    AttachStderr: _attachStderr,
    Tty: _tty,
    OpenStdin: _openStdin,
    StdinOnce: _stdinOnce,
    Image: _image,
    ...kept
  } = config;
  return kept;
}

/** Keeps the image. Throws EngineError (conflict) when the one below was removed meanwhile; nothing is left then. */
export async function commitImage(
  context: LoadingContext,
  { base, layer, json }: UnpackedCommit & { readonly base: ImageRecord },
): Promise<ImageRecord> {
  const below = base.config.rootfs.diff_ids;
  if (below.some((diffId) => context.layers.get(diffId) === undefined)) {
    await context.layers.discard(layer);
    throw new EngineError("conflict", `image ${base.id} was removed while the container was committed`);
  }
  await context.layers.adopt(layer);
  const config = parseImageConfig(json);
  const layerSizes = [...base.layerSizes, layer.size];
  const image: ImageRecord = { id: digestOf(json), json, config, layerSizes, host: false };
  try {
    await context.store.put(image);
  } catch (error) {
    await removeUnusedLayers(context.store, context.layers, [layer.diffId]);
    throw error;
  }
  return image;
}
