// Images.
import { sendTar } from "../send-tar.ts";
import type { ImageSummary } from "../../api-types/image.ts";
import { EngineError } from "../../errors.ts";
import { loginBody } from "../bodies.ts";
import type { Handler, RequestContext, Route } from "../context.ts";
import { untypedJson } from "../json-body.ts";
import { sendProgress } from "../json-stream.ts";
import { filters, flag, required, text } from "../parameters.ts";

const LIST_FILTERS = ["before", "dangling", "label", "reference", "since", "until"];
const PRUNE_FILTERS = ["dangling", "label", "label!", "until"];

/** Of images without any, until 1.43. */
const NO_NAMES = { RepoTags: ["<none>:<none>"], RepoDigests: ["<none>@<none>"] };

/** What an image's configuration had besides until 1.50, be it empty. */
const EMPTY_CONFIG = {
  Hostname: "",
  Domainname: "",
  User: "",
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: "",
  Volumes: null,
  WorkingDir: "",
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

const list: Handler = ({ backend, response, query, minor }) => {
  const images = backend.images.list({
    all: flag(query, "all"),
    filters: filters(query, LIST_FILTERS),
    sharedSize: flag(query, "shared-size"),
    ...(minor >= 47 && flag(query, "manifests") ? { manifests: true } : {}),
  });
  response.json(
    200,
    images.map((image) => ({
      ...image,
      ...(minor < 44 ? { VirtualSize: image.Size } : {}),
      ...(minor < 43 && isNameless(image) ? NO_NAMES : {}),
    })),
  );
};

function isNameless({ RepoTags, RepoDigests }: ImageSummary): boolean {
  return RepoTags.length === 0 && RepoDigests.length === 0;
}

/** What the request says of the platform, for the calls that take one. */
function platformOption(query: URLSearchParams): { platform?: string } {
  const platform = text(query, "platform");
  return platform === undefined ? {} : { platform };
}

const inspect: Handler = ({ backend, response, query, minor, parameters: [ref = ""] }) => {
  if (flag(query, "manifests") && text(query, "platform") !== undefined) {
    throw new EngineError(
      "invalid",
      "conflicting options: manifests and platform options cannot both be set",
    );
  }
  const image = backend.images.inspect(ref, {
    ...platformOption(query),
    ...(minor >= 48 && flag(query, "manifests") ? { manifests: true } : {}),
  });
  response.json(200, {
    ...image,
    ...(minor < 44 ? { VirtualSize: image.Size } : {}),
    ...(minor < 45 ? { Container: "" } : {}),
    ...(minor < 50 ? { Config: { ...EMPTY_CONFIG, ...image.Config } } : {}),
    // Gone since 1.45. docker-compose 1 looks for the image's volumes there, and without a `version` in its file it speaks the newest.
    ContainerConfig: image.Config,
  });
};

const history: Handler = ({ backend, response, query, parameters: [ref = ""] }) => {
  response.json(200, backend.images.history(ref, platformOption(query)));
};

const tag: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  await backend.images.tag(ref, required(query, "repo"), text(query, "tag") ?? "");
  response.send(201);
};

const remove: Handler = async ({ backend, response, query, parameters: [ref = ""] }) => {
  const options = { force: flag(query, "force"), noprune: flag(query, "noprune") };
  response.json(200, await backend.images.remove(ref, options));
};

function importImage(context: RequestContext, source: string): Promise<void> {
  const { backend, request, query } = context;
  const archive = source === "-" ? request.body.stream() : source;
  const [repo, tag, message, platform] = ["repo", "tag", "message", "platform"].map((name) =>
    text(query, name),
  );
  const options = {
    changes: query.getAll("changes"),
    ...(repo === undefined ? {} : { repo }),
    ...(tag === undefined ? {} : { tag }),
    ...(message === undefined ? {} : { message }),
    ...(platform === undefined ? {} : { platform }),
  };
  return sendProgress(context, backend.images.import(archive, options, request.signal));
}

/** The parameter may be a digest, and stands in the place of what the name has of its own. */
function reference(image: string, tag: string | undefined): string {
  if (tag === undefined) return image;
  const name = image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
  return tag.includes(":") ? `${name}@${tag}` : `${name}:${tag}`;
}

/** Pulls from a registry, or imports what the body holds or an address has. */
const create: Handler = (context) => {
  const { backend, request, query } = context;
  const image = text(query, "fromImage");
  if (image !== undefined) {
    const [platform, auth] = [text(query, "platform"), request.headers.get("x-registry-auth")];
    const options = {
      ...(platform === undefined ? {} : { platform }),
      ...(auth === undefined || auth === "" ? {} : { auth }),
    };
    const lines = backend.images.pull(reference(image, text(query, "tag")), options, request.signal);
    return sendProgress(context, lines);
  }
  return importImage(context, required(query, "fromSrc"));
};

async function* withoutProgress(lines: AsyncIterable<object>): AsyncIterable<object> {
  for await (const line of lines) if (!("progressDetail" in line)) yield line;
}

const load: Handler = (context) => {
  const lines = context.backend.images.load(context.request.body.stream(), platformOption(context.query));
  return sendProgress(context, flag(context.query, "quiet", true) ? withoutProgress(lines) : lines);
};

const push: Handler = (context) => {
  const { backend, request, query, parameters } = context;
  const [tag, auth] = [text(query, "tag"), request.headers.get("x-registry-auth")];
  const options = {
    ...(tag === undefined ? {} : { tag }),
    ...(auth === undefined || auth === "" ? {} : { auth }),
    ...platformOption(query),
  };
  const lines = backend.images.push(parameters[0] ?? "", options, request.signal);
  return sendProgress(context, lines);
};

function sendArchive(context: RequestContext, refs: readonly string[]): Promise<void> {
  const tar = context.backend.images.save(refs, platformOption(context.query));
  return sendTar(context, tar, "application/x-tar");
}

const saveOne: Handler = (context) => sendArchive(context, [context.parameters[0] ?? ""]);

const saveMany: Handler = (context) => {
  const names = context.query.getAll("names").flatMap((name) => name.split(","));
  if (names.length === 0) throw new EngineError("invalid", "bad parameter: names cannot be empty");
  return sendArchive(context, names);
};

const distribution: Handler = async ({ backend, request, response, parameters: [ref = ""] }) => {
  const auth = request.headers.get("x-registry-auth");
  const options = auth === undefined || auth === "" ? {} : { auth };
  response.json(200, await backend.images.describeRemote(ref, options, request.signal));
};

interface Login {
  username: string;
  password: string;
  serveraddress: string;
  identitytoken: string;
}

const login: Handler = async ({ backend, request, response }) => {
  await backend.images.checkLogin(await untypedJson<Login>(request, loginBody), request.signal);
  response.json(200, { Status: "Login Succeeded", IdentityToken: "" });
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
  { method: "GET", path: "/images/get", handle: saveMany },
  { method: "GET", path: "/images/{name...}/get", handle: saveOne },
  { method: "POST", path: "/images/{name...}/push", handle: push },
  { method: "GET", path: "/distribution/{name...}/json", handle: distribution },
  { method: "POST", path: "/auth", handle: login },
  { method: "GET", path: "/images/{name...}/json", handle: inspect },
  { method: "GET", path: "/images/{name...}/history", handle: history },
  { method: "POST", path: "/images/{name...}/tag", handle: tag },
  { method: "DELETE", path: "/images/{name...}", handle: remove },
];
