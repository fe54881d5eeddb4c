// `config --resolve-image-digests` and `--lock-image-digests`: the exact images that registries have under the names in the files.
import type { Mount, Project } from "../../spec/index.ts";

/** Asks the registry of an image (its full name) for the digest that the name stands for there. */
type AskRegistry = (image: string) => Promise<string>;

/**
 * The project with the digest of each image after its full name: those of services, and those that are mounted. Names that have a
 * digest already are not asked about. Throws what `ask` throws.
 */
export async function withDigests(project: Project, ask: AskRegistry): Promise<Project> {
  const services = Object.entries(project.services);
  const images = services.flatMap(([, { image, volumes = [] }]) => [
    ...(image === undefined ? [] : [image]),
    ...volumes.flatMap((mount) => mountedImage(mount) ?? []),
  ]);
  const exact = new Map(
    await Promise.all(
      [...new Set(images)].map(async (image) => [image, await exactName(image, ask)] as const),
    ),
  );
  const exactMount = (mount: Mount): Mount => {
    const source = exact.get(mountedImage(mount) ?? "");
    return source === undefined ? mount : { ...mount, source };
  };
  const resolved = services.map(([name, service]) => {
    const image = exact.get(service.image ?? "");
    return [
      name,
      {
        ...service,
        ...(image !== undefined && { image }),
        ...(service.volumes && { volumes: service.volumes.map(exactMount) }),
      },
    ] as const;
  });
  return { ...project, services: Object.fromEntries(resolved) };
}

/** Nothing but the images of services and those that they mount, as an override file has them. */
export function imagesOnly(project: Project): Readonly<Record<string, unknown>> {
  const services = Object.entries(project.services).flatMap(([name, { image, volumes = [] }]) => {
    const mounts = volumes.filter((mount) => mountedImage(mount) !== undefined);
    if (image === undefined && mounts.length === 0) return [];
    const parts = { ...(image !== undefined && { image }), ...(mounts.length > 0 && { volumes: mounts }) };
    return [[name, parts] as const];
  });
  return { services: Object.fromEntries(services) };
}

function mountedImage({ type, source }: Mount): string | undefined {
  return type === "image" && source !== "" ? source : undefined;
}

async function exactName(image: string, ask: AskRegistry): Promise<string> {
  const full = fullName(image);
  return full.includes("@") ? full : `${full}@${await ask(full)}`;
}

/** `nginx` -> `docker.io/library/nginx:latest`: the name with all that is usually left out. Beside a digest no tag counts. */
export function fullName(image: string): string {
  const slash = image.indexOf("/");
  const first = slash < 0 ? "" : image.slice(0, slash);
  const hasHost = first === "localhost" || /[.:]/.test(first);
  const path = hasHost ? image : `docker.io/${slash < 0 ? `library/${image}` : image}`;
  const [name = "", digest] = path.split("@", 2);
  if (digest !== undefined) return `${name.replace(/:[^/:]+$/, "")}@${digest}`;
  return /:[^/]+$/.test(name) ? name : `${name}:latest`;
}
