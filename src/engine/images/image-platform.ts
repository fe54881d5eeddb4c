// Whether an image is for the platform that somebody asks for, or for this machine.
import { EngineError } from "../errors.ts";
import { imageArchitecture } from "./host-image.ts";
import type { ImageRecord } from "./image-record.ts";
import { formatPlatform, parsePlatform } from "./registry/platform.ts";
import type { Platform } from "./registry/platform.ts";

function platformOf({ config }: ImageRecord): Platform {
  const { os, architecture, variant } = config;
  return {
    os,
    architecture: architecture || imageArchitecture,
    ...(variant === undefined ? {} : { variant }),
  };
}

/**
 * Throws EngineError (not-found) when the image is for another platform than `platform` (`os/architecture[/variant]`, or the API's JSON), in which case
 * clients ask its registry for the right one. Nothing asked for is fine.
 */
export function requirePlatform(image: ImageRecord, platform: string | undefined, shown: string): void {
  if (platform === undefined || platform === "") return;
  const wanted = parsePlatform(platform, imageArchitecture);
  const actual = platformOf(image);
  const sameVariant =
    wanted.variant === undefined || actual.variant === undefined || wanted.variant === actual.variant;
  if (wanted.os === actual.os && wanted.architecture === actual.architecture && sameVariant) return;
  throw new EngineError(
    "not-found",
    `image with reference ${shown} was found but does not match the specified platform: ` +
      `wanted ${formatPlatform(wanted)}, actual: ${formatPlatform(actual)}`,
  );
}

/** What to say of a container of an image that is not for this machine, when no platform was asked for; undefined when it is. */
export function platformWarning(image: ImageRecord): string | undefined {
  const actual = platformOf(image);
  if (actual.architecture === imageArchitecture) return undefined;
  return (
    `The requested image's platform (${formatPlatform(actual)}) does not match the detected host platform ` +
    `(linux/${imageArchitecture}) and no specific platform was requested`
  );
}
