// Registries that do exactly what a test tells them, and keep what they were asked.
import { createHash } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { gzipSync } from "node:zlib";
import type { MadeImage } from "./image-archives.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ScriptedRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** In their order. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** `sha256:…` of some bytes. */
export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Answers with these bytes. */
export function bytes(body: Buffer | string, headers: Record<string, string> = {}): Answer {
  return (_request, response) => response.writeHead(200, headers).end(body);
}

/** One answer after the other; the last one stays. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let next = 0;
  return (request, response) => {
    const answer = answers[Math.min(next, answers.length - 1)];
    next += 1;
    answer?.(request, response);
  };
}

/** Answers with a status and nothing else. */
export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_request, response) => response.writeHead(code, headers).end();
}

/** Starts one that answers by the end of the path; 404 for what is not among `answers`. */
export async function startScripted(answers: Readonly<Record<string, Answer>>): Promise<ScriptedRegistry> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    asked.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers });
    const found = Object.entries(answers).find(([end]) => path.endsWith(end));
    if (found === undefined) response.writeHead(404).end();
    else found[1](request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What a registry answers for one image under the tag `1`; what is in `changed` counts instead. */
export function answersFor(
  image: MadeImage,
  options: {
    readonly compress?: (layer: Buffer) => Buffer;
    readonly configType?: string;
    readonly layerType?: string;
    readonly changed?: Readonly<Record<string, Answer>>;
  } = {},
): Record<string, Answer> {
  const { compress = gzipSync, configType = "application/vnd.oci.image.config.v1+json" } = options;
  const { layerType = "application/vnd.oci.image.layer.v1.tar+gzip" } = options;
  const blobs = image.layers.map((layer) => compress(layer));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: { mediaType: configType, size: Buffer.byteLength(image.configJson), digest: image.id },
    layers: blobs.map((blob) => ({ mediaType: layerType, size: blob.length, digest: sha256(blob) })),
  });
  return {
    ...options.changed,
    "manifests/1": options.changed?.["manifests/1"] ?? bytes(manifest),
    [`manifests/${sha256(manifest)}`]: bytes(manifest),
    [image.id]: options.changed?.[image.id] ?? bytes(image.configJson),
    ...Object.fromEntries(
      blobs.map((blob) => [sha256(blob), options.changed?.[sha256(blob)] ?? ranged(blob)]),
    ),
  };
}

/** The manifest of an image whose layers are compressed as gzip does it by itself. */
export function manifestAnswer(image: MadeImage): Answer {
  const answer = answersFor(image)["manifests/1"];
  if (answer === undefined) throw new Error("every image has a manifest");
  return answer;
}

/** Bytes of which a part can be asked for. */
export function ranged(body: Buffer): Answer {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (start === 0) return void response.writeHead(200, { "Content-Length": body.length }).end(body);
    const rest = body.subarray(start);
    response
      .writeHead(206, {
        "Content-Length": rest.length,
        "Content-Range": `bytes ${start}-${body.length - 1}/${body.length}`,
      })
      .end(rest);
  };
}
