// How much containers have written.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ContainerSizes } from "../backend.ts";
import { folderSizes } from "../native/folder-sizes.ts";
import type { Container } from "./container.ts";
import type { Parts } from "./parts.ts";
import { FILES } from "./record.ts";

/** By id: what each container has written, and that together with its image. */
export async function containerSizes(
  parts: Parts,
  containers: readonly Container[],
): Promise<Map<string, ContainerSizes>> {
  const layers = containers.map(writableLayers);
  const sizes = await folderSizes(parts.context.native, layers.flat());
  const written = layers.map((folders) =>
    sizes.splice(0, folders.length).reduce((sum, size) => sum + size, 0),
  );
  return new Map(
    containers.map(({ id, saved }, index): [string, ContainerSizes] => {
      const SizeRw = written[index] ?? 0;
      return [id, { SizeRw, SizeRootFs: parts.images.size(saved.imageId) + SizeRw }];
    }),
  );
}

/** The upper folders of its overlays. */
function writableLayers({ folder }: Container): string[] {
  const writable = join(folder, FILES.writable);
  if (!existsSync(writable)) return [];
  return readdirSync(writable)
    .filter((name) => name.endsWith("upper"))
    .map((name) => join(writable, name));
}
