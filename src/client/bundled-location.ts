// Where the engine that comes with Slipway is, and what is used where it cannot be.
import { join } from "node:path";
import type { Endpoint } from "./endpoint.ts";

/** Where one bundled engine keeps its state and listens; both absolute. */
export interface BundledLocation {
  readonly root: string;
  readonly socket: string;
}

/** What decides where the engine of a user is. */
export interface BundledFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number;
}

/** State and socket of the user's engine: SLIPWAY_ROOT and SLIPWAY_SOCKET, else the system's places for root, the user's for others. */
export function bundledLocation({ env, home, uid }: BundledFacts): BundledLocation {
  const given = env["SLIPWAY_ROOT"] || undefined;
  const dataHome = env["XDG_DATA_HOME"] || join(home, ".local", "share");
  const root = given ?? (uid === 0 ? "/var/lib/slipway" : join(dataHome, "slipway"));
  const runtimeDir = env["XDG_RUNTIME_DIR"] || undefined;
  if (env["SLIPWAY_SOCKET"]) return { root, socket: env["SLIPWAY_SOCKET"] };
  // A root of one's own is an engine of one's own: it must not be found under the usual socket.
  if (given !== undefined) return { root, socket: join(root, "engine.sock") };
  if (uid === 0) return { root, socket: "/run/slipway/engine.sock" };
  return {
    root,
    socket:
      runtimeDir === undefined
        ? join(root, "run", "engine.sock")
        : join(runtimeDir, "slipway", "engine.sock"),
  };
}

/** The address of the engine at a location. */
export function bundledEndpoint(location: BundledLocation): Endpoint {
  return { kind: "unix", path: location.socket };
}

/** The file that the engine writes its log to. */
export function bundledLog(location: BundledLocation): string {
  return join(location.root, "engine.log");
}

/** Names engines that would work on a platform. */
export function otherEngines(platform: NodeJS.Platform): string {
  switch (platform) {
    case "darwin":
      return "start Docker Desktop, OrbStack, Colima or `podman machine`, or name an engine with --engine or DOCKER_HOST";
    case "win32":
      return "start Docker Desktop or `podman machine`, run Slipway inside WSL 2, or name an engine with --engine or DOCKER_HOST";
    default:
      return "start Docker (`systemctl start docker`) or Podman (`systemctl --user start podman.socket`), or name an engine with --engine or DOCKER_HOST";
  }
}
