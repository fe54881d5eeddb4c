// The engine itself.
import type { DiskUser } from "../../backend.ts";
import { EngineError } from "../../errors.ts";
import type { Handler, Route } from "../context.ts";
import { errorBody } from "../dispatch.ts";

const PING_HEADERS = {
  "Content-Type": "text/plain; charset=utf-8",
  "Cache-Control": "no-cache, no-store, must-revalidate",
  Pragma: "no-cache",
  "Builder-Version": "1",
  Swarm: "inactive",
};

const ping: Handler = ({ request, response }) => {
  response.send(200, request.method === "HEAD" ? "" : "OK", PING_HEADERS);
};

const version: Handler = ({ backend, response }) => response.json(200, backend.system.version());

const info: Handler = async ({ backend, response }) => response.json(200, await backend.system.info());

const DISK_USERS: readonly DiskUser[] = ["container", "image", "volume", "build-cache"];

/** Since 1.42 `type` says, as often as need be, what to look at. */
const diskUsage: Handler = async ({ backend, response, query, minor }) => {
  const asked = minor < 42 ? [] : query.getAll("type");
  const unknown = asked.find((type) => !DISK_USERS.some((user) => user === type));
  if (unknown !== undefined) throw new EngineError("invalid", `unknown object type: ${unknown}`);
  const kinds = DISK_USERS.filter((user) => asked.length === 0 || asked.includes(user));
  response.json(200, await backend.system.diskUsage(new Set(kinds)));
};

const status: Handler = ({ backend, response }) => response.json(200, backend.system.status());

const shutdown: Handler = async ({ backend, response }) => {
  await backend.system.shutdown();
  response.send(204);
};

const noPlugins: Handler = ({ response }) => response.json(200, []);

/** Nothing is built here, so nothing is kept of it; `docker system prune` asks all the same. */
const noBuildCache: Handler = ({ response }) => response.json(200, { CachesDeleted: [], SpaceReclaimed: 0 });

const noSwarm: Handler = ({ response }) => {
  response.json(
    503,
    errorBody("This node is not a swarm manager. Swarm mode is not offered by this engine."),
  );
};

const SWARM_NOUNS = ["swarm", "nodes", "services", "tasks", "secrets", "configs"];

/** Routes of the engine itself. */
export const systemRoutes: readonly Route[] = [
  { method: "HEAD", path: "/_ping", handle: ping },
  { method: "GET", path: "/_ping", handle: ping },
  { method: "GET", path: "/version", handle: version },
  { method: "GET", path: "/info", handle: info },
  { method: "GET", path: "/system/df", handle: diskUsage },
  { method: "GET", path: "/plugins", handle: noPlugins },
  { method: "POST", path: "/build/prune", handle: noBuildCache },
  { method: "GET", path: "/slipway/status", handle: status },
  { method: "POST", path: "/slipway/shutdown", handle: shutdown },
  ...SWARM_NOUNS.flatMap((noun) =>
    ["GET", "POST", "DELETE"].flatMap((method) => [
      { method, path: `/${noun}`, handle: noSwarm },
      { method, path: `/${noun}/{rest...}`, handle: noSwarm },
    ]),
  ),
];
