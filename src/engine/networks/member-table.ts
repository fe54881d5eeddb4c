// A container's own table of names (docs/native.md, "Names table"): the machine, links, the tables of the container's networks, and
// where its published ports lead.
// Pure.
import type { EndpointSettings } from "../api-types/network.ts";
import { defaultGateways, publishedAddress } from "./endpoint-settings.ts";
import { formatNames } from "./names-table.ts";
import type { NamesLine } from "./names-table.ts";
import type { Network } from "./network.ts";

/** The machine itself, as a container reaches it: by the gateways of its default routes. */
function hostNames(endpoints: Readonly<Record<string, EndpointSettings>>): NamesLine[] {
  const { ipv4, ipv6 } = defaultGateways(endpoints);
  const addresses = [
    ipv4 === undefined ? undefined : endpoints[ipv4]?.Gateway,
    ipv6 === undefined ? undefined : endpoints[ipv6]?.IPv6Gateway,
  ];
  return addresses.flatMap((address) => (address ? [{ address, names: ["host.docker.internal"] }] : []));
}

/** Links give a container names of its own for others: `OTHER:ALIAS`. */
function aliasLines(endpoints: Readonly<Record<string, EndpointSettings>>): string[] {
  return Object.values(endpoints).flatMap(({ Links }) =>
    (Links ?? []).flatMap((link) => {
      const [target = "", alias = target] = link.replace(/^\//, "").toLowerCase().split(":");
      return isWord(target) && isWord(alias) ? [`alias ${alias} ${target}\n`] : [];
    }),
  );
}

function isWord(text: string): boolean {
  return /^[!-~]+$/.test(text);
}

/** The text of the table of a container with these endpoints on these networks. */
export function memberTable(
  endpoints: Readonly<Record<string, EndpointSettings>>,
  networks: readonly Network[],
): string {
  const tables = networks.filter(({ hasNames }) => hasNames).map(({ tableFile }) => `include ${tableFile}\n`);
  const address = publishedAddress(endpoints);
  const ports = address === undefined ? "ports\n" : `ports ${address}\n`;
  return [formatNames(hostNames(endpoints)), ...aliasLines(endpoints), ...tables, ports].join("");
}
