import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { VERSION } from "../version.ts";

/** Runs `version`. */
export function runVersion(
  context: CommandContext,
  _args: readonly string[],
  options: { readonly format?: string; readonly short?: true },
): number {
  if (options.format !== undefined && options.format !== "pretty" && options.format !== "json") {
    throw new CliError(`unsupported format "${options.format}", use "pretty" or "json"`);
  }
  if (options.short === true) context.stdout.write(`${VERSION}\n`);
  else if (options.format === "json") context.stdout.write(`${JSON.stringify({ version: `v${VERSION}` })}\n`);
  else context.stdout.write(`Slipway version v${VERSION}\n`);
  return EXIT.ok;
}
