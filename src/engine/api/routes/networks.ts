// Networks.
import type { NetworkConnectBody, NetworkCreateBody } from "../../api-types/network.ts";
import { EngineError } from "../../errors.ts";
import { networkConnectBody, networkCreateBody, networkDisconnectBody } from "../bodies.ts";
import type { Handler, Route } from "../context.ts";
import { requiredJson } from "../json-body.ts";
import { filters, text } from "../parameters.ts";

const LIST_FILTERS = ["dangling", "driver", "id", "label", "name", "scope", "type"];
const PRUNE_FILTERS = ["label", "label!", "until"];

interface NetworkDisconnectBody {
  readonly Container: string;
  readonly Force: boolean;
}

const list: Handler = ({ backend, response, query }) => {
  response.json(200, backend.networks.list(filters(query, LIST_FILTERS)));
};

const inspect: Handler = ({ backend, response, query, parameters: [ref = ""] }) => {
  // Every network is of this machine only.
  if ((text(query, "scope") ?? "local") !== "local")
    throw new EngineError("not-found", `network ${ref} not found`);
  response.json(200, backend.networks.inspect(ref));
};

const create: Handler = async ({ backend, request, response }) => {
  const { Name, ...others } = await requiredJson<NetworkCreateBody>(request, networkCreateBody);
  if (typeof Name !== "string" || Name.trim() === "") {
    throw new EngineError("invalid", "network name must not be empty");
  }
  response.json(201, await backend.networks.create({ ...others, Name }));
};

const remove: Handler = async ({ backend, response, parameters: [ref = ""] }) => {
  await backend.networks.remove(ref);
  response.send(204);
};

function namedContainer(container: unknown): string {
  if (typeof container === "string" && container !== "") return container;
  throw new EngineError("invalid", "invalid JSON: Container must name a container");
}

const connect: Handler = async ({ backend, request, response, parameters: [ref = ""] }) => {
  const body = await requiredJson<NetworkConnectBody>(request, networkConnectBody);
  await backend.networks.connect(ref, { ...body, Container: namedContainer(body.Container) });
  response.send(200);
};

const disconnect: Handler = async ({ backend, request, response, parameters: [ref = ""] }) => {
  const body = await requiredJson<NetworkDisconnectBody>(request, networkDisconnectBody);
  await backend.networks.disconnect(ref, namedContainer(body.Container), body.Force === true);
  response.send(200);
};

const prune: Handler = async ({ backend, response, query }) => {
  response.json(200, await backend.networks.prune(filters(query, PRUNE_FILTERS)));
};

/** Routes of networks. */
export const networkRoutes: readonly Route[] = [
  { method: "GET", path: "/networks", handle: list },
  { method: "POST", path: "/networks/create", handle: create },
  { method: "POST", path: "/networks/prune", handle: prune },
  { method: "GET", path: "/networks/{id}", handle: inspect },
  { method: "DELETE", path: "/networks/{id}", handle: remove },
  { method: "POST", path: "/networks/{id}/connect", handle: connect },
  { method: "POST", path: "/networks/{id}/disconnect", handle: disconnect },
];
