// Images.
import { EngineError } from "../../errors.ts";
import type { Handler, RequestContext, Route } from "../context.ts";
import { sendProgress } from "../json-stream.ts";
import { filters, flag, required, text } from "../parameters.ts";

const LIST_FILTERS = ["before", "dangling", "label", "reference", "since", "until"];
const PRUNE_FILTERS = ["dangling", "label", "label!", "until"];

const list: Handler = ({ backend, response, query }) => {
  response.json(200, backend.images.list({ all: flag(query, "all"), filters: filters(query, LIST_FILTERS) }));
};

const inspect: Handler = ({ backend, response, query, parameters: [ref = ""] }) => {
  if (flag(query, "manifests") && text(query, "platform") !== undefined) {
    throw new EngineError(
      "invalid",
      "conflicting options: manifests and platform options cannot both be set",
    );
  }
  response.json(200, backend.images.inspect(ref));
};

const history: Handler = ({ backend, response, parameters: [ref = ""] }) => {
  response.json(200, backend.images.history(ref));
};

const tag: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  await backend.images.tag(ref, required(query, "repo"), text(query, "tag") ?? "");
  response.send(201);
};

const remove: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  const options = { force: flag(query, "force"), noprune: flag(query, "noprune") };
  response.json(200, await backend.images.remove(ref, options));
};

function importImage(context: RequestContext): Promise<void> {
  const { backend, request, query } = context;
  const [repo, tag, message, platform] = ["repo", "tag", "message", "platform"].map((name) =>
    text(query, name),
  );
  const lines = backend.images.import(request.body.stream(), {
    changes: query.getAll("changes"),
    ...(repo === undefined ? {} : { repo }),
    ...(tag === undefined ? {} : { tag }),
    ...(message === undefined ? {} : { message }),
    ...(platform === undefined ? {} : { platform }),
  });
  return sendProgress(context, lines);
}

function reference(image: string, tag: string | undefined): string {
  if (tag === undefined) return image;
  return tag.includes(":") ? `${image}@${tag}` : `${image}:${tag}`;
}

/** Pulls from a registry, or imports what the body holds. */
const create: Handler = (context) => {
  const { backend, request, query } = context;
  const image = text(query, "fromImage");
  if (image !== undefined) {
    const [platform, auth] = [text(query, "platform"), request.headers.get("x-registry-auth")];
    const lines = backend.images.pull(reference(image, text(query, "tag")), {
      ...(platform === undefined ? {} : { platform }),
      ...(auth === undefined || auth === "" ? {} : { auth }),
      signal: request.signal,
    });
    return sendProgress(context, lines);
  }
  const source = required(query, "fromSrc");
  if (source === "-") return importImage(context);
  throw new EngineError(
    "not-implemented",
    `importing from "${source}" is not offered; send the archive with fromSrc=-`,
  );
};

async function* withoutProgress(lines: AsyncIterable<object>): AsyncIterable<object> {
  for await (const line of lines) if (!("progressDetail" in line)) yield line;
}

const load: Handler = (context) => {
  const lines = context.backend.images.load(context.request.body.stream());
  return sendProgress(context, flag(context.query, "quiet", true) ? withoutProgress(lines) : lines);
};

const prune: Handler = async ({ backend, response, query }) => {
  response.json(200, await backend.images.prune(filters(query, PRUNE_FILTERS)));
};

/** Routes of images. */
export const imageRoutes: readonly Route[] = [
  { method: "GET", path: "/images/json", handle: list },
  { method: "POST", path: "/images/create", handle: create },
  { method: "POST", path: "/images/load", handle: load },
  { method: "POST", path: "/images/prune", handle: prune },
  { method: "GET", path: "/images/{name...}/json", handle: inspect },
  { method: "GET", path: "/images/{name...}/history", handle: history },
  { method: "POST", path: "/images/{name...}/tag", handle: tag },
  { method: "DELETE", path: "/images/{name...}", handle: remove },
];
