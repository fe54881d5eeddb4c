// `image ls|pull|push|rm|prune`: the engine's images and their registries.
import type { ApiObject, ImageListItem } from "../../client/index.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { askYesNo } from "../prompt.ts";
import { formatAge } from "../render/container-row.ts";
import { showProgress } from "../render/image-progress.ts";
import { formatTable } from "../render/table.ts";

const HEADING = ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"];
const SHORT_ID = "sha256:".length + 12;

interface ListOptions {
  readonly quiet?: true;
  readonly format?: string;
  readonly noTrunc?: true;
}

/** Runs `image ls`. */
export async function runImageList(
  context: CommandContext,
  _args: readonly string[],
  options: ListOptions,
): Promise<number> {
  const format = options.format ?? "table";
  if (format !== "table" && format !== "json") {
    throw new CliError(`unsupported format "${format}", use "table" or "json"`);
  }
  const { images } = await context.connect();
  const all = await images.list();
  const id = (image: ImageListItem): string =>
    options.noTrunc === true ? image.Id : image.Id.slice("sha256:".length, SHORT_ID);
  if (options.quiet === true) {
    context.stdout.write([...new Set(all.map(id))].map((line) => `${line}\n`).join(""));
    return EXIT.ok;
  }
  const rows = all.flatMap((image) =>
    namesOf(image).map(([repository, tag]) => ({ image, repository, tag })),
  );
  const text =
    format === "json"
      ? rows.map((row) => `${JSON.stringify(record(row))}\n`).join("")
      : formatTable(
          HEADING,
          rows.map(({ image, repository, tag }) => [
            repository,
            tag,
            id(image),
            `${formatAge(Date.now() / 1000 - image.Created)} ago`,
            formatSize(image.Size),
          ]),
        );
  context.stdout.write(text);
  return EXIT.ok;
}

function record(row: { image: ImageListItem; repository: string; tag: string }): object {
  const { image, repository, tag } = row;
  const created = new Date(image.Created * 1000).toISOString();
  return { Repository: repository, Tag: tag, ID: image.Id, CreatedAt: created, Size: image.Size };
}

function namesOf({ RepoTags, RepoDigests }: ImageListItem): [string, string][] {
  const tags = (RepoTags ?? []).filter((name) => name !== "<none>:<none>");
  if (tags.length > 0) {
    return tags.map((name) => [name.slice(0, name.lastIndexOf(":")), name.slice(name.lastIndexOf(":") + 1)]);
  }
  return [[(RepoDigests ?? [])[0]?.split("@")[0] ?? "<none>", "<none>"]];
}

/** Sizes as people read them, in powers of 1000. */
function formatSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))}${units[power] ?? ""}`;
}

/** Runs `image pull`. */
export async function runImagePull(
  context: CommandContext,
  args: readonly string[],
  options: { readonly platform?: string; readonly quiet?: true },
): Promise<number> {
  const { images } = await context.connect();
  const { signal } = context.interrupts;
  const platform = options.platform === undefined ? {} : { platform: options.platform };
  for (const ref of args) {
    await showProgress(context, images.pull(ref, platform, signal), { quiet: options.quiet === true });
    if (signal.aborted) return EXIT.cancelled;
    context.stdout.write(`${ref}\n`);
  }
  return EXIT.ok;
}

/** Runs `image push`. */
export async function runImagePush(
  context: CommandContext,
  args: readonly string[],
  options: { readonly quiet?: true },
): Promise<number> {
  const { images } = await context.connect();
  const { signal } = context.interrupts;
  for (const ref of args) {
    await showProgress(context, images.push(ref, signal), { quiet: options.quiet === true });
    if (signal.aborted) return EXIT.cancelled;
    context.stdout.write(`${ref}\n`);
  }
  return EXIT.ok;
}

/** Runs `image rm`. */
export async function runImageRemove(
  context: CommandContext,
  args: readonly string[],
  options: { readonly force?: true },
): Promise<number> {
  const { images } = await context.connect();
  for (const ref of args) {
    const lines = await images.remove(ref, { force: options.force === true });
    context.stdout.write(removalText(lines));
  }
  return EXIT.ok;
}

/** Runs `image prune`. */
export async function runImagePrune(
  context: CommandContext,
  _args: readonly string[],
  options: { readonly all?: true; readonly force?: true },
): Promise<number> {
  const all = options.all === true;
  const what = all ? "all images that no container uses" : "all images without a name";
  if (options.force !== true && !(await askYesNo(context, `Remove ${what}?`))) return EXIT.ok;
  const { images } = await context.connect();
  const { deleted, reclaimed } = await images.prune({ all });
  context.stdout.write(`${removalText(deleted)}Total reclaimed space: ${formatSize(reclaimed)}\n`);
  return EXIT.ok;
}

function removalText(lines: readonly ApiObject[]): string {
  return lines
    .flatMap((line) => Object.entries(line))
    .map(([kind, what]) => `${kind}: ${String(what)}\n`)
    .join("");
}
