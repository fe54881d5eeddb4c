// Compares the project's schema with another one for the same files: `npm run schema:compare -- <path> [count]`. Takes valid
// documents, changes each in one or two places, and lists every kind of change on which the two schemas disagree.
import Ajv from "ajv/dist/2020.js";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { bundleSchema } from "./build.mjs";

const FOLDERS = ["../test/spec/", "../examples/"].map((folder) => new URL(folder, import.meta.url));

/** Values of every type, and texts that mean something somewhere. */
const VALUES = JSON.parse(`[
  null, true, false, 0, 1, -1, 7, 1.5, 70000, 2000,
  "", "a", "1", "a:b", "a=b", "/a", "true", "10s", "512m", "host", "service:a", "80:80", "on-failure:3", "\${X}",
  [], ["a"], ["a", "a"], [1], [null], [{}], [["a"]], [{ "a": 1 }], ["a=b", "c"], [true], [1.5],
  {}, { "a": "b" }, { "a": 1 }, { "a": null }, { "a": true }, { "a": [] }, { "a": ["b"] }, { "a": {} }, { "x-a": 1 }, { "a b": 1 }
]`);

/**
 * Where this schema is stricter on purpose, by the places of its errors; docs/compose-support.md has the same list. What it
 * refuses there, other programs refuse later, or leave out without a word.
 */
const STRICTER = [
  /^\/services\/[^/]+\/(?:build\/)?ulimits pattern$/,
  /^\/services\/[^/]+\/(?:build\/)?ulimits propertyNames$/,
  /^\/services\/[^/]+\/(?:build\/)?ulimits\/[^/]*[^a-z/]/,
  /^\/services\/[^/]+\/ports\/\d+ type$/,
  /^\/services\/[^/]+\/container_name pattern$/,
  /^\/services\/[^/]+\/gpus\/\d+ additionalProperties$/,
  /^(?:\/services\/[^/]+)?\/(?:networks|models) (?:pattern|propertyNames)$/,
  /^(?:\/services\/[^/]+)?\/(?:networks|models)\/[^/]*[^\w./-]/,
  /^\/(?:secrets|configs|networks|volumes)\/[^/]+\/external additionalProperties$/,
];

/** A generator of the same numbers for the same seed (mulberry32). */
function createRandom(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** The validity of documents by a schema. Formats are left out: what they mean is each program's own. */
function compile(schema) {
  return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
}

function* yamlFiles(folder) {
  for (const name of readdirSync(folder)) {
    const url = new URL(name, folder);
    if (statSync(url).isDirectory()) yield* yamlFiles(new URL(`${name}/`, folder));
    else if (/\.ya?ml$/.test(name)) yield url;
  }
}

/** Every document of the project's own files that both schemas accept. */
function seeds(isValid) {
  const found = [];
  for (const folder of FOLDERS) {
    for (const url of yamlFiles(folder)) {
      for (const document of parseAllDocuments(readFileSync(url, "utf8"), {
        merge: true,
        logLevel: "silent",
      })) {
        if (document.errors.length > 0) continue;
        const value = document.toJS();
        if (isValid(value)) found.push(value);
      }
    }
  }
  return found;
}

/** All names of properties that a schema knows. */
function propertyNames(schema, names = new Set()) {
  if (typeof schema !== "object" || schema === null) return names;
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") for (const name of Object.keys(value)) names.add(name);
    propertyNames(value, names);
  }
  return names;
}

/** Every place in a document: the collection, the key in it, and the path with list items as `[]`. */
function places(value, path = [], found = []) {
  if (typeof value !== "object" || value === null) return found;
  for (const [key, item] of Object.entries(value)) {
    const full = [...path, Array.isArray(value) ? "[]" : key];
    found.push({ parent: value, key, path: full });
    places(item, full, found);
  }
  return found;
}

/** Changes one place; gives what was done. */
function mutate(document, names, random) {
  const all = places(document);
  const { parent, key, path } = all[random(all.length)];
  const value = structuredClone(VALUES[random(VALUES.length)]);
  const shown = JSON.stringify(value);
  const inside = parent[key];
  const isMapping = typeof inside === "object" && inside !== null && !Array.isArray(inside);
  switch (random(isMapping ? 5 : 3)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return `${path.join(".")} removed`;
    case 1:
    case 2:
      parent[key] = value;
      return `${path.join(".")} = ${shown}`;
    default: {
      const name = names[random(names.length)];
      inside[name] = value;
      return `${[...path, name].join(".")} = ${shown}`;
    }
  }
}

function isStricterOnPurpose({ instancePath, keyword }) {
  return STRICTER.some((pattern) => pattern.test(`${instancePath} ${keyword}`));
}

/** Documents that only one of two schemas accepts. */
export function compareSchemas(own, other, count) {
  const [ownCheck, otherCheck] = [compile(own), compile(other)];
  const documents = seeds((value) => ownCheck(value) && otherCheck(value));
  if (documents.length === 0) throw new Error("no document is valid by both schemas");
  const names = [...new Set([...propertyNames(own), ...propertyNames(other), "unknown", "x-own"])];
  const random = createRandom(1);
  const disagreements = new Map();
  const tally = { documents: count, accepted: 0, rejected: 0, stricter: 0 };
  for (let round = 0; round < count; round++) {
    const document = structuredClone(documents[random(documents.length)]);
    const changes = [mutate(document, names, random)];
    if (random(4) === 0 && places(document).length > 0) changes.push(mutate(document, names, random));
    const accepts = ownCheck(document);
    if (accepts === otherCheck(document)) {
      tally[accepts ? "accepted" : "rejected"]++;
      continue;
    }
    if (!accepts && (ownCheck.errors ?? []).every(isStricterOnPurpose)) {
      tally.stricter++;
      continue;
    }
    const reason = ((accepts ? otherCheck : ownCheck).errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || "/"} ${message}`,
    );
    const kind = `${accepts ? "only ours accepts" : "only theirs accepts"}: ${changes.join(", ")}`;
    disagreements.set(kind, reason[0] ?? "");
  }
  return { ...tally, seeds: documents.length, disagreements };
}

const [path, count = "20000"] = process.argv.slice(2);
if (process.argv[1] === new URL(import.meta.url).pathname) {
  if (path === undefined) {
    process.stderr.write("usage: npm run schema:compare -- <path to another schema> [number of documents]\n");
    process.exit(2);
  }
  const result = compareSchemas(bundleSchema(), JSON.parse(readFileSync(path, "utf8")), Number(count));
  for (const [kind, reason] of [...result.disagreements].toSorted())
    process.stdout.write(`${kind}\n    ${reason}\n`);
  const { documents, accepted, rejected, stricter, seeds: from, disagreements } = result;
  process.stdout.write(
    `${documents} documents from ${from}: both accept ${accepted}, both reject ${rejected}, stricter on purpose ${stricter}, ` +
      `${disagreements.size} kinds of disagreement\n`,
  );
  if (disagreements.size > 0) process.exitCode = 1;
}
