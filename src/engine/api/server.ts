// The Docker Engine API over HTTP, on whatever implements the backend.
import type { Services } from "./context.ts";
import { createDispatch, errorBody } from "./dispatch.ts";
import { HttpServer } from "./http/server.ts";
import { containerRoutes } from "./routes/containers.ts";
import { archiveRoutes } from "./routes/archive.ts";
import { eventRoutes } from "./routes/events.ts";
import { execRoutes } from "./routes/execs.ts";
import { imageRoutes } from "./routes/images.ts";
import { layerRoutes } from "./routes/layers.ts";
import { networkRoutes } from "./routes/networks.ts";
import { streamRoutes } from "./routes/streams.ts";
import { systemRoutes } from "./routes/system.ts";
import { unimplementedRoutes } from "./routes/unimplemented.ts";
import { volumeRoutes } from "./routes/volumes.ts";
import { API_VERSION } from "./version.ts";

/** What the API's server is made of. */
export interface ApiServerOptions extends Services {
  /** Version of this engine, for the `Server` header. */
  readonly version: string;
  /** One line in the engine's log. */
  readonly log: (message: string) => void;
  /** Called with the count of open client connections whenever it has changed. */
  readonly onConnections?: (count: number) => void;
}

/** Makes the server; it does not listen yet. */
export function createApiServer(options: ApiServerOptions): HttpServer {
  const onBug = (error: unknown): void => {
    options.log(`api: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  const routes = [
    ...systemRoutes,
    ...eventRoutes,
    ...containerRoutes,
    ...streamRoutes,
    ...archiveRoutes,
    ...execRoutes,
    ...layerRoutes,
    ...imageRoutes,
    ...networkRoutes,
    ...volumeRoutes,
    ...unimplementedRoutes,
  ];
  return new HttpServer({
    handle: createDispatch({ backend: options.backend, untilRead: options.untilRead }, routes, onBug),
    commonHeaders: {
      "Api-Version": API_VERSION,
      "Docker-Experimental": "false",
      Ostype: "linux",
      Server: `Slipway/${options.version} (linux)`,
    },
    errorBody,
    onBug,
    ...(options.onConnections === undefined ? {} : { onConnections: options.onConnections }),
  });
}
