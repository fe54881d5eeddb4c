// Files in and out of a container, as tar archives.
import { createGunzip } from "node:zlib";
import { PassThrough, pipeline } from "node:stream";
import type { Readable } from "node:stream";
import type { PathStat } from "../../backend.ts";
import { EngineError } from "../../errors.ts";
import type { Handler, Route } from "../context.ts";
import type { Body } from "../http/body.ts";
import { flag, required } from "../parameters.ts";

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const OTHER_COMPRESSIONS = [
  { name: "bzip2", magic: Buffer.from("BZh") },
  { name: "xz", magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { name: "zstd", magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
];
const MAGIC_LENGTH = 6;

function statHeader(stat: PathStat): { "X-Docker-Container-Path-Stat": string } {
  const { name, size, mode, mtime, linkTarget } = stat;
  const json = JSON.stringify({ name, size, mode, mtime, linkTarget });
  return { "X-Docker-Container-Path-Stat": Buffer.from(json).toString("base64") };
}

/** The body as a plain tar archive, whatever it was packed with. */
async function plainTar(body: Body): Promise<Readable> {
  let start = Buffer.alloc(0);
  while (start.length < MAGIC_LENGTH) {
    const bytes = await body.next();
    if (bytes === undefined) break;
    start = Buffer.concat([start, bytes]);
  }
  const other = OTHER_COMPRESSIONS.find(({ magic }) => start.subarray(0, magic.length).equals(magic));
  if (other !== undefined)
    throw new EngineError("invalid", `an archive packed with ${other.name} cannot be unpacked here`);
  const rest = body.stream();
  const whole = new PassThrough();
  whole.write(start);
  // A source that fails destroys what reads from it, with its error.
  pipeline(rest, whole, () => undefined);
  if (!start.subarray(0, 2).equals(GZIP_MAGIC)) return whole;
  const gunzip = createGunzip();
  pipeline(whole, gunzip, () => undefined);
  return gunzip;
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
  await backend.containers.archivePut(ref, path, await plainTar(request.body), {
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
