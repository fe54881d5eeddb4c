// Requests about one repository: on the endpoint that answers, as whoever the client is, through redirects.
import { EngineError } from "../../errors.ts";
import { authorize, parseChallenges } from "./authorization.ts";
import type { Credentials } from "./credentials.ts";
import { Connections } from "./http-request.ts";
import type { HttpAnswer } from "./http-request.ts";
import { endpointsOf } from "./registry-config.ts";
import type { Endpoint, RegistryConfig } from "./registry-config.ts";
import { registryError } from "./registry-error.ts";

const MOST_REDIRECTS = 10;

export interface SessionOptions {
  /** `docker.io`, `localhost:5000`… */
  readonly domain: string;
  /** `library/redis`; undefined when it is only about the registry itself. */
  readonly repository: string | undefined;
  readonly credentials: Credentials;
  readonly config: RegistryConfig;
  /** Whether anything is to be written there. */
  readonly write: boolean;
  readonly signal: AbortSignal;
}

/** A request below `/v2/`, or to an absolute address that the registry gave. */
export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each attempt: a stream can be sent once. */
  readonly body?: () => Parameters<Connections["send"]>[0]["body"];
  /** Answers that are no failure; 2xx when absent. */
  readonly accept?: readonly number[];
  /** Further token scopes that it needs. */
  readonly scopes?: readonly string[];
}

export class RegistrySession {
  readonly repository: string;
  readonly #options: SessionOptions;
  readonly #connections = new Connections();
  /** The one that answered. */
  #endpoint: Endpoint | undefined;
  /** Authorization by origin, as last accepted or obtained. */
  readonly #authorization = new Map<string, string>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.repository = options.repository ?? "";
  }

  /** To be called when all is done. */
  close(): void {
    this.#connections.close();
  }

  /**
   * The answer, its body unread. Throws RegistryError for what the registry refuses, EngineError (unauthorized), or what the network
   * says.
   */
  async request(request: RegistryRequest): Promise<HttpAnswer> {
    if (this.#endpoint !== undefined) return this.#onEndpoint(this.#endpoint, request);
    const { domain, config, write } = this.#options;
    let failure: unknown;
    for (const endpoint of await endpointsOf(domain, config, { write })) {
      try {
        const answer = await this.#onEndpoint(endpoint, request);
        this.#endpoint = endpoint;
        return answer;
      } catch (error) {
        if (this.#options.signal.aborted) throw error;
        // A registry that was reached and refuses has the last word; a mirror has not.
        if (!endpoint.isMirror && isAnswer(error)) throw error;
        // Of several failures to connect, the first one tells about the way that was meant.
        failure ??= error;
      }
    }
    throw failure ?? new EngineError("failed", `${domain} has no address`);
  }

  async #onEndpoint(endpoint: Endpoint, request: RegistryRequest): Promise<HttpAnswer> {
    const url = new URL(request.path, `${endpoint.base}/`).href;
    let answer = await this.#send(endpoint, url, request);
    if (answer.status === 401) {
      answer.body.resume();
      const credentials = endpoint.isMirror ? {} : this.#options.credentials;
      const header = await authorize(parseChallenges(answer.headers["www-authenticate"]), {
        credentials,
        scopes: [...this.#scopes(), ...(request.scopes ?? [])],
        send: (ask) =>
          this.#connections.send({
            ...ask,
            signal: this.#options.signal,
            verify: endpoint.verify,
            ca: endpoint.ca,
          }),
      });
      this.#authorization.set(new URL(url).origin, header);
      answer = await this.#send(endpoint, url, request);
    }
    const isFine = request.accept?.includes(answer.status) ?? (answer.status >= 200 && answer.status < 300);
    if (isFine) return answer;
    const error = await registryError(answer, `${request.method} ${url}`);
    if (error.status === 401 && error.code === "") {
      throw new EngineError("unauthorized", "unauthorized: authentication required", { cause: error });
    }
    throw error;
  }

  /** Follows redirects, which may lead to another host: what it is told of who asks is then left out. */
  async #send(endpoint: Endpoint, first: string, request: RegistryRequest): Promise<HttpAnswer> {
    const origin = new URL(first).origin;
    let url = first;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const isHome = new URL(url).origin === origin;
      const authorization = isHome ? this.#authorization.get(origin) : undefined;
      const body = request.body?.();
      const answer = await this.#connections.send({
        method: request.method,
        url,
        headers: {
          ...request.headers,
          ...(authorization === undefined ? {} : { Authorization: authorization }),
        },
        ...(body === undefined ? {} : { body }),
        signal: this.#options.signal,
        verify: endpoint.verify,
        ca: endpoint.ca,
      });
      const location = answer.headers.location;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
      answer.body.resume();
      const next = new URL(location, url);
      // A secure registry must not be made to hand its contents out in the open.
      if (url.startsWith("https:") && next.protocol !== "https:" && endpoint.verify) {
        throw new EngineError("failed", `${new URL(url).host} redirects to an address that is not secure`);
      }
      url = next.href;
    }
    throw new EngineError("failed", `${new URL(first).host} redirects without end`);
  }

  #scopes(): string[] {
    const { repository, write } = this.#options;
    return repository === undefined ? [] : [`repository:${repository}:${write ? "pull,push" : "pull"}`];
  }
}

/** Whether the registry itself answered, rather than nobody. */
function isAnswer(error: unknown): boolean {
  return error instanceof EngineError || (error as Error).name === "RegistryError";
}
