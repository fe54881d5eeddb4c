// Answers a registry's demand to say who asks: Basic, or a Bearer token from the server that it names.
import { EngineError } from "../../errors.ts";
import { basicAuthorization } from "./credentials.ts";
import type { Credentials } from "./credentials.ts";
import { readBody } from "./http-request.ts";
import type { HttpAnswer, HttpRequest } from "./http-request.ts";

const LARGEST_TOKEN = 1024 * 1024;

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The parts of a WWW-Authenticate header, one challenge or several. */
export function parseChallenges(header: string | undefined): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const pattern = /([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([A-Za-z][\w-]*)(?=\s|,|$)/g;
  for (const [, key, quoted, bare, scheme] of (header ?? "").matchAll(pattern)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (key !== undefined) {
      challenges.at(-1)?.parameters.set(key.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "");
    }
  }
  return challenges;
}

/** What a token is asked with. */
export interface TokenRequest {
  readonly credentials: Credentials;
  /** `repository:NAME:pull`, for a challenge that names none; and more than the challenge asks for. */
  readonly scopes: readonly string[];
  /** Whether a login may only be told over a secure connection. */
  readonly mustBeSecure: boolean;
  readonly send: (request: Pick<HttpRequest, "method" | "url" | "headers" | "body">) => Promise<HttpAnswer>;
}

/** The Authorization header that satisfies one of the challenges. Throws EngineError (unauthorized) when there is none. */
export async function authorize(challenges: readonly Challenge[], request: TokenRequest): Promise<string> {
  const { credentials } = request;
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) {
    if (credentials.registrytoken) return `Bearer ${credentials.registrytoken}`;
    return `Bearer ${await fetchToken(bearer, request)}`;
  }
  const basic = basicAuthorization(credentials);
  if (!challenges.some(({ scheme }) => scheme === "basic") || basic === undefined) {
    throw new EngineError("unauthorized", "no basic auth credentials");
  }
  return basic;
}

async function fetchToken(challenge: Challenge, request: TokenRequest): Promise<string> {
  const realm = challenge.parameters.get("realm") ?? "";
  if (!/^https?:\/\//.test(realm)) {
    throw new EngineError("failed", `the registry names no server for tokens: ${JSON.stringify(realm)}`);
  }
  const { credentials, mustBeSecure } = request;
  const hasLogin = Boolean(credentials.username ?? credentials.identitytoken);
  if (mustBeSecure && hasLogin && realm.startsWith("http:")) {
    throw new EngineError(
      "failed",
      `the registry's server for tokens, ${new URL(realm).host}, is not secure: it is told no login`,
    );
  }
  const asked = [...new Set([challenge.parameters.get("scope"), ...request.scopes])].filter(
    (scope) => scope !== undefined && scope !== "",
  ) as string[];
  const service = challenge.parameters.get("service");
  const answer = credentials.identitytoken
    ? await refreshToken(realm, { service, scopes: asked }, request)
    : await plainToken(realm, { service, scopes: asked }, request);
  const body = await readBody(answer.body, LARGEST_TOKEN);
  if (answer.status === 401 || answer.status === 403) {
    throw new EngineError("unauthorized", "unauthorized: incorrect username or password");
  }
  if (answer.status !== 200) {
    throw new EngineError("failed", `the token server ${new URL(realm).host} answered ${answer.status}`);
  }
  const value = parseObject(body);
  const token = value["token"] ?? value["access_token"];
  if (typeof token === "string" && token !== "") return token;
  throw new EngineError("failed", `the token server ${new URL(realm).host} gave no token`);
}

interface Wanted {
  readonly service: string | undefined;
  readonly scopes: readonly string[];
}

function plainToken(realm: string, wanted: Wanted, { credentials, send }: TokenRequest): Promise<HttpAnswer> {
  const url = new URL(realm);
  if (wanted.service !== undefined) url.searchParams.set("service", wanted.service);
  for (const scope of wanted.scopes) url.searchParams.append("scope", scope);
  const basic = basicAuthorization(credentials);
  if (basic !== undefined) url.searchParams.set("account", credentials.username ?? "");
  const headers = basic === undefined ? {} : { Authorization: basic };
  return send({ method: "GET", url: url.href, headers });
}

function refreshToken(
  realm: string,
  wanted: Wanted,
  { credentials, send }: TokenRequest,
): Promise<HttpAnswer> {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: credentials.identitytoken ?? "",
    client_id: "slipway",
    scope: wanted.scopes.join(" "),
  });
  if (wanted.service !== undefined) form.set("service", wanted.service);
  const body = Buffer.from(form.toString());
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": String(body.length),
  };
  return send({ method: "POST", url: realm, headers, body });
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // then it has no token either
  }
}
