// What a container has written: as an image, an archive, or a list.
import { sendTar } from "../send-tar.ts";
import type { ContainerConfig } from "../../api-types/container-config.ts";
import { containerConfig } from "../bodies.ts";
import type { Handler, Route } from "../context.ts";
import { optionalJson } from "../json-body.ts";
import { flag, required, text } from "../parameters.ts";

const commit: Handler = async ({ backend, request, response, query }) => {
  const [repo, tag, comment, author] = ["repo", "tag", "comment", "author"].map((name) => text(query, name));
  const config = await optionalJson<ContainerConfig>(request, containerConfig);
  const image = await backend.containers.commit(required(query, "container"), {
    pause: flag(query, "pause", true),
    changes: query.getAll("changes"),
    ...(config === undefined ? {} : { config }),
    ...(repo === undefined ? {} : { repo }),
    ...(tag === undefined ? {} : { tag }),
    ...(comment === undefined ? {} : { comment }),
    ...(author === undefined ? {} : { author }),
  });
  response.json(201, image);
};

const changes: Handler = async ({ backend, response, parameters: [ref = ""] }) => {
  const found = await backend.containers.changes(ref);
  response.json(200, found.length === 0 ? null : found);
};

const exportRoot: Handler = async (context) => {
  const {
    backend,
    parameters: [ref = ""],
  } = context;
  await sendTar(context, await backend.containers.export(ref), "application/octet-stream");
};

/** Routes of what containers have written. */
export const layerRoutes: readonly Route[] = [
  { method: "POST", path: "/commit", handle: commit },
  { method: "GET", path: "/containers/{id}/changes", handle: changes },
  { method: "GET", path: "/containers/{id}/export", handle: exportRoot },
];
