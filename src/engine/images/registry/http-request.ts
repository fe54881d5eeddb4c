// One request over node:http or node:https, to the head of its answer.
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { rootCertificates } from "node:tls";
import { packageVersion } from "../../native/package-root.ts";
import { proxyAuthorization, proxyFor } from "./proxy.ts";
import { proxyAddress, TunnelAgent } from "./tunnel.ts";

/** A registry that says nothing for so long is taken to be gone. */
const SILENCE_MS = 60_000;

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream needs its Content-Length among the headers. */
  readonly body?: Buffer | Readable;
  readonly signal: AbortSignal;
  /** Of https: whether the certificate must be good. */
  readonly verify: boolean;
  readonly ca: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read or destroyed. */
  readonly body: IncomingMessage;
}

/** Connections of one piece of work, which are kept open between its requests and closed with it. */
export class Connections {
  readonly #plain = new HttpAgent({ keepAlive: true });
  readonly #secure = new HttpsAgent({ keepAlive: true });
  readonly #tunnels = new Map<string, TunnelAgent>();
  readonly #env: Readonly<Record<string, string | undefined>>;

  /** `env` may name proxies. */
  constructor(env: Readonly<Record<string, string | undefined>> = process.env) {
    this.#env = env;
  }

  /** Resolves with the answer's head. Rejects with what the network said, or the abort. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { url, body } = request;
    const outgoing = this.#open(request);
    outgoing.on("timeout", () => {
      outgoing.destroy(new Error(`${new URL(url).host} has not answered for ${SILENCE_MS / 1000} seconds`));
    });
    const answered = new Promise<HttpAnswer>((resolve, reject) => {
      outgoing.once("response", (answer) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
      });
      outgoing.once("error", reject);
    });
    // What comes after the head is told by the body.
    outgoing.on("error", () => undefined);
    if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
    else {
      // A registry may refuse before it has read everything; its answer tells more than the broken connection.
      pipeline(body, outgoing).catch((error: Error) => outgoing.destroy(error));
    }
    return answered;
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
    for (const tunnel of this.#tunnels.values()) tunnel.destroy();
  }

  #open({ method, url, headers: given, signal, verify, ca }: HttpRequest): ClientRequest {
    const agentName = `slipway/${packageVersion} (linux; ${process.arch})`;
    const headers = { "User-Agent": agentName, ...given };
    const options = { method, headers, signal, timeout: SILENCE_MS };
    const proxy = proxyFor(new URL(url), this.#env);
    if (url.startsWith("https:")) {
      return httpsRequest(url, {
        ...options,
        agent: proxy === undefined ? this.#secure : this.#tunnel(proxy),
        rejectUnauthorized: verify,
        ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
      });
    }
    if (proxy === undefined) return httpRequest(url, { ...options, agent: this.#plain });
    const login = proxyAuthorization(proxy);
    const asked = {
      ...options,
      ...proxyAddress(proxy),
      path: url,
      headers: {
        ...headers,
        Host: new URL(url).host,
        ...(login === undefined ? {} : { "Proxy-Authorization": login }),
      },
    };
    return proxy.protocol === "https:"
      ? httpsRequest({ ...asked, agent: this.#secure })
      : httpRequest({ ...asked, agent: this.#plain });
  }

  #tunnel(proxy: URL): TunnelAgent {
    const tunnel = this.#tunnels.get(proxy.href) ?? new TunnelAgent(proxy, SILENCE_MS);
    this.#tunnels.set(proxy.href, tunnel);
    return tunnel;
  }
}

/** The body's bytes; throws when there are more than `limit`. */
export async function readBody(body: IncomingMessage, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > limit) throw new Error(`the registry's answer is larger than ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
