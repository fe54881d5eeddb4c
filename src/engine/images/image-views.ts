// Images as the API describes them.
import type { ImageInspect, ImageSummary } from "../api-types/image.ts";
import type { HistoryEntry, ImageRecord } from "./image-record.ts";
import { parentOf } from "./image-parents.ts";
import type { ImageStore } from "./image-store.ts";
import { familiarName } from "./reference.ts";

const never = "0001-01-01T00:00:00Z";

export interface HistoryLine {
  Id: string;
  Created: number;
  CreatedBy: string;
  Tags: string[] | null;
  Size: number;
  Comment: string;
}

/** Bytes of all layers; what images share counts in each. */
export function imageSize(image: ImageRecord): number {
  return image.layerSizes.reduce((sum, size) => sum + size, 0);
}

/** Names as people write them. */
export function repoTags(store: ImageStore, id: string): string[] {
  return store.namesOf(id).map(familiarName);
}

/** Names with the digests by which registries know it. */
export function repoDigests(store: ImageStore, id: string): string[] {
  return store.digestsOf(id).map(familiarName);
}

/** What a list says of an image beside what it is. */
export interface SummaryOptions {
  readonly containers: number;
  /** Names that are left out are not shown. */
  readonly shows: (name: string) => boolean;
  /** Bytes of its layers that other images have too; -1: not asked for. */
  readonly sharedSize: number;
}

/** One line of a list. */
export function summarise(store: ImageStore, image: ImageRecord, options: SummaryOptions): ImageSummary {
  const { containers, shows, sharedSize } = options;
  return {
    Id: image.id,
    ParentId: parentOf(store, image)?.id ?? "",
    RepoTags: repoTags(store, image.id).filter(shows),
    RepoDigests: repoDigests(store, image.id).filter(shows),
    Created: seconds(image.config.created),
    Size: imageSize(image),
    SharedSize: sharedSize,
    Containers: containers,
    Labels: image.config.config?.Labels ?? null,
  };
}

/** Bytes of each image's layers that another image has too, by id. */
export function sharedSizes(store: ImageStore): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  for (const { config } of store.all()) {
    for (const diffId of new Set(config.rootfs.diff_ids)) users.set(diffId, (users.get(diffId) ?? 0) + 1);
  }
  return new Map(
    store.all().map(({ id, config, layerSizes }) => {
      const shared = config.rootfs.diff_ids.map((diffId, index) =>
        (users.get(diffId) ?? 0) > 1 ? (layerSizes[index] ?? 0) : 0,
      );
      return [id, shared.reduce((sum, size) => sum + size, 0)];
    }),
  );
}

/** Bytes of all layers, those that images share counted once. */
export function layersSize(store: ImageStore): number {
  const sizes = new Map(
    store
      .all()
      .flatMap(({ config, layerSizes }) =>
        config.rootfs.diff_ids.map((diffId, index) => [diffId, layerSizes[index] ?? 0] as const),
      ),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** What `GET /images/{name}/json` says. */
export function describe(store: ImageStore, image: ImageRecord): ImageInspect {
  const { config } = image;
  return {
    Id: image.id,
    RepoTags: repoTags(store, image.id),
    RepoDigests: repoDigests(store, image.id),
    Parent: parentOf(store, image)?.id ?? "",
    Comment: config.comment ?? "",
    Created: config.created ?? never,
    DockerVersion: "",
    Author: config.author ?? "",
    Config: config.config ?? {},
    Architecture: config.architecture,
    ...(config.variant === undefined ? {} : { Variant: config.variant }),
    Os: config.os,
    Size: imageSize(image),
    GraphDriver: { Name: "overlay2", Data: null },
    RootFS: { Type: "layers", Layers: [...config.rootfs.diff_ids] },
    Metadata: { LastTagTime: store.lastTagged(image.id) ?? never },
  };
}

/** Newest first. The newest is the image, those below are the images that it was made of as far as they are here. */
export function historyOf(store: ImageStore, image: ImageRecord): HistoryLine[] {
  const entries: readonly HistoryEntry[] =
    image.config.history ?? image.layerSizes.map(() => ({ created: image.config.created ?? never }));
  const sizes = [...image.layerSizes];
  const lines = entries.map((entry): HistoryLine => ({
    Id: "<missing>",
    Created: seconds(entry.created),
    CreatedBy: entry.created_by ?? "",
    Tags: null,
    Size: entry.empty_layer === true ? 0 : (sizes.shift() ?? 0),
    Comment: entry.comment ?? "",
  }));
  lines.reverse();
  let one: ImageRecord | undefined = image;
  for (const line of lines) {
    if (one === undefined) break;
    line.Id = one.id;
    const names = repoTags(store, one.id);
    line.Tags = names.length === 0 ? null : names;
    one = parentOf(store, one);
  }
  return lines;
}

/** Seconds since 1970 with their fraction, for several images are made in one; 0 when it does not say when it was made. */
export function madeAt({ config }: ImageRecord): number {
  return preciseSeconds(config.created);
}

function preciseSeconds(time: string | undefined): number {
  const milliseconds = Date.parse(time ?? "");
  return Number.isNaN(milliseconds) ? 0 : milliseconds / 1000;
}

function seconds(time: string | undefined): number {
  return Math.floor(preciseSeconds(time));
}
