// Overlay mounts as the native binary reads them, and the folders below a container's writable layer that they need.
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import type { Directive } from "../collaborators.ts";
import { EngineError } from "../errors.ts";

export interface OverlayMount {
  readonly target: string;
  /** Topmost first. */
  readonly lower: readonly string[];
  readonly upper: string;
  readonly work: string;
  /** Keep overlay's own marks in `user.` attributes, which a user namespace may write. */
  readonly rootless: boolean;
}

/** Makes the two folders when they are missing, and gives the directive. */
export function overlayMount(mount: OverlayMount): Directive {
  const options = [
    `lowerdir=${mount.lower.map(escapeLower).join(":")}`,
    `upperdir=${escape(mount.upper)}`,
    `workdir=${escape(mount.work)}`,
    // The writable layer is not data: nobody waits for it to reach the disk when a container ends.
    "volatile",
    ...(mount.rootless ? ["userxattr"] : []),
  ].join(",");
  prepareOverlay(mount);
  return ["mount", "overlay", "overlay", mount.target, options];
}

/** The same root to be read only, with what is writable as its topmost layer. */
export function readOverlay(mount: OverlayMount): Directive {
  prepareOverlay(mount);
  const lower = [mount.upper, ...mount.lower].map(escapeLower).join(":");
  const options = [`lowerdir=${lower}`, "ro", ...(mount.rootless ? ["userxattr"] : [])].join(",");
  return ["mount", "overlay", "overlay", mount.target, options];
}

/** An image's layers on their own, to be read only. `empty`: a folder for the kernel, which wants two layers; made when missing. */
export function imageMount(
  mount: Pick<OverlayMount, "target" | "lower" | "rootless"> & { subpath: string; empty: string },
): Directive {
  mkdirSync(mount.empty, { recursive: true });
  const lower = [...mount.lower, mount.empty].map(escapeLower).join(":");
  const options = [
    `lowerdir=${lower}`,
    "ro",
    ...(mount.rootless ? ["userxattr"] : []),
    ...(mount.subpath === "" ? [] : [`subpath=${mount.subpath.replaceAll(/[\\,]/g, "\\$&")}`]),
  ].join(",");
  return ["mount", "overlay", "overlay", mount.target, options];
}

/** Makes the two folders of a container when they are missing. */
export function prepareOverlay({ upper, work }: OverlayMount): void {
  if (!existsSync(upper)) {
    mkdirSync(upper, { recursive: true });
    // What one sees of a folder that is in several layers is the topmost: the mode must not depend on our umask.
    chmodSync(upper, 0o755);
  }
  mkdirSync(work, { recursive: true });
}

function escape(path: string): string {
  if (path.includes(",")) {
    throw new EngineError("failed", `the state directory's path must not contain a comma: ${path}`);
  }
  return path.replaceAll("\\", "\\\\");
}

function escapeLower(path: string): string {
  return escape(path).replaceAll(":", "\\:");
}
