// Devices that an engine is to pick by what they can do (`--gpus`): there are no drivers for any here. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";

interface DeviceRequest {
  readonly Driver?: string;
  /** Any of these sets will do. */
  readonly Capabilities?: readonly (readonly string[])[] | null;
}

/** Throws EngineError (failed) for a container that asks for such devices, in the words that Docker has when it starts one. */
export function refuseDeviceRequests(host: HostConfig): void {
  const [first] = (host["DeviceRequests"] ?? []) as readonly DeviceRequest[];
  if (first === undefined) return;
  const sets = (first.Capabilities ?? []).map((set) => `[${set.join(" ")}]`);
  throw new EngineError(
    "failed",
    `could not select device driver "${first.Driver ?? ""}" with capabilities: [${sets.join(" ")}]`,
  );
}
