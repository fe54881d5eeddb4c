// An archive at an address, which `docker import` is given in place of the archive: fetched as registries are, proxies included.
import type { Readable } from "node:stream";
import { EngineError } from "../../errors.ts";
import type { EngineErrorKind } from "../../errors.ts";
import { Connections, readBody } from "./http-request.ts";
import type { HttpAnswer } from "./http-request.ts";

const MOST_REDIRECTS = 10;
const LARGEST_REFUSAL = 64 * 1024;

/** Statuses of servers that are the client's to know; any other refusal is a failure. */
const KINDS: Readonly<Record<number, EngineErrorKind>> = {
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
};

/** An archive that has begun to come. */
export interface ArchiveDownload {
  /** The address in full. */
  readonly url: string;
  readonly bytes: Readable;
  /** Bytes; undefined when the server does not say. */
  readonly size: number | undefined;
  /** To be called when all is done, whatever has been read. */
  close(): void;
}

/**
 * Asks for the archive; an address without a scheme is one of http. Throws EngineError: invalid for what is no address, unauthorized, forbidden and
 * not-found as the server says, failed for the rest.
 */
export async function openArchiveDownload(address: string, signal: AbortSignal): Promise<ArchiveDownload> {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(url)) throw new EngineError("invalid", `"${address}" is no address`);
  const connections = new Connections();
  try {
    const { status, headers, body } = await follow(connections, url, signal);
    if (status >= 400) throw await refusal(url, { status, headers, body });
    const size = Number(headers["content-length"] ?? Number.NaN);
    return {
      url,
      bytes: body,
      size: Number.isNaN(size) ? undefined : size,
      close: () => {
        body.destroy();
        connections.close();
      },
    };
  } catch (error) {
    connections.close();
    if (error instanceof EngineError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EngineError(code === "ENOTFOUND" ? "not-found" : "failed", `Get "${url}": ${message}`, {
      cause: error,
    });
  }
}

async function follow(connections: Connections, first: string, signal: AbortSignal): Promise<HttpAnswer> {
  let url = new URL(first);
  for (let redirects = 0; redirects < MOST_REDIRECTS; redirects++) {
    if (!["http:", "https:"].includes(url.protocol)) {
      const scheme = url.protocol.slice(0, -1);
      throw new EngineError("invalid", `Get "${url.href}": unsupported protocol scheme "${scheme}"`);
    }
    const answer = await connections.send({
      method: "GET",
      url: url.href,
      headers: { ...login(url), "Accept-Encoding": "identity" },
      signal,
      verify: true,
      ca: undefined,
    });
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
    answer.body.destroy();
    if (!URL.canParse(location, url.href))
      throw new Error(`it redirects to "${location}", which is no address`);
    const next = new URL(location, url);
    // What was asked for in secret must not come in the open.
    if (url.protocol === "https:" && next.protocol !== "https:") {
      throw new Error(`${url.host} redirects to an address that is not secure`);
    }
    url = next;
  }
  throw new Error(`stopped after ${MOST_REDIRECTS} redirects`);
}

function login({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "") return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(text).toString("base64")}` };
}

async function refusal(url: string, { status, body }: HttpAnswer): Promise<EngineError> {
  const words = `${status} ${body.statusMessage ?? ""}`.trim();
  const said = await readBody(body, LARGEST_REFUSAL).catch(() => undefined);
  const why = said === undefined ? "error reading body" : said.toString("utf8").trim();
  return new EngineError(KINDS[status] ?? "failed", `failed to GET ${url} with status ${words}: ${why}`);
}
