// Finds the handler of a request among the route tables.
import type { Handler, Route } from "./context.ts";

interface CompiledRoute {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: Handler;
}

function compilePath(path: string): RegExp {
  const source = path
    .split("/")
    .map((segment) => {
      if (/^\{\w+\.\.\.\}$/.test(segment)) return "(.+)";
      if (/^\{\w+\}$/.test(segment)) return "([^/]+)";
      return segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("/");
  return new RegExp(`^${source}/?$`);
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined; // not valid percent-encoding: nothing is called that
  }
}

/** Route tables made ready for look-up. Earlier routes win. */
export class Router {
  readonly #byNoun = new Map<string, CompiledRoute[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const noun = route.path.split("/", 2)[1] ?? "";
      const group = this.#byNoun.get(noun) ?? [];
      group.push({ method: route.method, pattern: compilePath(route.path), handle: route.handle });
      this.#byNoun.set(noun, group);
    }
  }

  /** The handler and the decoded placeholders; undefined when there is none for this method and path. */
  find(method: string, path: string): { handle: Handler; parameters: readonly string[] } | undefined {
    for (const route of this.#byNoun.get(path.split("/", 2)[1] ?? "") ?? []) {
      if (route.method !== method) continue;
      const match = route.pattern.exec(path);
      if (match === null) continue;
      const parameters = match.slice(1).map(decode);
      if (parameters.every((value) => value !== undefined)) return { handle: route.handle, parameters };
    }
    return undefined;
  }
}
