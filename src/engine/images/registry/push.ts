// Pushing one image: the layers that the repository lacks, taken over from another repository where the registry has them, then the
// configuration, and last the manifest, which makes it an image.
import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../../errors.ts";
import { manifestOf } from "../image-manifest.ts";
import type { ImageRecord } from "../image-record.ts";
import type { LayerBlob } from "../layer-blobs.ts";
import type { LayerStore } from "../layer-store.ts";
import type { HttpAnswer } from "./http-request.ts";
import { Limit } from "./limit.ts";
import type { ProgressLines } from "./progress.ts";
import { shortDigest } from "../image-record.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistrySession } from "./registry-session.ts";
import { retryPause } from "./retry.ts";

/** Layers that are uploaded at once, as with Docker. */
const AT_ONCE = 5;

export interface PushContext {
  readonly session: RegistrySession;
  readonly layers: LayerStore;
  readonly lines: ProgressLines;
  readonly signal: AbortSignal;
  readonly abort: (reason: unknown) => void;
  /** The registry's domain and the repository, in full. */
  readonly target: string;
}

/** What the registry has now. */
export interface PushedManifest {
  readonly digest: string;
  readonly size: number;
}

/** Pushes an image under a tag. Throws what the registry or the network says. */
export async function pushImage(
  context: PushContext,
  image: ImageRecord,
  tag: string,
): Promise<PushedManifest> {
  const { layers, lines } = context;
  const diffIds = [...new Set(image.config.rootfs.diff_ids)];
  const limit = new Limit(AT_ONCE);
  for (const diffId of diffIds) lines.step(shortDigest(diffId), "Preparing");
  const work = diffIds.map((diffId) =>
    pushLayer(context, diffId, limit).catch((error: unknown) => {
      context.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(work);
  context.signal.throwIfAborted();
  const config = Buffer.from(image.json);
  await pushConfig(context, image.id, config);
  const manifest = manifestOf(image, layers);
  if (manifest === undefined) throw new EngineError("failed", "a layer of the image is gone");
  const { mediaType, bytes, digest } = manifest;
  const answer = await context.session.request({
    method: "PUT",
    path: `/v2/${context.session.repository}/manifests/${tag}`,
    headers: {
      "Content-Type": mediaType,
      "Content-Length": String(bytes.length),
    },
    body: () => bytes,
  });
  answer.body.resume();
  return { digest, size: bytes.length };
}

async function pushLayer(context: PushContext, diffId: string, limit: Limit): Promise<void> {
  const { layers, lines, session, target, signal } = context;
  const id = shortDigest(diffId);
  const blob = layers.get(diffId);
  if (blob === undefined) throw new EngineError("failed", `layer ${diffId} is gone`);
  if (limit.isFull) lines.step(id, "Waiting");
  await limit.run(async () => {
    signal.throwIfAborted();
    const outcome = (await hasBlob(session, blob.digest))
      ? "Layer already exists"
      : await uploadLayer(context, diffId, blob);
    lines.step(id, outcome);
    await layers.blobs.addSource(diffId, target);
  });
}

/** Brings a layer there, from its beginning again when it breaks off; gives what to say of it. */
async function uploadLayer(context: PushContext, diffId: string, blob: LayerBlob): Promise<string> {
  const { session, signal, target } = context;
  for (let attempt = 1; ; attempt++) {
    try {
      const { mountedFrom, location } = await beginUpload(session, blob, target);
      if (mountedFrom !== undefined) return `Mounted from ${mountedFrom}`;
      await sendLayer(context, { diffId, blob, location });
      return "Pushed";
    } catch (error) {
      const pause = signal.aborted ? undefined : retryPause(error, attempt);
      if (pause === undefined) throw error;
      await delay(pause, undefined, { signal });
    }
  }
}

async function hasBlob(session: RegistrySession, digest: string): Promise<boolean> {
  const path = `/v2/${session.repository}/blobs/${digest}`;
  const answer = await session.request({ method: "HEAD", path, accept: [200, 404] });
  answer.body.resume();
  return answer.status === 200;
}

/** Asks the registry to take the blob over from each repository of its that is known to have it, or where to send it. */
async function beginUpload(
  session: RegistrySession,
  blob: LayerBlob,
  target: string,
): Promise<{ mountedFrom?: string; location: string }> {
  const domain = target.slice(0, target.indexOf("/") + 1);
  const path = `/v2/${session.repository}/blobs/uploads/`;
  const sources = blob.sources.filter((source) => source.startsWith(domain) && source !== target);
  for (const source of sources) {
    const from = source.slice(domain.length);
    const answer = await askForMount(session, { path, from, digest: blob.digest });
    if (answer === undefined) continue;
    answer.body.resume();
    if (answer.status === 201) return { mountedFrom: from, location: "" };
    return { location: uploadLocation(answer.headers.location) };
  }
  const answer = await session.request({
    method: "POST",
    path,
    headers: { "Content-Length": "0" },
    accept: [202],
  });
  answer.body.resume();
  return { location: uploadLocation(answer.headers.location) };
}

/** Undefined when the other repository is not ours to take from: then it is uploaded like any other. */
async function askForMount(
  session: RegistrySession,
  { path, from, digest }: { readonly path: string; readonly from: string; readonly digest: string },
): Promise<HttpAnswer | undefined> {
  try {
    return await session.request({
      method: "POST",
      path: `${path}?${new URLSearchParams({ mount: digest, from }).toString()}`,
      headers: { "Content-Length": "0" },
      accept: [201, 202],
      scopes: [`repository:${from}:pull`],
    });
  } catch (error) {
    const isRefused = error instanceof RegistryError && [401, 403, 404].includes(error.status);
    if (isRefused || (error instanceof EngineError && error.kind === "unauthorized")) return undefined;
    throw error;
  }
}

function uploadLocation(location: string | undefined): string {
  if (location !== undefined && location !== "") return location;
  throw new EngineError("failed", "the registry does not say where to send a layer");
}

async function sendLayer(
  { session, layers, lines }: PushContext,
  { diffId, blob, location }: { diffId: string; blob: LayerBlob; location: string },
): Promise<void> {
  const meter = lines.meter(shortDigest(diffId), "Pushing", blob.size);
  await sendBlob(session, {
    location,
    digest: blob.digest,
    size: blob.size,
    body: () => {
      let sent = 0;
      const bytes = layers.blobs.compressed(diffId);
      bytes.on("data", (piece: Buffer | string) => meter((sent += piece.length)));
      // Listening must not start it before the request does.
      return bytes.pause();
    },
  });
}

async function pushConfig({ session }: PushContext, digest: string, config: Buffer): Promise<void> {
  if (await hasBlob(session, digest)) return;
  const answer = await session.request({
    method: "POST",
    path: `/v2/${session.repository}/blobs/uploads/`,
    headers: { "Content-Length": "0" },
    accept: [202],
  });
  answer.body.resume();
  const location = uploadLocation(answer.headers.location);
  await sendBlob(session, { location, digest, size: config.length, body: () => config });
}

type Body = NonNullable<Parameters<RegistrySession["request"]>[0]["body"]>;

async function sendBlob(
  session: RegistrySession,
  blob: { readonly location: string; readonly digest: string; readonly size: number; readonly body: Body },
): Promise<void> {
  const separator = blob.location.includes("?") ? "&" : "?";
  const answer = await session.request({
    method: "PUT",
    path: `${blob.location}${separator}digest=${encodeURIComponent(blob.digest)}`,
    headers: { "Content-Type": "application/octet-stream", "Content-Length": String(blob.size) },
    body: blob.body,
    accept: [201, 204],
  });
  answer.body.resume();
}
