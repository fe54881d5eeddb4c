// The proxies of the engine's environment, as other clients of registries understand them: HTTP_PROXY for http, HTTPS_PROXY for https,
// NO_PROXY for what is reached without; lower case too.
import { BlockList, isIP } from "node:net";
import { EngineError } from "../../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy through which an address is reached; undefined: none. Throws EngineError (failed) when the environment names one that is
 * no address of an http or https proxy.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = env[name] || env[name.toLowerCase()];
  if (!text || isException(url, env["NO_PROXY"] || env["no_proxy"] || "")) return undefined;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy !== undefined && ["http:", "https:"].includes(proxy.protocol)) return proxy;
  // Without what may be a password.
  const shown = text.replace(/\/\/[^@/]*@/, "//");
  throw new EngineError("failed", `${name} is no address of an http or https proxy: ${shown}`);
}

/** The value of Proxy-Authorization; undefined when the proxy's address has no login. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === "") return undefined;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(login).toString("base64")}`;
}

/** This machine itself never is behind a proxy. */
function isException(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (host === "localhost" || isWithin(host, "127.0.0.0/8") || host === "::1") return true;
  return exceptions
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== "")
    .some((entry) => entry === "*" || fits(entry, host, port));
}

/** `host`, `.domain`, `*.domain`, an address, each with a port if need be, or a range of addresses. */
function fits(entry: string, host: string, port: string): boolean {
  if (entry.includes("/")) return isWithin(host, entry);
  const [, bracketed, named, entryPort] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  const name = bracketed ?? named ?? "";
  if (name === "" || (entryPort !== undefined && entryPort !== port)) return false;
  const family = isIP(name);
  if (family !== 0) return isWithin(host, `${name}/${family === 6 ? 128 : 32}`);
  return isIP(host) === 0 && (name === host || host.endsWith(`.${name.replace(/^\*?\./, "")}`));
}

function isWithin(host: string, range: string): boolean {
  const family = isIP(host);
  const [address = "", bits = ""] = range.split("/");
  const length = Number(bits);
  if (family === 0 || isIP(address) !== family || !/^\d+$/.test(bits) || length > (family === 6 ? 128 : 32))
    return false;
  const list = new BlockList();
  list.addSubnet(address, length, family === 6 ? "ipv6" : "ipv4");
  return list.check(host, family === 6 ? "ipv6" : "ipv4");
}
