// Values that stand in many places of a project.

/** A scalar or tree that the loader passes on without looking inside (`x-…`, driver options of others). */
export type Opaque =
  string | number | boolean | null | readonly Opaque[] | { readonly [key: string]: Opaque };

/** Text by name. */
export type Texts = Readonly<Record<string, string>>;

/** A Go duration such as `1m30s`; read it with `parseDuration`. */
export type Duration = string;

/** A count of bytes in decimal digits (or `-1`, which means without limit, where the engine allows that). */
export type Bytes = string;

/** One limit, or a soft and a hard one. */
export type Ulimit = number | { readonly soft: number; readonly hard: number };
