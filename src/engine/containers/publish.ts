// Choosing host ports at start: a range takes its first free port, as far as one can know before the shim binds it.
import { createServer } from "node:net";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Directive } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import type { PortRequest } from "./ports.ts";
import { portRequests, publishDirective } from "./ports.ts";
import type { SavedContainer } from "./record.ts";

/**
 * One directive per binding; none for a container without an address of its own. `hostAddress` is where those are bound that do not
 * say; undefined: on all addresses of the host.
 */
export async function publishDirectives(
  saved: SavedContainer,
  address: string | undefined,
  hostAddress?: string | undefined,
): Promise<Directive[]> {
  if (address === undefined) return [];
  const directives: Directive[] = [];
  for (const asked of portRequests(saved.hostConfig, saved.config)) {
    const request = { ...asked, hostAddress: asked.hostAddress || (hostAddress ?? "") };
    if (request.protocol === "sctp") {
      throw new EngineError("not-implemented", "publishing SCTP ports is not supported by this engine");
    }
    directives.push(publishDirective(request, await hostPort(request), address));
  }
  return directives;
}

async function hostPort(request: PortRequest): Promise<number> {
  if (request.first === request.last) return request.first;
  for (let port = request.first; port <= request.last; port++) {
    if (await isFree(request, port)) return port;
  }
  throw new EngineError(
    "failed",
    `Bind for ${request.hostAddress || "0.0.0.0"}:${request.first}-${request.last} failed: all ports are allocated`,
    { exitCode: 128 },
  );
}

async function isFree(request: PortRequest, port: number): Promise<boolean> {
  const address = request.hostAddress || "0.0.0.0";
  try {
    if (request.protocol === "udp") {
      const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
      try {
        socket.bind(port, address);
        await once(socket, "listening");
      } finally {
        socket.close();
      }
    } else {
      const server = createServer();
      server.listen({ port, host: address, exclusive: true });
      await once(server, "listening");
      server.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
}
