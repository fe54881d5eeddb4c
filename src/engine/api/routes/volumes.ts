// Volumes.
import type { VolumeCreateBody } from "../../api-types/volume.ts";
import { volumeCreateBody } from "../bodies.ts";
import type { Handler, Route } from "../context.ts";
import { optionalJson } from "../json-body.ts";
import { filters, flag } from "../parameters.ts";

const LIST_FILTERS = ["dangling", "driver", "label", "name"];
const PRUNE_FILTERS = ["all", "label", "label!"];

const list: Handler = ({ backend, response, query }) => {
  response.json(200, backend.volumes.list(filters(query, LIST_FILTERS)));
};

const inspect: Handler = ({ backend, response, parameters: [name = ""] }) => {
  response.json(200, backend.volumes.inspect(name));
};

const create: Handler = async ({ backend, request, response }) => {
  response.json(
    201,
    await backend.volumes.create((await optionalJson<VolumeCreateBody>(request, volumeCreateBody)) ?? {}),
  );
};

const remove: Handler = async ({ backend, response, query, parameters: [name = ""] }) => {
  await backend.volumes.remove(name, flag(query, "force"));
  response.send(204);
};

/** Since 1.42 only anonymous volumes are pruned unless the filter `all` says otherwise. */
const prune: Handler = async ({ backend, response, query, minor }) => {
  const asked = filters(query, PRUNE_FILTERS);
  const effective = minor < 42 && !asked.has("all") ? new Map([...asked, ["all", ["true"]]]) : asked;
  response.json(200, await backend.volumes.prune(effective));
};

/** Routes of volumes. */
export const volumeRoutes: readonly Route[] = [
  { method: "GET", path: "/volumes", handle: list },
  { method: "POST", path: "/volumes/create", handle: create },
  { method: "POST", path: "/volumes/prune", handle: prune },
  { method: "GET", path: "/volumes/{name}", handle: inspect },
  { method: "DELETE", path: "/volumes/{name}", handle: remove },
];
