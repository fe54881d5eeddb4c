// Requests about one repository: on the endpoint that answers, as whoever the client is, through redirects.
import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../../errors.ts";
import { authorize, parseChallenges } from "./authorization.ts";
import type { Credentials } from "./credentials.ts";
import { Connections } from "./http-request.ts";
import type { HttpAnswer } from "./http-request.ts";
import { endpointsOf } from "./registry-config.ts";
import type { Endpoint, RegistryConfig } from "./registry-config.ts";
import { RegistryError, registryError } from "./registry-error.ts";
import { retryPause } from "./retry.ts";

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
  /** The caller itself tries again. */
  readonly once?: boolean;
}

interface SentRequest {
  readonly answer: HttpAnswer;
  /** Whether it comes from where the request was meant for, rather than from where it was redirected to. */
  readonly isHome: boolean;
}

export class RegistrySession {
  readonly repository: string;
  readonly #options: SessionOptions;
  readonly #connections = new Connections();
  /** The one that answered last. */
  #endpoint: Endpoint | undefined;
  /** Those that may still be asked, best first; undefined before the first request. */
  #endpoints: readonly Endpoint[] | undefined;
  /** Authorization by origin, as last accepted or obtained. */
  readonly #authorization = new Map<string, string>();
  readonly #identifying = new Map<string, Promise<string>>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.repository = options.repository ?? "";
  }

  /** To be called when all is done. */
  close(): void {
    this.#connections.close();
  }

  /**
   * The answer, its body unread. What only asks is asked again while the registry is busy or down for the moment. Throws RegistryError for what
   * the registry refuses, EngineError (unauthorized), or what the network says.
   */
  async request(request: RegistryRequest): Promise<HttpAnswer> {
    const { signal } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#onBestEndpoint(request);
      } catch (error) {
        // Nobody there is told at once; somebody who was there may come back.
        const isThere = this.#endpoint !== undefined || error instanceof RegistryError;
        const mayRepeat = isThere && request.body === undefined && request.once !== true && !signal.aborted;
        const pause = mayRepeat ? retryPause(error, attempt) : undefined;
        if (pause === undefined) throw error;
        await delay(pause, undefined, { signal });
      }
    }
  }

  async #onBestEndpoint(request: RegistryRequest): Promise<HttpAnswer> {
    const { domain, config, write } = this.#options;
    this.#endpoints ??= await endpointsOf(domain, config, { write });
    let failure: unknown;
    for (const endpoint of this.#endpoints) {
      try {
        const answer = await this.#onEndpoint(endpoint, request);
        this.#settleFor(endpoint);
        return answer;
      } catch (error) {
        if (this.#options.signal.aborted) throw error;
        // A registry that was reached has the last word; a mirror has not, whatever it has answered before.
        if (!endpoint.isMirror && (isAnswer(error) || endpoint === this.#endpoint)) throw error;
        // Of several failures to connect, the first one tells about the way that was meant.
        failure ??= error;
      }
    }
    throw unreachable(domain, failure);
  }

  /** What did not answer before it is not asked again. */
  #settleFor(endpoint: Endpoint): void {
    const at = this.#endpoints?.indexOf(endpoint) ?? -1;
    if (at < 0) return; // another request has gone on to a later one meanwhile
    this.#endpoint = endpoint;
    this.#endpoints = this.#endpoints?.slice(at);
  }

  async #onEndpoint(endpoint: Endpoint, request: RegistryRequest): Promise<HttpAnswer> {
    const { href: url, origin } = new URL(request.path, `${endpoint.base}/`);
    let used = this.#authorization.get(origin);
    let sent = await this.#send(endpoint, url, request);
    // Only the registry itself may ask who we are: not another host that it has sent us to.
    if (isQuestion(sent) && this.#authorization.get(origin) !== used) {
      sent.answer.body.resume(); // somebody else was asked meanwhile
      used = this.#authorization.get(origin);
      sent = await this.#send(endpoint, url, request);
    }
    if (isQuestion(sent)) {
      sent.answer.body.resume();
      const header = await this.#identify(endpoint, origin, {
        ...request,
        challenge: sent.answer.headers["www-authenticate"],
      });
      this.#authorization.set(origin, header);
      sent = await this.#send(endpoint, url, request);
    }
    const { answer } = sent;
    const isFine = request.accept?.includes(answer.status) ?? (answer.status >= 200 && answer.status < 300);
    if (isFine) return answer;
    const error = await registryError(answer, `${request.method} ${url}`);
    if (error.status === 401 && error.code === "") {
      throw new EngineError("unauthorized", "unauthorized: authentication required", { cause: error });
    }
    throw error;
  }

  /** The Authorization that an origin demands; those who need the same at the same time share one. */
  #identify(
    endpoint: Endpoint,
    origin: string,
    asked: Pick<RegistryRequest, "scopes"> & { readonly challenge: string | undefined },
  ): Promise<string> {
    const scopes = [...this.#scopes(), ...(asked.scopes ?? [])];
    const key = JSON.stringify([origin, asked.challenge, scopes]);
    const underWay = this.#identifying.get(key);
    if (underWay !== undefined) return underWay;
    const isTrusted = !endpoint.isMirror && origin === new URL(endpoint.base).origin;
    const identified = authorize(parseChallenges(asked.challenge), {
      credentials: isTrusted ? this.#options.credentials : {},
      scopes,
      mustBeSecure: endpoint.verify && endpoint.base.startsWith("https:"),
      send: (ask) =>
        this.#connections.send({
          ...ask,
          signal: this.#options.signal,
          verify: endpoint.verify,
          ca: endpoint.ca,
        }),
    }).finally(() => this.#identifying.delete(key));
    this.#identifying.set(key, identified);
    return identified;
  }

  /** Follows redirects, which may lead to another host: what it is told of who asks is then left out. */
  async #send(endpoint: Endpoint, first: string, request: RegistryRequest): Promise<SentRequest> {
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
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined)
        return { answer, isHome };
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

function isQuestion({ answer, isHome }: SentRequest): boolean {
  return isHome && answer.status === 401;
}

/** Whether the registry itself answered, rather than nobody. */
function isAnswer(error: unknown): boolean {
  return error instanceof EngineError || error instanceof RegistryError;
}

/** What the network says of a registry that nobody could connect to, with the registry's name before it. */
function unreachable(domain: string, failure: unknown): unknown {
  if (failure === undefined) return new EngineError("failed", `${domain} has no address`);
  if (failure instanceof EngineError || failure instanceof RegistryError) return failure;
  if (!(failure instanceof Error)) return failure;
  return new EngineError("failed", `cannot reach the registry ${domain}: ${failure.message}`, {
    cause: failure,
  });
}
