// Documents with any value at any place that the schema knows, for property tests: near enough to Compose files to get past the
// first checks, and wrong in every way that there is.
import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { packageFolder } from "../support/package-copy.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

const bundle = JSON.parse(readFileSync(join(packageFolder, "dist/schema.json"), "utf8")) as Schema;

interface Place {
  /** `*` stands for a name of the user's own, `[]` for an item of a list. */
  readonly path: readonly string[];
  readonly schema: Schema;
}

/** Every place in a document that the schema describes. */
const PLACES: readonly Place[] = [...placesIn(bundle, [], [])];

function* placesIn(schema: Schema, path: readonly string[], trail: readonly string[]): Generator<Place> {
  const { $ref, properties = {}, patternProperties = {}, additionalProperties, items } = schema;
  if (path.length > 0 && $ref === undefined) yield { path, schema };
  if ($ref !== undefined && !trail.includes($ref)) yield* placesIn(resolve($ref), path, [...trail, $ref]);
  for (const [name, below] of Object.entries(properties)) yield* placesIn(below, [...path, name], trail);
  for (const below of Object.values(patternProperties)) yield* placesIn(below, [...path, "*"], trail);
  if (typeof additionalProperties === "object") yield* placesIn(additionalProperties, [...path, "*"], trail);
  if (items !== undefined) yield* placesIn(items, [...path, "[]"], trail);
}

function resolve(reference: string): Schema {
  let found: unknown = bundle;
  for (const step of reference.replace(/^#\//, "").split("/"))
    found = (found as Record<string, unknown>)[step];
  return found as Schema;
}

/** Names that refer to each other often, and some that objects have of themselves. */
const NAMES = ["a", "b", "c", "default", "x-a", "constructor", "__proto__", "toString", "a.b", "", "A=b"];

/** Texts that mean something at one place or another. */
// prettier-ignore
const TEXTS = [
  "", "a", "b", "a:b", "a=b", "=", ":", "a:b:c:d", "/a", "/a:/b", "./a:/b:ro", "~", "~/a", "../..", "C:\\a", "service:a", "service:b",
  "service:", "container:c", "host", "none", "all", "80", "80:81", "1.2.3.4:80:81/udp", "80-82:90-92", "[::1]::80", "9-1", "10s", "-1s",
  "1w", "512m", "-1", "1e3", "0x10", "0o17", "017", "1_0", ".inf", ".nan", "yes", "true", "null", "$", "$$", "$A", "${A}", "${A:-b}",
  "${A:?b}", "${A:+$B}", "${", "${}", "a b 'c", 'a "b', "\\", "a\nb", "\t", "é😀", "oci://a/b:c", "git@a:b", "https://a/b", "CMD",
  "NONE", "always", "if_not_present", "every_1d", "bind", "volume", "tmpfs", "image", "local", "a.env", "base.yaml", "compose.yaml",
  "no.yaml", "sync", "rebuild", "service_healthy", "raw", "2024-01-01", "*", "0440", "a,b", "h=1.2.3.4", "h=", "driver",
];

const name = fc.constantFrom(...NAMES);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string() },
);

/** A value with a merge tag before it. */
class Tagged {
  readonly tag: string;
  readonly value: unknown;
  constructor(tag: string, value: unknown) {
    this.tag = tag;
    this.value = value;
  }
}

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 2, 7, 1.5, -0, 65_535, 65_536, 1e21, 2 ** 53, 8080),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(
        name,
        fc.constantFrom("source", "target", "type", "name", "file", "path", "service", "external", "config"),
      ),
      tie("any"),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).any;

/** Values of the types that a schema wants. */
function valueFor(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valueFor(resolve(schema.$ref), depth);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? "string"].flat();
  return fc.constantFrom(...types).chain((type) => valueOfType(type, schema, depth));
}

function valueOfType(type: string, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return fc.constantFrom(0, 1, 2, 80, 8080, 500);
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(depth > 3 ? text : valueFor(schema.items ?? {}, depth + 1), { maxLength: 2 });
    case "object":
      return depth > 3 ? fc.constant({}) : mappingFor(schema, depth);
    default:
      return text;
  }
}

/** What is required, and now and then something else. */
function mappingFor(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, patternProperties = {}, additionalProperties, required = [] } = schema;
  const known = Object.keys(properties);
  const own = [...Object.values(patternProperties), additionalProperties].find(
    (item) => typeof item === "object",
  );
  const names =
    known.length > 0
      ? fc.subarray(known, { maxLength: Math.min(3, known.length) })
      : fc.array(name, { maxLength: 2 });
  return names.chain((chosen) => {
    const keys = [...new Set([...chosen, ...required])];
    const values = keys.map((key) => valueFor(properties[key] ?? own ?? {}, depth + 1));
    return fc.tuple(...values).map((made) => new Map(keys.map((key, index) => [key, made[index]])));
  });
}

interface Edit {
  readonly place: Place;
  readonly names: readonly string[];
  readonly value: unknown;
}

const tag = fc.constantFrom("", "", "", "", "", "", "!reset ", "!override ", "!!str ", "!own ");

const edit: fc.Arbitrary<Edit> = fc
  .oneof(
    // Else the few hundred deep places would be all there is.
    fc.constantFrom(...PLACES),
    fc.constantFrom(...PLACES.filter(({ path }) => path[0] === "services" && path.length <= 3)),
    fc.constantFrom(...PLACES.filter(({ path }) => path.length <= 2)),
  )
  .chain((place) =>
    fc.record({
      place: fc.constant(place),
      names: fc.array(
        fc.oneof({ weight: 3, arbitrary: fc.constantFrom("a", "b") }, { weight: 1, arbitrary: name }),
        { minLength: 4, maxLength: 4 },
      ),
      value: fc.oneof(
        { weight: 3, arbitrary: valueFor(place.schema) },
        { weight: 1, arbitrary: value },
        {
          weight: 1,
          arbitrary: fc
            .tuple(tag, value)
            .map(([mark, inner]) => (mark === "" ? inner : new Tagged(mark, inner))),
        },
      ),
    }),
  );

/** Puts the value of an edit into a document; mappings and lists on the way are made where something else stands. */
function apply(document: Map<string, unknown>, { place: { path }, names, value: put }: Edit): void {
  let at: Map<string, unknown> | unknown[] = document;
  let used = 0;
  for (const [index, step] of path.entries()) {
    const key = step === "*" ? (names[used++ % names.length] ?? "a") : step;
    const isLast = index === path.length - 1;
    const known: unknown = Array.isArray(at) ? at[0] : at.get(key);
    const wanted = path[index + 1] === "[]" ? [] : new Map<string, unknown>();
    const isRight = Array.isArray(known)
      ? Array.isArray(wanted)
      : known instanceof Map && !Array.isArray(wanted);
    const next = isLast ? put : isRight ? known : wanted;
    if (!Array.isArray(at)) at.set(key, next);
    else if (isLast) at.push(next);
    else at[0] = next;
    at = next as Map<string, unknown> | unknown[];
  }
}

/** As YAML in flow form: JSON, with tags. */
function write(node: unknown): string {
  if (node instanceof Tagged) return node.tag + write(node.value);
  if (Array.isArray(node)) return `[${node.map(write).join(", ")}]`;
  const entries =
    node instanceof Map
      ? [...node]
      : typeof node === "object" && node !== null
        ? Object.entries(node)
        : undefined;
  if (entries === undefined) return JSON.stringify(node) ?? "null";
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${write(item)}`).join(", ")}}`;
}

const folder = join(packageFolder, "test/spec/fixtures");

/** What documents are made from: two plain services, or a file of the fixtures. */
const BASES: readonly unknown[] = [
  { services: { a: { image: "x" }, b: { image: "x" } } },
  ...readdirSync(folder).map((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8"), { merge: true })[0]?.toJS(),
  ),
];

/** A copy whose mappings can have any key. */
function copied(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(copied);
  if (typeof node !== "object" || node === null) return node;
  return new Map(Object.entries(node).map(([key, item]) => [key, copied(item)]));
}

const document = fc
  .tuple(
    fc.oneof(
      { weight: 2, arbitrary: fc.constant(BASES[0]) },
      { weight: 1, arbitrary: fc.constantFrom(...BASES) },
    ),
    fc.array(edit, { minLength: 1, maxLength: 4 }),
  )
  .map(([base, edits]) => {
    const made = copied(base) as Map<string, unknown>;
    for (const change of edits) apply(made, change);
    return write(made);
  });

/** One to three documents of a file. */
export const arbitraryFile: fc.Arbitrary<string> = fc
  .array(document, { minLength: 1, maxLength: 3 })
  .map((documents) => documents.join("\n---\n"));
