// Paths on the host: which values of the document are such paths, and how relative ones become absolute. Compose files
// write paths with `/`.
import type { Node, NodePath } from "./node.ts";
import { child, scalar, stringValue, withEntry } from "./node.ts";
import type { Rules } from "./path-table.ts";
import type { Report } from "./report.ts";

/** Holds an empty part, `.` or `..`, or is empty itself. */
const UNCLEAN = /\/\.{0,2}(?:\/|$)|^\.{0,2}$|^\.{1,2}\//;

/** `/a/./b/../c//d` -> `/a/c/d`; a relative path keeps leading `..`; nothing becomes `.`. */
function normalisePath(path: string): string {
  if (!UNCLEAN.test(path)) return path;
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    const canGoUp = parts.length > 0 && parts.at(-1) !== "..";
    if (part !== "..") parts.push(part);
    else if (canGoUp) parts.pop();
    else if (!isAbsolute) parts.push("..");
  }
  const joined = parts.join("/");
  if (isAbsolute) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** The directory part of an absolute path. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What `path` means in the directory `base`. */
export function resolvePath(base: string, path: string): string {
  if (path.startsWith("/")) return normalisePath(path);
  // The commonest relative path is clean but for its beginning.
  return normalisePath(`${base}/${path.startsWith("./") ? path.slice(2) : path}`);
}

/** `path` as it is seen from the directory `base`; both are absolute. */
export function relativePath(base: string, path: string): string {
  const from = base.split("/").filter((part) => part !== "");
  const to = path.split("/").filter((part) => part !== "");
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared++;
  return normalisePath([...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/"));
}

/** A path in a container, without `.`, `..` and doubled slashes; Windows paths as they are. */
export function cleanContainerPath(path: string): string {
  return path.includes("\\") ? path : normalisePath(path);
}

/** `~` at the beginning stands for the home folder. There is no `~user` for another's: what follows is below one's own, as with Docker Compose. */
export function expandHome(path: string, homedir: string): string {
  return path.startsWith("~") ? `${homedir}/${path.slice(1)}` : path;
}

/** What relative paths are relative to. */
export interface PathContext {
  readonly directory: string;
  readonly homedir: string;
  /** Without symbolic links; used where a file watcher needs the real place. */
  readonly realpath: (path: string) => string;
  readonly report: Report;
}

/** Makes what is a path of the host, or holds one, absolute. */
export type Resolve = (node: Node, context: PathContext, path: NodePath) => Node;

const absolute: Resolve = (node, context) => changed(node, (text) => resolveHostPath(text, context));

const context: Resolve = (node, paths) =>
  changed(node, (text) => (isRemote(text) ? text : resolveHostPath(text, paths)));

const realPath: Resolve = (node, paths) =>
  changed(node, (text) => paths.realpath(resolveHostPath(text, paths)));

const sshKey: Resolve = (node, paths) =>
  changed(node, (text) => {
    const equals = text.indexOf("=");
    return equals < 0
      ? text
      : `${text.slice(0, equals + 1)}${resolveHostPath(text.slice(equals + 1), paths)}`;
  });

const mount: Resolve = (node, paths, path) => {
  if (stringValue(child(node, "type")) !== "bind" || node.kind !== "map") return node;
  const source = child(node, "source");
  const text = stringValue(source);
  if (text === undefined || text === "") {
    const message = 'invalid mount config for type "bind": field Source must not be empty';
    paths.report.error("invalid-value", message, { place: node.place, path });
    return node;
  }
  return withEntry(node, "source", scalar(resolveHostPath(text, paths), source?.place));
};

/** A `local` volume that is a bind mount of a host directory. */
const bindVolume: Resolve = (node, paths) => {
  const options = child(node, "driver_opts");
  const isBind =
    stringValue(child(node, "driver")) === "local" && stringValue(child(options, "o")) === "bind";
  const device = child(options, "device");
  if (!isBind || device === undefined || node.kind !== "map" || options?.kind !== "map") return node;
  return withEntry(node, "driver_opts", withEntry(options, "device", absolute(device, paths, [])));
};

/** The values of a canonical document that are paths of the host, or hold one. */
export const pathRules: Rules<Resolve> = {
  "services.*.build.context services.*.build.additional_contexts.*": context,
  "services.*.env_file.[].path services.*.label_file.[] configs.*.file secrets.*.file": absolute,
  "services.*.develop.watch.[].path": realPath,
  "services.*.volumes.[]": mount,
  "services.*.build.ssh.[]": sshKey,
  "volumes.*": bindVolume,
};

function changed(node: Node, change: (text: string) => string): Node {
  const text = stringValue(node);
  if (text === undefined || text === "") return node;
  const next = change(text);
  return next === text ? node : scalar(next, node.place);
}

function resolveHostPath(text: string, paths: PathContext): string {
  if (text.startsWith("~")) return normalisePath(expandHome(text, paths.homedir));
  if (/^(?:[A-Za-z]:[\\/]|\\\\)/.test(text)) return text;
  return text.startsWith("/") ? text : resolvePath(paths.directory, text);
}

/** Whether a build context or a Compose file is named by something other than a local path. */
export function isRemote(text: string): boolean {
  return text.includes("://") || /^(?:service:|docker-image:|target:|github\.com\/|git@)/.test(text);
}
