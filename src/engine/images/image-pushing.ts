// A push from beginning to end, of one tag or of all that a repository has.
import type { EngineContext } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import type { ImageRecord } from "./image-record.ts";
import { requirePlatform } from "./image-platform.ts";
import { checkLayers } from "./image-saving.ts";
import type { ImageStore } from "./image-store.ts";
import type { LayerStore } from "./layer-store.ts";
import { familiarName, parseReference } from "./reference.ts";
import { parseCredentials } from "./registry/credentials.ts";
import { ProgressLines } from "./registry/progress.ts";
import { pushImage } from "./registry/push.ts";
import { readRegistryConfig } from "./registry/registry-config.ts";
import { networkFailure } from "./registry/registry-error.ts";
import { RegistrySession } from "./registry/registry-session.ts";

export interface PushOptions {
  /** All tags of the repository when there is none. */
  readonly tag?: string;
  /** Refuse an image for another one. */
  readonly platform?: string;
  /** The X-Registry-Auth header as it came. */
  readonly auth?: string;
  /** Aborted when nobody waits for it any more. */
  readonly signal?: AbortSignal;
}

export interface PushingContext {
  readonly engine: Pick<EngineContext, "root">;
  readonly store: ImageStore;
  readonly layers: LayerStore;
  /** Removes those of the layers that no image has any more. */
  readonly clear: (diffIds: readonly string[]) => Promise<void>;
  readonly pushed: (image: ImageRecord, name: string) => void;
}

/** Yields the API's progress lines. Throws EngineError; before the first line when there is nothing to push, or nobody may. */
export async function* pushReference(
  context: PushingContext,
  ref: string,
  options: PushOptions,
): AsyncGenerator<object, void, void> {
  const { name } = parseReference(ref);
  const tagged = taggedImages(context.store, ref, options.tag);
  for (const [shown, image] of tagged) {
    requirePlatform(image, options.platform, familiarName(shown));
    checkLayers(context.layers, image);
  }
  const controller = new AbortController();
  const abort = (reason: unknown): void => controller.abort(reason);
  const given = (): void => abort(options.signal?.reason);
  if (options.signal?.aborted) given();
  options.signal?.addEventListener("abort", given, { once: true });
  const slash = name.indexOf("/");
  const session = new RegistrySession({
    domain: name.slice(0, slash),
    repository: name.slice(slash + 1),
    credentials: parseCredentials(options.auth),
    config: await readRegistryConfig(context.engine.root),
    write: true,
    signal: controller.signal,
  });
  const diffIds = tagged.flatMap(([, image]) => image.config.rootfs.diff_ids);
  const unpin = context.layers.pin(diffIds);
  const lines = new ProgressLines();
  let work: Promise<void> | undefined;
  try {
    const greeting = await session.request({ method: "GET", path: "/v2/" });
    greeting.body.resume();
    yield { status: `The push refers to repository [${name}]` };
    work = pushAll(context, tagged, { session, lines, abort, signal: controller.signal, target: name });
    yield* lines.until(work);
  } catch (error) {
    throw networkFailure(error);
  } finally {
    abort(new EngineError("failed", "the push was given up"));
    await work?.catch(() => undefined);
    options.signal?.removeEventListener("abort", given);
    session.close();
    unpin();
    await context.clear(diffIds);
  }
}

function taggedImages(store: ImageStore, ref: string, given: string | undefined): [string, ImageRecord][] {
  const reference = parseReference(ref);
  if (reference.digest !== undefined) {
    throw new EngineError("invalid", "cannot push a digest reference");
  }
  const tag = given ?? reference.tag;
  const all = store.inRepository(reference.name);
  const chosen = tag === undefined ? all : all.filter(([name]) => name === `${reference.name}:${tag}`);
  if (chosen.length > 0) return chosen;
  const shown = familiarName(reference.name);
  throw new EngineError(
    "not-found",
    all.length === 0
      ? `An image does not exist locally with the tag: ${shown}`
      : `tag does not exist: ${shown}:${String(tag)}`,
  );
}

async function pushAll(
  context: PushingContext,
  tagged: readonly [string, ImageRecord][],
  push: Omit<Parameters<typeof pushImage>[0], "layers">,
): Promise<void> {
  for (const [name, image] of tagged) {
    const tag = name.slice(name.lastIndexOf(":") + 1);
    const { digest, size } = await pushImage({ ...push, layers: context.layers }, image, tag);
    const digestName = `${push.target}@${digest}`;
    if (context.store.byName(digestName)?.id !== image.id && context.store.get(image.id) !== undefined) {
      await context.store.tag([digestName], image.id);
    }
    context.pushed(image, familiarName(name));
    push.lines.add({ status: `${tag}: digest: ${digest} size: ${size}` });
    push.lines.add({ progressDetail: {}, aux: { Tag: tag, Digest: digest, Size: size } });
  }
}
