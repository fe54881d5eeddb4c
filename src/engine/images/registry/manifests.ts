// Manifests and indexes: fetched, checked against their digest, and one image chosen.
import { EngineError } from "../../errors.ts";
import { digestHex, digestOf } from "../image-record.ts";
import type { KeptManifest } from "../image-record.ts";
import { readBody } from "./http-request.ts";
import { mediaTypes } from "./media-types.ts";
import { choosePlatform, formatPlatform } from "./platform.ts";
import type { Platform, PlatformDescriptor } from "./platform.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistrySession } from "./registry-session.ts";

const LARGEST_MANIFEST = 4 * 1024 * 1024;

const { dockerManifest, dockerList, ociManifest, ociIndex } = mediaTypes;
/** What an image's configuration is called; some registries and old clients say nothing or something general. */
const imageConfigs = new Set<string>([
  mediaTypes.dockerConfig,
  mediaTypes.ociConfig,
  "application/octet-stream",
  "application/json",
  "",
]);
const accepted = [ociIndex, ociManifest, dockerList, dockerManifest].join(", ");

export interface BlobDescriptor {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
}

export interface FetchedManifest {
  /** Of what the reference names: an index where there is one. */
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  /** As it came. */
  readonly text: string;
  readonly value: unknown;
}

/** An image's manifest. */
export interface ImageManifest {
  readonly config: BlobDescriptor;
  /** Bottom first. */
  readonly layers: readonly BlobDescriptor[];
  readonly kept: KeptManifest;
}

/** Fetches what a tag or digest names. Throws EngineError when it is not what its digest says, and what `request` throws. */
export async function fetchManifest(session: RegistrySession, reference: string): Promise<FetchedManifest> {
  const answer = await session.request({
    method: "GET",
    path: `/v2/${session.repository}/manifests/${reference}`,
    headers: { Accept: accepted },
  });
  const body = await readBody(answer.body, LARGEST_MANIFEST);
  const digest = digestOf(body);
  if (reference.includes(":") && reference !== digest) {
    throw new EngineError(
      "failed",
      `manifest verification failed for digest ${reference}: its digest is ${digest}`,
    );
  }
  const text = body.toString("utf8");
  const value = parseJson(text);
  const declared = (value as { mediaType?: unknown } | null)?.mediaType;
  const type = String(answer.headers["content-type"] ?? "")
    .split(";", 1)[0]
    ?.trim();
  const mediaType = typeof declared === "string" ? declared : (type ?? "");
  return { digest, mediaType, size: body.length, text, value };
}

/** The digest of what a tag names by now, which no registry counts as a pull; undefined when it does not say. Throws what `request` throws. */
export async function remoteDigest(session: RegistrySession, tag: string): Promise<string | undefined> {
  try {
    const answer = await session.request({
      method: "HEAD",
      path: `/v2/${session.repository}/manifests/${tag}`,
      headers: { Accept: accepted },
      once: true,
    });
    answer.body.resume();
    return answer.headers["docker-content-digest"]?.toString();
  } catch (error) {
    if (error instanceof RegistryError) return undefined; // who asks for the manifest itself is told why
    throw error;
  }
}

/** The manifest of the image for a platform, following indexes. Throws EngineError (not-found) when there is none. */
export async function resolveManifest(
  session: RegistrySession,
  fetched: FetchedManifest,
  platform: Platform,
): Promise<ImageManifest> {
  let current = fetched;
  // An index may hold one more: images of several attestations are built so.
  for (let depth = 0; depth < 3; depth++) {
    const manifests = indexEntries(current);
    if (manifests === undefined) return readImageManifest(current);
    const chosen = choosePlatform(manifests, platform);
    if (chosen === undefined) {
      throw new EngineError(
        "not-found",
        `no matching manifest for ${formatPlatform(platform)} in the manifest list entries`,
      );
    }
    digestHex(chosen.digest);
    current = await fetchManifest(session, chosen.digest);
  }
  throw new EngineError("failed", "the registry's indexes are nested too deeply");
}

/** The entries of an index; undefined for what is none. */
export function indexEntries({ value }: FetchedManifest): readonly PlatformDescriptor[] | undefined {
  const manifests = (value as { manifests?: unknown } | null)?.manifests;
  return Array.isArray(manifests) ? (manifests as PlatformDescriptor[]) : undefined;
}

/** Reads what is no index. Throws EngineError when it is no image either. */
export function readImageManifest({ value, mediaType, text }: FetchedManifest): ImageManifest {
  const manifest = value as { config?: unknown; layers?: unknown; schemaVersion?: unknown } | null;
  if (manifest?.schemaVersion === 1) {
    throw new EngineError(
      "failed",
      "the image has a manifest of version 1, which registries gave up; push it again with a newer client",
    );
  }
  if (!Array.isArray(manifest?.layers)) {
    throw new EngineError("failed", `unsupported media type ${mediaType}: it is no image manifest`);
  }
  const config = readDescriptor(manifest.config, "config");
  // Charts, signatures, modules: registries keep all sorts of things in the same form.
  if (!imageConfigs.has(config.mediaType)) {
    throw new EngineError(
      "failed",
      `it is no image: its configuration is of the media type ${config.mediaType}`,
    );
  }
  return {
    config,
    layers: manifest.layers.map((layer) => readDescriptor(layer, "layers")),
    kept: { mediaType, text },
  };
}

function readDescriptor(value: unknown, name: string): BlobDescriptor {
  const { digest, size, mediaType } = (value ?? {}) as Partial<BlobDescriptor>;
  digestHex(digest);
  if (!Number.isSafeInteger(size) || (size ?? -1) < 0) {
    throw new EngineError("failed", `the manifest's ${name} has no size`);
  }
  return { digest: digest ?? "", size: size ?? 0, mediaType: String(mediaType ?? "") };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EngineError("failed", `the registry's manifest is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
