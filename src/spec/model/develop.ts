// `develop`: what is done when files of a service change.
import type { Hook } from "./service.ts";

export interface Develop {
  readonly watch?: readonly WatchRule[];
}

/** One rule of `develop.watch`. */
export interface WatchRule {
  readonly action: "rebuild" | "sync" | "restart" | "sync+restart" | "sync+exec";
  /** Absolute. */
  readonly path: string;
  /** A path in the container; always present for the sync actions. */
  readonly target?: string;
  readonly ignore?: readonly string[];
  readonly include?: readonly string[];
  readonly exec?: Hook;
  readonly initial_sync?: boolean;
}
