// The other things that stand at top level: volumes, secrets, configs, models.
import type { Texts } from "./values.ts";

/** An entry of top-level `volumes`. */
export interface Volume {
  /** The engine's name: `<project>_<key>` unless given. */
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Texts;
  readonly external?: boolean;
  readonly labels?: Texts;
}

/** An entry of top-level `secrets`. The text of `environment` is in `Project.environment`. */
export interface Secret {
  readonly name: string;
  /** Absolute. */
  readonly file?: string;
  /** The name of a variable. */
  readonly environment?: string;
  readonly external?: boolean;
  readonly labels?: Texts;
  readonly driver?: string;
  readonly driver_opts?: Texts;
  readonly template_driver?: string;
}

/** An entry of top-level `configs`. */
export interface Config {
  readonly name: string;
  /** Absolute. */
  readonly file?: string;
  /** The name of a variable. */
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: Texts;
  readonly template_driver?: string;
}

/** An entry of top-level `models`. */
export interface Model {
  readonly name?: string;
  readonly model: string;
  readonly context_size?: number;
  readonly runtime_flags?: readonly string[];
}

export interface ServiceModel {
  readonly endpoint_var?: string;
  readonly model_var?: string;
}
