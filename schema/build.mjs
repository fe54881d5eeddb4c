// Bundles the schema, one file per noun, into dist/schema.json, and compiles it into a module that checks a document without
// the compiler: schema/generated/validate.js.
import Ajv from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL("./", import.meta.url);
const ROOT = "compose.json";
const UNCHECKED = new Set(["description", "title", "uniqueItems"]);

/** Reads every schema file, writes the bundle and the compiled check, and gives back the bundle. */
export async function buildSchema() {
  const bundle = bundleSchema();
  const dist = new URL("../dist/", here);
  mkdirSync(dist, { recursive: true });
  writeFileSync(new URL("schema.json", dist), `${JSON.stringify(bundle, null, 2)}\n`);

  // Functions are shared between the places that refer to them: the check is loaded at every start and should be small.
  const options = { allErrors: true, strictTypes: false, messages: false, inlineRefs: false, verbose: true };
  const ajv = new Ajv({ ...options, code: { source: true, esm: true } });
  const code = withLazySchemas(standaloneCode(ajv, ajv.compile(forChecking(bundle))));
  if (code.includes("require(")) {
    throw new Error("the compiled schema needs a module at run time: leave out the keyword that does");
  }
  const generated = new URL("generated/", here);
  mkdirSync(generated, { recursive: true });
  writeFileSync(new URL("validate.js", generated), code);
  return bundle;
}

/**
 * The compiled check holds the schema again, in parts, of which a document without mistakes needs few: each part is made when it is
 * first asked for.
 */
function withLazySchemas(code) {
  const parts = [...code.matchAll(/(?<=^|;)const (schema\d+) = (\{.*?\});(?=const |function )/g)];
  if (parts.length === 0) throw new Error("the compiled schema is not of the shape that is known here");
  const rest = parts.reduce((left, [whole]) => left.replace(whole, ""), code);
  const makers = parts.map(([, name, text]) => {
    // No check looks at the definitions; each that it needs is a part by itself.
    const { $defs: _definitions, ...part } = JSON.parse(text);
    const json = JSON.stringify(JSON.stringify(part));
    return `let made_${name};function ${name}(){return made_${name} ??= JSON.parse(${json});}`;
  });
  return rest.replace(/\bschema\d+\b/g, "$&()").concat("\n", makers.join("\n"), "\n");
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
    kept.map(([key, value]) => [
      key,
      forChecking(value, !isProperties && ["properties", "$defs"].includes(key)),
    ]),
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
