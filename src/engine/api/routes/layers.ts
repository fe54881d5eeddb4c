// What a container has written: as an image, an archive, or a list.
import type { ContainerConfig } from "../../api-types.ts";
import type { Handler, Route } from "../context.ts";
import { optionalJson } from "../json-body.ts";
import { flag, required, text } from "../parameters.ts";

const commit: Handler = async ({ backend, request, response, query }) => {
  const [repo, tag, comment, author] = ["repo", "tag", "comment", "author"].map((name) => text(query, name));
  const config = await optionalJson<ContainerConfig>(request);
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

const exportRoot: Handler = async ({ backend, request, response, parameters: [ref = ""] }) => {
  const tar = await backend.containers.export(ref);
  const stop = (): void => void tar.destroy();
  request.signal.addEventListener("abort", stop, { once: true });
  response.begin(200, { "Content-Type": "application/octet-stream" });
  try {
    for await (const bytes of tar) await response.write(bytes as Buffer);
  } finally {
    request.signal.removeEventListener("abort", stop);
    tar.destroy();
  }
  response.end();
};

/** Routes of what containers have written. */
export const layerRoutes: readonly Route[] = [
  { method: "POST", path: "/commit", handle: commit },
  { method: "GET", path: "/containers/{id}/changes", handle: changes },
  { method: "GET", path: "/containers/{id}/export", handle: exportRoot },
];
