// The typed, canonical Compose document: what `config` prints and what every later stage reads. One file per noun, as in /schema.
// Names are Compose's own (snake_case). Every short form has become its long form, every duration is a Go duration
// string ("1m30s"), every byte size a string of digits, every path that belongs to the host is absolute. A property
// that was not given is absent; a `null` is kept only where Compose gives it a meaning of its own.
import type { Span } from "../../diagnostics/index.ts";
import type { Network } from "./network.ts";
import type { Config, Model, Secret, Volume } from "./resources.ts";
import type { Service } from "./service.ts";
import type { Opaque, Texts } from "./values.ts";

/** Answers where in the files a part of the project was written. */
export interface Spans {
  /**
   * The place of the value at a path such as `["services", "web", "ports", "0"]`; when the loader made that value itself,
   * the place of what it was made from. Undefined for what nobody wrote (such as the implied `default` network).
   */
  get(path: readonly string[]): Span | undefined;
}

/** A whole project, ready to be planned. */
export interface Project {
  readonly name: string;
  /** The project directory, absolute; relative paths in the files were resolved against it. */
  readonly workingDir: string;
  /** The Compose files in the order in which they were merged, absolute ("-" for standard input). */
  readonly configFiles: readonly string[];
  /** The files given with `--env-file`, absolute; empty when none was given (a default `.env` is not listed). */
  readonly environmentFiles: readonly string[];
  /** The environment that filled in variables: the caller's, `.env` files, and COMPOSE_PROJECT_NAME. */
  readonly environment: Texts;
  /** The services that take part, in the order of the file. */
  readonly services: Readonly<Record<string, Service>>;
  /** Services that a profile or a selection leaves out. They are not orphans. */
  readonly disabledServices: Readonly<Record<string, Service>>;
  /** Only what the services use, unless all resources were asked for. The same holds for the four below. */
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly configs: Readonly<Record<string, Config>>;
  readonly models: Readonly<Record<string, Model>>;
  /** Top-level `x-…` entries. */
  readonly extensions: Readonly<Record<string, Opaque>>;
  readonly spans: Spans;
}
