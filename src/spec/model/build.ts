import type { FileMount } from "./mount.ts";
import type { Bytes, Texts, Ulimit } from "./values.ts";

/** `build`. */
export interface Build {
  /** An absolute directory or a remote reference. */
  readonly context: string;
  /** Relative to the context. Absent when `dockerfile_inline` is given. */
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly additional_contexts?: Texts;
  readonly args?: Readonly<Record<string, string | null>>;
  readonly cache_from?: readonly string[];
  readonly cache_to?: readonly string[];
  readonly entitlements?: readonly string[];
  readonly extra_hosts?: readonly string[];
  readonly isolation?: string;
  readonly labels?: Texts;
  readonly network?: string;
  readonly no_cache?: boolean;
  readonly no_cache_filter?: readonly string[];
  readonly platforms?: readonly string[];
  readonly privileged?: boolean;
  readonly provenance?: string;
  readonly pull?: boolean;
  readonly sbom?: string;
  readonly secrets?: readonly FileMount[];
  readonly shm_size?: Bytes;
  /** `default` or `id=path`. */
  readonly ssh?: readonly string[];
  readonly tags?: readonly string[];
  readonly target?: string;
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
}
