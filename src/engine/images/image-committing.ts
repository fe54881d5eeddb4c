// A container's image with what it has written as one more layer.
import type { Readable } from "node:stream";
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { CommittedImage } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { applyChanges } from "./config-changes.ts";
import type { LoadingContext, UnpackedTop } from "./image-loading.ts";
import type { HistoryEntry, ImageConfig, ImageRecord } from "./image-record.ts";
import type { UnpackedLayer } from "./layer-store.ts";

/** Throws EngineError (invalid) for changes that are no good, and for images that have no layers. */
export async function unpackCommit(
  context: LoadingContext,
  { base, layer, options }: { base: ImageRecord; layer: Readable; options: CommittedImage },
): Promise<UnpackedTop & { readonly layerSizes: readonly number[] }> {
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
  const json = JSON.stringify(describe(base, { layer: unpacked, config, options }));
  return { layer: unpacked, json, layerSizes: base.layerSizes };
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
