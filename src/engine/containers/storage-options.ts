// Options for a container's writable layer: it has no size of its own here, as on a Docker Engine whose disk keeps no project quotas. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";

/** Throws EngineError (failed) for any option, in Docker's words. */
export function refuseStorageOptions(host: HostConfig): void {
  const names = Object.keys(host["StorageOpt"] ?? {});
  const [first] = names;
  if (first === undefined) return;
  // The kernel's driver that Docker has knows no other.
  if (names.some((name) => name.toLowerCase() === "size")) {
    fail("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
  }
  fail(`Unknown option ${first.toLowerCase()}`);
}

function fail(message: string): never {
  throw new EngineError("failed", message);
}
