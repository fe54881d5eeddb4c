// What containers get of images: their configuration, and the roots that are mounted.
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { Directive, EngineContext, ImageRoots, RootLayers } from "../collaborators.ts";
import { containerRoot, imageInContainer } from "./container-root.ts";
import type { ContainerRoot, RootContext } from "./container-root.ts";
import type { HostMachine } from "./host-skeleton.ts";
import { findImage } from "./image-lookup.ts";
import { platformWarning, requirePlatform } from "./image-platform.ts";
import type { ImageUsers } from "./image-removal.ts";
import type { ImageStore } from "./image-store.ts";
import { imageSize } from "./image-views.ts";
import type { LayerStore } from "./layer-store.ts";
import { overlayMount, prepareOverlay, readOverlay } from "./overlay.ts";

/** Where images are kept, and what the one that has no layers is made of. */
export interface ImageParts {
  readonly store: ImageStore;
  readonly layers: LayerStore;
  readonly machine: HostMachine;
}

/** The images as containers need them: their roots, configurations and sizes. */
export class ContainerImages implements Omit<ImageRoots, "commit"> {
  protected readonly context: EngineContext;
  protected readonly store: ImageStore;
  protected readonly layers: LayerStore;
  /** The containers of an image, by its id. */
  protected users: ImageUsers = () => [];
  readonly #machine: HostMachine;

  constructor(context: EngineContext, { store, layers, machine }: ImageParts) {
    this.context = context;
    this.store = store;
    this.layers = layers;
    this.#machine = machine;
  }

  setUsers(users: ImageUsers): void {
    this.users = users;
  }

  resolve(ref: string, platform?: string): { id: string; config: ContainerConfig; warnings: string[] } {
    const { image } = findImage(this.store, ref);
    requirePlatform(image, platform, ref);
    const warning = platform === undefined ? platformWarning(image) : undefined;
    const warnings = warning === undefined ? [] : [warning];
    return { id: image.id, config: structuredClone(image.config.config ?? {}), warnings };
  }

  idOf(ref: string): string {
    return findImage(this.store, ref).image.id;
  }

  async mountRoot(imageId: string, writable: string): Promise<Directive[]> {
    const { overlays, node } = this.#root(imageId, writable);
    return [...overlays.map(overlayMount), ...node];
  }

  size(imageId: string): number {
    const image = this.store.get(imageId);
    return image === undefined ? 0 : imageSize(image);
  }

  mountImage(imageId: string, target: string, subpath: string): Directive {
    return imageInContainer(this.#rootContext(), imageId, { target, subpath });
  }

  async readRoot(imageId: string, writable: string): Promise<Directive[]> {
    return this.#root(imageId, writable).overlays.map(readOverlay);
  }

  async rootLayers(imageId: string, writable: string): Promise<readonly RootLayers[]> {
    const { overlays } = this.#root(imageId, writable);
    overlays.forEach(prepareOverlay);
    return overlays;
  }

  #root(imageId: string, writable: string): ContainerRoot {
    return containerRoot(this.#rootContext(), imageId, writable);
  }

  #rootContext(): RootContext {
    const { root, native } = this.context;
    const parts = { machine: this.#machine, store: this.store, layers: this.layers };
    return { ...parts, root, rootless: native.rootless, users: (id) => this.users(id) };
  }
}
