// The driver options of one endpoint, by the names that Docker has given them. Pure.
import type { EndpointSettings } from "../api-types/network.ts";
import { isInterfaceName } from "./bridge-options.ts";

const INTERFACE_NAME = "com.docker.network.endpoint.ifname";
const SYSCTLS = "com.docker.network.endpoint.sysctls";

/** How the interface in the container is to be called; undefined: as the network has it. */
export function endpointInterface(endpoint: EndpointSettings): string | undefined {
  return endpoint.DriverOpts?.[INTERFACE_NAME] || undefined;
}

/** Settings of the interface, `IFNAME` standing for its name: `net.ipv4.conf.IFNAME.log_martians=1,…` */
export function endpointSysctls(
  endpoint: EndpointSettings,
  interfaceName: string,
): [key: string, value: string][] {
  return entries(endpoint).map(([key, value]) => [key.replace("IFNAME", interfaceName), value]);
}

/** What is wrong with the options; undefined: nothing. */
export function endpointOptionFault(endpoint: EndpointSettings): string | undefined {
  const name = endpointInterface(endpoint);
  if (name !== undefined && !isInterfaceName(name)) return `invalid interface name: ${name}`;
  const wrong = entries(endpoint).find(
    ([key]) => !/^net\.(ipv4|ipv6|mpls)\.[a-z]+\.IFNAME\.[a-z0-9_]+$/.test(key),
  );
  if (wrong === undefined) return undefined;
  return `unrecognised network interface sysctl '${wrong[0]}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'`;
}

function entries(endpoint: EndpointSettings): [key: string, value: string][] {
  const text = endpoint.DriverOpts?.[SYSCTLS] ?? "";
  return text.split(",").flatMap((entry): [string, string][] => {
    const at = entry.indexOf("=");
    return entry === "" ? [] : [at === -1 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)]];
  });
}
