// Images as the API describes them.
import type { ImageInspect, ImageSummary } from "../api-types.ts";
import type { HistoryEntry, ImageRecord } from "./image-record.ts";
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

export function summarise(store: ImageStore, image: ImageRecord, containers: number): ImageSummary {
  return {
    Id: image.id,
    ParentId: "",
    RepoTags: repoTags(store, image.id),
    RepoDigests: store.digestsOf(image.id).map(familiarName),
    Created: seconds(image.config.created),
    Size: imageSize(image),
    SharedSize: -1,
    Containers: containers,
    Labels: image.config.config?.Labels ?? null,
  };
}

export function describe(store: ImageStore, image: ImageRecord): ImageInspect {
  const { config } = image;
  return {
    Id: image.id,
    RepoTags: repoTags(store, image.id),
    RepoDigests: store.digestsOf(image.id).map(familiarName),
    Parent: "",
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

/** Newest first; only the newest is an image of its own here. */
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
  const newest = lines[0];
  if (newest !== undefined) {
    newest.Id = image.id;
    const names = repoTags(store, image.id);
    newest.Tags = names.length === 0 ? null : names;
  }
  return lines;
}

/** Seconds since 1970; 0 when an image does not say when it was made. */
export function seconds(time: string | undefined): number {
  const milliseconds = Date.parse(time ?? "");
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}
