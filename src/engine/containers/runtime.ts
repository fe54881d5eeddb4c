// Who runs a container and how it is kept apart: there is one way of each here, by several names. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";

/** What clients call the usual runtime of a Docker Engine, and this engine's own name for what it has. */
const RUNTIMES = ["", "runc", "io.containerd.runc.v2", "slipway"];

/** Throws EngineError for a runtime (invalid) or an isolation (failed) that is another than the usual one, in Docker's words. */
export function checkRuntime(host: HostConfig): void {
  const runtime = String(host["Runtime"] ?? "");
  const isolation = String(host["Isolation"] ?? "");
  if (!RUNTIMES.includes(runtime)) {
    throw new EngineError("invalid", `Unknown runtime specified ${runtime}`);
  }
  if (!["", "default"].includes(isolation.toLowerCase())) {
    throw new EngineError("failed", `Invalid isolation: "${isolation}" - linux only supports 'default'`);
  }
}
