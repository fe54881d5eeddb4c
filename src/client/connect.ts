// Finds the engine that a command is to talk to, starts the bundled one when that is it, and connects.
import { ensureBundledEngine } from "./bundled-engine.ts";
import { bundledEndpoint, bundledLocation, otherEngines } from "./bundled-location.ts";
import { chooseEngine, type Candidate, type ChoiceFacts } from "./choose-engine.ts";
import {
  dockerConfigFolder,
  readCurrentContext,
  readDockerContext,
  readRegistryLogin,
  readTls,
} from "./docker-config.ts";
import { formatEndpoint, type Endpoint } from "./endpoint.ts";
import { DockerEngineClient } from "./docker-engine-client.ts";
import { EngineClientError, type EngineClient, type EngineVersion } from "./engine-client.ts";
import { EngineConnection } from "./engine-connection.ts";
import { ImageClient } from "./image-client.ts";
import { pingEngine } from "./engine-request.ts";
import { translateError } from "./translate-error.ts";

/** Where and as whom the command runs, and what it was asked for. */
export interface EngineRequest {
  /** The value of `--engine`. */
  readonly requested?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The user's number; 0 where the platform has none. */
  readonly uid: number;
  /** The bundled engine's program, absolute. */
  readonly engineScript: string;
  /** Told about an engine that was expected but does not answer while another is taken. */
  readonly onNote: (message: string) => void;
}

/** An engine that answers. */
export interface FoundEngine {
  readonly endpoint: Endpoint;
  /** Who chose it: "DOCKER_HOST=…", "docker context …", "the bundled engine". */
  readonly origin: string;
  readonly bundled: boolean;
  /** What it said about itself; absent where it has not been asked yet. */
  readonly version?: EngineVersion;
}

/** Finds an engine that answers; the bundled one is started when it is its turn. Throws EngineClientError. */
export async function findEngine(request: EngineRequest): Promise<FoundEngine> {
  const choice = chooseEngine(await gatherFacts(request));
  if (!choice.ok) {
    const hint = choice.hint === undefined ? {} : { hint: choice.hint };
    throw new EngineClientError("invalid", choice.message, { resource: "engine", ...hint });
  }
  const failures: EngineClientError[] = [];
  for (const candidate of choice.candidates) {
    if (candidate.target.kind === "bundled") return startBundled(request, candidate);
    const { endpoint } = candidate.target;
    const { error, ...said } = await pingEngine(endpoint);
    if (error === undefined) return { endpoint, origin: candidate.origin, bundled: false, ...said };
    failures.push(error);
    if (candidate.mention) request.onNote(`${candidate.origin} does not answer (${error.message})`);
  }
  throw noneAnswers(request, choice.candidates, failures);
}

/** Finds an engine and connects to it. Throws EngineClientError. */
export async function connectEngine(
  request: EngineRequest,
): Promise<FoundEngine & { client: EngineClient; images: ImageClient }> {
  const found = await findEngine(request);
  const folder = dockerConfigFolder(request.env, request.home);
  const connection = new EngineConnection(found.endpoint, request.env, found.version);
  const credentials = (ref: string): Promise<object | undefined> => registryLogin(folder, ref);
  const client = new DockerEngineClient(connection, credentials);
  return { ...found, client, images: new ImageClient(connection, client, credentials) };
}

async function registryLogin(folder: string, ref: string): Promise<object | undefined> {
  try {
    return await readRegistryLogin(folder, ref);
  } catch (error) {
    throw translateError(error, `login for ${ref}`);
  }
}

async function startBundled(request: EngineRequest, candidate: Candidate): Promise<FoundEngine> {
  const location = bundledLocation(request);
  const version = await ensureBundledEngine({ ...request, location, script: request.engineScript });
  return { endpoint: bundledEndpoint(location), origin: candidate.origin, bundled: true, version };
}

async function gatherFacts(request: EngineRequest): Promise<ChoiceFacts> {
  const { requested, env, platform, home } = request;
  const facts = { ...(requested === undefined ? {} : { requested }), env, platform, home };
  const wanted = requested ?? env["SLIPWAY_ENGINE"] ?? "auto";
  if (wanted !== "auto" && wanted !== "docker") return { ...facts, contexts: [] };
  const folder = dockerConfigFolder(env, home);
  const currentContext = await readCurrentContext(folder);
  const names = new Set([currentContext, env["DOCKER_CONTEXT"]].filter((name) => name !== undefined));
  const contexts = await Promise.all([...names].map((name) => readDockerContext(folder, name)));
  const certificates = env["DOCKER_CERT_PATH"] || folder;
  const dockerTls = env["DOCKER_HOST"]
    ? await readTls(certificates, Boolean(env["DOCKER_TLS_VERIFY"]))
    : undefined;
  return {
    ...facts,
    ...(currentContext === undefined ? {} : { currentContext }),
    contexts: contexts.filter((context) => context !== undefined),
    ...(dockerTls === undefined ? {} : { dockerTls }),
  };
}

function noneAnswers(
  request: EngineRequest,
  candidates: readonly Candidate[],
  failures: readonly EngineClientError[],
): EngineClientError {
  const lines = candidates.map(
    (candidate, index) => `${describe(candidate)}: ${failures[index]?.message ?? "not tried"}`,
  );
  const message =
    lines.length === 1 ? `no engine answers at ${lines[0]}` : `no engine answers:\n  ${lines.join("\n  ")}`;
  const works = request.platform === "linux" ? " or use the bundled engine with --engine bundled" : "";
  return new EngineClientError("unreachable", message, {
    resource: "engine",
    hint: `${otherEngines(request.platform)}${works === "" ? "" : `,${works}`}`,
    cause: failures[0],
  });
}

function describe({ origin, target }: Candidate): string {
  if (target.kind === "bundled") return origin;
  const address = formatEndpoint(target.endpoint);
  return origin.includes(address) ? origin : `${origin} (${address})`;
}
