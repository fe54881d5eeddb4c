// The two layouts of image archives: Docker's (manifest.json) and the OCI image layout (index.json and blobs by digest).
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../errors.ts";
import type { SpooledArchive } from "./archive-spool.ts";
import { digestHex, digestOf } from "./image-record.ts";
import { parseReference, taggedName } from "./reference.ts";

/** One image of an archive; layers bottom first, as names of the archive's files. */
export interface ArchivedImage {
  readonly configJson: string;
  /** Tagged names in full; may be none. */
  readonly names: readonly string[];
  readonly layers: readonly string[];
}

interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

const ociNames = ["io.containerd.image.name", "org.opencontainers.image.ref.name"] as const;
const deepestIndex = 4;

/** Finds the images. Throws EngineError (invalid) when there is no index, or one that does not hold together. */
export async function readArchiveIndex(
  archive: SpooledArchive,
  architecture: string,
): Promise<ArchivedImage[]> {
  if (archive.has("manifest.json")) return readDockerIndex(archive);
  if (archive.has("index.json")) {
    const root = (await archive.json("index.json")) as { manifests?: unknown };
    return readOciIndex(archive, root, { architecture, names: [], depth: 0 });
  }
  throw new EngineError(
    "invalid",
    "the archive has neither a manifest.json nor an index.json: it is no image archive",
  );
}

async function readDockerIndex(archive: SpooledArchive): Promise<ArchivedImage[]> {
  const items = list(await archive.json("manifest.json"), "manifest.json") as {
    Config?: unknown;
    RepoTags?: unknown;
    Layers?: unknown;
  }[];
  const images: ArchivedImage[] = [];
  for (const item of items) {
    const config = text(item.Config, "Config");
    const layers = list(item.Layers ?? [], "Layers").map((layer) => text(layer, "Layers"));
    const names = list(item.RepoTags ?? [], "RepoTags").map((name) =>
      taggedName(parseReference(text(name, "RepoTags"))),
    );
    images.push({ configJson: await archive.text(config), names, layers });
  }
  return images;
}

async function readOciIndex(
  archive: SpooledArchive,
  index: { manifests?: unknown },
  context: { architecture: string; names: readonly string[]; depth: number },
): Promise<ArchivedImage[]> {
  if (context.depth > deepestIndex)
    throw new EngineError("invalid", "the archive's indexes are nested too deeply");
  const descriptors = list(index.manifests, "manifests") as Descriptor[];
  // Below the top, an index lists one image for several platforms.
  const chosen = context.depth === 0 ? descriptors : forPlatform(descriptors, context.architecture);
  const images: ArchivedImage[] = [];
  for (const descriptor of chosen) {
    const names = context.depth === 0 ? descriptorNames(descriptor) : context.names;
    const manifest = (await verifiedJson(archive, descriptor.digest)) as {
      manifests?: unknown;
      config?: Descriptor;
      layers?: unknown;
    };
    if (manifest.manifests !== undefined) {
      images.push(
        ...(await readOciIndex(archive, manifest, { ...context, names, depth: context.depth + 1 })),
      );
      continue;
    }
    const layers = (list(manifest.layers, "layers") as Descriptor[]).map(({ digest }) => digest);
    for (const digest of layers) await verifyBlob(archive, digest);
    const configJson = await verifiedText(archive, text(manifest.config?.digest, "config.digest"));
    images.push({ configJson, names, layers: layers.map(blobName) });
  }
  return images;
}

function forPlatform(descriptors: readonly Descriptor[], architecture: string): readonly Descriptor[] {
  const fitting = descriptors.find(
    ({ platform }) =>
      platform === undefined || (platform.os === "linux" && platform.architecture === architecture),
  );
  if (fitting === undefined) {
    throw new EngineError("invalid", `the archive has no image for linux/${architecture}`);
  }
  return [fitting];
}

/** A tag alone, which the OCI layout also allows, names no image. */
function descriptorNames({ annotations = {} }: Descriptor): string[] {
  const name = ociNames
    .map((key) => annotations[key])
    .find((value) => value !== undefined && /[/:]/.test(value));
  return name === undefined ? [] : [taggedName(parseReference(name))];
}

function blobName(digest: string): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

async function verifiedText(archive: SpooledArchive, digest: string): Promise<string> {
  const content = await archive.text(blobName(digest));
  if (digestOf(content) !== digest) throw wrongDigest(digest, digestOf(content));
  return content;
}

async function verifiedJson(archive: SpooledArchive, digest: string): Promise<unknown> {
  await verifiedText(archive, digest);
  return archive.json(blobName(digest));
}

async function verifyBlob(archive: SpooledArchive, digest: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(archive.stream(blobName(digest)), hash);
  const actual = `sha256:${hash.digest("hex")}`;
  if (actual !== digest) throw wrongDigest(digest, actual);
}

function wrongDigest(expected: string, actual: string): EngineError {
  return new EngineError(
    "invalid",
    `blob ${expected} in the archive has the digest ${actual}: it is damaged`,
  );
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new EngineError("invalid", `${name} in the archive is not a list`);
  return value;
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw new EngineError("invalid", `${name} in the archive is not a text`);
  return value;
}
