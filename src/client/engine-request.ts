// Requests on Node's own HTTP client: nearly all calls that a command makes. Connections
// are kept for the next request, since Node's global agents do.
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Endpoint } from "./endpoint.ts";
import { EngineClientError, type EngineVersion } from "./engine-client.ts";
import { translateError } from "./translate-error.ts";

/** How long an engine may take to answer when nobody asked for it by name. */
const PING_TIMEOUT_MS = 2_000;
/** What an engine that does not say its version is taken for: the oldest that clients still know. */
const OLDEST_API_VERSION = "1.24";

/** One request. */
export interface Question {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON, or as it is where it is an archive. */
  readonly body?: object | Buffer;
  readonly signal?: AbortSignal;
  /** Absent: no limit. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What came of a ping. Without an error the engine answers, and has said its version unless it can only be reached over ssh. */
export interface PingResult {
  readonly error?: EngineClientError;
  readonly version?: EngineVersion;
}

/** Asks an engine whether it is there. An ssh address counts as answering: only the client library can open it. */
export async function pingEngine(endpoint: Endpoint): Promise<PingResult> {
  if (endpoint.kind === "ssh") return {};
  try {
    const { status, headers } = await send(endpoint, {
      method: "GET",
      path: "/_ping",
      timeoutMs: PING_TIMEOUT_MS,
    });
    if (status === 200) return { version: versionOf(headers) };
    const message = `answered the ping with status ${status}`;
    return { error: new EngineClientError("unreachable", message, { resource: "engine", status }) };
  } catch (error) {
    return { error: translateError(error, "engine") };
  }
}

/** What every answer of an engine says about it in its headers. */
export function versionOf(headers: Answer["headers"]): EngineVersion {
  const { "api-version": apiVersion, server } = headers;
  return {
    apiVersion: typeof apiVersion === "string" ? apiVersion : OLDEST_API_VERSION,
    server: typeof server === "string" ? server : "",
  };
}

/** Reads a JSON page of the engine. Throws EngineClientError. */
export async function getEngineJson(endpoint: Endpoint, path: string): Promise<unknown> {
  const { body } = await translatingErrors(
    askEngine(endpoint, { method: "GET", path, timeoutMs: PING_TIMEOUT_MS }),
  );
  return JSON.parse(body);
}

/** Has the engine do something that takes as long as it takes. Throws EngineClientError. */
export async function postToEngine(endpoint: Endpoint, path: string): Promise<void> {
  await translatingErrors(askEngine(endpoint, { method: "POST", path }));
}

async function translatingErrors<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw translateError(error, "engine");
  });
}

/** Resolves with an answer of success; otherwise rejects with what `translateError` reads. */
export async function askEngine(endpoint: Endpoint, question: Question): Promise<Answer> {
  const answer = await send(endpoint, question);
  if (isSuccess(answer.status)) return answer;
  throw refusal(answer);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** What `translateError` reads. */
function refusal({ status, body }: Answer): Error {
  return Object.assign(new Error(`HTTP status ${status}`), { statusCode: status, json: parseJson(body) });
}

/** Resolves with an answer of success that comes bit by bit, as soon as it begins; rejects like `askEngine`. */
export async function streamFromEngine(endpoint: Endpoint, question: Question): Promise<Readable> {
  const response = await begin(endpoint, question);
  if (isSuccess(response.statusCode ?? 0)) return response;
  throw refusal(await readWhole(response));
}

async function send(endpoint: Endpoint, question: Question): Promise<Answer> {
  return readWhole(await begin(endpoint, question));
}

/** Resolves when the answer's head has come. */
async function begin(endpoint: Endpoint, question: Question): Promise<IncomingMessage> {
  const { timeoutMs } = question;
  const request = await open(endpoint, question);
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    // Node tells of a connection that has been quiet for some seconds too, whether or not there is a limit.
    if (timeoutMs !== undefined) {
      request.on("timeout", () => {
        const error = new Error(`no answer within ${timeoutMs / 1000} seconds`);
        request.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
      });
    }
    request.on("response", resolve);
    request.end(bodyOf(question));
  });
}

function readWhole(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    response.on("data", (piece: Buffer) => pieces.push(piece));
    response.on("error", reject);
    response.on("end", () => {
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, headers, body: Buffer.concat(pieces).toString() });
    });
  });
}

async function open(endpoint: Endpoint, question: Question): Promise<ReturnType<typeof httpRequest>> {
  if (endpoint.kind === "ssh") throw new Error("internal: an ssh address has no plain requests");
  const { method, signal, timeoutMs } = question;
  const options = {
    method,
    path: pathOf(question),
    headers: { Host: "engine", ...bodyHeaders(question) },
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  };
  // Without a name Node looks for one in the headers, which is for TLS alone and takes two milliseconds the first time.
  const plain = { ...options, servername: "" };
  if (endpoint.kind !== "tcp") return httpRequest({ ...plain, socketPath: endpoint.path });
  const { host, port } = endpoint;
  if (endpoint.tls === undefined) return httpRequest({ ...plain, host, port });
  const { verify, ...material } = endpoint.tls;
  const { request: httpsRequest } = await import("node:https");
  return httpsRequest({ ...options, host, port, ...material, rejectUnauthorized: verify });
}

function pathOf({ path, query = {} }: Question): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return path;
  return `${path}?${given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&")}`;
}

function bodyOf({ body }: Question): string | Buffer | undefined {
  return body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

function bodyHeaders({ method, body }: Question): Record<string, string> {
  if (body === undefined) return method === "POST" ? { "Content-Length": "0" } : {};
  return { "Content-Type": Buffer.isBuffer(body) ? "application/x-tar" : "application/json" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Buffer.from(text);
  }
}
