// What the engine tells of its ways to registries. Pure.
import type { RegistryConfig } from "./registry-config.ts";
import { dockerHub, trustedRanges } from "./registry-config.ts";

/** The part of `GET /info` that says which registries are mirrored and which need not be trusted. */
export function registryInfo({ mirrors, insecure }: Pick<RegistryConfig, "mirrors" | "insecure">): object {
  const ranges = insecure.filter((entry) => entry.includes("/"));
  const hosts = insecure.filter((entry) => !entry.includes("/"));
  const hub = { Name: dockerHub, Mirrors: mirrors, Secure: true, Official: true };
  const own = hosts.map((Name) => [Name, { Name, Mirrors: [], Secure: false, Official: false }]);
  return {
    IndexConfigs: Object.fromEntries([[dockerHub, hub], ...own]),
    InsecureRegistryCIDRs: [...trustedRanges, ...ranges],
    Mirrors: mirrors,
  };
}

/** Up to the last `@`, for a password may have another; the scheme need not be there. */
const LOGIN = /^(?<scheme>[a-z][a-z\d+.-]*:\/\/)?.*@/i;

/** The part of `GET /info` that says which proxies there are, without their logins. */
export function proxyInfo(env: Readonly<Record<string, string | undefined>>): object {
  const value = (name: string): string => env[name] || env[name.toLowerCase()] || "";
  const shown = (name: string): string => value(name).replace(LOGIN, "$<scheme>xxxxx:xxxxx@");
  return { HttpProxy: shown("HTTP_PROXY"), HttpsProxy: shown("HTTPS_PROXY"), NoProxy: value("NO_PROXY") };
}
