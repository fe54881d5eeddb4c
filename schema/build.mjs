// Bundles the schema, one file per noun, into dist/schema.json, and the rules of it that a document is checked against into a
// module: schema/generated/rules.js.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL("./", import.meta.url);
const ROOT = "compose.json";
const UNCHECKED = new Set(["description", "title", "uniqueItems"]);

/** Reads every schema file, writes the bundle and the rules, and gives back the bundle. */
export async function buildSchema() {
  const bundle = bundleSchema();
  const dist = new URL("../dist/", here);
  mkdirSync(dist, { recursive: true });
  writeFileSync(new URL("schema.json", dist), `${JSON.stringify(bundle, null, 2)}\n`);
  const generated = new URL("generated/", here);
  mkdirSync(generated, { recursive: true });
  // As text: reading JSON takes less time at every start than building the same value does.
  const text = JSON.stringify(JSON.stringify(checkedRules(bundle)));
  writeFileSync(
    new URL("rules.js", generated),
    `export const { root, definitions } = JSON.parse(${text});\n`,
  );
  return bundle;
}

/** The schema without texts, and what its references refer to by the reference. */
function checkedRules(bundle) {
  const root = forChecking(bundle);
  const definitions = {};
  const collect = (schema, pointer) => {
    for (const [name, { $defs, ...definition }] of Object.entries(schema)) {
      definitions[`${pointer}/${name}`] = definition;
      if ($defs !== undefined) collect($defs, `${pointer}/${name}/$defs`);
    }
  };
  collect(root.$defs, "#/$defs");
  const { $schema: _schema, $defs: _defs, ...rest } = root;
  assertSupported([rest, definitions]);
  return { root: rest, definitions };
}

/** The check knows these words; one that it does not know would go unchecked. */
const KEYWORDS = new Set(
  "$ref allOf type enum pattern minimum maximum items required properties propertyNames additionalProperties patternProperties".split(
    " ",
  ),
);

/** What it takes for granted about some of them, as JSON. */
const ONLY_FORM = {
  patternProperties: /^(?:\{"\^x-":\{\}\})?$/,
  propertyNames: /^(?:\{"pattern":"[^"]*"\})?$/,
};

function assertSupported([root, definitions]) {
  const visit = (schema) => {
    if (typeof schema !== "object") return;
    const unknown = Object.keys(schema).find((keyword) => !KEYWORDS.has(keyword));
    if (unknown !== undefined) throw new Error(`src/spec/schema.ts does not know \`${unknown}\``);
    for (const [keyword, only] of Object.entries(ONLY_FORM)) {
      if (only.test(JSON.stringify(schema[keyword]) ?? "")) continue;
      throw new Error(`src/spec/schema.ts does not know \`${keyword}\` of this form`);
    }
    if (schema.$ref !== undefined && definitions[schema.$ref] === undefined)
      throw new Error(`no ${schema.$ref}`);
    for (const below of Object.values(schema.properties ?? {})) visit(below);
    for (const below of schema.allOf ?? []) visit(below);
    for (const below of [schema.items ?? true, schema.additionalProperties ?? true]) visit(below);
  };
  for (const schema of [root, ...Object.values(definitions)]) visit(schema);
}

/** One schema with every file of this folder under `$defs`, and references between files turned into local ones. */
export function bundleSchema() {
  const files = readdirSync(here).filter((name) => name.endsWith(".json"));
  const schemas = new Map(files.map((name) => [name, JSON.parse(readFileSync(new URL(name, here), "utf8"))]));
  const { $id: _id, ...root } = localReferences(schemas.get(ROOT));
  const $defs = {};
  for (const [name, schema] of schemas) {
    if (name === ROOT) continue;
    const { $id: _id, $schema: _schema, ...rest } = localReferences(schema);
    $defs[name.replace(/\.json$/, "")] = rest;
  }
  return { ...root, $defs };
}

/**
 * What people read takes no part in the check, and neither do repeated items of lists: which of them count as the same, and which
 * stays, is decided by the loader. A property that is called `description` is not one of these texts.
 */
function forChecking(schema, isProperties = false) {
  if (Array.isArray(schema)) return schema.map((item) => forChecking(item));
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key]) => isProperties || !UNCHECKED.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      // One type is a list of one.
      if (key === "type" && !isProperties) return [key, [value].flat()];
      return [key, forChecking(value, !isProperties && ["properties", "$defs"].includes(key))];
    }),
  );
}

function localReferences(value) {
  if (Array.isArray(value)) return value.map(localReferences);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    const isReference = key === "$ref" && typeof item === "string";
    return [
      key,
      isReference ? item.replace(/^([\w-]+)\.json(?:#(.*))?$/, "#/$defs/$1$2") : localReferences(item),
    ];
  });
  return Object.fromEntries(entries);
}
