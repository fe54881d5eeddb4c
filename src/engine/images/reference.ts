// Names of images: `[domain/]path[:tag][@digest]`, short forms filled up as Docker does.
import { EngineError } from "../errors.ts";

const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const domainPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}$/;
const defaultDomain = "docker.io";
const longestPath = 255;

export interface Reference {
  /** Domain and path, always both: `docker.io/library/redis`. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Throws EngineError (invalid) for what is not a reference. */
export function parseReference(text: string): Reference {
  const at = text.indexOf("@");
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const tagged = at === -1 ? text : text.slice(0, at);
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/") + 1);
  const tag = colon === -1 ? undefined : tagged.slice(colon + 1);
  const name = fullName(colon === -1 ? tagged : tagged.slice(0, colon), text);
  if (tag !== undefined && !tagPattern.test(tag)) throw invalid(text);
  if (digest !== undefined && !digestPattern.test(digest)) throw invalid(text);
  return { name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** The form under which an image is kept: name and tag, `latest` when none was given. */
export function taggedName(reference: Reference): string {
  return `${reference.name}:${reference.tag ?? "latest"}`;
}

/** A name with `tag` in the place of the tag that it may have; as it is without one. Throws EngineError (invalid) for what is no tag. */
export function withTag(name: string, tag: string): string {
  if (tag === "" || name.includes("@")) return name;
  if (!tagPattern.test(tag)) throw new EngineError("invalid", "invalid tag format");
  return `${name.replace(/:[^:/]*$/, "")}:${tag}`;
}

/** As people write it: without Docker Hub's domain and `library/`. */
export function familiarName(name: string): string {
  const withoutDomain = name.startsWith(`${defaultDomain}/`) ? name.slice(defaultDomain.length + 1) : name;
  return withoutDomain.startsWith("library/") && name !== withoutDomain
    ? withoutDomain.slice("library/".length)
    : withoutDomain;
}

/** The hexadecimal digits of what may be an image's id or the beginning of one; undefined when it cannot be. */
export function idPrefix(text: string): string | undefined {
  const digits = text.startsWith("sha256:") ? text.slice("sha256:".length) : text;
  return /^[0-9a-f]{1,64}$/.test(digits) ? digits : undefined;
}

function fullName(short: string, text: string): string {
  const slash = short.indexOf("/");
  const first = short.slice(0, Math.max(slash, 0));
  const isDomain = slash !== -1 && (/[.:]|[A-Z]/.test(first) || first === "localhost");
  const domain = isDomain ? first : defaultDomain;
  const rest = isDomain ? short.slice(slash + 1) : short;
  if (/[A-Z]/.test(rest)) {
    throw new EngineError("invalid", `invalid reference format: repository name (${rest}) must be lowercase`);
  }
  if (!domainPattern.test(domain) || !pathPattern.test(rest)) throw invalid(text);
  if (!isDomain && /^[0-9a-f]{64}$/.test(rest)) {
    throw new EngineError(
      "invalid",
      `invalid repository name (${rest}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const canonicalDomain = domain === "index.docker.io" ? defaultDomain : domain;
  const path = canonicalDomain === defaultDomain && !rest.includes("/") ? `library/${rest}` : rest;
  if (path.length > longestPath)
    throw new EngineError("invalid", `repository name must not be more than ${longestPath} characters`);
  return `${canonicalDomain}/${path}`;
}

function invalid(text: string): EngineError {
  return new EngineError("invalid", `invalid reference format: "${text}"`);
}
