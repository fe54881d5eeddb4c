// Root file systems that become images of one layer: as they are sent, or from an address.
import type { Readable } from "node:stream";
import { EngineError } from "../errors.ts";
import { applyChanges } from "./config-changes.ts";
import { keepTopLayer } from "./image-loading.ts";
import type { LoadingContext, UnpackedTop } from "./image-loading.ts";
import type { ImageConfig, ImageRecord } from "./image-record.ts";
import type { ArchiveDownload } from "./registry/archive-download.ts";
import { metered, ProgressLines } from "./registry/progress.ts";

/** What the new image is to have besides its files. */
export interface ImportOptions {
  readonly message?: string;
  readonly changes: readonly string[];
  /** `os[/architecture[/variant]]`. */
  readonly platform?: string;
}

/** What is imported: the archive itself, or its address. */
export type ImportSource = Readable | string;

/**
 * Makes an image of a root file system, with at most one name, which has been checked. Yields the API's progress lines, before the first of which it
 * throws EngineError for an address where there is nothing; gives the image.
 */
export async function* importImage(
  context: LoadingContext,
  source: ImportSource,
  options: ImportOptions & { readonly names: readonly string[]; readonly signal?: AbortSignal },
): AsyncGenerator<object, ImageRecord, void> {
  if (typeof source !== "string") {
    return keepTopLayer(context, { ...(await unpackRoot(context, source, options)), names: options.names });
  }
  const controller = new AbortController();
  const signal = options.signal ?? controller.signal;
  const { openArchiveDownload } = await import("./registry/archive-download.ts");
  const download = await openArchiveDownload(source, signal);
  let unkept: Promise<UnpackedTop> | undefined;
  try {
    yield { status: `Downloading from ${download.url}` };
    const lines = new ProgressLines();
    unkept = unpackRoot(context, told(download, lines), { ...options, source });
    yield* lines.until(unkept.then(() => undefined));
    const top = await unkept;
    unkept = undefined;
    return await keepTopLayer(context, { ...top, names: options.names });
  } finally {
    download.close();
    // Nothing may be left, nor anybody still be writing, when whoever gave it up looks.
    const top = await unkept?.catch(() => undefined);
    if (top !== undefined) await context.layers.discard(top.layer);
  }
}

/** The download's bytes, told as they come where their number is known. */
function told({ bytes, size }: ArchiveDownload, lines: ProgressLines): Readable {
  return size === undefined ? bytes : metered(bytes, lines.meter("", "Importing", size));
}

/** Unpacks a root file system. Throws EngineError (invalid) for changes or an archive that are no good. */
async function unpackRoot(
  context: LoadingContext,
  archive: Readable,
  options: ImportOptions & { readonly source?: string },
): Promise<UnpackedTop> {
  const config = applyChanges(options.changes);
  const [os = "linux", architecture = context.architecture, variant] = (options.platform ?? "linux").split(
    "/",
  );
  if (os !== "linux") throw new EngineError("invalid", `this engine runs linux images, not ${os}`);
  const layer = await context.layers.unpack(archive);
  const created = new Date().toISOString();
  const comment = options.message ?? `Imported from ${options.source ?? "-"}`;
  const content: ImageConfig = {
    architecture,
    ...(variant === undefined ? {} : { variant }),
    comment,
    config,
    created,
    history: [{ created, comment }],
    os: "linux",
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
  };
  return { layer, json: JSON.stringify(content) };
}
