// The files that a load has read, each once.
import type { ReadResult, SpecHost } from "./host.ts";
import type { SourceFile } from "./node.ts";
import { resolvePath } from "./paths.ts";

/** A file, or why it could not be read. */
export type SourceResult =
  | { readonly ok: true; readonly source: SourceFile }
  | {
      readonly ok: false;
      readonly reason: "not-found" | "is-directory" | "unreadable";
      readonly message: string;
    };

/** Reads files through the host and remembers them. */
export interface Sources {
  /** Reads an absolute path, or `-` for standard input. */
  read(path: string): SourceResult;
  /** How people see a path: relative to the current directory when it is below that. */
  displayName(path: string): string;
  /** The text of every file read so far, by its display name. */
  texts(): ReadonlyMap<string, string>;
}

/** No files read yet. */
export function createSources(host: SpecHost): Sources {
  const results = new Map<string, SourceResult>();
  const displayName = (path: string): string => {
    if (path === "-") return "<stdin>";
    const base = host.cwd === "/" ? "/" : `${host.cwd}/`;
    return path.startsWith(base) ? path.slice(base.length) : path;
  };
  const read = (given: string): SourceResult => {
    const path = given === "-" ? given : resolvePath(host.cwd, given);
    const known = results.get(path);
    if (known !== undefined) return known;
    const result = toSource(path, displayName(path), path === "-" ? host.readStdin() : host.readFile(path));
    results.set(path, result);
    return result;
  };
  const texts = (): ReadonlyMap<string, string> => {
    const found = new Map<string, string>();
    for (const result of results.values()) if (result.ok) found.set(result.source.name, result.source.text);
    return found;
  };
  return { read, displayName, texts };
}

function toSource(path: string, name: string, result: ReadResult): SourceResult {
  return result.ok ? { ok: true, source: { name, path, text: result.text } } : result;
}
