// Images as one archive that every client reads: Docker's layout (manifest.json) and the OCI image layout (index.json) over the same
// blobs. Layers are plain archives in it, so their digests are their diff ids.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import type { Pack } from "tar-stream";
import { EngineError } from "../errors.ts";
import { findImage } from "./image-lookup.ts";
import { digestHex, digestOf } from "./image-record.ts";
import type { ImageRecord } from "./image-record.ts";
import type { ImageStore } from "./image-store.ts";
import type { LayerStore } from "./layer-store.ts";
import { familiarName, parseReference } from "./reference.ts";

export interface SavingContext {
  readonly store: ImageStore;
  readonly layers: LayerStore;
}

interface SavedImage {
  readonly image: ImageRecord;
  /** Tagged names in full. */
  readonly names: readonly string[];
}

/** An archive on its way, and what to call when it has been sent or given up. */
export interface ImageArchive {
  readonly tar: Readable;
  readonly images: readonly SavedImage[];
  readonly diffIds: readonly string[];
  readonly release: () => void;
}

/** Throws EngineError for what is not there, or cannot be saved, before anything is sent. */
export function saveImages(context: SavingContext, refs: readonly string[]): ImageArchive {
  const images = chooseImages(context.store, refs);
  for (const { image } of images) checkLayers(context.layers, image);
  const diffIds = images.flatMap(({ image }) => image.config.rootfs.diff_ids);
  const release = context.layers.pin(diffIds);
  const packed = pack();
  fill(packed, images, context.layers).catch((error: Error) => packed.destroy(error));
  const tar = Readable.from(packed as AsyncIterable<Buffer>, { objectMode: false });
  tar.once("close", () => packed.destroy());
  return { tar, images, diffIds, release };
}

/** Throws EngineError when the engine does not have the bytes that the image is made of. */
export function checkLayers(layers: LayerStore, image: ImageRecord): void {
  if (image.host) {
    throw new EngineError(
      "invalid",
      "slipway/host is made of this machine's own programs and cannot be taken elsewhere",
    );
  }
  const missing = image.config.rootfs.diff_ids.find((diffId) => layers.get(diffId) === undefined);
  if (missing === undefined) return;
  throw new EngineError("failed", `the bytes of layer ${missing} are not kept: bring the image in once more`);
}

/** A name without a tag stands for all tags of its repository. */
function chooseImages(store: ImageStore, refs: readonly string[]): SavedImage[] {
  const chosen = new Map<string, { image: ImageRecord; names: Set<string> }>();
  const add = (image: ImageRecord, name: string | undefined): void => {
    const entry = chosen.get(image.id) ?? { image, names: new Set<string>() };
    if (name !== undefined) entry.names.add(name);
    chosen.set(image.id, entry);
  };
  for (const ref of refs) {
    const { image, name } = findOrRepository(store, ref);
    const tagged = name?.includes("@") ? undefined : name;
    if (tagged === undefined || parseReference(ref).tag !== undefined) add(image, tagged);
    else for (const [other, found] of store.inRepository(parseReference(ref).name)) add(found, other);
  }
  return [...chosen.values()].map(({ image, names }) => ({ image, names: [...names].toSorted() }));
}

function findOrRepository(store: ImageStore, ref: string): { image: ImageRecord; name: string | undefined } {
  try {
    return findImage(store, ref);
  } catch (error) {
    const isRepository = !ref.startsWith("sha256:") && !/[@]|:[^/]*$/.test(ref);
    const first = isRepository ? store.inRepository(parseReference(ref).name)[0] : undefined;
    if (first === undefined) throw error;
    return { name: first[0], image: first[1] };
  }
}

async function fill(tar: Pack, images: readonly SavedImage[], layers: LayerStore): Promise<void> {
  const written = new Set<string>();
  const put = async (name: string, contents: string): Promise<void> => {
    if (!written.has(name)) await putText(tar, name, contents);
    written.add(name);
  };
  const manifests: object[] = [];
  for (const { image, names } of images) {
    for (const diffId of image.config.rootfs.diff_ids) {
      if (written.has(blobName(diffId))) continue;
      written.add(blobName(diffId));
      await putLayer(tar, diffId, layers);
    }
    await put(blobName(image.id), image.json);
    const manifest = ociManifest(image, layers);
    await put(blobName(digestOf(manifest)), manifest);
    manifests.push(...indexEntries(manifest, names));
  }
  const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
  await put("index.json", JSON.stringify(index));
  await put("manifest.json", JSON.stringify(images.map(dockerEntry)));
  await put("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await put("repositories", JSON.stringify(repositories(images)));
  tar.finalize();
}

function ociManifest(image: ImageRecord, layers: LayerStore): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: image.id,
      size: Buffer.byteLength(image.json),
    },
    layers: image.config.rootfs.diff_ids.map((digest) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      digest,
      size: layers.get(digest)?.tarSize ?? 0,
    })),
  });
}

/** One entry for each name: the layout knows no other way to say that an image has several. */
function indexEntries(manifest: string, names: readonly string[]): object[] {
  const descriptor = {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: digestOf(manifest),
    size: Buffer.byteLength(manifest),
  };
  if (names.length === 0) return [descriptor];
  return names.map((name) => ({
    ...descriptor,
    annotations: {
      "io.containerd.image.name": name,
      "org.opencontainers.image.ref.name": name.slice(name.lastIndexOf(":") + 1),
    },
  }));
}

function dockerEntry({ image, names }: SavedImage): object {
  return {
    Config: blobName(image.id),
    RepoTags: names.length === 0 ? null : names.map(familiarName),
    Layers: image.config.rootfs.diff_ids.map(blobName),
  };
}

/** What readers from before manifest.json look at. */
function repositories(images: readonly SavedImage[]): Record<string, Record<string, string>> {
  const all: Record<string, Record<string, string>> = {};
  for (const { image, names } of images) {
    for (const name of names.map(familiarName)) {
      const colon = name.lastIndexOf(":");
      (all[name.slice(0, colon)] ??= {})[name.slice(colon + 1)] = digestHex(image.id);
    }
  }
  return all;
}

function blobName(digest: string): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

const common = { mode: 0o644, mtime: new Date(0) };

function putText(tar: Pack, name: string, contents: string): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry({ ...common, name }, contents, (error) => (error ? reject(error) : resolve()));
  });
}

async function putLayer(tar: Pack, diffId: string, layers: LayerStore): Promise<void> {
  const size = layers.get(diffId)?.tarSize ?? 0;
  await pipeline(await layers.blobs.plain(diffId), tar.entry({ ...common, name: blobName(diffId), size }));
}
