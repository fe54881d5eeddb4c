// Bringing images in: archives of images, and root file systems that become images of one layer.
import type { Readable } from "node:stream";
import { applyChanges } from "./config-changes.ts";
import { readArchiveIndex } from "./archive-index.ts";
import type { ArchivedImage } from "./archive-index.ts";
import { SpooledArchive } from "./archive-spool.ts";
import { decompress } from "./decompress.ts";
import { EngineError } from "../errors.ts";
import { digestOf, parseImageConfig } from "./image-record.ts";
import type { ImageConfig, ImageRecord } from "./image-record.ts";
import { removeUnusedLayers } from "./image-removal.ts";
import type { ImageStore } from "./image-store.ts";
import type { LayerStore, UnpackedLayer } from "./layer-store.ts";

export interface LoadingContext {
  readonly store: ImageStore;
  readonly layers: LayerStore;
  /** Where archives are laid out while they are read. */
  readonly spool: string;
  /** As the OCI calls it. */
  readonly architecture: string;
  /** Throws EngineError for a name that no image from outside may have. */
  readonly checkName: (name: string) => void;
}

/** An image that is in the store, and the names it is to get. */
export interface LoadedImage {
  readonly image: ImageRecord;
  readonly names: readonly string[];
}

/** Lays an archive out on disk. Throws EngineError (invalid) when it is damaged; nothing of it is left then. */
export async function spoolArchive(context: LoadingContext, archive: Readable): Promise<SpooledArchive> {
  return SpooledArchive.read(await decompress(archive), context.spool);
}

/** Loads all images of an archive and removes it. Throws EngineError (invalid) with its fault; nothing of it is left then. */
export async function loadArchive(context: LoadingContext, spooled: SpooledArchive): Promise<LoadedImage[]> {
  const unpacked: string[] = [];
  try {
    const images = await readArchiveIndex(spooled, context.architecture);
    for (const name of images.flatMap(({ names }) => names)) context.checkName(name);
    const records: LoadedImage[] = [];
    for (const archived of images) {
      const image = await unpackImage(context, { spooled, archived, unpacked });
      records.push({ image, names: archived.names });
    }
    for (const { image } of records) await context.store.put(image);
    return records;
  } catch (error) {
    await removeUnusedLayers(context.store, context.layers, unpacked);
    throw error;
  } finally {
    await spooled.remove();
  }
}

async function unpackImage(
  context: LoadingContext,
  { spooled, archived, unpacked }: { spooled: SpooledArchive; archived: ArchivedImage; unpacked: string[] },
): Promise<ImageRecord> {
  const config = parseImageConfig(archived.configJson);
  const id = digestOf(archived.configJson);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== archived.layers.length) {
    throw new EngineError(
      "invalid",
      `the image's configuration names ${diffIds.length} layers, the archive has ${archived.layers.length}`,
    );
  }
  const layerSizes: number[] = [];
  for (const [index, diffId] of diffIds.entries()) {
    const known = context.layers.get(diffId);
    if (known !== undefined) {
      layerSizes.push(known.fileSize);
      continue;
    }
    const fresh = await context.layers.unpack(spooled.stream(archived.layers[index] ?? ""));
    await context.layers.adopt(fresh, diffId);
    unpacked.push(diffId);
    layerSizes.push(fresh.size);
  }
  return { id, json: archived.configJson, config, layerSizes, host: false };
}

export interface ImportOptions {
  readonly message?: string;
  readonly changes: readonly string[];
  /** `os[/architecture[/variant]]`. */
  readonly platform?: string;
}

/** A root file system that has been unpacked, and the configuration that its image is to have. */
export interface ImportedRoot {
  readonly layer: UnpackedLayer;
  readonly json: string;
}

/** Unpacks a root file system. Throws EngineError (invalid) for changes or an archive that are no good. */
export async function unpackRoot(
  context: LoadingContext,
  archive: Readable,
  options: ImportOptions,
): Promise<ImportedRoot> {
  const config = applyChanges(options.changes);
  const [os = "linux", architecture = context.architecture, variant] = (options.platform ?? "linux").split(
    "/",
  );
  if (os !== "linux") throw new EngineError("invalid", `this engine runs linux images, not ${os}`);
  const layer = await context.layers.unpack(archive);
  const created = new Date().toISOString();
  const content: ImageConfig = {
    architecture,
    ...(variant === undefined ? {} : { variant }),
    comment: options.message ?? "",
    config,
    created,
    history: [{ created, comment: options.message ?? "Imported from -" }],
    os: "linux",
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
  };
  return { layer, json: JSON.stringify(content) };
}

/** Makes an image of it. */
export async function importRoot(
  context: LoadingContext,
  { layer, json }: ImportedRoot,
): Promise<ImageRecord> {
  await context.layers.adopt(layer);
  const config = parseImageConfig(json);
  const image: ImageRecord = { id: digestOf(json), json, config, layerSizes: [layer.size], host: false };
  await context.store.put(image);
  return image;
}
