// Calls of the API that this engine does not offer: it says so, where an unknown path would only say "not found".
import { EngineError } from "../../errors.ts";
import type { Route } from "../context.ts";

const CALLS: readonly (readonly [method: string, path: string])[] = [
  ["POST", "/build"],
  ["POST", "/build/cancel"],
  ["GET", "/containers/{id}/attach/ws"],
  ["GET", "/images/search"],
];

/** Routes that answer 501. */
export const unimplementedRoutes: readonly Route[] = CALLS.map(([method, path]) => ({
  method,
  path,
  handle: () => {
    throw new EngineError("not-implemented", `${method} ${path} is not offered by Slipway's engine`);
  },
}));
