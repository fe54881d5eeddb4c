// What a JSON body means, decided as Docker's own decoder does: field names in any case, null for what is not there, unknown fields
// ignored, anything of another type refused. Pure.
import { EngineError } from "../errors.ts";

/** The type of a value. `words` is a list of texts that may be sent as one text; `any` is taken as it is. */
export type Shape = "text" | "integer" | "boolean" | "words" | "any" | List | Mapping | Fields;

interface List {
  readonly list: Shape;
}

/** Keys are the client's own. */
interface Mapping {
  readonly map: Shape;
}

/** Keys are ours, whatever the case the client writes them in. */
interface Fields {
  readonly fields: ReadonlyMap<string, readonly [name: string, shape: Shape]>;
}

type KnownKeys<Value> = keyof { [Key in keyof Value as string extends Key ? never : Key]: unknown };

/** An object with a shape for every field that its type has; a type that takes any key may have more. */
export function fields<Value extends object>(
  shapes: Readonly<Record<KnownKeys<Value>, Shape>> & Readonly<Record<string, Shape>>,
): Fields {
  const entries = Object.entries<Shape>(shapes);
  return { fields: new Map(entries.map(([name, shape]) => [name.toLowerCase(), [name, shape]])) };
}

const ARTICLES = { text: "a text", integer: "an integer", boolean: "true or false" };

function described(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a text";
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" ? `the number ${value}` : "an object";
}

function refuse(path: string, expected: string, value: unknown): never {
  const where = path === "" ? "" : `${path}: `;
  throw new EngineError("invalid", `invalid JSON: ${where}${expected} was expected, not ${described(value)}`);
}

function under(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** One that 64 bits hold; numbers of JSON have no bounds. */
function isInteger(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= 2 ** 63;
}

function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(path, "an object", value);
  return Object.entries(value);
}

/** What null means where something must be: in a list, or under a key of the client's. */
function nothing(shape: Shape): unknown {
  if (shape === "any") return null;
  if (shape === "text") return "";
  if (shape === "boolean") return false;
  if (shape === "integer") return 0;
  return shape === "words" || "list" in shape ? [] : {};
}

function decodeWords(value: unknown, path: string): readonly unknown[] {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) refuse(path, "a list of texts", value);
  return value.map((item, index) => decodeItem("text", item, `${path}[${index}]`));
}

function decodeItem(shape: Shape, value: unknown, path: string): unknown {
  return value === null ? nothing(shape) : decode(shape, value, path);
}

/** The value with our field names and without nulls. Throws EngineError (invalid) that names the place and the type. `path`: where it is. */
export function decode(shape: Shape, value: unknown, path = ""): unknown {
  if (shape === "any") return value;
  if (shape === "words") return decodeWords(value, path);
  if (shape === "integer") return isInteger(value) ? value : refuse(path, ARTICLES.integer, value);
  if (typeof shape === "string") {
    const type = shape === "text" ? "string" : shape;
    return typeof value === type ? value : refuse(path, ARTICLES[shape], value);
  }
  if ("list" in shape) {
    if (!Array.isArray(value)) refuse(path, "a list", value);
    return value.map((item, index) => decodeItem(shape.list, item, `${path}[${index}]`));
  }
  const entries = entriesOf(value, path);
  // fromEntries makes fields even of keys such as __proto__.
  if ("map" in shape) {
    return Object.fromEntries(
      entries.map(([key, item]) => [key, decodeItem(shape.map, item, under(path, key))]),
    );
  }
  return Object.fromEntries(
    entries.flatMap(([key, item]) => {
      const known = shape.fields.get(key.toLowerCase());
      if (known === undefined || item === null) return [];
      const [name, inner] = known;
      return [[name, decode(inner, item, under(path, name))]];
    }),
  );
}
