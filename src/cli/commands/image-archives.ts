// `image load|save|import`: images as archives.
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

/** Runs `image load`. */
export async function runImageLoad(
  context: CommandContext,
  _args: readonly string[],
  options: { readonly input?: string },
): Promise<number> {
  const archive = await openArchive(context, options.input ?? "-");
  const { images } = await context.connect();
  const { signal } = context.interrupts;
  for await (const line of images.load(archive, signal)) {
    if (typeof line["stream"] === "string") context.stdout.write(line["stream"]);
  }
  return signal.aborted ? EXIT.cancelled : EXIT.ok;
}

/** Runs `image save`. */
export async function runImageSave(
  context: CommandContext,
  args: readonly string[],
  options: { readonly output?: string },
): Promise<number> {
  const { output } = options;
  if (output === undefined && context.stdout.isTTY === true) {
    throw new CliError("an archive is nothing for a terminal: name a file with --output, or redirect it");
  }
  const { images } = await context.connect();
  const { signal } = context.interrupts;
  const archive = await images.save(args);
  if (output === undefined) {
    await pipeline(archive, context.stdout, { signal, end: false });
    return EXIT.ok;
  }
  // Half an archive must not pass for a whole one.
  const part = `${output}.${process.pid}.part`;
  try {
    await pipeline(archive, createWriteStream(part), { signal });
    await rename(part, output);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return EXIT.ok;
}

interface ImportOptions {
  readonly change: readonly string[];
  readonly message?: string;
  readonly platform?: string;
}

/** Runs `image import`. */
export async function runImageImport(
  context: CommandContext,
  [file = "-", repo]: readonly string[],
  { change, message, platform }: ImportOptions,
): Promise<number> {
  const archive = await openArchive(context, file);
  const { images } = await context.connect();
  const request = {
    changes: change,
    ...(repo === undefined ? {} : { repo }),
    ...(message === undefined ? {} : { message }),
    ...(platform === undefined ? {} : { platform }),
  };
  const { signal } = context.interrupts;
  for await (const line of images.import(archive, request, signal)) {
    if (typeof line["status"] === "string") context.stdout.write(`${line["status"]}\n`);
  }
  return signal.aborted ? EXIT.cancelled : EXIT.ok;
}

/** Throws CliError before an engine is looked for when there is nothing to read. */
async function openArchive({ stdin }: CommandContext, file: string): Promise<Readable> {
  if (file === "-") {
    if (stdin.isTTY === true) {
      throw new CliError("there is no archive on standard input: name a file, or redirect one");
    }
    return stdin;
  }
  const stream = createReadStream(file);
  await new Promise<void>((resolve, reject) => {
    stream.once("open", () => resolve());
    stream.once("error", (cause) => reject(new CliError(`cannot read ${file}: ${cause.message}`, { cause })));
  });
  return stream;
}
