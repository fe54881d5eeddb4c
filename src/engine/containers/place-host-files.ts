// At start: writes a container's hosts, hostname and resolv.conf, and says how they are mounted.
import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { EndpointSettings } from "../api-types/network.ts";
import type { Directive } from "../collaborators.ts";
import type { Container } from "./container.ts";
import { changedHosts, hostsFile, relinkedHosts, resolvConfFile } from "./host-files.ts";
import type { Link } from "./legacy-links.ts";
import { linkNames, linksTo } from "./legacy-links.ts";
import type { Parts } from "./parts.ts";
import { logOf } from "./parts.ts";
import { FILES } from "./record.ts";
import type { PlacedMount } from "./root-mounts.ts";
import { USUAL_FILES } from "./root-mounts.ts";

const TARGETS = [
  ["/etc/hosts", FILES.hosts],
  ["/etc/hostname", FILES.hostname],
  ["/etc/resolv.conf", FILES.resolvConf],
] as const;

export interface NetworkAtStart {
  readonly directives: readonly Directive[];
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
  readonly links: readonly Link[];
}

/** A container in another's network has the other's files; a mount of its own at one of the paths replaces it. */
export function placeHostFiles(parts: Parts, container: Container, network: NetworkAtStart): PlacedMount[] {
  const { saved } = container;
  const mode = saved.hostConfig.NetworkMode ?? "";
  const shared = mode.startsWith("container:") ? parts.store.get(mode.slice("container:".length)) : undefined;
  if (shared === undefined) writeHostFiles(container, network);
  const folder = (shared ?? container).folder;
  const own = new Set(saved.mounts.map((mount) => mount.target));
  const options = saved.hostConfig.ReadonlyRootfs ? "rprivate,ro" : "rprivate";
  return TARGETS.filter(([target]) => !own.has(target)).map(([target, file]) => ({
    target,
    directives: [["mount", "bind", join(folder, file), target, options]],
  }));
}

/** Makes in a folder of the root what is mounted and made there in every container: a volume that is filled from it may be read-only. */
export function usualFilesIn(folder: string): Directive[] {
  const places = TARGETS.map(([target]): PlacedMount => ({ target, directives: [["file", target]] }));
  return [...places, ...USUAL_FILES]
    .filter(({ target }) => target.startsWith(`${folder}/`))
    .flatMap(({ directives }) => directives);
}

function writeHostFiles(container: Container, network: NetworkAtStart): void {
  const { saved } = container;
  const inHostNetwork = saved.hostConfig.NetworkMode === "host";
  const name = container.member.hostname || hostname();
  const write = (file: string, text: string): void =>
    writeFileSync(join(container.folder, file), text, { mode: 0o644 });
  write(
    FILES.hosts,
    hostsFile({
      machineHosts: inHostNetwork ? readIfThere("/etc/hosts") : undefined,
      extraHosts: saved.hostConfig.ExtraHosts ?? [],
      links: network.links.map((link) => ({ address: link.address, names: linkNames(link) })),
      addresses: addressesOf(network.endpoints),
      hostname: name,
      domainname: saved.config.Domainname ?? "",
      hostGateway: gatewayOf(network),
    }),
  );
  write(FILES.hostname, `${name}\n`);
  write(
    FILES.resolvConf,
    resolvConfFile(saved.hostConfig, network.directives, readIfThere("/etc/resolv.conf")),
  );
}

/** A container that runs has other endpoints now: its /etc/hosts follows. The file is written in place, for it is mounted. */
export function updateHosts(container: Container, before: NetworkAtStart["endpoints"]): void {
  const { saved } = container;
  const path = join(container.folder, FILES.hosts);
  const old = addressesOf(before);
  const now = addressesOf(saved.endpoints);
  const text = readIfThere(path);
  const changed = changedHosts(text, {
    gone: old.filter((address) => !now.includes(address)),
    added: now.filter((address) => !old.includes(address)),
    hostname: container.member.hostname || hostname(),
    domainname: saved.config.Domainname ?? "",
  });
  if (changed !== text) writeFileSync(path, changed);
}

/** Those that are linked to a container which has just started know its address, which may be another than before. */
export function updateLinks(parts: Parts, container: Container): void {
  for (const { from, link } of linksTo(parts, container)) {
    try {
      const path = join(from.folder, FILES.hosts);
      const text = readIfThere(path);
      const changed = relinkedHosts(text, { address: link.address, names: linkNames(link) });
      if (changed !== text) writeFileSync(path, changed);
    } catch (error) {
      logOf(parts, from, `its link to ${link.name} leads nowhere: ${String(error)}`);
    }
  }
}

function addressesOf(endpoints: NetworkAtStart["endpoints"]): string[] {
  return Object.values(endpoints).flatMap(({ IPAddress, GlobalIPv6Address }) =>
    [IPAddress, GlobalIPv6Address].flatMap((address) => (address ? [address] : [])),
  );
}

function gatewayOf(network: NetworkAtStart): string {
  const first = Object.values(network.endpoints).find((endpoint) => endpoint.Gateway);
  return first?.Gateway ?? "127.0.0.1";
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
