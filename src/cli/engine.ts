// The way to an engine for commands.
import { homedir } from "node:os";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  connectEngine,
  type EngineClient,
  type EngineRequest,
  type FoundEngine,
  type ImageClient,
} from "../client/index.ts";

/** An engine that answers, with its client. */
export type ConnectedEngine = FoundEngine & { readonly client: EngineClient; readonly images: ImageClient };

/** What finding an engine depends on, taken from the process. */
export function engineRequest(
  env: EngineRequest["env"],
  requested: string | undefined,
  onNote: (message: string) => void,
): EngineRequest {
  return {
    ...(requested === undefined ? {} : { requested }),
    env,
    platform: process.platform,
    home: homedir(),
    uid: process.getuid?.() ?? 0,
    engineScript: engineScript(),
    onNote,
  };
}

/** Finds an engine and connects to it. Throws EngineClientError. */
export async function connect(request: EngineRequest): Promise<ConnectedEngine> {
  return connectEngine(request);
}

/** The built engine lies beside the built command line; running from the sources it is in the build's folder. */
function engineScript(): string {
  const beside = join(import.meta.dirname, "engine.js");
  return existsSync(beside) ? beside : join(import.meta.dirname, "../../dist/engine.js");
}
