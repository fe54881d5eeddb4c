// Image archives for tests, in both layouts.
import { createHash } from "node:crypto";
import { makeArchive } from "../../native/archive-trees.ts";
import type { ArchiveEntry } from "../../native/archive-trees.ts";

function sha256(bytes: string | Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

export interface MadeImage {
  readonly id: string;
  readonly configJson: string;
  readonly layers: readonly Buffer[];
  readonly diffIds: readonly string[];
}

/** An image whose layers have these entries, bottom first. */
export async function makeImage(
  layers: readonly (readonly ArchiveEntry[])[],
  config: object = {},
): Promise<MadeImage> {
  const archives = await Promise.all(layers.map((entries) => makeArchive(entries)));
  const diffIds = archives.map((layer) => sha256(layer));
  const configJson = JSON.stringify({
    architecture: "amd64",
    config,
    created: "2024-05-06T07:08:09Z",
    history: [
      ...layers.map((_, index) => ({ created: "2024-05-06T07:08:09Z", created_by: `layer ${index}` })),
      { created: "2024-05-06T07:08:09Z", created_by: "CMD", empty_layer: true },
    ],
    os: "linux",
    rootfs: { type: "layers", diff_ids: diffIds },
  });
  return { id: sha256(configJson), configJson, layers: archives, diffIds };
}

/** `docker save`'s layout, with the index last as it writes it; `transform` is the compression of layers. */
export async function dockerArchive(
  images: readonly { readonly image: MadeImage; readonly names: readonly string[] }[],
  transform: (layer: Buffer) => Buffer = (layer) => layer,
): Promise<Buffer> {
  const entries: ArchiveEntry[] = [];
  const manifest = images.map(({ image, names }, number) => {
    const layers = image.layers.map((layer, index) => {
      entries.push({ name: `${number}-${index}/layer.tar`, contents: transform(layer) });
      return `${number}-${index}/layer.tar`;
    });
    entries.push({ name: `${number}.json`, contents: image.configJson });
    return { Config: `${number}.json`, RepoTags: names, Layers: layers };
  });
  return makeArchive([...entries, { name: "manifest.json", contents: JSON.stringify(manifest) }]);
}

/** The OCI image layout with one image, below an index for two platforms when `platforms` is set. */
export async function ociArchive(
  image: MadeImage,
  options: {
    readonly name?: string;
    readonly platforms?: boolean;
    readonly transform?: (layer: Buffer) => Buffer;
  } = {},
): Promise<Buffer> {
  const { transform = (layer: Buffer): Buffer => layer } = options;
  const blobs: ArchiveEntry[] = [];
  const put = (contents: string | Buffer): { digest: string; size: number } => {
    const digest = sha256(contents);
    blobs.push({ name: `blobs/sha256/${digest.slice(7)}`, contents });
    return { digest, size: contents.length };
  };
  const layers = image.layers.map((layer) => put(transform(layer)));
  let top = put(JSON.stringify({ schemaVersion: 2, config: put(image.configJson), layers }));
  if (options.platforms === true) {
    const other = {
      digest: sha256("not in the archive"),
      size: 1,
      platform: { os: "linux", architecture: "s390x" },
    };
    const here = {
      ...top,
      platform: { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch },
    };
    top = put(JSON.stringify({ schemaVersion: 2, manifests: [other, here] }));
  }
  const annotations = options.name === undefined ? {} : { "io.containerd.image.name": options.name };
  const index = { schemaVersion: 2, manifests: [{ ...top, annotations }] };
  return makeArchive([
    { name: "oci-layout", contents: '{"imageLayoutVersion":"1.0.0"}' },
    { name: "index.json", contents: JSON.stringify(index) },
    ...blobs,
  ]);
}
