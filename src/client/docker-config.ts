// What the docker CLI keeps in its folder: the current context, the contexts' endpoints, and registry logins.
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseEndpoint, type Endpoint, type TlsMaterial } from "./endpoint.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A context of the docker CLI. */
export interface DockerContext {
  readonly name: string;
  readonly address: string;
  /** Absent: the address is none that can be read. */
  readonly endpoint?: Endpoint;
}

/** The folder: DOCKER_CONFIG, else ~/.docker. */
export function dockerConfigFolder(env: Environment, home: string): string {
  const configured = env["DOCKER_CONFIG"];
  return configured === undefined || configured === "" ? join(home, ".docker") : configured;
}

/** The context that `docker context use` chose; undefined for the default one, or without a readable config.json. */
export async function readCurrentContext(folder: string): Promise<string | undefined> {
  const config = await readJson(join(folder, "config.json"));
  const current = config?.["currentContext"];
  return typeof current === "string" && current !== "" && current !== "default" ? current : undefined;
}

/** The context of that name, or undefined when there is none. */
export async function readDockerContext(folder: string, name: string): Promise<DockerContext | undefined> {
  const digest = createHash("sha256").update(name).digest("hex");
  const meta = await readJson(join(folder, "contexts", "meta", digest, "meta.json"));
  const docker = member(member(meta, "Endpoints"), "docker");
  const address = docker?.["Host"];
  if (typeof address !== "string") return undefined;
  const endpoint = parseEndpoint(address);
  if (endpoint?.kind !== "tcp") return { name, address, ...(endpoint === undefined ? {} : { endpoint }) };
  const tls = await readTls(
    join(folder, "contexts", "tls", digest, "docker"),
    docker?.["SkipTLSVerify"] !== true,
  );
  return { name, address, endpoint: tls === undefined ? endpoint : { ...endpoint, tls } };
}

/** Certificates `ca.pem`, `cert.pem`, `key.pem` of a folder; undefined when it has none of them. */
export async function readTls(folder: string, verify: boolean): Promise<TlsMaterial | undefined> {
  const names = new Set(await readdir(folder).catch(() => []));
  const read = async (name: string): Promise<string | undefined> =>
    names.has(name) ? readFile(join(folder, name), "utf8") : undefined;
  const [ca, cert, key] = [await read("ca.pem"), await read("cert.pem"), await read("key.pem")];
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  return {
    verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/**
 * The login for a reference's registry as the API's auth object: from the helper that config.json names for it, else from config.json itself.
 * Throws Error when the helper fails.
 */
export async function readRegistryLogin(folder: string, ref: string): Promise<object | undefined> {
  const config = await readJson(join(folder, "config.json"));
  const registry = registryOf(ref);
  const keys =
    registry === "docker.io" ? ["https://index.docker.io/v1/", "index.docker.io", "docker.io"] : [registry];
  const helpers = member(config, "credHelpers");
  for (const key of keys) {
    const helper = helpers?.[key] ?? config?.["credsStore"];
    if (typeof helper !== "string" || !/^[\w.-]+$/.test(helper)) continue;
    const { askCredentialHelper } = await import("./credential-helper.ts");
    const login = await askCredentialHelper(helper, key);
    if (login !== undefined) return login;
  }
  const auths = member(config, "auths");
  for (const key of keys) {
    const login = loginOf(member(auths, key) ?? member(auths, `https://${key}`), key);
    if (login !== undefined) return login;
  }
  return undefined;
}

function loginOf(entry: JsonObject | undefined, key: string): object | undefined {
  const { auth, identitytoken } = entry ?? {};
  if (typeof identitytoken === "string" && identitytoken !== "") return { identitytoken, serveraddress: key };
  if (typeof auth !== "string" || auth === "") return undefined;
  const [username, ...password] = Buffer.from(auth, "base64").toString().split(":");
  return { username, password: password.join(":"), serveraddress: key };
}

/** The first part of a reference names a registry when it has a dot or a port, or is `localhost`. */
function registryOf(ref: string): string {
  const slash = ref.indexOf("/");
  const first = slash === -1 ? "" : ref.slice(0, slash);
  return first.includes(".") || first.includes(":") || first === "localhost" ? first : "docker.io";
}

type JsonObject = Readonly<Record<string, unknown>>;

function member(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return typeof value === "object" && value !== null ? (value as JsonObject) : undefined;
}

/** Undefined where there is no such file, or it holds no object: the docker CLI then goes on with its defaults too. */
async function readJson(path: string): Promise<JsonObject | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
