// Files in and out of a container, as tar archives.
import type { PathStat } from "../../backend.ts";
import { decompress } from "../../decompress.ts";
import type { Handler, Route } from "../context.ts";
import { flag, required } from "../parameters.ts";

function statHeader(stat: PathStat): { "X-Docker-Container-Path-Stat": string } {
  const { name, size, mode, mtime, linkTarget } = stat;
  const json = JSON.stringify({ name, size, mode, mtime, linkTarget });
  return { "X-Docker-Container-Path-Stat": Buffer.from(json).toString("base64") };
}

const stat: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  const found = await backend.containers.archiveStat(ref, required(query, "path"));
  response.send(200, "", statHeader(found));
};

const get: Handler = async ({ backend, request, response, query, parameters: [ref = ""] }) => {
  const { stat: found, tar } = await backend.containers.archiveGet(ref, required(query, "path"));
  const stop = (): void => void tar.destroy();
  request.signal.addEventListener("abort", stop, { once: true });
  response.begin(200, { "Content-Type": "application/x-tar", ...statHeader(found) });
  try {
    for await (const bytes of tar) await response.write(bytes as Buffer);
  } finally {
    request.signal.removeEventListener("abort", stop);
  }
  response.end();
};

const put: Handler = async ({ backend, request, response, query, parameters: [ref = ""] }) => {
  const path = required(query, "path");
  await backend.containers.archivePut(ref, path, await decompress(request.body.stream()), {
    noOverwriteDirNonDir: flag(query, "noOverwriteDirNonDir"),
    copyUIDGID: flag(query, "copyUIDGID"),
  });
  response.send(200);
};

/** Routes of containers' files. */
export const archiveRoutes: readonly Route[] = [
  { method: "HEAD", path: "/containers/{id}/archive", handle: stat },
  { method: "GET", path: "/containers/{id}/archive", handle: get },
  { method: "PUT", path: "/containers/{id}/archive", handle: put },
];
