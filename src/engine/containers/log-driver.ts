// What a container's log options ask for: checked when it is created, read when it starts and when its log is read. Pure.
import type { HostConfig } from "../api-types/host-config.ts";
import { EngineError } from "../errors.ts";
import type { SavedContainer } from "./record.ts";

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "json-file": [
    "max-size",
    "max-file",
    "compress",
    "labels",
    "labels-regex",
    "env",
    "env-regex",
    "tag",
    "mode",
    "max-buffer-size",
  ],
  local: ["max-size", "max-file", "compress", "mode", "max-buffer-size"],
};

const UNITS = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4, p: 1024 ** 5 } as const;
const LOCAL_SIZE = 20 * UNITS.m;
const LOCAL_FILES = 5;

/** How a log is kept small. */
export interface LogRotation {
  /** Bytes after which a file is followed by the next. */
  readonly size: number;
  /** Files kept, the one that is written to included. */
  readonly files: number;
  /** The older files are kept compressed. */
  readonly compress: boolean;
}

/** Throws for a driver, an option or a value that there is not. `none` takes any, as a Docker Engine's does. */
export function checkLogConfig(host: HostConfig): void {
  const type = host.LogConfig?.Type || "json-file";
  if (type === "none") return;
  const known = OPTIONS[type];
  if (known === undefined) invalid(`logger: no log driver named '${type}' is registered`);
  const options = host.LogConfig?.Config ?? {};
  checkMode(options);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) invalid(`unknown log opt '${name}' for ${type} log driver`);
  }
  if (options["tag"]) expandTag(options["tag"], (field) => (field in TAG_FIELDS ? "" : undefined));
  for (const name of ["labels-regex", "env-regex"]) if (options[name]) pattern(name, options[name]);
  logRotation(host);
}

/** Whether a container waits for its log: here, in either mode, only where the disk stalls. */
function checkMode(options: Readonly<Record<string, string>>): void {
  if (options["mode"] && !["blocking", "non-blocking"].includes(options["mode"])) {
    invalid(`logger: logging mode not supported: ${options["mode"]}`);
  }
  if (options["max-buffer-size"] !== undefined) {
    if (options["mode"] !== "non-blocking") {
      invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
    }
    const text = options["max-buffer-size"];
    if (sizeOf(text) === undefined) invalid(`error parsing option max-buffer-size: invalid size: '${text}'`);
  }
}

/** Undefined for a log that may grow, and for none. Throws for what is no size or number. */
export function logRotation(host: HostConfig): LogRotation | undefined {
  const { Type: type, Config: options = {} } = host.LogConfig ?? {};
  if (type === "none") return undefined;
  const size = options["max-size"] === undefined ? undefined : bytes("max-size", options["max-size"]);
  const files = options["max-file"] === undefined ? undefined : count(options["max-file"]);
  const compress = options["compress"] === undefined ? undefined : truth("compress", options["compress"]);
  if (
    compress === true &&
    ((files ?? (type === "local" ? LOCAL_FILES : 1)) < 2 || (type !== "local" && size === undefined))
  ) {
    invalid("compress cannot be true when max-file is less than 2 or max-size is not set");
  }
  if (type === "local") {
    return { size: size ?? LOCAL_SIZE, files: files ?? LOCAL_FILES, compress: compress ?? true };
  }
  return size === undefined ? undefined : { size, files: files ?? 1, compress: compress ?? false };
}

/** What a tag may name of its container, as Docker's templates do. */
const TAG_FIELDS: Readonly<Record<string, (saved: Described) => string>> = {
  ID: ({ id }) => id.slice(0, 12),
  FullID: ({ id }) => id,
  Name: ({ name }) => name,
  ImageID: ({ imageId }) => imageId.replace(/^sha256:/, "").slice(0, 12),
  ImageFullID: ({ imageId }) => imageId,
  ImageName: ({ imageRef }) => imageRef,
  DaemonName: () => "slipway",
};

type Described = Pick<SavedContainer, "id" | "name" | "imageId" | "imageRef" | "config" | "hostConfig">;

/** `{{.Name}}` and the like filled in. Throws for anything else between braces. */
function expandTag(tag: string, value: (field: string) => string | undefined): string {
  return tag.replaceAll(/\{\{(.*?)\}\}/g, (whole, inner: string) => {
    const field = /^\s*\.(\w+)\s*$/.exec(inner)?.[1] ?? "";
    return value(field) ?? invalid(`invalid value for log opt 'tag': ${whole} names nothing of a container`);
  });
}

/** The labels, variables and tag that the options name, as they stand before each line for whoever asks for details; empty when there are none. */
export function logDetails(saved: Described): string {
  const options = saved.hostConfig.LogConfig?.Config ?? {};
  const labels = Object.entries(saved.config.Labels ?? {});
  const variables = (saved.config.Env ?? []).map((entry): [string, string] => {
    const equals = entry.indexOf("=");
    return equals < 0 ? [entry, ""] : [entry.slice(0, equals), entry.slice(equals + 1)];
  });
  const chosen = new Map([
    ...labels.filter(([key]) => isNamed(key, options["labels"], options["labels-regex"])),
    ...variables.filter(([key]) => isNamed(key, options["env"], options["env-regex"])),
    ...(options["tag"]
      ? [["tag", expandTag(options["tag"], (field) => TAG_FIELDS[field]?.(saved))] as const]
      : []),
  ]);
  return [...chosen]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join(",");
}

function isNamed(key: string, list: string | undefined, expression: string | undefined): boolean {
  if (list?.split(",").includes(key)) return true;
  return Boolean(expression) && pattern("regex", expression ?? "").test(key);
}

function pattern(name: string, text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch (error) {
    return invalid(`invalid value for log opt '${name}': ${(error as Error).message}`);
  }
}

function bytes(name: string, text: string): number {
  const size = sizeOf(text) ?? 0;
  if (size < 1) invalid(`invalid value for log opt '${name}': "${text}" is not a size`);
  return size;
}

/** Bytes, as `10`, `1.5m` or `2 GiB`; undefined for anything else. */
function sizeOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text);
  if (match === null) return undefined;
  return Math.floor(Number(match[1]) * UNITS[(match[2] ?? "").toLowerCase() as keyof typeof UNITS]);
}

function truth(name: string, text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  return invalid(`invalid value for log opt '${name}': ${text}`);
}

function count(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1) invalid("max-file cannot be less than 1");
  return Number(text);
}

function invalid(message: string): never {
  throw new EngineError("invalid", message);
}
