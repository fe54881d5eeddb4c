// Which engine a command talks to. Pure: the facts come in, an ordered list of candidates comes out.
import { formatEndpoint, parseEndpoint, type Endpoint, type TlsMaterial } from "./endpoint.ts";
import type { DockerContext } from "./docker-config.ts";

/** Everything the choice depends on. */
export interface ChoiceFacts {
  /** The value of `--engine`. */
  readonly requested?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** What `docker context use` chose; absent for the default context. */
  readonly currentContext?: string;
  /** Contexts that were looked up: the current one and DOCKER_CONTEXT's. */
  readonly contexts: readonly DockerContext[];
  /** Certificates of DOCKER_CERT_PATH. */
  readonly dockerTls?: TlsMaterial;
}

/** One engine to try. */
export interface Candidate {
  readonly target: { readonly kind: "bundled" } | { readonly kind: "endpoint"; readonly endpoint: Endpoint };
  /** What it is and who asked for it: "docker context \"desktop\"", "SLIPWAY_ENGINE", "/var/run/docker.sock". */
  readonly origin: string;
  /** Said to the user when it does not answer and another one is taken instead. */
  readonly mention: boolean;
}

/** Candidates in the order in which to try them, or why there can be none. With one candidate it has to answer. */
export type EngineChoice =
  | { readonly ok: true; readonly candidates: readonly Candidate[] }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/** Decides which engines to try: `--engine`, SLIPWAY_ENGINE, DOCKER_HOST, a docker context, known sockets, the bundled one. */
export function chooseEngine(facts: ChoiceFacts): EngineChoice {
  const fromFlag = nonEmpty(facts.requested);
  const fromEnv = nonEmpty(facts.env["SLIPWAY_ENGINE"]);
  const request = fromFlag ?? fromEnv ?? "auto";
  const origin = fromFlag !== undefined ? `--engine ${request}` : `SLIPWAY_ENGINE=${request}`;
  switch (request) {
    case "auto":
      return chooseAutomatically(facts);
    case "bundled":
      return only({ target: { kind: "bundled" }, origin, mention: false });
    case "docker":
      return chooseDocker(facts);
    case "podman":
      return { ok: true, candidates: podmanSockets(facts).map((endpoint) => known(endpoint)) };
    default:
      return chooseAddress(request, origin);
  }
}

function chooseAddress(address: string, origin: string): EngineChoice {
  const endpoint = parseEndpoint(address);
  if (endpoint !== undefined) return only({ target: { kind: "endpoint", endpoint }, origin, mention: false });
  return {
    ok: false,
    message: `invalid engine "${address}"`,
    hint: "use auto, bundled, docker, podman, or an address such as unix:///run/docker.sock or tcp://host:2375",
  };
}

function chooseAutomatically(facts: ChoiceFacts): EngineChoice {
  const told = toldDocker(facts);
  if (told !== undefined) return told;
  return {
    ok: true,
    candidates: [
      ...currentContext(facts),
      ...[...dockerSockets(facts), ...podmanSockets(facts)].map((endpoint) => known(endpoint)),
      { target: { kind: "bundled" }, origin: "the bundled engine", mention: false },
    ],
  };
}

function chooseDocker(facts: ChoiceFacts): EngineChoice {
  const sockets = dockerSockets(facts).map((endpoint) => known(endpoint));
  return toldDocker(facts) ?? { ok: true, candidates: [...currentContext(facts), ...sockets] };
}

/** What the environment tells every Docker client to use; it must answer then. */
function toldDocker(facts: ChoiceFacts): EngineChoice | undefined {
  const host = nonEmpty(facts.env["DOCKER_HOST"]);
  if (host !== undefined) return chooseDockerHost(facts, host);
  const name = nonEmpty(facts.env["DOCKER_CONTEXT"]);
  if (name === undefined || name === "default") return undefined;
  const context = facts.contexts.find((known) => known.name === name);
  const origin = `DOCKER_CONTEXT=${name}`;
  if (context === undefined) return { ok: false, message: `${origin}: docker context "${name}" not found` };
  if (context.endpoint === undefined) {
    return { ok: false, message: `${origin}: cannot read the context's address "${context.address}"` };
  }
  return only({ target: { kind: "endpoint", endpoint: context.endpoint }, origin, mention: false });
}

function chooseDockerHost(facts: ChoiceFacts, host: string): EngineChoice {
  const parsed = parseEndpoint(host.includes("://") || host.startsWith("/") ? host : `tcp://${host}`);
  if (parsed === undefined) return { ok: false, message: `DOCKER_HOST=${host}: not an address of an engine` };
  const secured = parsed.kind === "tcp" && wantsTls(facts, parsed.port);
  const endpoint = secured ? { ...parsed, tls: facts.dockerTls ?? { verify: true } } : parsed;
  return only({ target: { kind: "endpoint", endpoint }, origin: `DOCKER_HOST=${host}`, mention: false });
}

function wantsTls(facts: ChoiceFacts, port: number): boolean {
  return nonEmpty(facts.env["DOCKER_TLS_VERIFY"]) !== undefined || port === 2376;
}

function currentContext(facts: ChoiceFacts): Candidate[] {
  // DOCKER_CONTEXT=default asks for the default, whatever `docker context use` chose.
  if (facts.currentContext === undefined || nonEmpty(facts.env["DOCKER_CONTEXT"]) !== undefined) return [];
  const context = facts.contexts.find((known) => known.name === facts.currentContext);
  if (context?.endpoint === undefined) return [];
  const target = { kind: "endpoint", endpoint: context.endpoint } as const;
  return [{ target, origin: `docker context "${context.name}"`, mention: true }];
}

/** Where Docker engines listen, in the order of trying. */
function dockerSockets(facts: ChoiceFacts): Endpoint[] {
  if (facts.platform === "win32") return [{ kind: "npipe", path: "//./pipe/docker_engine" }];
  const runtimeDir = nonEmpty(facts.env["XDG_RUNTIME_DIR"]);
  const paths = [
    "/var/run/docker.sock",
    ...(runtimeDir === undefined ? [] : [`${runtimeDir}/docker.sock`]),
    `${facts.home}/.docker/run/docker.sock`,
    `${facts.home}/.docker/desktop/docker.sock`,
  ];
  return paths.map((path) => ({ kind: "unix", path }));
}

/** Where Podman's service listens, in the order of trying. */
function podmanSockets(facts: ChoiceFacts): Endpoint[] {
  const configured = parseEndpoint(facts.env["CONTAINER_HOST"] ?? "");
  if (facts.platform === "win32") return [{ kind: "npipe", path: "//./pipe/podman-machine-default" }];
  const runtimeDir = nonEmpty(facts.env["XDG_RUNTIME_DIR"]);
  const paths = [
    ...(runtimeDir === undefined ? [] : [`${runtimeDir}/podman/podman.sock`]),
    "/run/podman/podman.sock",
    `${facts.home}/.local/share/containers/podman/machine/podman.sock`,
  ];
  return [
    ...(configured?.kind === "unix" ? [configured] : []),
    ...paths.map((path) => ({ kind: "unix", path }) as const),
  ];
}

function known(endpoint: Endpoint): Candidate {
  return { target: { kind: "endpoint", endpoint }, origin: formatEndpoint(endpoint), mention: false };
}

function only(candidate: Candidate): EngineChoice {
  return { ok: true, candidates: [candidate] };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}
