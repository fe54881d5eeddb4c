// The file systems that a container of an image gets for its root.
import { join } from "node:path";
import type { Directive } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { hostRoot } from "./host-image.ts";
import type { HostMachine } from "./host-skeleton.ts";
import type { ImageRecord } from "./image-record.ts";
import type { ImageUsers } from "./image-removal.ts";
import type { ImageStore } from "./image-store.ts";
import type { LayerStore } from "./layer-store.ts";
import { imageMount } from "./overlay.ts";
import type { OverlayMount } from "./overlay.ts";

export interface RootContext {
  /** The engine's state directory. */
  readonly root: string;
  readonly rootless: boolean;
  readonly machine: HostMachine;
  readonly store: ImageStore;
  readonly layers: LayerStore;
  readonly users: ImageUsers;
}

export interface ContainerRoot {
  /** In the order in which they are mounted. */
  readonly overlays: readonly OverlayMount[];
  /** What else is mounted: the `node` of slipway/host. */
  readonly node: readonly Directive[];
}

/** Throws EngineError (not-found). Nothing is awaited, which keeps two starts from making one skeleton twice. */
export function containerRoot(context: RootContext, imageId: string, writable: string): ContainerRoot {
  const { store, rootless, users, machine } = context;
  const image = store.get(imageId);
  if (image === undefined) throw new EngineError("not-found", `No such image: ${imageId}`);
  if (image.host) {
    const hosts = store.all().filter(({ host }) => host);
    const inUse = (): boolean => hosts.some(({ id }) => users(id).some(({ running }) => running));
    return hostRoot({ parent: join(context.root, "host-image"), machine, rootless, inUse }, writable);
  }
  const lower = lowerFolders(context, image);
  const [upper, work] = [join(writable, "upper"), join(writable, "work")];
  return { overlays: [{ target: "/", lower, upper, work, rootless }], node: [] };
}

/** The mount of an image's files, or of a part of them, on a folder of a container. Throws EngineError: not-found, or invalid for slipway/host. */
export function imageInContainer(
  context: RootContext,
  imageId: string,
  { target, subpath }: { readonly target: string; readonly subpath: string },
): Directive {
  const { store, root, rootless } = context;
  const image = store.get(imageId);
  if (image === undefined) throw new EngineError("not-found", `No such image: ${imageId}`);
  if (image.host) throw new EngineError("invalid", "slipway/host has no layers of its own to be mounted");
  const lower = lowerFolders(context, image);
  return imageMount({ target, lower, subpath, rootless, empty: join(root, "run/empty") });
}

/** Topmost first. A layer that is in an image twice is mounted once, where it is on top. */
function lowerFolders({ layers }: RootContext, image: ImageRecord): string[] {
  return [...new Set(image.config.rootfs.diff_ids.toReversed())].map((diffId) => layers.path(diffId));
}
