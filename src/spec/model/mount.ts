// What a service finds in its file system: mounts, secrets, configs.
import type { Bytes, Texts } from "./values.ts";

/** One entry of a service's `volumes`. */
export interface Mount {
  readonly type: "bind" | "volume" | "tmpfs" | "cluster" | "npipe" | "image";
  /** A bind's absolute host path, a key of the project's `volumes`, or an image; absent for tmpfs and anonymous volumes. */
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: {
    readonly propagation?: string;
    /** Absent means true. */
    readonly create_host_path?: boolean;
    readonly recursive?: string;
    readonly selinux?: string;
  };
  readonly volume?: { readonly labels?: Texts; readonly nocopy?: boolean; readonly subpath?: string };
  readonly tmpfs?: { readonly size?: Bytes; readonly mode?: number };
  readonly image?: { readonly subpath?: string };
}

/** A secret or config as a service sees it. */
export interface FileMount {
  /** A key of the project's `secrets` or `configs`. */
  readonly source: string;
  /** Always present on secrets; a config without it goes to `/<source>`. */
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  /** Octal digits with a leading zero, such as `0440`. */
  readonly mode?: string;
}
