// Containers: everything but their streams and files.
import type { ContainerCreateBody, ContainerInspect } from "../../api-types/container.ts";
import type { ContainerUpdateBody } from "../../api-types/host-config.ts";
import { EngineError } from "../../errors.ts";
import { containerCreateBody, containerUpdateBody } from "../bodies.ts";
import type { Handler, RequestContext, Route } from "../context.ts";
import { requiredJson } from "../json-body.ts";
import { filters, flag, required, terminalSize, text, wholeNumber } from "../parameters.ts";

const LIST_FILTERS = [
  "ancestor",
  "before",
  "expose",
  "exited",
  "health",
  "id",
  "isolation",
  "is-task",
  "label",
  "name",
  "network",
  "publish",
  "since",
  "status",
  "volume",
];
const PRUNE_FILTERS = ["label", "label!", "until"];
const WAIT_CONDITIONS = ["not-running", "next-exit", "removed"] as const;

/** Longest body of a start request that is taken for "none": an empty JSON value and white space. */
const EMPTY_START_BODY = 7;

const create: Handler = async ({ backend, request, response, query, minor }) => {
  const body = await requiredJson<ContainerCreateBody>(request, containerCreateBody);
  const endpoints = Object.keys(body.NetworkingConfig?.EndpointsConfig ?? {});
  if (minor < 44 && endpoints.length > 1) {
    throw new EngineError(
      "invalid",
      `Container cannot be created with multiple network endpoints: ${endpoints.join(", ")}`,
    );
  }
  const [name, platform] = [text(query, "name"), text(query, "platform")];
  const options = {
    ...(name === undefined ? {} : { name }),
    ...(platform === undefined ? {} : { platform }),
    // What stood in the body was all there was, until a container could be made with several networks.
    ...(minor < 44 ? { leavesMode: true } : {}),
  };
  response.json(201, await backend.containers.create(body, options));
};

const list: Handler = async ({ backend, response, query }) => {
  const limit = wholeNumber(query, "limit");
  const rows = backend.containers.list({
    all: flag(query, "all"),
    filters: filters(query, LIST_FILTERS),
    ...(limit !== undefined && limit > 0 ? { limit } : {}),
  });
  if (!flag(query, "size")) return response.json(200, rows);
  const sizes = await backend.containers.sizes(rows.map(({ Id }) => Id));
  response.json(
    200,
    rows.map((row) => ({ ...row, ...sizes.get(row.Id) })),
  );
};

/** Before 1.45 the names a container answers to on a network were all among its aliases. */
function withOldAliases(container: ContainerInspect): ContainerInspect {
  const networks = Object.entries(container.NetworkSettings.Networks).map(([name, endpoint]) => {
    if (name === "bridge" || !endpoint.DNSNames) return [name, endpoint] as const;
    const aliases = endpoint.Aliases ?? [];
    const others = endpoint.DNSNames.filter(
      (other) => !aliases.includes(other) && `/${other}` !== container.Name,
    );
    return [name, { ...endpoint, Aliases: [...aliases, ...others] }] as const;
  });
  return {
    ...container,
    NetworkSettings: { ...container.NetworkSettings, Networks: Object.fromEntries(networks) },
  };
}

const inspect: Handler = async ({ backend, response, query, parameters: [ref = ""], minor }) => {
  const container = backend.containers.inspect(ref);
  const sizes = flag(query, "size") ? await backend.containers.sizes([container.Id]) : undefined;
  response.json(200, {
    ...(minor < 45 ? withOldAliases(container) : container),
    ...sizes?.get(container.Id),
  });
};

const start: Handler = async ({ backend, request, response, parameters: [ref = ""] }) => {
  const body = await request.body.whole(64 * 1024);
  if (body.length > EMPTY_START_BODY) {
    throw new EngineError(
      "invalid",
      "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24",
    );
  }
  response.send((await backend.containers.start(ref)) ? 204 : 304);
};

function stopOptions({ query, minor }: RequestContext): { timeout?: number; signal?: string } {
  const timeout = wholeNumber(query, "t");
  const signal = minor >= 42 ? text(query, "signal") : undefined;
  return { ...(timeout === undefined ? {} : { timeout }), ...(signal === undefined ? {} : { signal }) };
}

const stop: Handler = async (context) => {
  const [ref = ""] = context.parameters;
  const stopped = await context.backend.containers.stop(ref, stopOptions(context));
  context.response.send(stopped ? 204 : 304);
};

const restart: Handler = async (context) => {
  const [ref = ""] = context.parameters;
  await context.backend.containers.restart(ref, stopOptions(context));
  context.response.send(204);
};

const kill: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  await backend.containers.kill(ref, text(query, "signal") ?? "SIGKILL");
  response.send(204);
};

/** The reply's head goes out at once, so that a client knows its wait is in place before it starts the container. */
const wait: Handler = async ({ backend, request, response, query, parameters: [ref = ""] }) => {
  const asked = text(query, "condition") ?? "not-running";
  const condition = WAIT_CONDITIONS.find((known) => known === asked);
  if (condition === undefined) throw new EngineError("invalid", `invalid condition: "${asked}"`);
  const { result } = backend.containers.wait(ref, condition, request.signal);
  response.begin(200, { "Content-Type": "application/json" });
  let answer: object;
  try {
    answer = await result;
  } catch (error) {
    if (request.signal.aborted || !(error instanceof EngineError)) throw error;
    answer = { StatusCode: -1, Error: { Message: error.message } };
  }
  await response.write(`${JSON.stringify(answer)}\n`);
  response.end();
};

const remove: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  if (flag(query, "link"))
    throw new EngineError("invalid", "links between containers cannot be removed: there are none");
  await backend.containers.remove(ref, { force: flag(query, "force"), volumes: flag(query, "v") });
  response.send(204);
};

const rename: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  await backend.containers.rename(ref, required(query, "name"));
  response.send(204);
};

const resize: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  await backend.containers.resize(ref, terminalSize(query));
  response.send(200);
};

const top: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  response.json(200, await backend.containers.top(ref, text(query, "ps_args") ?? "-ef"));
};

const pause: Handler = async ({ backend, response, parameters: [ref = ""] }) => {
  await backend.containers.pause(ref);
  response.send(204);
};

const unpause: Handler = async ({ backend, response, parameters: [ref = ""] }) => {
  await backend.containers.unpause(ref);
  response.send(204);
};

const update: Handler = async ({ backend, request, response, parameters: [ref = ""] }) => {
  const body = await requiredJson<ContainerUpdateBody>(request, containerUpdateBody);
  response.json(200, await backend.containers.update(ref, body));
};

const stats: Handler = async ({ backend, request, response, query, parameters: [ref = ""] }) => {
  const options = {
    stream: query.get("stream") === null || flag(query, "stream"),
    oneShot: flag(query, "one-shot"),
  };
  if (options.stream && options.oneShot) {
    throw new EngineError("invalid", "cannot have stream=true and one-shot=true");
  }
  const looks = backend.containers.stats(ref, options, request.signal);
  response.begin(200, { "Content-Type": "application/json" });
  for await (const look of looks) await response.write(`${JSON.stringify(look)}\n`);
  response.end();
};

const prune: Handler = async ({ backend, response, query }) => {
  response.json(200, await backend.containers.prune(filters(query, PRUNE_FILTERS)));
};

/** Routes of containers. */
export const containerRoutes: readonly Route[] = [
  { method: "POST", path: "/containers/create", handle: create },
  { method: "GET", path: "/containers/json", handle: list },
  { method: "POST", path: "/containers/prune", handle: prune },
  { method: "GET", path: "/containers/{id}/json", handle: inspect },
  { method: "POST", path: "/containers/{id}/start", handle: start },
  { method: "POST", path: "/containers/{id}/stop", handle: stop },
  { method: "POST", path: "/containers/{id}/restart", handle: restart },
  { method: "POST", path: "/containers/{id}/kill", handle: kill },
  { method: "POST", path: "/containers/{id}/wait", handle: wait },
  { method: "POST", path: "/containers/{id}/rename", handle: rename },
  { method: "POST", path: "/containers/{id}/resize", handle: resize },
  { method: "POST", path: "/containers/{id}/pause", handle: pause },
  { method: "POST", path: "/containers/{id}/unpause", handle: unpause },
  { method: "POST", path: "/containers/{id}/update", handle: update },
  { method: "GET", path: "/containers/{id}/stats", handle: stats },
  { method: "GET", path: "/containers/{id}/top", handle: top },
  { method: "DELETE", path: "/containers/{id}", handle: remove },
];
