// The engine that comes with Slipway: that it runs.
import { bundledEndpoint, otherEngines } from "./bundled-location.ts";
import type { StartRequest } from "./bundled-engine-start.ts";
import { EngineClientError, type EngineVersion } from "./engine-client.ts";
import { pingEngine } from "./engine-request.ts";

/** The kernel's limit for the path of a unix socket, without the closing zero byte. */
const SOCKET_PATH_LIMIT = 107;

/**
 * Makes sure that the engine runs and answers; starts it when it does not. Resolves with what it says about itself. Throws
 * EngineClientError saying why it cannot run here.
 */
export async function ensureBundledEngine(request: StartRequest): Promise<EngineVersion> {
  const endpoint = bundledEndpoint(request.location);
  refuseWhereImpossible(request);
  const { version } = await pingEngine(endpoint);
  if (version !== undefined) return version;
  // What starting takes is loaded only where that has to be done.
  const { startBundledEngine } = await import("./bundled-engine-start.ts");
  await startBundledEngine(request);
  const started = await pingEngine(endpoint);
  if (started.version !== undefined) return started.version;
  throw started.error ?? new Error("internal: a unix socket that cannot be asked");
}

function refuseWhereImpossible({ platform, location }: StartRequest): void {
  if (platform !== "linux") {
    const name = platform === "darwin" ? "macOS" : platform === "win32" ? "Windows" : platform;
    const message = `the bundled engine needs a Linux kernel, and this is ${name}`;
    throw new EngineClientError("not-supported", message, {
      resource: "engine",
      hint: otherEngines(platform),
    });
  }
  const length = Buffer.byteLength(location.socket);
  if (length > SOCKET_PATH_LIMIT) {
    const message = `the engine's socket path is ${length} bytes long, the kernel takes ${SOCKET_PATH_LIMIT}: ${location.socket}`;
    const hint = "set SLIPWAY_SOCKET to a shorter path";
    throw new EngineClientError("not-supported", message, { resource: "engine", hint });
  }
}
