// What a route's handler is given.
import type { Socket } from "node:net";
import type { Backend } from "../backend.ts";
import type { Response } from "./http/response.ts";
import type { Request } from "./http/request.ts";
import type { ApiMinor } from "./version.ts";

/** What handlers work with, whatever the request. */
export interface Services {
  readonly backend: Backend;
  /** Resolves when the client has read everything that was written to its socket, or is gone. Nothing may be written meanwhile. */
  readonly untilRead: (socket: Socket) => Promise<void>;
}

/** One request on its way through a handler. */
export interface RequestContext extends Services {
  readonly request: Request;
  readonly response: Response;
  readonly query: URLSearchParams;
  /** Values of the path's placeholders, decoded, in the order they stand in the path. */
  readonly parameters: readonly string[];
  readonly minor: ApiMinor;
}

/** Answers one request; throws EngineError before the reply has begun. */
export type Handler = (context: RequestContext) => Promise<void> | void;

/** One line of a route table. `{name}` stands for one path segment, `{name...}` for one or more. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handle: Handler;
}
