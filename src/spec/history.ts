// How values came to be, kept only when somebody asks (`config --explain`): which place replaced which, which variables a text was
// filled in with, and which files gave variables. Values are known by their places, which stay with them through every phase.
import type { NodePath, Place } from "./node.ts";

/** A variable that took part in a value. */
export interface UsedVariable {
  readonly name: string;
  /** Undefined: it was not set and had no default. */
  readonly value: string | undefined;
  /** Where the value came from. */
  readonly from: "environment" | "default" | "unset" | Place;
}

/** A value of a file of variables, for one path of the document. */
export interface FileValue {
  readonly place: Place;
  readonly value: string;
}

/** Remembers; see the methods. */
export class History {
  readonly #replaced = new Map<Place, Set<Place>>();
  readonly #used = new Map<Place, readonly UsedVariable[]>();
  readonly #variables = new Map<string, FileValue[]>();
  readonly #fileValues = new Map<string, FileValue[]>();

  /** One value took the place of another. */
  replaced(by: Place | undefined, what: Place | undefined): void {
    if (by === undefined || what === undefined || by === what) return;
    const known = this.#replaced.get(by);
    if (known === undefined) this.#replaced.set(by, new Set([what]));
    else known.add(what);
  }

  /** What a value replaced, what that replaced in turn, and so on; the latest first. */
  replacedBy(place: Place): readonly Place[] {
    const found = new Set<Place>([place]);
    for (const next of found) for (const other of this.#replaced.get(next) ?? []) found.add(other);
    found.delete(place);
    return [...found];
  }

  /** A text was filled in with these variables. */
  filledIn(place: Place | undefined, variables: readonly UsedVariable[]): void {
    if (place !== undefined) this.#used.set(place, variables);
  }

  variablesAt(place: Place): readonly UsedVariable[] {
    return this.#used.get(place) ?? [];
  }

  /** A file gave a variable that the environment lacked. */
  variableRead(name: string, value: FileValue): void {
    append(this.#variables, name, value);
  }

  /** Where a variable with this value came from. */
  origin(name: string, value: string): "environment" | Place {
    return this.#variables.get(name)?.findLast((known) => known.value === value)?.place ?? "environment";
  }

  /** An `env_file` or `label_file` gave a value of the document. */
  fileValueRead(path: NodePath, value: FileValue): void {
    append(this.#fileValues, JSON.stringify(path), value);
  }

  /** What such files gave for a path, in their order. */
  fileValues(path: NodePath): readonly FileValue[] {
    return this.#fileValues.get(JSON.stringify(path)) ?? [];
  }
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [item]);
  else known.push(item);
}
