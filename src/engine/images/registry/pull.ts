// Pulling one image: manifest, configuration, then all layers that are not here, several at once, each downloaded, checked and
// unpacked in one go.
import { Readable } from "node:stream";
import { EngineError } from "../../errors.ts";
import { digestOf, parseImageConfig, shortDigest } from "../image-record.ts";
import type { ImageRecord } from "../image-record.ts";
import type { LayerStore, UnpackedLayer } from "../layer-store.ts";
import { isDiskFull, layerFailure } from "../layer-failure.ts";
import type { PartialDownload } from "../partial-downloads.ts";
import { familiarName, taggedName } from "../reference.ts";
import type { Reference } from "../reference.ts";
import { downloadBlob } from "./blob-download.ts";
import { Limit } from "./limit.ts";
import { fetchManifest, resolveManifest } from "./manifests.ts";
import type { BlobDescriptor, ImageManifest } from "./manifests.ts";
import { formatPlatform } from "./platform.ts";
import type { Platform } from "./platform.ts";
import type { ProgressLines } from "./progress.ts";
import type { RegistrySession } from "./registry-session.ts";

/** Layers that are downloaded at once, as with Docker. */
const AT_ONCE = 3;
const LARGEST_CONFIG = 16 * 1024 * 1024;

export interface PullContext {
  readonly session: RegistrySession;
  readonly layers: LayerStore;
  readonly lines: ProgressLines;
  readonly signal: AbortSignal;
  /** False when whoever asked has gone: then nothing is kept of what has come. */
  readonly isWanted: () => boolean;
  /** Ends the downloads that go on when one has failed. */
  readonly abort: (reason: unknown) => void;
  /** Downloads under way, by diff id: two images that share a layer download it once. */
  readonly underWay: Map<string, Promise<unknown>>;
}

/** What a reference stands for in its registry, before anything is downloaded. */
export interface FoundRemoteImage {
  /** What RepoDigests shows. */
  readonly digest: string;
  readonly manifest: ImageManifest;
  readonly configJson: string;
}

/** Finds the image. Throws what the registry or the network says. */
export async function findRemoteImage(
  session: RegistrySession,
  reference: Reference,
  options: { readonly platform: Platform; readonly isChosen: boolean; readonly signal: AbortSignal },
): Promise<FoundRemoteImage> {
  const fetched = await fetchManifest(session, reference.digest ?? reference.tag ?? "latest");
  const manifest = await resolveManifest(session, fetched, options.platform);
  const configJson = await downloadConfig(session, manifest.config, options.signal);
  const config = parseImageConfig(configJson);
  const { platform } = options;
  if (options.isChosen && config.architecture !== "" && config.architecture !== platform.architecture) {
    const actual = formatPlatform({ os: config.os, architecture: config.architecture });
    throw new EngineError(
      "not-found",
      `image with reference ${familiarName(reference.digest === undefined ? taggedName(reference) : reference.name)} was found but does not match the specified platform: ` +
        `wanted ${formatPlatform(platform)}, actual: ${actual}`,
    );
  }
  if (config.rootfs.diff_ids.length !== manifest.layers.length) {
    throw new EngineError(
      "failed",
      `the image's configuration names ${config.rootfs.diff_ids.length} layers, its manifest has ${manifest.layers.length}`,
    );
  }
  return { digest: fetched.digest, manifest, configJson };
}

/** The configuration of an image, checked against its digest. Throws EngineError, and what the registry or the network says. */
export async function downloadConfig(
  session: RegistrySession,
  blob: BlobDescriptor,
  signal: AbortSignal,
): Promise<string> {
  if (blob.size > LARGEST_CONFIG)
    throw new EngineError("failed", "the image's configuration is too large to be true");
  const pieces: Buffer[] = [];
  for await (const piece of downloadBlob(session, blob, { signal, onProgress: () => undefined })) {
    pieces.push(piece);
  }
  const json = Buffer.concat(pieces).toString("utf8");
  if (digestOf(json) !== blob.digest) {
    throw new EngineError("failed", "the image's configuration is not text");
  }
  return json;
}

/** Brings in all layers; they stay only while they are pinned or an image has them. `source` is the repository in full. */
export async function pullLayers(
  context: PullContext,
  { manifest, configJson }: FoundRemoteImage,
  source: string,
): Promise<ImageRecord> {
  const config = parseImageConfig(configJson);
  const limit = new Limit(AT_ONCE);
  const diffIds = config.rootfs.diff_ids;
  const seen = new Set<string>();
  const work = diffIds.map(async (diffId, index) => {
    const blob = manifest.layers[index];
    if (blob === undefined || seen.has(diffId)) return;
    seen.add(diffId);
    await bringLayer(context, { diffId, blob, source, limit }).catch((error: unknown) => {
      context.abort(error);
      throw error;
    });
  });
  // None may still be writing when the caller clears up; the first failure is the reason of the others.
  await Promise.allSettled(work);
  context.signal.throwIfAborted();
  const layerSizes = diffIds.map((diffId) => context.layers.get(diffId)?.fileSize ?? 0);
  const id = digestOf(configJson);
  return { id, json: configJson, config, layerSizes, host: false, manifest: manifest.kept };
}

interface LayerRequest {
  readonly diffId: string;
  readonly blob: BlobDescriptor;
  readonly source: string;
  readonly limit: Limit;
}

async function bringLayer(context: PullContext, request: LayerRequest): Promise<void> {
  const { layers, lines, underWay } = context;
  const { diffId, blob, limit, source } = request;
  const id = shortDigest(blob.digest);
  if (layers.get(diffId) !== undefined) {
    lines.step(id, "Already exists");
    if (layers.get(diffId)?.digest === blob.digest) await layers.blobs.addSource(diffId, source);
    return;
  }
  lines.step(id, "Pulling fs layer");
  // Whoever else downloads it may fail or give up; then it is our turn.
  while (layers.get(diffId) === undefined) {
    const other = underWay.get(diffId);
    if (other !== undefined) {
      lines.step(id, "Waiting");
      await other.catch(() => undefined);
      context.signal.throwIfAborted();
      continue;
    }
    if (limit.isFull) lines.step(id, "Waiting");
    const own = limit.run(() => downloadLayer(context, request, id));
    underWay.set(diffId, own);
    await own.finally(() => underWay.delete(diffId));
  }
  lines.step(id, "Pull complete");
}

async function downloadLayer(context: PullContext, request: LayerRequest, id: string): Promise<void> {
  const { layers, signal } = context;
  const { blob, diffId, source } = request;
  signal.throwIfAborted();
  const part = layers.blobs.partial.claim(blob.digest, blob.size);
  let unpacked: UnpackedLayer;
  try {
    unpacked = await downloadInto(context, { blob, id, part }).catch((error: unknown) => {
      // What was kept may have been spoilt meanwhile: then everything is asked for once more.
      const isSpoilt =
        part !== undefined && part.size > 0 && error instanceof EngineError && !isDiskFull(error);
      if (!isSpoilt || signal.aborted) throw error;
      part.discard();
      return downloadInto(context, { blob, id, part: { ...part, size: 0 } });
    });
    await layers.adopt(unpacked, diffId, source);
  } finally {
    part?.release();
  }
}

/** Downloads a layer and unpacks it as it comes. */
async function downloadInto(
  { session, layers, lines, signal, isWanted }: PullContext,
  {
    blob,
    id,
    part,
  }: { readonly blob: BlobDescriptor; readonly id: string; readonly part: PartialDownload | undefined },
): Promise<UnpackedLayer> {
  const onProgress = lines.meter(id, "Downloading", blob.size);
  const kept = part === undefined || part.size === 0 ? {} : { kept: part.bytes() };
  let broken: unknown;
  const bytes = Readable.from(
    (async function* () {
      try {
        yield* downloadBlob(session, blob, { signal, onProgress, ...kept });
      } catch (error) {
        broken = error;
        throw error;
      }
      lines.step(id, "Verifying Checksum");
      lines.step(id, "Download complete");
      lines.step(id, "Extracting", { current: blob.size, total: blob.size });
    })(),
    { objectMode: false, highWaterMark: 1024 * 1024 },
  );
  // The connection's end spoils nothing that came before; whatever the engine itself finds wrong does.
  const staysOnFailure = (): boolean => {
    const reason: unknown = signal.aborted ? signal.reason : broken;
    return part !== undefined && isWanted() && broken !== undefined && !(reason instanceof EngineError);
  };
  try {
    const target = part === undefined ? {} : { blobPath: part.path, kept: part.size };
    return await layers.unpack(bytes, { ...target, staysOnFailure });
  } catch (error) {
    // A download that fails is not the archive's fault.
    throw broken ?? layerFailure(id, error);
  } finally {
    bytes.destroy();
  }
}
