// What of a service, network or volume makes its container, network or volume what it is, in a canonical text; the
// hash over that text; and what differs between two such texts, in words. Equal texts mean: nothing to change.

import { createHash } from "node:crypto";
import type { Network, Opaque, Project, Service, Volume } from "../spec/index.ts";
import { injectedContent } from "./body/file-mounts.ts";

/** Properties that can change without the container having to. */
const WITHOUT_EFFECT = new Set([
  "attach",
  "build",
  "depends_on",
  "deploy",
  "develop",
  "env_file",
  "label_file",
  "profiles",
  "pull_policy",
  "pull_refresh_after",
  "scale",
]);

/** JSON with sorted keys, so that equal values give equal text. Absent and `undefined` are the same. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Contents of secrets and configs count by their digest: the text itself must not end up in a label. */
function fileDefinitions(project: Project, service: Service): Record<string, Opaque> {
  const definitions: Record<string, Opaque> = {};
  for (const [kind, mounts] of [
    ["secret", service.secrets ?? []],
    ["config", service.configs ?? []],
  ] as const) {
    for (const { source } of mounts) {
      const definition = (kind === "secret" ? project.secrets : project.configs)[source];
      if (definition === undefined) continue;
      const content = injectedContent(project, kind, source);
      definitions[`${kind} ${source}`] =
        content === undefined
          ? { file: definition.file ?? definition.name }
          : { content: sha256(content).slice(0, 16) };
    }
  }
  return definitions;
}

/** The canonical text of what a service's container depends on. It goes into the container's label. */
export function canonicalService(project: Project, name: string): string {
  const service = project.services[name];
  if (service === undefined) throw new Error(`internal: no service ${name}`);
  const kept = Object.entries(service).filter(
    ([key, value]) => !WITHOUT_EFFECT.has(key) && !key.startsWith("x-") && value !== undefined,
  );
  const { resources, restart_policy } = service.deploy ?? {};
  const files = fileDefinitions(project, service);
  return canonicalJson({
    ...Object.fromEntries(kept),
    ...(resources === undefined && restart_policy === undefined
      ? {}
      : { deploy: { resources, restart_policy } }),
    ...(Object.keys(files).length === 0 ? {} : { content: files }),
  });
}

/** The label by which docker compose and Slipway tell that a container is up to date. */
export function configHash(canonical: string): string {
  return sha256(canonical);
}

/** The canonical text of a network's definition. Labels can differ without the network being another. */
export function canonicalNetwork(network: Network): string {
  const { driver = "bridge", driver_opts, ipam, internal, attachable, enable_ipv4, enable_ipv6 } = network;
  return canonicalJson({ driver, driver_opts, ipam, internal, attachable, enable_ipv4, enable_ipv6 });
}

/** The canonical text of a volume's definition. Labels can differ without the volume being another. */
export function canonicalVolume(volume: Volume): string {
  return canonicalJson({ driver: volume.driver ?? "local", driver_opts: volume.driver_opts });
}

/** Names of variables whose values are not shown, and values that carry a password in a URL. */
const SENSITIVE_NAME = /pass|secret|token|key|credential|auth|private|dsn/i;
const SENSITIVE_VALUE = /:\/\/[^/\s:]*:[^/\s]*@/;
const LONGEST_SHOWN = 60;

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function differencesAt(path: string, before: unknown, now: unknown): string[] {
  if (isMapping(before) && isMapping(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted();
    return keys.flatMap((key) => differencesAt(path === "" ? key : `${path}.${key}`, before[key], now[key]));
  }
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    return before.flatMap((item, index) => differencesAt(`${path}.${index}`, item, now[index]));
  }
  if (
    canonicalJson(before ?? null) === canonicalJson(now ?? null) &&
    (before === undefined) === (now === undefined)
  ) {
    return [];
  }
  // A secret or config that comes or goes is told by the list of those that the service has.
  const isFile = path === "content" || /^content\.[^.]+$/.test(path);
  if (isFile && (before === undefined || now === undefined)) return [];
  if (path.startsWith("content.")) return [`the content of ${path.split(".")[1] ?? ""} changed`];
  if (before === undefined) return [`${path} was added`];
  if (now === undefined) return [`${path} was removed`];
  if (SENSITIVE_NAME.test(path) || SENSITIVE_VALUE.test(`${canonicalJson(before)} ${canonicalJson(now)}`)) {
    return [`${path} changed`];
  }
  return [`${path} changed from ${show(before)} to ${show(now)}`];
}

const MOST_NAMED = 3;

/** What differs between two canonical texts, as a cause; undefined when the old text is not one that we wrote. */
export function describeDifference(before: string | undefined, now: string): string | undefined {
  if (before === undefined) return undefined;
  let old: unknown;
  try {
    old = JSON.parse(before);
  } catch {
    return undefined;
  }
  const differences = differencesAt("", old, JSON.parse(now));
  if (differences.length === 0) return undefined;
  const rest = differences.length - MOST_NAMED;
  return differences.slice(0, MOST_NAMED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
