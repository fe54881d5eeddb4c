// Where images of a registry are asked for: its mirrors first, and how far it is trusted.
import { readFile } from "node:fs/promises";
import { BlockList, isIP } from "node:net";
import { join } from "node:path";
import { EngineError } from "../../errors.ts";

/** `<root>/registry.json`, with the names that Docker's daemon.json has for them. */
export interface RegistryConfig {
  /** Base addresses that are asked before Docker Hub. */
  readonly mirrors: readonly string[];
  /** `host[:port]` or CIDR ranges that may speak plain HTTP or have a certificate that nobody vouches for. */
  readonly insecure: readonly string[];
  /** Folders with `<host[:port]>/ca.crt` of registries with a certificate authority of their own. */
  readonly certificates: readonly string[];
}

/** One way to reach a registry. */
export interface Endpoint {
  /** `https://host[:port]`, without a slash at its end. */
  readonly base: string;
  readonly verify: boolean;
  readonly isMirror: boolean;
  /** PEM of the certificate authority that vouches for it, when it has one of its own. */
  readonly ca: string | undefined;
}

export const dockerHub = "docker.io";
const hubAddress = "registry-1.docker.io";

/** Reads the file anew, so that a change needs no restart. Throws EngineError (failed) when it is malformed. */
export async function readRegistryConfig(root: string): Promise<RegistryConfig> {
  const path = join(root, "registry.json");
  const certificates = [join(root, "certs.d"), "/etc/docker/certs.d"];
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw new EngineError("failed", `${path} cannot be read: ${error.message}`, { cause: error });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EngineError("failed", `${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const list = (key: string): string[] => {
    const found: unknown = (value as Record<string, unknown> | null)?.[key] ?? [];
    if (Array.isArray(found) && found.every((item) => typeof item === "string")) return found;
    throw new EngineError("failed", `${path}: ${key} is not a list of texts`);
  };
  return { mirrors: list("registry-mirrors"), insecure: list("insecure-registries"), certificates };
}

/** All ways to the registry with this domain, best first. With `write`, mirrors are left out. */
export async function endpointsOf(
  domain: string,
  config: RegistryConfig,
  options: { readonly write: boolean },
): Promise<Endpoint[]> {
  const host = domain === dockerHub ? hubAddress : domain;
  const mirrors = domain === dockerHub && !options.write ? config.mirrors : [];
  const all = mirrors.map(async (address): Promise<Endpoint> => {
    const { host: mirror } = new URL(address);
    const verify = !isInsecure(mirror, config.insecure);
    return { base: address.replace(/\/+$/, ""), verify, isMirror: true, ca: await readCa(mirror, config) };
  });
  const verify = !isInsecure(host, config.insecure);
  const own = { verify, isMirror: false, ca: await readCa(host, config) };
  const secure: Endpoint = { base: `https://${host}`, ...own };
  const plain: Endpoint = { base: `http://${host}`, ...own };
  return [...(await Promise.all(all)), secure, ...(verify ? [] : [plain])];
}

/** Loopback is always trusted: nobody else can listen in. */
export const trustedRanges: readonly string[] = ["127.0.0.0/8", "::1/128"];

function isInsecure(host: string, insecure: readonly string[]): boolean {
  if (insecure.includes(host)) return true;
  const name = new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, "");
  if (name === "localhost" || insecure.includes(name)) return true;
  const family = isIP(name);
  if (family === 0) return false;
  const ranges = new BlockList();
  for (const range of [...trustedRanges, ...insecure]) {
    const [address = "", bits = ""] = range.split("/");
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits)) continue;
    ranges.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return ranges.check(name, family === 6 ? "ipv6" : "ipv4");
}

async function readCa(host: string, { certificates }: RegistryConfig): Promise<string | undefined> {
  for (const folder of certificates) {
    const pem = await readFile(join(folder, host, "ca.crt"), "utf8").catch(() => undefined);
    if (pem !== undefined) return pem;
  }
  return undefined;
}
