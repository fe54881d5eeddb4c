// Agents whose connections lead through a proxy: one that asks it for each plain request, one that makes it carry a secure connection.
import { request as httpRequest } from "node:http";
import type { ClientRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { proxyAuthorization } from "./proxy.ts";

type Connected = (error: Error | null, socket?: Duplex) => void;

/** For https through a proxy: what is said to the registry passes it unread. */
export class TunnelAgent extends HttpsAgent {
  readonly #proxy: URL;
  readonly #timeout: number;
  readonly #asking = new Set<ClientRequest>();

  /** `timeout` in milliseconds, for the proxy's answer. */
  constructor(proxy: URL, timeout: number) {
    super({ keepAlive: true });
    this.#proxy = proxy;
    this.#timeout = timeout;
  }

  override createConnection(options: ConnectionOptions, connected: Connected): undefined {
    const target = `${isBare6(options.host) ? `[${options.host}]` : String(options.host)}:${options.port ?? 443}`;
    const login = proxyAuthorization(this.#proxy);
    const ask = this.#proxy.protocol === "https:" ? httpsRequest : httpRequest;
    const asking = ask({
      ...proxyAddress(this.#proxy),
      method: "CONNECT",
      path: target,
      headers: { Host: target, ...(login === undefined ? {} : { "Proxy-Authorization": login }) },
      agent: false,
      timeout: this.#timeout,
    });
    this.#asking.add(asking);
    const fail = (reason: string, cause?: Error): void => {
      this.#asking.delete(asking);
      connected(
        new Error(`the proxy ${this.#proxy.host} does not connect to ${target}: ${reason}`, { cause }),
      );
    };
    asking.once("connect", (answer, socket) => {
      this.#asking.delete(asking);
      socket.setTimeout(0);
      if (answer.statusCode === 200) return connected(null, tlsConnect({ ...options, socket }));
      socket.destroy();
      fail(`it answered ${String(answer.statusCode)} ${answer.statusMessage ?? ""}`.trim());
    });
    asking.once("timeout", () => asking.destroy(new Error("it does not answer")));
    asking.once("error", (error) => fail(error.message, error));
    asking.end();
    return undefined;
  }

  override destroy(): void {
    for (const asking of this.#asking) asking.destroy();
    super.destroy();
  }
}

/** Where a request to the proxy itself goes. */
export function proxyAddress(proxy: URL): { readonly hostname: string; readonly port: string } {
  const port = proxy.port || (proxy.protocol === "https:" ? "443" : "80");
  return { hostname: proxy.hostname.replace(/^\[|\]$/g, ""), port };
}

function isBare6(host: string | undefined): boolean {
  return host !== undefined && host.includes(":") && !host.startsWith("[");
}
