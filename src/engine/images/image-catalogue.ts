// What is told of images: lists of them, what they are, and what they were made of.
import type { ImageInspect, ImageManifests, ImageSummary } from "../api-types/image.ts";
import type { ImagesBackend } from "../backend.ts";
import { ContainerImages } from "./container-images.ts";
import { listFilter } from "./image-filters.ts";
import { findImage } from "./image-lookup.ts";
import { describeManifests } from "./image-manifest.ts";
import { isIntermediate } from "./image-parents.ts";
import { requirePlatform } from "./image-platform.ts";
import type { ImageRecord } from "./image-record.ts";
import { describe, historyOf, layersSize, madeAt, sharedSizes, summarise } from "./image-views.ts";
import type { HistoryLine } from "./image-views.ts";

/** The images as clients look them up; nothing here changes one. */
export class ImageCatalogue
  extends ContainerImages
  implements Pick<ImagesBackend, "list" | "layersSize" | "inspect" | "history">
{
  list(options: Parameters<ImagesBackend["list"]>[0]): ImageSummary[] {
    const find = (ref: string): ImageRecord => findImage(this.store, ref).image;
    const { matches, shows } = listFilter(options.filters, { store: this.store, find });
    const shared = options.sharedSize === true ? sharedSizes(this.store) : undefined;
    return this.store
      .all()
      .filter((image) => matches(image) && (options.all || !isIntermediate(this.store, image.id)))
      .toSorted((a, b) => madeAt(b) - madeAt(a) || (a.id < b.id ? -1 : 1))
      .map((image) => ({
        ...summarise(this.store, image, {
          containers: this.users(image.id).length,
          shows,
          sharedSize: shared?.get(image.id) ?? -1,
        }),
        ...(options.manifests === true ? this.#manifests(image) : {}),
      }));
  }

  layersSize(): number {
    return layersSize(this.store);
  }

  inspect(ref: string, options: { platform?: string; manifests?: boolean } = {}): ImageInspect {
    const image = this.find(ref, options.platform);
    return { ...describe(this.store, image), ...(options.manifests === true ? this.#manifests(image) : {}) };
  }

  #manifests(image: ImageRecord): ImageManifests {
    return describeManifests(
      image,
      this.layers,
      this.users(image.id).map(({ id }) => id),
    );
  }

  history(ref: string, options: { platform?: string } = {}): HistoryLine[] {
    return historyOf(this.store, this.find(ref, options.platform));
  }

  /** Throws EngineError when there is none of that name, or it is for another platform. */
  protected find(ref: string, platform: string | undefined): ImageRecord {
    const { image } = findImage(this.store, ref);
    requirePlatform(image, platform, ref);
    return image;
  }
}
