// Links of the predefined network, whose members have no names: the container linked to is in /etc/hosts, and what it offers in the
// environment. On other networks links are names of the resolver (networks/member-table.ts).
import type { HostConfig } from "../api-types/host-config.ts";
import type { Container } from "./container.ts";
import { EngineError } from "../errors.ts";
import type { Parts } from "./parts.ts";
import { parsePort } from "./ports.ts";

/** A running container, and what another calls it. */
export interface Link {
  readonly alias: string;
  readonly name: string;
  readonly hostname: string;
  readonly address: string;
  /** As `80/tcp`. */
  readonly ports: readonly string[];
  readonly environment: readonly string[];
}

const PREDEFINED = "bridge";

function wishes(hostConfig: HostConfig): { target: string; alias: string }[] {
  if (hostConfig.NetworkMode !== PREDEFINED) return [];
  return (hostConfig.Links ?? []).map(splitLink);
}

/** `TARGET:ALIAS`, as clients send it; as it is shown it has the form `/TARGET:/CONTAINER/ALIAS`. */
function splitLink(link: string): { target: string; alias: string } {
  const [target = "", alias = target] = link.split(":");
  return { target: target.replace(/^\//, ""), alias: alias.slice(alias.lastIndexOf("/") + 1) };
}

/** Throws EngineError (invalid) for a link to a container that there is not. */
export function checkLinks(parts: Pick<Parts, "store">, hostConfig: HostConfig): void {
  for (const { target } of wishes(hostConfig)) {
    if (parts.store.find(target) !== undefined) continue;
    throw new EngineError("invalid", `could not get container for ${target}: No such container: ${target}`);
  }
}

/** The links of a container that is about to start. Throws EngineError (conflict) for one that leads to a container that does not run. */
export function linksOf(parts: Pick<Parts, "store">, container: Container): Link[] {
  return wishes(container.saved.hostConfig).map(({ target, alias }) => {
    const linked = parts.store.get(target);
    if (linked.shim !== undefined) return makeLink(linked, alias);
    throw new EngineError(
      "conflict",
      `cannot link to a non running container: /${linked.saved.name} AS /${container.saved.name}/${alias}`,
    );
  });
}

/** The links of a container that runs, as they stand now: without those whose other end has ended since. */
export function standingLinksOf(parts: Pick<Parts, "store">, container: Container): Link[] {
  return wishes(container.saved.hostConfig).flatMap(({ target, alias }) => {
    const linked = parts.store.find(target);
    return linked?.shim === undefined ? [] : [makeLink(linked, alias)];
  });
}

/** The links that running containers have to this one, which runs. */
export function linksTo(
  parts: Pick<Parts, "store">,
  container: Container,
): { readonly from: Container; readonly link: Link }[] {
  return parts.store.all().flatMap((from) => {
    if (from.shim === undefined) return [];
    const toThis = wishes(from.saved.hostConfig).filter(
      ({ target }) =>
        target === container.saved.name || (target.length >= 12 && container.id.startsWith(target)),
    );
    return toThis.map(({ alias }) => ({ from, link: makeLink(container, alias) }));
  });
}

function makeLink({ saved, member }: Container, alias: string): Link {
  return {
    alias,
    name: saved.name,
    hostname: member.hostname,
    address: saved.endpoints[PREDEFINED]?.IPAddress ?? "",
    ports: Object.keys(saved.config.ExposedPorts ?? {}),
    environment: saved.config.Env ?? [],
  };
}

/** What follows the address in a link's line of /etc/hosts. */
export function linkNames({ alias, hostname, name }: Link): string {
  return [...new Set([alias, hostname, name])].join(" ");
}

/** Variables of one link, by the old convention: `DB_NAME`, `DB_PORT_5432_TCP_ADDR`, `DB_ENV_…`. */
export function linkEnvironment(link: Link, container: string): string[] {
  const prefix = link.alias.replaceAll("-", "_").toUpperCase();
  const ports = link.ports.map(parsePort).toSorted((a, b) => a.port - b.port);
  const urlOf = ({ port, protocol }: { port: number; protocol: string }): string =>
    `${protocol}://${link.address}:${port}`;
  return [
    ...ports.slice(0, 1).map((first) => `${prefix}_PORT=${urlOf(first)}`),
    ...ports.flatMap(({ port, protocol }) => {
      const name = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
      return [
        `${name}=${urlOf({ port, protocol })}`,
        `${name}_ADDR=${link.address}`,
        `${name}_PORT=${port}`,
        `${name}_PROTO=${protocol}`,
      ];
    }),
    `${prefix}_NAME=/${container}/${link.alias}`,
    ...link.environment
      .filter((entry) => entry.includes("=") && !/^(HOME|PATH)=/.test(entry))
      .map((entry) => `${prefix}_ENV_${entry}`),
  ];
}
