// The manifest by which an image is pushed: the one by which it was pulled, while what it names is what is kept here, or one that is made
// of that, and is always the same for the same image.
import type { ImageManifests, ImageManifestSummary } from "../api-types/image.ts";
import { digestOf } from "./image-record.ts";
import type { ImageRecord } from "./image-record.ts";
import { imageSize } from "./image-views.ts";
import type { LayerBlob } from "./layer-blobs.ts";
import type { LayerStore } from "./layer-store.ts";
import type { BlobDescriptor } from "./registry/manifests.ts";
import { mediaTypes } from "./registry/media-types.ts";

/** The manifest that a push of the image would send. */
export interface OwnManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly digest: string;
  /** Bytes of all that it leads to, compressed as they are kept, and its own. */
  readonly contentSize: number;
}

/** What the API says of the manifest of an image that these containers, by id, use. */
export function describeManifests(
  image: ImageRecord,
  layers: LayerStore,
  containers: readonly string[],
): ImageManifests {
  const made = manifestOf(image, layers);
  if (made === undefined) return { Manifests: [] };
  const { mediaType, bytes, digest, contentSize } = made;
  const { architecture, os, variant } = image.config;
  const Descriptor = { mediaType, digest, size: bytes.length };
  const unpacked = imageSize(image);
  const summary: ImageManifestSummary = {
    ID: digest,
    Descriptor,
    Available: true,
    Size: { Content: contentSize, Total: contentSize + unpacked },
    Kind: "image",
    ImageData: {
      Platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
      Containers: [...containers],
      Size: { Unpacked: unpacked },
    },
  };
  return { Descriptor, Manifests: [summary] };
}

/** Undefined for an image whose layers are not all here: `slipway/host`, and one that is just going. */
export function manifestOf(image: ImageRecord, layers: LayerStore): OwnManifest | undefined {
  if (image.host) return undefined;
  const blobs: LayerBlob[] = [];
  for (const diffId of image.config.rootfs.diff_ids) {
    const blob = layers.get(diffId);
    if (blob === undefined) return undefined;
    blobs.push(blob);
  }
  const { mediaType, bytes } = keptManifest(image, blobs) ?? makeManifest(image, blobs);
  const contentSize = blobs.reduce(
    (sum, { size }) => sum + size,
    Buffer.byteLength(image.json) + bytes.length,
  );
  return { mediaType, bytes, digest: digestOf(bytes), contentSize };
}

/** Its layers may have come compressed by somebody else, with another image that has the same. */
function keptManifest(
  { id, manifest }: ImageRecord,
  blobs: readonly LayerBlob[],
): Pick<OwnManifest, "mediaType" | "bytes"> | undefined {
  if (manifest === undefined || manifest.mediaType === "") return undefined;
  const named = JSON.parse(manifest.text) as { config: BlobDescriptor; layers: readonly BlobDescriptor[] };
  const digests = [named.config, ...named.layers].map(({ digest }) => digest).join(" ");
  if (digests !== [id, ...blobs.map(({ digest }) => digest)].join(" ")) return undefined;
  return { mediaType: manifest.mediaType, bytes: Buffer.from(manifest.text) };
}

function makeManifest(
  image: ImageRecord,
  blobs: readonly LayerBlob[],
): Pick<OwnManifest, "mediaType" | "bytes"> {
  // Only gzip has a name in Docker's manifests; with zstd the image gets the OCI's.
  const isDocker = blobs.every(({ compression }) => compression === "gzip");
  const mediaType = isDocker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
      size: Buffer.byteLength(image.json),
      digest: image.id,
    },
    layers: blobs.map(({ digest, size, compression }) => ({
      mediaType: compression === "gzip" ? mediaTypes.dockerLayer : `${mediaTypes.ociLayer}+${compression}`,
      size,
      digest,
    })),
  };
  // Byte for byte as Docker writes it, so that an image that Docker pushed has the same digest when it is pushed on.
  return { mediaType, bytes: Buffer.from(JSON.stringify(manifest, null, 3)) };
}
