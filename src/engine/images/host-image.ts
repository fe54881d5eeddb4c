// `slipway/host`: the image that is always there. Its root is this machine's own programs, read-only below and private
// copy-on-write above, with generated settings and nothing of the machine's or the user's data.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ContainerConfig } from "../api-types/container-config.ts";
import type { Directive } from "../collaborators.ts";
import { ensureHostSkeleton, nodePathInImage, removeOtherSkeletons } from "./host-skeleton.ts";
import type { HostMachine } from "./host-skeleton.ts";
import { digestOf } from "./image-record.ts";
import type { OverlayMount } from "./overlay.ts";

/** The reference it always has. */
export const hostImageName = "docker.io/slipway/host:latest";

const architectures: Readonly<Record<string, string>> = {
  x64: "amd64",
  ia32: "386",
  arm64: "arm64",
  arm: "arm",
};
/** This machine's, as images call it. */
export const imageArchitecture = architectures[process.arch] ?? process.arch;
const searchPath = [
  dirname(nodePathInImage),
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

const config: ContainerConfig = {
  Cmd: ["/bin/sh"],
  Entrypoint: null,
  Env: [`PATH=${searchPath.join(":")}`],
  Labels: {
    "org.opencontainers.image.title": "slipway/host",
    "org.opencontainers.image.description": "The programs of the machine that the engine runs on",
  },
  WorkingDir: "/",
};

/** The image's configuration as an archive would carry it. It says nothing of the machine, so its digest is the same everywhere. */
export function hostImageConfig(): { id: string; json: string } {
  const json = JSON.stringify({
    architecture: imageArchitecture,
    config,
    created: "1970-01-01T00:00:00Z",
    history: [
      {
        created: "1970-01-01T00:00:00Z",
        created_by: "slipway: the machine's own programs",
        empty_layer: true,
      },
    ],
    os: "linux",
    rootfs: { type: "layers", diff_ids: [] },
  });
  return { id: digestOf(json), json };
}

export interface HostImageOptions {
  /** Where skeletons are kept. */
  readonly parent: string;
  readonly machine: HostMachine;
  readonly rootless: boolean;
  /** Whether a container of this image runs, and so has a skeleton mounted. */
  readonly inUse: () => boolean;
}

/** The overlays of a container whose writable layer is `writable`, and what else is mounted. */
export function hostRoot(
  options: HostImageOptions,
  writable: string,
): { overlays: OverlayMount[]; node: Directive[] } {
  mkdirSync(options.parent, { recursive: true });
  const skeleton = ensureHostSkeleton(options.parent, options.machine);
  if (!options.inUse()) removeOtherSkeletons(options.parent, skeleton);
  const overlay = (target: string, lower: readonly string[], name: string): OverlayMount => ({
    target,
    lower,
    upper: join(writable, `${name}upper`),
    work: join(writable, `${name}work`),
    rootless: options.rootless,
  });
  const folders = skeleton.hostFolders.map((folder) => {
    const lower = join(options.machine.rootPath, folder);
    return overlay(folder, folder === "/usr" ? [skeleton.usr, lower] : [lower], `${folder.slice(1)}-`);
  });
  const node: Directive[] =
    skeleton.boundNode === undefined ? [] : [["mount", "bind", skeleton.boundNode, nodePathInImage, "ro"]];
  return { overlays: [overlay("/", [skeleton.root], ""), ...folders], node };
}
