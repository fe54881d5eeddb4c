// The API versions this engine speaks, and what a version prefix may be.
import { EngineError } from "../errors.ts";

/** The newest version; the one meant by a path without prefix. */
export const API_VERSION = "1.51";
/** The oldest version. */
export const MIN_API_VERSION = "1.24";

/** Minor number of an API version; the major one is always 1. */
export type ApiMinor = number;

const NEWEST_MINOR = 51;
const OLDEST_MINOR = 24;

/**
 * Splits `/v1.43/info` into the minor number and `/info`. A path without prefix has the newest version.
 * Throws EngineError (invalid) for a version out of range.
 */
export function splitVersion(path: string): { minor: ApiMinor; path: string } {
  const prefixed = /^\/v(\d+)\.(\d+)(\/.*)$/.exec(path);
  if (prefixed === null) return { minor: NEWEST_MINOR, path };
  const [, major, minor, rest = "/"] = prefixed;
  const version = `${Number(major)}.${Number(minor)}`;
  if (Number(major) > 1 || (Number(major) === 1 && Number(minor) > NEWEST_MINOR)) {
    throw new EngineError(
      "invalid",
      `client version ${version} is too new. Maximum supported API version is ${API_VERSION}`,
    );
  }
  if (Number(major) < 1 || Number(minor) < OLDEST_MINOR) {
    throw new EngineError(
      "invalid",
      `client version ${version} is too old. Minimum supported API version is ${MIN_API_VERSION}, ` +
        "please upgrade your client to a newer version",
    );
  }
  return { minor: Number(minor), path: rest };
}
