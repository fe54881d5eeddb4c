// Plain requests to an engine without the client library: the first ping, and the bundled engine's own pages.
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Endpoint } from "./endpoint.ts";
import { EngineClientError } from "./engine-client.ts";
import { translateError } from "./translate-error.ts";

/** How long an engine may take to answer when nobody asked for it by name. */
const PING_TIMEOUT_MS = 2_000;

interface Question {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Absent: no limit. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks an engine whether it is there; resolves with why not, or undefined when it answered. An ssh address counts as
 * answering: only the client library can open it.
 */
export async function pingEngine(endpoint: Endpoint): Promise<EngineClientError | undefined> {
  if (endpoint.kind === "ssh") return undefined;
  try {
    const answer = await ask(endpoint, { method: "GET", path: "/_ping", timeoutMs: PING_TIMEOUT_MS });
    if (answer.status === 200) return undefined;
    return new EngineClientError("unreachable", `answered the ping with status ${answer.status}`, {
      resource: "engine",
      status: answer.status,
    });
  } catch (error) {
    return translateError(error, "engine");
  }
}

/** Reads a JSON page of the engine. Throws EngineClientError. */
export async function getEngineJson(endpoint: Endpoint, path: string): Promise<unknown> {
  const body = await succeed(endpoint, { method: "GET", path, timeoutMs: PING_TIMEOUT_MS });
  return JSON.parse(body);
}

/** Has the engine do something that takes as long as it takes. Throws EngineClientError. */
export async function postToEngine(endpoint: Endpoint, path: string): Promise<void> {
  await succeed(endpoint, { method: "POST", path });
}

async function succeed(endpoint: Endpoint, question: Question): Promise<string> {
  const answer = await ask(endpoint, question).catch((error: unknown) => {
    throw translateError(error, "engine");
  });
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw translateError({ statusCode: answer.status, json: parseJson(answer.body) }, "engine");
}

function ask(endpoint: Endpoint, { method, path, timeoutMs }: Question): Promise<Answer> {
  const limit = timeoutMs === undefined ? {} : { timeout: timeoutMs };
  const options = { method, path, agent: false, headers: { Host: "engine" }, ...limit };
  return new Promise((resolve, reject) => {
    const request = open(endpoint, options);
    request.on("error", reject);
    request.on("timeout", () => {
      const error = new Error(`no answer within ${(timeoutMs ?? 0) / 1000} seconds`);
      request.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
    });
    request.on("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString() }),
      );
    });
    request.end();
  });
}

function open(endpoint: Endpoint, options: object): ReturnType<typeof httpRequest> {
  if (endpoint.kind === "ssh") throw new Error("internal: an ssh address has no plain requests");
  if (endpoint.kind !== "tcp") return httpRequest({ ...options, socketPath: endpoint.path });
  const address = { ...options, host: endpoint.host, port: endpoint.port };
  if (endpoint.tls === undefined) return httpRequest(address);
  const { verify, ...material } = endpoint.tls;
  return httpsRequest({ ...address, ...material, rejectUnauthorized: verify });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Buffer.from(text);
  }
}
