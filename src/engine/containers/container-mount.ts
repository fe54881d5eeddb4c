// One mount point of a container, as decided at create and saved with it.
import { posix } from "node:path";
import { EngineError } from "../errors.ts";

/** One mount point as decided at create and saved with the container. */
export interface ContainerMount {
  readonly type: "bind" | "volume" | "tmpfs" | "image";
  /** Absolute path on the host; an image's id; empty for tmpfs, and for a volume until it exists. */
  readonly source: string;
  /** Of the volume or the image, as it was given; undefined for an anonymous volume that does not exist yet. */
  readonly name?: string;
  /** Of volumes: made for this container alone, and removed with it on request. */
  readonly anonymous?: boolean;
  readonly driver?: string;
  readonly driverOpts?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly subpath?: string;
  /** Cleaned absolute path inside the container. */
  readonly target: string;
  readonly readOnly: boolean;
  /** The option text that clients see as Mode. */
  readonly mode: string;
  /** Of binds: rprivate unless asked otherwise. */
  readonly propagation: string;
  readonly recursive: boolean;
  /** Of read-only binds: what is mounted below the source stays writable. */
  readonly readOnlyHere?: boolean;
  /** Of binds: make a missing source folder. */
  readonly createSource: boolean;
  /** Of volumes: fill an empty one with what the image has there. */
  readonly copy: boolean;
  /** Of tmpfs: options for the mount, joined by commas. */
  readonly options?: string;
  /** Whether inspect shows it among Mounts. */
  readonly listed: boolean;
}

/** A cleaned absolute path inside the container; throws for a relative one and for `/`. */
export function cleanTarget(target: string): string {
  if (!target.startsWith("/")) {
    throw new EngineError("invalid", `invalid mount path: '${target}' mount path must be absolute`);
  }
  const clean = posix.normalize(target).replace(/(?<=.)\/$/, "");
  if (clean === "/") throw new EngineError("invalid", "invalid specification: destination can't be '/'");
  return clean;
}

/** A volume at `target`; anonymous when `more` has no name. */
export function volumeMount(target: string, more: Partial<ContainerMount>): ContainerMount {
  return {
    type: "volume",
    source: "",
    target,
    readOnly: false,
    mode: "",
    propagation: "",
    recursive: true,
    createSource: false,
    copy: true,
    listed: true,
    ...more,
  };
}
