import { flag, list, value } from "../options.ts";
import type { ProgramBuilder } from "../program.ts";

/** Adds `image` with its subcommands. */
export function addImageCommands({ program, action }: ProgramBuilder): void {
  const image = program.command("image").description("look after the engine's images");
  image
    .command("ls")
    .description("list images")
    .addOption(flag("-q, --quiet", "only ids"))
    .addOption(value("--format <format>", "table or json"))
    .addOption(flag("--no-trunc", "show ids in full"))
    .action(action(async () => (await import("./image.ts")).runImageList));
  image
    .command("pull <images...>")
    .description("bring images from their registries")
    .addOption(value("--platform <platform>", "os/architecture[/variant] instead of the engine's own"))
    .addOption(flag("-q, --quiet", "only names"))
    .action(action(async () => (await import("./image.ts")).runImagePull));
  image
    .command("push <images...>")
    .description("send images to their registries")
    .addOption(flag("-q, --quiet", "only names"))
    .action(action(async () => (await import("./image.ts")).runImagePush));
  image
    .command("load")
    .description("bring images from an archive")
    .addOption(value("-i, --input <file>", "the archive; standard input when absent"))
    .action(action(async () => (await import("./image-archives.ts")).runImageLoad));
  image
    .command("save <images...>")
    .description("write images to an archive")
    .addOption(value("-o, --output <file>", "the archive; standard output when absent"))
    .action(action(async () => (await import("./image-archives.ts")).runImageSave));
  image
    .command("import <file> [name]")
    .description("make an image of a root file system's archive; - is standard input")
    .addOption(list("-c, --change <line>", "a line of a Dockerfile that alters the image"))
    .addOption(value("-m, --message <text>", "a comment for its history"))
    .addOption(value("--platform <platform>", "os/architecture[/variant] instead of the engine's own"))
    .action(action(async () => (await import("./image-archives.ts")).runImageImport));
  image
    .command("rm <images...>")
    .description("remove names, and images that have no other")
    .addOption(flag("-f, --force", "also where stopped containers use them"))
    .action(action(async () => (await import("./image.ts")).runImageRemove));
  image
    .command("prune")
    .description("remove images without a name")
    .addOption(flag("-a, --all", "all images that no container uses"))
    .addOption(flag("-f, --force", "do not ask"))
    .action(action(async () => (await import("./image.ts")).runImagePrune));
}
