// A pull from beginning to end: found in the registry, its layers brought in, and only then an image with its names.
import type { EngineContext } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { imageArchitecture } from "./host-image.ts";
import type { NamedImage } from "./image-loading.ts";
import type { ImageRecord } from "./image-record.ts";
import { parseImageConfig } from "./image-record.ts";
import type { ImageStore } from "./image-store.ts";
import type { LayerStore } from "./layer-store.ts";
import { familiarName, taggedName } from "./reference.ts";
import type { Reference } from "./reference.ts";
import { parseCredentials } from "./registry/credentials.ts";
import { remoteDigest } from "./registry/manifests.ts";
import { parsePlatform, type Platform } from "./registry/platform.ts";
import { ProgressLines } from "./registry/progress.ts";
import { findRemoteImage, pullLayers } from "./registry/pull.ts";
import type { FoundRemoteImage } from "./registry/pull.ts";
import { readRegistryConfig } from "./registry/registry-config.ts";
import { pullFailure } from "./registry/registry-error.ts";
import { RegistrySession } from "./registry/registry-session.ts";

export interface PullOptions {
  readonly platform?: string;
  /** The X-Registry-Auth header as it came. */
  readonly auth?: string;
  /** Aborted when nobody wants the image any more. */
  readonly signal?: AbortSignal;
}

/** What a pull needs of the images. */
export interface PullingContext {
  readonly engine: Pick<EngineContext, "root">;
  readonly store: ImageStore;
  readonly layers: LayerStore;
  readonly underWay: Map<string, Promise<unknown>>;
  /** Saves images and gives them these names: all, or none when it throws. */
  readonly keep: (images: readonly NamedImage[]) => Promise<void>;
  /** Removes those of the layers that no image has, in the same turn. */
  readonly clear: (diffIds: readonly string[]) => Promise<void>;
  readonly pulled: (image: ImageRecord, name: string) => void;
}

/** Yields the API's progress lines. Throws EngineError; before the first line when there is nothing to pull. */
export async function* pullImage(
  context: PullingContext,
  reference: Reference,
  options: PullOptions,
): AsyncGenerator<object, void, void> {
  const controller = new AbortController();
  const abort = (reason: unknown): void => controller.abort(reason);
  let isWanted = true;
  const given = (): void => {
    isWanted = false;
    abort(options.signal?.reason);
  };
  if (options.signal?.aborted) given();
  options.signal?.addEventListener("abort", given, { once: true });
  const shown = shownName(reference);
  const session = await openSession(context, reference, { ...options, signal: controller.signal });
  try {
    const unchanged = await findUnchanged(context, session, reference, options.platform);
    if (unchanged !== undefined) {
      yield { status: `Pulling from ${repositoryPath(reference)}`, id: reference.tag ?? "latest" };
      context.pulled(unchanged.image, shown);
      yield { status: `Digest: ${unchanged.digest}` };
      yield { status: `Status: Image is up to date for ${shown}` };
      return;
    }
    const found = await find(session, reference, { ...options, signal: controller.signal });
    yield {
      status: `Pulling from ${repositoryPath(reference)}`,
      id: reference.digest === undefined ? (reference.tag ?? "latest") : writtenName(reference),
    };
    const lines = new ProgressLines();
    const isNew = context.store.byName(ownName(reference))?.id !== found.manifest.config.digest;
    const { signal } = controller;
    // Nobody needs to be told of the layers of an image that is here already.
    const isHere = context.store.get(found.manifest.config.digest) !== undefined;
    const work = bring(context, {
      session,
      lines: isHere ? new ProgressLines() : lines,
      abort,
      reference,
      found,
      signal,
      isWanted: () => isWanted,
    });
    // Whoever stops listening lets go of the work, and it must be over before the session is closed.
    try {
      yield* lines.until(work);
    } finally {
      abort(new EngineError("failed", "the pull was given up"));
      await work.catch(() => undefined);
    }
    yield { status: `Digest: ${found.digest}` };
    yield { status: `Status: ${isNew ? "Downloaded newer image for" : "Image is up to date for"} ${shown}` };
  } catch (error) {
    throw pullFailure(error, shown, familiarName(reference.name));
  } finally {
    options.signal?.removeEventListener("abort", given);
    session.close();
  }
}

/** The image that has the tag here, when it is the one that the registry has by it, and for the platform. */
async function findUnchanged(
  { store }: PullingContext,
  session: RegistrySession,
  reference: Reference,
  platform: string | undefined,
): Promise<{ image: ImageRecord; digest: string } | undefined> {
  const image = reference.digest === undefined ? store.byName(taggedName(reference)) : undefined;
  if (image === undefined || !isFor(image, wantedPlatform(platform))) return undefined;
  const digest = await remoteDigest(session, reference.tag ?? "latest");
  const isSame = digest !== undefined && store.byName(`${reference.name}@${digest}`)?.id === image.id;
  return isSame ? { image, digest } : undefined;
}

function isFor({ config }: ImageRecord, { architecture, variant }: Platform): boolean {
  return config.architecture === architecture && (variant === undefined || config.variant === variant);
}

/** The one that was asked for, or this machine's. */
function wantedPlatform(asked: string | undefined): Platform {
  return parsePlatform(asked || "linux", imageArchitecture);
}

async function openSession(
  { engine }: PullingContext,
  { name }: Reference,
  options: PullOptions & { readonly signal: AbortSignal },
): Promise<RegistrySession> {
  const slash = name.indexOf("/");
  return new RegistrySession({
    domain: name.slice(0, slash),
    repository: name.slice(slash + 1),
    credentials: parseCredentials(options.auth),
    config: await readRegistryConfig(engine.root),
    write: false,
    signal: options.signal,
  });
}

function find(
  session: RegistrySession,
  reference: Reference,
  options: PullOptions & { readonly signal: AbortSignal },
): Promise<FoundRemoteImage> {
  const isChosen = options.platform !== undefined && options.platform !== "";
  const platform = wantedPlatform(options.platform);
  return findRemoteImage(session, reference, { platform, isChosen, signal: options.signal });
}

interface Bringing {
  readonly isWanted: () => boolean;
  readonly session: RegistrySession;
  readonly lines: ProgressLines;
  readonly signal: AbortSignal;
  readonly abort: (reason: unknown) => void;
  readonly reference: Reference;
  readonly found: FoundRemoteImage;
}

async function bring(context: PullingContext, request: Bringing): Promise<void> {
  const { store, layers, underWay } = context;
  const { reference, found } = request;
  const diffIds = parseImageConfig(found.configJson).rootfs.diff_ids;
  const unpin = layers.pin(diffIds);
  try {
    const image = await pullLayers({ ...request, layers, underWay }, found, reference.name);
    const digestName = `${reference.name}@${found.digest}`;
    const names = reference.digest === undefined ? [taggedName(reference), digestName] : [digestName];
    if (names.some((name) => store.byName(name)?.id !== image.id)) await context.keep([{ image, names }]);
    context.pulled(image, shownName(reference));
  } finally {
    unpin();
    await context.clear(diffIds);
  }
}

/** The name by which the image is known, in full: a digest counts before a tag. */
function ownName(reference: Reference): string {
  return reference.digest === undefined ? taggedName(reference) : `${reference.name}@${reference.digest}`;
}

function repositoryPath({ name }: Reference): string {
  return name.slice(name.indexOf("/") + 1);
}

/** What was asked for, in full. */
function writtenName(reference: Reference): string {
  const { name, tag, digest } = reference;
  return digest === undefined || tag === undefined ? ownName(reference) : `${name}:${tag}@${digest}`;
}

function shownName(reference: Reference): string {
  return familiarName(writtenName(reference));
}
