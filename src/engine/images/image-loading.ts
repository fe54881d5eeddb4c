// Bringing images in: archives of images, and images whose topmost layer has just been made.
import type { Readable } from "node:stream";
import { readArchiveIndex } from "./archive-index.ts";
import type { ArchivedImage } from "./archive-index.ts";
import { SpooledArchive } from "./archive-spool.ts";
import { decompress } from "../decompress.ts";
import { EngineError } from "../errors.ts";
import { layerFailure } from "./layer-failure.ts";
import { requirePlatform } from "./image-platform.ts";
import { digestOf, parseImageConfig, shortDigest } from "./image-record.ts";
import type { ImageRecord } from "./image-record.ts";
import type { LayerStore, UnpackedLayer } from "./layer-store.ts";
import { familiarName } from "./reference.ts";
import { parsePlatform } from "./registry/platform.ts";
import { metered, type ProgressLines } from "./registry/progress.ts";

export interface LoadingContext {
  readonly layers: LayerStore;
  /** Where archives are laid out while they are read. */
  readonly spool: string;
  /** As the OCI calls it. */
  readonly architecture: string;
  /** The id of the image that has this name. */
  readonly idOf: (name: string) => string | undefined;
  /** Throws EngineError for a name that no image from outside may have. */
  readonly checkName: (name: string) => void;
  /** Saves images and gives them these names: all, or none when it throws. */
  readonly keep: (images: readonly NamedImage[]) => Promise<void>;
  /** Removes those of the layers that no image has and nobody has pinned. */
  readonly clear: (diffIds: readonly string[]) => Promise<void>;
}

/** An image and the names that it has or is to get, in full. */
export interface NamedImage {
  readonly image: ImageRecord;
  readonly names: readonly string[];
}

/** An image that has been loaded, and the names among its own that others had, with the ids of these. */
export interface LoadedImage extends NamedImage {
  readonly taken: readonly { readonly name: string; readonly id: string }[];
}

/** Lays an archive out on disk. Throws EngineError (invalid) when it is damaged; nothing of it is left then. */
export async function spoolArchive(context: LoadingContext, archive: Readable): Promise<SpooledArchive> {
  return SpooledArchive.read(await decompress(archive), context.spool);
}

/** Loads all images of an archive and removes it. Throws EngineError (invalid) with its fault; nothing of it is left then. */
export async function loadArchive(
  context: LoadingContext,
  spooled: SpooledArchive,
  { platform, lines }: { readonly platform?: string; readonly lines: ProgressLines },
): Promise<LoadedImage[]> {
  try {
    const wanted = platform === undefined ? undefined : parsePlatform(platform, context.architecture);
    const images = await readArchiveIndex(spooled, wanted?.architecture ?? context.architecture);
    for (const name of images.flatMap(({ names }) => names)) context.checkName(name);
    const configs = images.map(({ configJson }) => parseImageConfig(configJson));
    const diffIds = configs.flatMap(({ rootfs }) => rootfs.diff_ids);
    const unpin = context.layers.pin(diffIds);
    try {
      const loaded: NamedImage[] = [];
      for (const archived of images) {
        const image = await unpackImage(context, { spooled, archived, lines });
        loaded.push({ image, names: archived.names });
      }
      for (const { image, names } of loaded) requirePlatform(image, platform, names[0] ?? image.id);
      const all = loaded.map((named) => ({ ...named, taken: takenNames(context, named) }));
      await context.keep(loaded);
      return all;
    } finally {
      unpin();
      await context.clear(diffIds);
    }
  } finally {
    await spooled.remove();
  }
}

/** The lines of the API that tell of it. */
export function loadedLines({ image, names, taken }: LoadedImage): object[] {
  const lines = [
    ...taken.map(
      ({ name, id }) =>
        `The image ${familiarName(name)} already exists, renaming the old one with ID ${id} to empty string`,
    ),
    ...(names.length === 0 ? [`Loaded image ID: ${image.id}`] : []),
    ...names.map((name) => `Loaded image: ${familiarName(name)}`),
  ];
  return lines.map((line) => ({ stream: `${line}\n` }));
}

function takenNames({ idOf }: LoadingContext, { image, names }: NamedImage): LoadedImage["taken"] {
  return names.flatMap((name) => {
    const id = idOf(name);
    return id === undefined || id === image.id ? [] : [{ name, id }];
  });
}

interface Unpacking {
  readonly spooled: SpooledArchive;
  readonly archived: ArchivedImage;
  readonly lines: ProgressLines;
}

async function unpackImage(
  { layers }: LoadingContext,
  { spooled, archived, lines }: Unpacking,
): Promise<ImageRecord> {
  const config = parseImageConfig(archived.configJson);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== archived.layers.length) {
    throw new EngineError(
      "invalid",
      `the image's configuration names ${diffIds.length} layers, the archive has ${archived.layers.length}`,
    );
  }
  const layerSizes: number[] = [];
  for (const [index, diffId] of diffIds.entries()) {
    const name = archived.layers[index] ?? "";
    if (layers.get(diffId) === undefined) {
      const [id, total] = [shortDigest(diffId), spooled.size(name)];
      const bytes = metered(spooled.stream(name), lines.meter(id, "Loading layer", total));
      const fresh = await layers.unpack(bytes).catch((error: unknown) => {
        throw layerFailure(name, error);
      });
      await layers.adopt(fresh, diffId);
      lines.step(id, "Loading layer", { current: total, total });
    }
    layerSizes.push(layers.get(diffId)?.fileSize ?? 0);
  }
  return { id: digestOf(archived.configJson), json: archived.configJson, config, layerSizes, host: false };
}

/** A layer that has been unpacked, and the configuration of the image that it is to be the top of. */
export interface UnpackedTop {
  readonly layer: UnpackedLayer;
  readonly json: string;
}

/** Makes an image whose topmost layer has just been unpacked. Throws EngineError; nothing is left then. */
export async function keepTopLayer(
  { layers, keep, clear }: LoadingContext,
  made: {
    readonly layer: UnpackedLayer;
    readonly json: string;
    /** Of the layers below. */
    readonly layerSizes?: readonly number[];
    readonly names: readonly string[];
    /** The id of the image that it was made of. */
    readonly parent?: string;
  },
): Promise<ImageRecord> {
  const { layer, json, names, layerSizes = [], parent } = made;
  const { diffId } = layer;
  const unpin = layers.pin([diffId]);
  try {
    await layers.adopt(layer);
    const config = parseImageConfig(json);
    const sizes = [...layerSizes, layer.size];
    const image: ImageRecord = {
      id: digestOf(json),
      json,
      config,
      layerSizes: sizes,
      host: false,
      ...(parent === undefined ? {} : { parent }),
    };
    await keep([{ image, names }]);
    return image;
  } finally {
    unpin();
    await clear([diffId]);
  }
}
