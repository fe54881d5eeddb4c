// From a request to its handler, and from whatever goes wrong to a reply.
import { EngineError } from "../errors.ts";
import { DisconnectedError, HttpError } from "./http/http-error.ts";
import type { RequestHandler } from "./http/connection.ts";
import { Router } from "./router.ts";
import type { Route, Services } from "./context.ts";
import { STATUS_OF_KIND } from "./status.ts";
import { splitVersion } from "./version.ts";

/** The body of every error reply. */
export function errorBody(message: string): { message: string } {
  return { message };
}

/** The disk is full, one's share of it is, or it takes nothing: no bug of the engine. */
const DISK_REFUSES: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EROFS"]);

function statusAndMessage(
  error: unknown,
  onBug: (error: unknown) => void,
): [status: number, message: string] {
  if (error instanceof EngineError) return [STATUS_OF_KIND[error.kind], error.message];
  if (error instanceof HttpError) return [error.status, error.message];
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (DISK_REFUSES.has(code)) return [500, `the engine cannot write its state: ${(error as Error).message}`];
  onBug(error);
  return [500, error instanceof Error ? error.message : String(error)];
}

/** A request handler over route tables. What is not an EngineError is told to `onBug` and answered with 500. */
export function createDispatch(
  services: Services,
  routes: readonly Route[],
  onBug: (error: unknown) => void,
): RequestHandler {
  const router = new Router(routes);
  return async (request, response) => {
    try {
      const { minor, path } = splitVersion(request.path);
      const found = router.find(request.method, path);
      if (found === undefined) return response.json(404, errorBody("page not found"));
      const { parameters, handle } = found;
      await handle({ ...services, request, response, query: request.query, parameters, minor });
    } catch (error) {
      if (error instanceof DisconnectedError || response.headSent) throw error;
      const [status, message] = statusAndMessage(error, onBug);
      response.json(status, errorBody(message));
    }
  };
}
