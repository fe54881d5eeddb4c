// `config --resolve-image-digests` and `--lock-image-digests`: the exact images that the engine has for the names in the files.
import type { EngineClient } from "../../client/index.ts";
import type { Project, Service } from "../../spec/index.ts";
import { CliError } from "../cli-error.ts";

/** The project with the digest of each service's image after its name. Throws where the engine does not know it. */
export async function withDigests(
  project: Project,
  client: Pick<EngineClient, "inspectImage">,
): Promise<Project> {
  const found = new Map<string, string>();
  const services: Record<string, Service> = {};
  for (const [name, service] of Object.entries(project.services)) {
    const { image } = service;
    if (image === undefined) {
      services[name] = service;
      continue;
    }
    const exact = found.get(image) ?? (await exactName(image, client));
    found.set(image, exact);
    services[name] = { ...service, image: exact };
  }
  return { ...project, services };
}

/** Nothing but the images of services, as an override file has them. */
export function imagesOnly(project: Project): Readonly<Record<string, unknown>> {
  const images = Object.entries(project.services).flatMap(([name, { image }]) =>
    image === undefined ? [] : [[name, { image }] as const],
  );
  return { services: Object.fromEntries(images) };
}

async function exactName(image: string, client: Pick<EngineClient, "inspectImage">): Promise<string> {
  const full = fullName(image);
  if (full.includes("@")) return full;
  const details = await client.inspectImage(image);
  const digests = (details?.["RepoDigests"] ?? []) as readonly string[];
  const repository = withoutTag(full);
  const same = digests.find((entry) => withoutTag(fullName(entry.split("@", 1)[0] ?? "")) === repository);
  const digest = (same ?? digests[0])?.split("@")[1];
  if (digest !== undefined) return `${full}@${digest}`;
  const reason = details === undefined ? "the engine does not have it" : "it was made here, not pulled";
  throw new CliError(`cannot tell the digest of ${image}: ${reason}`, {
    ...(details === undefined && { hint: `pull it first: slipway pull` }),
  });
}

/** `nginx` -> `docker.io/library/nginx:latest`: the name with all that is usually left out. */
export function fullName(image: string): string {
  const slash = image.indexOf("/");
  const first = slash < 0 ? "" : image.slice(0, slash);
  const hasHost = first === "localhost" || /[.:]/.test(first);
  const path = hasHost ? image : `docker.io/${slash < 0 ? `library/${image}` : image}`;
  if (path.includes("@")) return path;
  return /:[^/]+$/.test(path) ? path : `${path}:latest`;
}

function withoutTag(full: string): string {
  return full.replace(/:[^/:]+$/, "");
}
