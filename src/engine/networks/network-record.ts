// A network as it is kept on disk, and as the API shows it.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { IpamConfig, NetworkCreateBody, NetworkInspect } from "../api-types/network.ts";
import { readStateFile, writeStateFile } from "../state-file.ts";
import { bridgeNameOption, familyOption } from "./bridge-options.ts";
import { planSubnets, bridgeSubnet } from "./subnets.ts";
import { parseSubnet } from "./ip-address.ts";
import type { Subnet } from "./ip-address.ts";

/** One network. `subnets` is complete: every subnet has its gateway. */
export interface NetworkRecord {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly driver: "bridge" | "host" | "null";
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly subnets: readonly IpamConfig[];
  readonly ipamOptions: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Only says what others are made like; has no members. */
  readonly configOnly?: boolean;
  /** The network that this one was made like. */
  readonly configFrom?: string;
}

/** The networks that are always there, and can be neither made nor removed. */
export const predefinedNames: readonly string[] = ["bridge", "host", "none"];

export function isPredefined(network: NetworkRecord): boolean {
  return predefinedNames.includes(network.name);
}

/** The bridge's name in the engine's own network namespace. */
export function bridgeName(network: NetworkRecord): string {
  // Interfaces have names of at most 15 letters.
  return bridgeNameOption(network.options) ?? `br-${network.id.slice(0, 12)}`;
}

/** The subnets that are in use: those of the families that the network has. */
export function subnetsOf(network: NetworkRecord): Subnet[] {
  if (network.configOnly === true) return [];
  return network.subnets
    .flatMap((config) => parseSubnet(config.Subnet ?? "") ?? [])
    .filter(({ version }) => (version === 4 ? network.ipv4 : network.ipv6));
}

/** A network from a checked request, with none of the addresses of `others`, and with none of `routed` but where it asks for them. */
export function newRecord(
  body: NetworkCreateBody,
  others: { readonly taken: readonly Subnet[]; readonly routed: readonly Subnet[] },
): NetworkRecord {
  const id = randomBytes(32).toString("hex");
  const options = body.Options ?? {};
  const ipv6 = body.EnableIPv6 ?? familyOption(options, 6) ?? false;
  const ipv4 = body.EnableIPv4 ?? familyOption(options, 4) ?? true;
  const configOnly = body.ConfigOnly === true;
  return {
    id,
    name: body.Name,
    created: new Date().toISOString(),
    driver: configOnly ? "null" : "bridge",
    internal: body.Internal ?? false,
    attachable: body.Attachable ?? false,
    ipv4,
    ipv6,
    subnets: configOnly
      ? (body.IPAM?.Config ?? [])
      : planSubnets({ body, id, families: { ipv4, ipv6 }, ...others }),
    ipamOptions: body.IPAM?.Options ?? {},
    options,
    labels: body.Labels ?? {},
    ...(configOnly ? { configOnly } : {}),
    ...(body.ConfigFrom?.Network ? { configFrom: body.ConfigFrom.Network } : {}),
  };
}

/** A request with what it leaves to the configuration of another network. */
export function withConfiguration(body: NetworkCreateBody, source: NetworkRecord): NetworkCreateBody {
  return {
    ...body,
    EnableIPv6: source.ipv6,
    IPAM: { Driver: "default", Options: source.ipamOptions, Config: [...source.subnets] },
    Options: source.options,
    Labels: { ...source.labels, ...body.Labels },
  };
}

function predefined(name: string): NetworkRecord {
  const isBridge = name === "bridge";
  return {
    id: randomBytes(32).toString("hex"),
    name,
    created: new Date().toISOString(),
    driver: isBridge ? "bridge" : name === "host" ? "host" : "null",
    internal: false,
    attachable: false,
    ipv4: true,
    ipv6: false,
    subnets: isBridge ? [{ Subnet: bridgeSubnet, Gateway: "172.17.0.1" }] : [],
    ipamOptions: {},
    options: isBridge ? { "com.docker.network.bridge.default_bridge": "true" } : {},
    labels: {},
  };
}

/** The folder of one file per network. */
export function networksFolder(root: string): string {
  return join(root, "networks");
}

export async function saveRecord(folder: string, record: NetworkRecord): Promise<void> {
  await writeStateFile(join(folder, `${record.id}.json`), record);
}

export async function deleteRecord(folder: string, id: string): Promise<void> {
  await rm(join(folder, `${id}.json`), { force: true });
}

function isRecord(value: unknown, id: string): value is NetworkRecord {
  const record = value as Partial<NetworkRecord> | null;
  return (
    typeof record === "object" &&
    record?.id === id &&
    typeof record.name === "string" &&
    Array.isArray(record.subnets)
  );
}

/** What is on disk; the predefined networks are made where they are missing. `log` is told of files that cannot be used. */
export async function loadRecords(folder: string, log: (message: string) => void): Promise<NetworkRecord[]> {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const records: NetworkRecord[] = [];
  for (const file of await readdir(folder)) {
    if (file.endsWith(".tmp")) await rm(join(folder, file), { force: true });
    const id = /^([0-9a-f]{64})\.json$/.exec(file)?.[1];
    if (id === undefined) continue;
    const value = await readStateFile(join(folder, file), { log, isWhole: (read) => isRecord(read, id) });
    if (value !== undefined) records.push(value as NetworkRecord);
  }
  for (const name of predefinedNames) {
    if (records.some((record) => record.name === name)) continue;
    const record = predefined(name);
    await saveRecord(folder, record);
    records.push(record);
  }
  // Those made in one millisecond by name, so that every start gives the same order.
  const key = (record: NetworkRecord): string => `${record.created} ${record.name}`;
  return records.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** As `GET /networks` shows it; `containers` only where one network is asked for. */
export function inspectRecord(
  record: NetworkRecord,
  containers?: NonNullable<NetworkInspect["Containers"]>,
): NetworkInspect {
  return {
    Name: record.name,
    Id: record.id,
    Created: record.created,
    Scope: "local",
    Driver: record.driver,
    EnableIPv4: record.ipv4,
    EnableIPv6: record.ipv6,
    IPAM: {
      Driver: "default",
      Options: isPredefined(record) ? null : { ...record.ipamOptions },
      Config: record.subnets.map((config) => ({ ...config })),
    },
    Internal: record.internal,
    Attachable: record.attachable,
    Ingress: false,
    ConfigFrom: { Network: record.configFrom ?? "" },
    ConfigOnly: record.configOnly ?? false,
    ...(containers === undefined ? {} : { Containers: containers }),
    Options: { ...record.options },
    Labels: { ...record.labels },
  };
}
