// bench/fuzz.bench.ts
import * as fc3 from "fast-check";
import { readdirSync as readdirSync2, readFileSync as readFileSync2 } from "node:fs";
import { join as join2 } from "node:path";

// test/spec/arbitrary-document.ts
import * as fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

// test/support/package-copy.ts
import { fileURLToPath } from "node:url";
var packageFolder = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

// test/spec/arbitrary-document.ts
var bundle = JSON.parse(readFileSync(join(packageFolder, "dist/schema.json"), "utf8"));
var PLACES = [...placesIn(bundle, [], [])];
function* placesIn(schema, path, trail) {
  const { $ref, properties = {}, patternProperties = {}, additionalProperties, items } = schema;
  if (path.length > 0 && $ref === void 0) yield { path, schema };
  if ($ref !== void 0 && !trail.includes($ref)) yield* placesIn(resolve($ref), path, [...trail, $ref]);
  for (const [name2, below] of Object.entries(properties)) yield* placesIn(below, [...path, name2], trail);
  for (const below of Object.values(patternProperties)) yield* placesIn(below, [...path, "*"], trail);
  if (typeof additionalProperties === "object") yield* placesIn(additionalProperties, [...path, "*"], trail);
  if (items !== void 0) yield* placesIn(items, [...path, "[]"], trail);
}
function resolve(reference) {
  let found = bundle;
  for (const step of reference.replace(/^#\//, "").split("/"))
    found = found[step];
  return found;
}
var NAMES = ["a", "b", "c", "default", "x-a", "constructor", "__proto__", "toString", "a.b", "", "A=b"];
var TEXTS = [
  "",
  "a",
  "b",
  "a:b",
  "a=b",
  "=",
  ":",
  "a:b:c:d",
  "/a",
  "/a:/b",
  "./a:/b:ro",
  "~",
  "~/a",
  "../..",
  "C:\\a",
  "service:a",
  "service:b",
  "service:",
  "container:c",
  "host",
  "none",
  "all",
  "80",
  "80:81",
  "1.2.3.4:80:81/udp",
  "80-82:90-92",
  "[::1]::80",
  "9-1",
  "10s",
  "-1s",
  "1w",
  "512m",
  "-1",
  "1e3",
  "0x10",
  "0o17",
  "017",
  "1_0",
  ".inf",
  ".nan",
  "yes",
  "true",
  "null",
  "$",
  "$$",
  "$A",
  "${A}",
  "${A:-b}",
  "${A:?b}",
  "${A:+$B}",
  "${",
  "${}",
  "a b 'c",
  'a "b',
  "\\",
  "a\nb",
  "	",
  "\xE9\u{1F600}",
  "oci://a/b:c",
  "git@a:b",
  "https://a/b",
  "CMD",
  "NONE",
  "always",
  "if_not_present",
  "every_1d",
  "bind",
  "volume",
  "tmpfs",
  "image",
  "local",
  "a.env",
  "base.yaml",
  "compose.yaml",
  "no.yaml",
  "sync",
  "rebuild",
  "service_healthy",
  "raw",
  "2024-01-01",
  "*",
  "0440",
  "a,b",
  "h=1.2.3.4",
  "h=",
  "driver"
];
var name = fc.constantFrom(...NAMES);
var text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string() }
);
var Tagged = class {
  tag;
  value;
  constructor(tag2, value2) {
    this.tag = tag2;
    this.value = value2;
  }
};
var value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.constantFrom(null, true, false, 0, 1, -1, 2, 7, 1.5, -0, 65535, 65536, 1e21, 2 ** 53, 8080),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(
        name,
        fc.constantFrom("source", "target", "type", "name", "file", "path", "service", "external", "config")
      ),
      tie("any"),
      { maxKeys: 3, noNullPrototype: true }
    )
  )
})).any;
function valueFor(schema, depth = 0) {
  if (schema.$ref !== void 0) return valueFor(resolve(schema.$ref), depth);
  if (schema.enum !== void 0) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? "string"].flat();
  return fc.constantFrom(...types).chain((type) => valueOfType(type, schema, depth));
}
function valueOfType(type, schema, depth) {
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
function mappingFor(schema, depth) {
  const { properties = {}, patternProperties = {}, additionalProperties, required = [] } = schema;
  const known = Object.keys(properties);
  const own = [...Object.values(patternProperties), additionalProperties].find(
    (item) => typeof item === "object"
  );
  const names = known.length > 0 ? fc.subarray(known, { maxLength: Math.min(3, known.length) }) : fc.array(name, { maxLength: 2 });
  return names.chain((chosen) => {
    const keys = [.../* @__PURE__ */ new Set([...chosen, ...required])];
    const values = keys.map((key) => valueFor(properties[key] ?? own ?? {}, depth + 1));
    return fc.tuple(...values).map((made) => new Map(keys.map((key, index) => [key, made[index]])));
  });
}
var tag = fc.constantFrom("", "", "", "", "", "", "!reset ", "!override ", "!!str ", "!own ");
var edit = fc.oneof(
  // Else the few hundred deep places would be all there is.
  fc.constantFrom(...PLACES),
  fc.constantFrom(...PLACES.filter(({ path }) => path[0] === "services" && path.length <= 3)),
  fc.constantFrom(...PLACES.filter(({ path }) => path.length <= 2))
).chain(
  (place) => fc.record({
    place: fc.constant(place),
    names: fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom("a", "b") }, { weight: 1, arbitrary: name }),
      { minLength: 4, maxLength: 4 }
    ),
    value: fc.oneof(
      { weight: 3, arbitrary: valueFor(place.schema) },
      { weight: 1, arbitrary: value },
      {
        weight: 1,
        arbitrary: fc.tuple(tag, value).map(([mark, inner]) => mark === "" ? inner : new Tagged(mark, inner))
      }
    )
  })
);
function apply(document2, { place: { path }, names, value: put }) {
  let at = document2;
  let used = 0;
  for (const [index, step] of path.entries()) {
    const key = step === "*" ? names[used++ % names.length] ?? "a" : step;
    const isLast = index === path.length - 1;
    const known = Array.isArray(at) ? at[0] : at.get(key);
    const wanted = path[index + 1] === "[]" ? [] : /* @__PURE__ */ new Map();
    const isRight = Array.isArray(known) ? Array.isArray(wanted) : known instanceof Map && !Array.isArray(wanted);
    const next = isLast ? put : isRight ? known : wanted;
    if (!Array.isArray(at)) at.set(key, next);
    else if (isLast) at.push(next);
    else at[0] = next;
    at = next;
  }
}
function write(node) {
  if (node instanceof Tagged) return node.tag + write(node.value);
  if (Array.isArray(node)) return `[${node.map(write).join(", ")}]`;
  const entries = node instanceof Map ? [...node] : typeof node === "object" && node !== null ? Object.entries(node) : void 0;
  if (entries === void 0) return JSON.stringify(node) ?? "null";
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${write(item)}`).join(", ")}}`;
}
var folder = join(packageFolder, "test/spec/fixtures");
var BASES = [
  { services: { a: { image: "x" }, b: { image: "x" } } },
  ...readdirSync(folder).map(
    (file) => parseAllDocuments(readFileSync(join(folder, file), "utf8"), { merge: true })[0]?.toJS()
  )
];
function copied(node) {
  if (Array.isArray(node)) return node.map(copied);
  if (typeof node !== "object" || node === null) return node;
  return new Map(Object.entries(node).map(([key, item]) => [key, copied(item)]));
}
var document = fc.tuple(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(BASES[0]) },
    { weight: 1, arbitrary: fc.constantFrom(...BASES) }
  ),
  fc.array(edit, { minLength: 1, maxLength: 4 })
).map(([base, edits]) => {
  const made = copied(base);
  for (const change of edits) apply(made, change);
  return write(made);
});
var arbitraryFile = fc.array(document, { minLength: 1, maxLength: 3 }).map((documents2) => documents2.join("\n---\n"));

// test/spec/mutate-yaml.ts
import * as fc2 from "fast-check";
var PIECES = [
  "",
  " ",
  "  ",
  ":",
  ": ",
  "-",
  "- ",
  "[",
  "]",
  "{",
  "}",
  ",",
  "? ",
  "#",
  " #",
  '"',
  "'",
  "''",
  "\\",
  "%",
  "@",
  "~",
  "*a",
  "*base",
  "&a ",
  "!reset ",
  "!override ",
  "null",
  "5",
  "0x1",
  "1_0",
  ".5",
  "${",
  "${A:-b}",
  "$$",
  "a: b",
  "<<: ",
  "<<: *a",
  "\n",
  "\n\n",
  "\n  ",
  "\n    ",
  "|",
  ">",
  "|-\n",
  "---\n",
  "...\n",
  "	",
  "\r\n",
  "\xE9",
  "\u{1F600}"
];
function mutated(texts2) {
  const change = fc2.record({
    at: fc2.double({ min: 0, max: 1, noNaN: true }),
    remove: fc2.nat({ max: 8 }),
    insert: fc2.constantFrom(...PIECES)
  });
  return fc2.tuple(fc2.constantFrom(...texts2), fc2.array(change, { minLength: 1, maxLength: 4 })).map(([text3, changes]) => {
    let result = text3;
    for (const { at, remove, insert } of changes) {
      const offset = Math.floor(at * result.length);
      result = result.slice(0, offset) + insert + result.slice(offset + remove);
    }
    return result;
  });
}

// src/spec/parse.ts
import { isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments as parseAllDocuments2 } from "yaml";

// src/spec/merge-keys.ts
function mergeSources(value2) {
  const sources = value2.kind === "seq" ? value2.items : [value2];
  return sources.every((source) => source.kind === "map") ? sources : void 0;
}
function withMerged(own, merged) {
  for (const source of merged) {
    if (source.kind !== "map") continue;
    for (const [key, entry] of source.entries) {
      if (!own.has(key)) own.set(key, entry);
    }
  }
  return own;
}

// src/spec/node.ts
function scalar(value2, place) {
  return { kind: "scalar", value: value2, place };
}
function seq(items, place) {
  return { kind: "seq", items, place };
}
function map(entries, place) {
  return { kind: "map", entries, place };
}
function mapOf(values, place) {
  const entries = /* @__PURE__ */ new Map();
  for (const [key, value2] of Object.entries(values)) entries.set(key, { keyPlace: place, value: value2 });
  return map(entries, place);
}
function withEntry(node, key, value2, keyPlace) {
  const entries = new Map(node.entries);
  entries.set(key, { keyPlace: keyPlace ?? node.entries.get(key)?.keyPlace ?? node.place, value: value2 });
  return { ...node, entries };
}
function withoutEntry(node, key) {
  if (!node.entries.has(key)) return node;
  const entries = new Map(node.entries);
  entries.delete(key);
  return { ...node, entries };
}
function child(node, key) {
  return node?.kind === "map" ? node.entries.get(key)?.value : void 0;
}
function stringValue(node) {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : void 0;
}
function isNull(node) {
  return node?.kind === "scalar" && node.value === null;
}
function scalarText(node) {
  return node.value === null ? void 0 : node.text ?? String(node.value);
}
function mapChildren(node, change) {
  if (node.kind === "scalar") return node;
  return node.kind === "seq" ? mapItems(node, change) : mapEntries(node, change);
}
function mapItems(node, change) {
  let changed2;
  for (const [index, item] of node.items.entries()) {
    const next = change(item, String(index));
    if (next !== item) changed2 ??= node.items.slice(0, index);
    if (changed2 !== void 0 && next !== void 0) changed2.push(next);
  }
  return changed2 === void 0 ? node : { ...node, items: changed2 };
}
function mapEntries(node, change) {
  let changed2;
  node.entries.forEach((entry, key) => {
    const next = change(entry.value, key);
    if (next === entry.value) return;
    changed2 ??= new Map(node.entries);
    if (next === void 0) changed2.delete(key);
    else changed2.set(key, { keyPlace: entry.keyPlace, value: next });
  });
  return changed2 === void 0 ? node : { ...node, entries: changed2 };
}
function toPlain(node) {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "seq") return node.items.map(toPlain);
  const plain3 = {};
  node.entries.forEach((entry, key) => setOwn(plain3, key, toPlain(entry.value)));
  return plain3;
}
function setOwn(target, key, value2) {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value: value2, enumerable: true, configurable: true, writable: true });
    return;
  }
  target[key] = value2;
}
function placesAt(root, path) {
  let node = root;
  let key = root.place;
  for (const step of path) {
    let entry;
    if (node.kind === "map") entry = node.entries.get(step);
    else if (node.kind === "seq") entry = itemEntry(node, step);
    if (entry === void 0) return { key, value: key };
    node = entry.value;
    key = entry.keyPlace ?? node.place ?? key;
  }
  return { key, value: isNull(node) ? key : node.place ?? key };
}
function itemEntry(node, step) {
  const value2 = node.items[Number(step)];
  return value2 && { keyPlace: value2.place, value: value2 };
}
var lineStartsOf = /* @__PURE__ */ new WeakMap();
function lineStarts(source) {
  const known = lineStartsOf.get(source);
  if (known !== void 0) return known;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1))
    starts.push(at + 1);
  lineStartsOf.set(source, starts);
  return starts;
}
function lineAndColumn(source, offset) {
  const starts = lineStarts(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = low + high + 1 >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
function spanOf(place) {
  const start = lineAndColumn(place.source, place.start);
  const end = lineAndColumn(place.source, Math.max(place.start, place.end));
  return { file: place.source.name, ...start, endLine: end.line, endColumn: end.column };
}

// src/spec/resolve-scalar.ts
var NULL = /^(?:~|null|Null|NULL|)$/;
var TRUE = /^(?:true|True|TRUE)$/;
var FALSE = /^(?:false|False|FALSE)$/;
var INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|0[0-7_]+|0|[1-9][0-9_]*)$/;
var FLOAT = /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/;
var SPECIAL_FLOAT = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
function resolvePlainScalar(source) {
  const first = source.charCodeAt(0);
  if (first > 57 && !"~NnTtFf".includes(source.charAt(0))) return { value: source };
  if (NULL.test(source)) return { value: null };
  if (TRUE.test(source)) return { value: true };
  if (FALSE.test(source)) return { value: false };
  if (INTEGER.test(source)) return resolveInteger(source);
  if (FLOAT.test(source)) return resolveFloat(source);
  if (SPECIAL_FLOAT.test(source)) return specialFloat(source);
  return { value: source };
}
function resolveInteger(source) {
  const negative = source.startsWith("-");
  const digits = source.replace(/^[-+]/, "").replaceAll("_", "").toLowerCase();
  if (/^0[xob]?$/.test(digits)) return digits === "0" ? { value: 0 } : { value: source };
  const big = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const signed = negative ? -big : big;
  const value2 = Number(signed);
  return Number.isSafeInteger(value2) ? { value: value2 } : { value: value2, text: signed.toString() };
}
function resolveFloat(source) {
  const value2 = Number(source.replaceAll("_", ""));
  return Number.isNaN(value2) ? { value: source } : { value: value2, text: goFloat(value2), isFloat: true };
}
function specialFloat(source) {
  const lower = source.toLowerCase();
  if (lower === ".nan") return { value: Number.NaN, text: "NaN", isFloat: true };
  const negative = lower.startsWith("-");
  return {
    value: negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    text: negative ? "-Inf" : "+Inf",
    isFloat: true
  };
}
function goFloat(value2) {
  if (value2 === 0) return Object.is(value2, -0) ? "-0" : "0";
  const size = Math.abs(value2);
  if (size >= 1e-4 && size < 1e6) return String(value2);
  const [mantissa = "", exponent = ""] = value2.toExponential().split("e");
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, "0")}`;
}

// src/spec/quick-yaml/cursor.ts
var NOT_QUICK = /* @__PURE__ */ Symbol("not quick");
function giveUp() {
  throw NOT_QUICK;
}
var MAX_ALIASED_NODES = 1e5;
var SPACE = 32;
var NEWLINE = 10;
var HASH = 35;
var COLON = 58;
var DASH = 45;
var DOUBLE_QUOTE = 34;
var SINGLE_QUOTE = 39;
var Cursor = class {
  source;
  text;
  at = 0;
  lineStart = 0;
  /** How many nodes were read so far, those behind aliases counted again each time. */
  size = 0;
  #anchors = /* @__PURE__ */ new Map();
  #keys = /* @__PURE__ */ new Map();
  #aliased = 0;
  constructor(source) {
    this.source = source;
    this.text = source.text;
  }
  /** The character code here; NaN at the end. */
  code() {
    return this.text.charCodeAt(this.at);
  }
  place(start, end) {
    return { source: this.source, start, end };
  }
  endOfLine() {
    const end = this.text.indexOf("\n", this.at);
    return end < 0 ? this.text.length : end;
  }
  skipSpaces() {
    while (this.text.charCodeAt(this.at) === SPACE) this.at++;
  }
  /** Moves over blanks, line breaks and comments to the next token; gives its column. */
  skipToToken() {
    const { text: text3 } = this;
    for (; ; ) {
      this.skipSpaces();
      const code = text3.charCodeAt(this.at);
      if (code === NEWLINE) {
        this.at++;
        this.lineStart = this.at;
      } else if (code === HASH && this.startsComment()) {
        this.at = this.endOfLine();
      } else {
        return this.at - this.lineStart;
      }
    }
  }
  /** Whether a `#` here is one: it needs a blank or the start of the line before it. */
  startsComment() {
    return this.at === this.lineStart || this.text.charCodeAt(this.at - 1) === SPACE;
  }
  /** Nothing but blanks and a comment may follow on this line; the cursor moves to its end. */
  finishLine() {
    this.skipSpaces();
    const code = this.code();
    if (code === HASH && this.startsComment()) this.at = this.endOfLine();
    else if (code !== NEWLINE && this.at < this.text.length) giveUp();
  }
  /** Whether a document ends here: at its marker, or with the text. */
  isAtDocumentEnd() {
    if (this.at >= this.text.length) return true;
    return this.at === this.lineStart && /^(?:---|\.\.\.)(?:[ \n]|$)/.test(this.text.slice(this.at, this.at + 4));
  }
  /** The same string object for the same key: most keys occur many times. */
  key(text3) {
    const known = this.#keys.get(text3);
    if (known !== void 0) return known;
    this.#keys.set(text3, text3);
    return text3;
  }
  plainScalar(text3, start) {
    this.size++;
    const place = this.place(start, start + text3.length);
    const resolved = resolvePlainScalar(text3);
    const { value: value2 } = resolved;
    return typeof value2 === "number" ? { kind: "scalar", ...resolved, place } : { kind: "scalar", value: value2, place };
  }
  /** The name after `&` or `*`, which stands here. */
  anchorName() {
    NAME.lastIndex = this.at + 1;
    const name2 = NAME.exec(this.text)?.[0];
    if (name2 === void 0) return giveUp();
    this.at += 1 + name2.length;
    return name2;
  }
  /** From here on, until it is closed, an alias to this anchor would be a circle. */
  openAnchor(name2) {
    this.#anchors.set(name2, "open");
  }
  closeAnchor(name2, node, size) {
    this.#anchors.set(name2, { node, size });
  }
  forgetAnchors() {
    this.#anchors.clear();
  }
  /** What the alias here stands for. */
  alias() {
    const known = this.#anchors.get(this.anchorName());
    if (known === void 0 || known === "open") return giveUp();
    this.#aliased += known.size;
    if (this.#aliased > MAX_ALIASED_NODES) return giveUp();
    this.size += known.size;
    return known.node;
  }
};
var NAME = /[\w-]+(?=[ \n,\]}]|$)/y;

// src/spec/quick-yaml/scalars.ts
var DOUBLE_QUOTED = /"((?:[^"\\\n]|\\[^\n])*)"/y;
var SINGLE_QUOTED = /'((?:[^'\n]|'')*)'/y;
var ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/g;
var ESCAPED = {
  n: "\n",
  t: "	",
  r: "\r",
  b: "\b",
  f: "\f",
  e: "\x1B",
  "0": "\0",
  '"': '"',
  "\\": "\\",
  "/": "/",
  " ": " "
};
function quotedText(cursor) {
  const isDouble = cursor.text.charAt(cursor.at) === '"';
  const pattern = isDouble ? DOUBLE_QUOTED : SINGLE_QUOTED;
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) return giveUp();
  cursor.at += found[0].length;
  const inner = found[1] ?? "";
  if (!isDouble) return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
  if (!inner.includes("\\")) return inner;
  return inner.replaceAll(
    ESCAPE,
    (_, code, char) => code === void 0 ? ESCAPED[char] ?? giveUp() : String.fromCharCode(Number.parseInt(code, 16))
  );
}
function quotedScalar(cursor) {
  const start = cursor.at;
  const value2 = quotedText(cursor);
  cursor.size++;
  return { kind: "scalar", value: value2, place: cursor.place(start, cursor.at) };
}
var HEADER = /[|>][-+]?(?= *\n)/y;
function blockScalar(cursor, parent) {
  const { text: text3 } = cursor;
  HEADER.lastIndex = cursor.at;
  const header = HEADER.exec(text3)?.[0];
  if (header === void 0 || parent < 0) return giveUp();
  const start = cursor.at;
  cursor.at = cursor.endOfLine() + 1;
  const lines = contentLines(cursor, parent);
  let trailing = 0;
  while (lines.at(-1) === "") {
    lines.pop();
    trailing++;
  }
  if (lines.length === 0) return giveUp();
  const content = header.startsWith("|") ? lines.join("\n") : fold(lines);
  const ending = header.endsWith("-") ? "" : header.endsWith("+") ? "\n".repeat(trailing + 1) : "\n";
  cursor.size++;
  return { kind: "scalar", value: content + ending, place: cursor.place(start, cursor.at) };
}
function contentLines(cursor, parent) {
  const { text: text3 } = cursor;
  const lines = [];
  let indent2;
  let blankWidth = 0;
  while (cursor.at < text3.length) {
    const lineStart = cursor.at;
    const end = text3.indexOf("\n", lineStart);
    if (end < 0) return giveUp();
    let first = lineStart;
    while (text3.charCodeAt(first) === SPACE) first++;
    const width = first - lineStart;
    const isBlank = text3.charCodeAt(first) === NEWLINE;
    if (isBlank && indent2 === void 0) blankWidth = Math.max(blankWidth, width);
    if (!isBlank && indent2 === void 0 && width > parent) {
      if (width < blankWidth) giveUp();
      indent2 = width;
    }
    if (!isBlank && width < (indent2 ?? 0)) {
      if (width > parent) giveUp();
      break;
    }
    if (!isBlank && indent2 === void 0) break;
    lines.push(isBlank && width <= (indent2 ?? width) ? "" : text3.slice(lineStart + (indent2 ?? 0), end));
    cursor.at = end + 1;
  }
  cursor.lineStart = cursor.at;
  return lines;
}
function fold(lines) {
  let folded = "";
  let breaks = 0;
  let isFirst = true;
  for (const line of lines) {
    if (line.startsWith(" ")) giveUp();
    if (line === "") {
      breaks++;
      continue;
    }
    if (!isFirst && breaks === 0) folded += " ";
    folded += "\n".repeat(breaks) + line;
    breaks = 0;
    isFirst = false;
  }
  return folded;
}

// src/spec/quick-yaml/flow.ts
var MAX_DEPTH = 40;
var PLAIN = /(?:[^\s,[\]{}#&*!|>'"%@`?:-]|[?:-](?=[^\s,[\]{}]))(?:[^\s:,[\]{}]|:(?=[^\s,[\]{}])| +(?=[^\s,[\]{}#:]|:[^\s,[\]{}]))*/y;
function flowCollection(cursor, parent, depth = 0) {
  if (depth > MAX_DEPTH) giveUp();
  return cursor.text.charAt(cursor.at) === "[" ? flowSeq(cursor, parent, depth) : flowMap(cursor, parent, depth);
}
function flowSeq(cursor, parent, depth) {
  const start = cursor.at;
  const items = [];
  cursor.size++;
  for (cursor.at++; ; ) {
    skip(cursor, parent);
    if (cursor.text.charAt(cursor.at) === "]") break;
    items.push(flowNode(cursor, parent, depth));
    skip(cursor, parent);
    const next = cursor.text.charAt(cursor.at);
    if (next === ",") cursor.at++;
    else if (next !== "]") giveUp();
  }
  cursor.at++;
  return seq(items, cursor.place(start, cursor.at));
}
function flowMap(cursor, parent, depth) {
  const start = cursor.at;
  const own = /* @__PURE__ */ new Map();
  const merged = [];
  cursor.size++;
  for (cursor.at++; ; ) {
    skip(cursor, parent);
    if (cursor.text.charAt(cursor.at) === "}") break;
    flowEntry(cursor, { parent, depth, own, merged });
    skip(cursor, parent);
    const next = cursor.text.charAt(cursor.at);
    if (next === ",") cursor.at++;
    else if (next !== "}") giveUp();
  }
  cursor.at++;
  return map(withMerged(own, merged), cursor.place(start, cursor.at));
}
function flowEntry(cursor, { parent, depth, own, merged }) {
  const isQuoted = isQuote(cursor.code());
  const size = cursor.size;
  const keyNode = isQuoted ? quotedScalar(cursor) : plain(cursor);
  cursor.size = size;
  if (keyNode.kind !== "scalar" || typeof keyNode.value !== "string") return giveUp();
  const value2 = flowValue(cursor, parent, depth) ?? scalar(null, keyNode.place);
  const key = cursor.key(keyNode.value);
  if (key === "<<" && !isQuoted) {
    merged.push(...mergeSources(value2) ?? giveUp());
    return;
  }
  if (own.has(key)) giveUp();
  own.set(key, { keyPlace: keyNode.place, value: value2 });
}
function flowValue(cursor, parent, depth) {
  cursor.skipSpaces();
  if (",}".includes(cursor.text.charAt(cursor.at))) {
    cursor.size++;
    return void 0;
  }
  if (cursor.code() !== COLON) return giveUp();
  cursor.at++;
  skip(cursor, parent);
  return flowNode(cursor, parent, depth);
}
function flowNode(cursor, parent, depth) {
  const code = cursor.code();
  if (isQuote(code)) return quotedScalar(cursor);
  switch (cursor.text.charAt(cursor.at)) {
    case "[":
    case "{":
      return flowCollection(cursor, parent, depth + 1);
    case "*":
      return cursor.alias();
    default:
      return plain(cursor);
  }
}
function isQuote(code) {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE;
}
function plain(cursor) {
  PLAIN.lastIndex = cursor.at;
  const text3 = PLAIN.exec(cursor.text)?.[0];
  if (text3 === void 0) return giveUp();
  const node = cursor.plainScalar(text3, cursor.at);
  cursor.at += text3.length;
  return node;
}
function skip(cursor, parent) {
  const { lineStart } = cursor;
  cursor.skipSpaces();
  const code = cursor.code();
  if (code !== NEWLINE && code !== 35) return;
  const column = cursor.skipToToken();
  if (cursor.lineStart !== lineStart && column <= parent) giveUp();
}

// src/spec/quick-yaml/block.ts
var MAX_DEPTH2 = 40;
var UNUSUAL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]|^%/m;
var INDICATORS = "[]{},#&*!|>'\"%@`";
function readQuickly(source) {
  if (UNUSUAL.test(source.text)) return void 0;
  try {
    return documents(new Cursor(source));
  } catch (error) {
    if (error === NOT_QUICK) return void 0;
    throw error;
  }
}
function documents(cursor) {
  const nodes = [];
  for (; ; ) {
    cursor.skipToToken();
    if (cursor.at >= cursor.text.length) {
      return nodes.length === 0 ? giveUp() : nodes;
    }
    if (cursor.isAtDocumentEnd()) {
      if (cursor.code() !== DASH) giveUp();
      cursor.at += 3;
      cursor.finishLine();
      cursor.skipToToken();
      if (cursor.isAtDocumentEnd()) giveUp();
    } else if (nodes.length > 0) {
      giveUp();
    }
    cursor.forgetAnchors();
    nodes.push(blockNode(cursor, -1, 0));
    cursor.skipToToken();
    if (!cursor.isAtDocumentEnd()) giveUp();
  }
}
function blockNode(cursor, parent, depth) {
  if (depth > MAX_DEPTH2) giveUp();
  if (isDash(cursor)) return blockSeq(cursor, depth);
  if (isKey(cursor)) return blockMap(cursor, depth);
  return inlineNode(cursor, parent, depth);
}
function isDash(cursor) {
  return cursor.code() === DASH && isBreak(cursor.text.charCodeAt(cursor.at + 1));
}
function isBreak(code) {
  return code === SPACE || code === NEWLINE || Number.isNaN(code);
}
var PLAIN_KEY = /[^\s:#"'&*!|>%@`?,[\]{}-](?:[^\s:]|:(?![ \n]|$)| +(?=[^\s:#]|:[^ \n]))* *:(?=[ \n]|$)|<<:(?=[ \n])/y;
var QUOTED_KEY = /(?:"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\n]|'')*') *:(?=[ \n]|$)/y;
function isKey(cursor) {
  const code = cursor.code();
  const pattern = code === DOUBLE_QUOTE || code === SINGLE_QUOTE ? QUOTED_KEY : PLAIN_KEY;
  pattern.lastIndex = cursor.at;
  return pattern.test(cursor.text);
}
function blockSeq(cursor, depth) {
  const start = cursor.at;
  const column = start - cursor.lineStart;
  const items = [];
  let end = start;
  cursor.size++;
  for (; ; ) {
    cursor.at++;
    const item = seqItem(cursor, column, depth);
    items.push(item);
    end = item.place?.end ?? end;
    const next = cursor.skipToToken();
    if (next !== column || cursor.isAtDocumentEnd() || !isDash(cursor)) {
      if (next > column && !cursor.isAtDocumentEnd()) giveUp();
      return seq(items, cursor.place(start, end));
    }
  }
}
function seqItem(cursor, column, depth) {
  cursor.skipSpaces();
  if (cursor.code() !== NEWLINE) {
    if (cursor.code() === 35 || Number.isNaN(cursor.code())) giveUp();
    if (isDash(cursor) || isKey(cursor)) return blockNode(cursor, column, depth + 1);
    return taggedNode(cursor, column, depth + 1);
  }
  const next = cursor.skipToToken();
  return next > column && !cursor.isAtDocumentEnd() ? blockNode(cursor, column, depth + 1) : giveUp();
}
function blockMap(cursor, depth) {
  const start = cursor.at;
  const column = start - cursor.lineStart;
  const own = /* @__PURE__ */ new Map();
  const merged = [];
  let end = start;
  cursor.size++;
  for (; ; ) {
    end = blockEntry(cursor, { column, depth, own, merged });
    const next = cursor.skipToToken();
    if (next < column || cursor.isAtDocumentEnd()) break;
    if (next > column || !isKey(cursor)) giveUp();
  }
  return map(withMerged(own, merged), cursor.place(start, end));
}
function blockEntry(cursor, { column, depth, own, merged }) {
  const start = cursor.at;
  const key = keyText(cursor);
  const keyPlace = cursor.place(start, keyEnd(cursor, start));
  const value2 = entryValue(cursor, column, depth);
  if (key === "<<" && cursor.text.charCodeAt(start) === 60) {
    merged.push(...mergeSources(value2) ?? giveUp());
  } else {
    if (own.has(key)) giveUp();
    own.set(key, { keyPlace, value: value2 });
  }
  return value2.place?.end ?? cursor.at;
}
function keyText(cursor) {
  const { text: text3 } = cursor;
  const code = cursor.code();
  if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
    const key2 = quotedText(cursor);
    cursor.skipSpaces();
    cursor.at++;
    return cursor.key(key2);
  }
  let colon = text3.indexOf(":", cursor.at);
  while (!isBreak(text3.charCodeAt(colon + 1))) colon = text3.indexOf(":", colon + 1);
  const key = cursor.key(text3.slice(cursor.at, colon).trimEnd());
  cursor.at = colon + 1;
  if (!NAME_LIKE.test(key)) {
    const size = cursor.size;
    if (typeof cursor.plainScalar(key, 0).value !== "string") giveUp();
    cursor.size = size;
  }
  return key;
}
var NAME_LIKE = /^[a-eg-mo-su-zA-EG-MO-SU-Z_/]/;
function keyEnd(cursor, start) {
  let end = cursor.at - 1;
  while (end > start && cursor.text.charCodeAt(end - 1) === SPACE) end--;
  return end;
}
function entryValue(cursor, column, depth) {
  const colonEnd = cursor.at;
  cursor.skipSpaces();
  const code = cursor.code();
  const isComment = code === 35 && cursor.at > colonEnd;
  if (code !== NEWLINE && !isComment && !Number.isNaN(code)) return taggedNode(cursor, column, depth + 1);
  return valueBelow(cursor, column, depth) ?? emptyValue(cursor, colonEnd);
}
function valueBelow(cursor, column, depth) {
  const next = cursor.skipToToken();
  if (cursor.isAtDocumentEnd()) return void 0;
  if (next > column) return blockNode(cursor, column, depth + 1);
  return next === column && isDash(cursor) ? blockSeq(cursor, depth + 1) : void 0;
}
function emptyValue(cursor, end) {
  cursor.size++;
  return scalar(null, cursor.place(end, end));
}
var TAG = /!(reset|override)(?=[ \n])/y;
function taggedNode(cursor, parent, depth) {
  const first = cursor.text.charAt(cursor.at);
  if (first === "&") {
    const name2 = cursor.anchorName();
    cursor.openAnchor(name2);
    const before = cursor.size;
    const node = nodeAfterProperty(cursor, parent, depth);
    cursor.closeAnchor(name2, node, cursor.size - before);
    return node;
  }
  if (first !== "!") return inlineNode(cursor, parent, depth);
  TAG.lastIndex = cursor.at;
  const tag2 = TAG.exec(cursor.text)?.[1];
  if (tag2 === void 0) return giveUp();
  cursor.at += 1 + tag2.length;
  return { ...nodeAfterProperty(cursor, parent, depth), tag: tag2 };
}
function nodeAfterProperty(cursor, parent, depth) {
  cursor.skipSpaces();
  const code = cursor.code();
  if (code !== NEWLINE && code !== 35) {
    if ("&*!".includes(cursor.text.charAt(cursor.at))) giveUp();
    return inlineNode(cursor, parent, depth);
  }
  return valueBelow(cursor, parent, depth) ?? giveUp();
}
function inlineNode(cursor, parent, depth) {
  if (depth > MAX_DEPTH2) giveUp();
  const char = cursor.text.charAt(cursor.at);
  if (!INDICATORS.includes(char)) return plainNode(cursor, parent);
  if (char === "|" || char === ">") return blockScalar(cursor, parent);
  const node = indicatedNode(cursor, parent, char);
  cursor.finishLine();
  return node;
}
function indicatedNode(cursor, parent, char) {
  switch (char) {
    case "[":
    case "{":
      return flowCollection(cursor, parent);
    case '"':
    case "'":
      return quotedScalar(cursor);
    case "*":
      return cursor.alias();
    default:
      return giveUp();
  }
}
function plainNode(cursor, parent) {
  const start = cursor.at;
  const { text: text3 } = cursor;
  const code = text3.charCodeAt(start);
  if ((code === DASH || code === COLON || code === 63) && isBreak(text3.charCodeAt(start + 1))) giveUp();
  const line = text3.slice(start, cursor.endOfLine());
  const comment = line.indexOf(" #");
  const content = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
  if (content.endsWith(":") || content.includes(": ")) giveUp();
  cursor.at += line.length;
  const next = cursor.skipToToken();
  if (next > parent && !cursor.isAtDocumentEnd()) giveUp();
  return cursor.plainScalar(content, start);
}

// src/spec/parse.ts
var MAX_ALIASED_NODES2 = 1e5;
var MAX_DEPTH3 = 100;
function parseDocuments(source, report) {
  return readQuickly(source) ?? parseThoroughly(source, report);
}
function parseThoroughly(source, report) {
  let documents2;
  try {
    documents2 = [
      ...parseAllDocuments2(source.text, { schema: "failsafe", uniqueKeys: false, prettyErrors: false })
    ];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report.error("yaml-syntax", "values are nested too deeply", { place: { source, start: 0, end: 1 } });
    return [];
  }
  const nodes = [];
  for (const document2 of documents2) {
    if (hasSyntaxErrors(document2, source, report)) continue;
    const reader = new DocumentReader(source, document2, report);
    nodes.push(reader.read());
  }
  return nodes;
}
function hasSyntaxErrors(document2, source, report) {
  for (const { message, pos } of document2.errors) {
    const text3 = message.charAt(0).toLowerCase() + message.slice(1);
    report.error("yaml-syntax", `invalid yaml: ${text3}`, { place: { source, start: pos[0], end: pos[1] } });
  }
  return document2.errors.length > 0;
}
var MERGE_TAGS = { "!reset": "reset", "!override": "override" };
var CORE_TAG = "tag:yaml.org,2002:";
var COLLECTION_TAGS = /* @__PURE__ */ new Set([`${CORE_TAG}map`, `${CORE_TAG}seq`]);
var DocumentReader = class {
  #source;
  #document;
  #report;
  /** What each anchor stands for; "open" while its node is being read. Nodes are read in the order of the text. */
  #anchors = /* @__PURE__ */ new Map();
  #aliased = 0;
  #stopped = false;
  constructor(source, document2, report) {
    this.#source = source;
    this.#document = document2;
    this.#report = report;
  }
  read() {
    const { contents } = this.#document;
    return contents === null ? scalar(null, void 0) : this.#readNode(contents, []).node;
  }
  #place(node) {
    return node.range ? { source: this.#source, start: node.range[0], end: node.range[1] } : void 0;
  }
  #readNode(node, path) {
    if (isAlias(node)) return this.#readAlias(node, path);
    if (path.length > MAX_DEPTH3) {
      this.#stop("yaml-syntax", `values are nested more than ${MAX_DEPTH3} levels deep`, node);
      return { node: scalar(null, this.#place(node)), size: 1 };
    }
    const { anchor } = node;
    if (anchor !== void 0) this.#anchors.set(anchor, "open");
    const read = this.#readTagged(node, path);
    if (anchor !== void 0) this.#anchors.set(anchor, read);
    return read;
  }
  #readTagged(node, path) {
    const tag2 = MERGE_TAGS[node.tag ?? ""];
    const read = this.#readKind(node, path);
    if (tag2 !== void 0) return { ...read, node: { ...read.node, tag: tag2 } };
    if (node.tag !== void 0 && !isScalar(node) && !COLLECTION_TAGS.has(node.tag)) this.#warnTag(node);
    return read;
  }
  #readKind(node, path) {
    if (isMap(node)) return this.#readMap(node, path);
    if (isSeq(node)) return this.#readSeq(node, path);
    return { node: this.#readScalar(node), size: 1 };
  }
  #readScalar(node) {
    const place = this.#place(node);
    const tag2 = node.tag ?? "";
    const text3 = typeof node.value === "string" ? node.value : node.source ?? "";
    if (tag2 === `${CORE_TAG}str` || tag2 === "!") return { kind: "scalar", value: text3, place };
    const isPlain = node.type === "PLAIN" || node.type === void 0;
    const isTyped = tag2.startsWith(CORE_TAG);
    if (tag2 !== "" && !isTyped && !(tag2 in MERGE_TAGS)) this.#warnTag(node);
    if (!isPlain && !isTyped) return { kind: "scalar", value: text3, place };
    return { kind: "scalar", ...resolvePlainScalar(text3), place };
  }
  #readSeq(node, path) {
    let size = 1;
    const items = [];
    for (const [index, item] of node.items.entries()) {
      if (this.#stopped) break;
      const read = this.#readNode(this.#itemNode(item), [...path, String(index)]);
      size += read.size;
      items.push(read.node);
    }
    return { node: seq(items, this.#place(node)), size };
  }
  /** `- a: 1` inside a flow list is a pair on its own; everything else is a node already. */
  #itemNode(item) {
    if (!isPair(item)) return item;
    const single = this.#document.createNode({});
    single.items.push(item);
    const key = item.key;
    if (key?.range) single.range = key.range;
    return single;
  }
  #readMap(node, path) {
    const own = /* @__PURE__ */ new Map();
    const merged = [];
    let size = 1;
    for (const pair of node.items) {
      if (this.#stopped) break;
      const key = this.#keyText(pair.key, path);
      if (key === void 0) continue;
      const keyPlace = this.#place(pair.key);
      const value2 = pair.value;
      const read = value2 === null ? { node: scalar(null, keyPlace), size: 1 } : this.#readNode(value2, [...path, key]);
      size += read.size;
      const isMerge = key === "<<" && pair.key.type === "PLAIN";
      if (isMerge) {
        merged.push(...this.#mergeSources(read.node, pair.key));
        continue;
      }
      const first = own.get(key);
      if (first === void 0) own.set(key, { keyPlace, value: read.node });
      else this.#reportDuplicate(key, keyPlace, first, path);
    }
    return { node: map(withMerged(own, merged), this.#place(node)), size };
  }
  /** The mappings that a `<<` key brings in. */
  #mergeSources(value2, key) {
    const sources = mergeSources(value2);
    if (sources !== void 0) return sources;
    this.#report.error("wrong-type", "a merge key (`<<`) needs a mapping or a list of mappings", {
      place: this.#place(key)
    });
    return [];
  }
  #keyText(key, path) {
    const where = path.length === 0 ? "at top level" : `in ${path.join(".")}`;
    if (key === null || !isScalar(key)) {
      const place = key === null ? void 0 : this.#place(key);
      this.#report.error("wrong-type", `non-string key ${where}: a list or mapping cannot be a key`, {
        place,
        path
      });
      return void 0;
    }
    const node = this.#readScalar(key);
    if (key.anchor !== void 0) this.#anchors.set(key.anchor, { node, size: 1 });
    if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    const text3 = key.source ?? String(key.value);
    this.#report.error("wrong-type", `non-string key ${where}: ${text3 === "" ? "(empty)" : text3}`, {
      place: node.place,
      path,
      hint: `put it in quotes: "${text3}"`
    });
    return void 0;
  }
  #reportDuplicate(key, place, first, path) {
    this.#report.error("duplicate-key", `mapping key "${key}" is already defined`, {
      place,
      path: [...path, key],
      related: [{ message: "first defined here", place: first.keyPlace }]
    });
  }
  #readAlias(alias, path) {
    const nothing = { node: scalar(null, this.#place(alias)), size: 1 };
    const read = this.#anchors.get(alias.source);
    if (read === void 0) {
      this.#report.error("yaml-syntax", `unknown anchor: *${alias.source}`, {
        place: this.#place(alias),
        path
      });
      return nothing;
    }
    if (read === "open") {
      this.#report.error(
        "yaml-syntax",
        `cycle detected: alias *${alias.source} stands inside of what it refers to`,
        {
          place: this.#place(alias),
          path
        }
      );
      return nothing;
    }
    this.#aliased += read.size;
    if (this.#aliased <= MAX_ALIASED_NODES2) return read;
    const limit = MAX_ALIASED_NODES2.toLocaleString("en-US");
    this.#stop(
      "alias-limit",
      `excessive aliasing: the aliases of this file stand for more than ${limit} nodes`,
      alias
    );
    return nothing;
  }
  #stop(code, message, node) {
    if (!this.#stopped) this.#report.error(code, message, { place: this.#place(node) });
    this.#stopped = true;
  }
  #warnTag(node) {
    this.#report.warn("not-supported", `unknown tag ${node.tag ?? ""} is ignored`, {
      place: this.#place(node)
    });
  }
};

// src/spec/report.ts
function createReport() {
  const diagnostics = [];
  const seen = /* @__PURE__ */ new Set();
  let errors = 0;
  const add = (severity, code, message, details = {}) => {
    const diagnostic = toDiagnostic(severity, code, message, details);
    const { span } = diagnostic;
    const place = code === "variable-unset" ? "" : `${span?.file}\0${span?.line}\0${span?.column}`;
    const identity = `${code}\0${message}\0${place}`;
    if (seen.has(identity)) return;
    seen.add(identity);
    if (severity === "error") errors++;
    diagnostics.push(diagnostic);
  };
  return {
    error: (code, message, details) => add("error", code, message, details),
    warn: (code, message, details) => add("warning", code, message, details),
    hasErrors: () => errors > 0,
    sorted: () => [...diagnostics].toSorted(byPlace)
  };
}
function toDiagnostic(severity, code, message, details) {
  const { place, path, hint } = details;
  const related = (details.related ?? []).flatMap(
    (other) => other.place === void 0 ? [] : [{ message: other.message, span: spanOf(other.place) }]
  );
  return {
    severity,
    code,
    message,
    ...place !== void 0 && { span: spanOf(place) },
    ...path !== void 0 && { path: [...path] },
    ...hint !== void 0 && { hint },
    ...related.length > 0 && { related }
  };
}
function byPlace(a, b) {
  if (a.span === void 0 || b.span === void 0) {
    return Number(a.span !== void 0) - Number(b.span !== void 0);
  }
  if (a.span.file !== b.span.file) return a.span.file < b.span.file ? -1 : 1;
  return a.span.line - b.span.line || a.span.column - b.span.column;
}

// test/spec/same-tree.ts
function describeNode(node) {
  if (node.kind === "scalar") {
    const { value: value2, text: text3, isFloat, tag: tag3, place: place2 } = node;
    return { value: value2, text: text3, isFloat, tag: tag3, ...value2 !== null && { start: place2?.start, end: place2?.end } };
  }
  const { tag: tag2, place } = node;
  if (node.kind === "seq") return { tag: tag2, start: place?.start, items: node.items.map(describeNode) };
  const entries = [...node.entries].map(([key, entry]) => {
    const { start, end } = entry.keyPlace ?? {};
    return { key, start, end, value: describeNode(entry.value) };
  });
  return { tag: tag2, start: place?.start, entries };
}
function readBoth(text3) {
  const source = { name: "compose.yaml", path: "/project/compose.yaml", text: text3 };
  const quick = readQuickly(source);
  if (quick === void 0) return void 0;
  const report = createReport();
  const thorough = parseThoroughly(source, report);
  return {
    quick: { nodes: quick.map(describeNode), diagnostics: [] },
    thorough: { nodes: thorough.map(describeNode), diagnostics: report.sorted() }
  };
}

// src/diagnostics/render.ts
var MAX_WIDTH = 120;
var plain2 = (text3) => text3;
function renderDiagnostics(diagnostics, options) {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, options)).join("\n");
}
function renderDiagnostic(diagnostic, options) {
  const { severity, code, message, span, hint, related = [] } = diagnostic;
  const { colours = {} } = options;
  const paint = colours[severity] ?? plain2;
  const lines = [`${placePrefix(span, colours)}${paint(`${severity}:`)} ${visible(message)} [${code}]`];
  if (span !== void 0) lines.push(...frame(span, severity, options));
  if (hint !== void 0) lines.push(`  ${(colours.hint ?? plain2)("hint:")} ${visible(hint)}`);
  for (const other of related) {
    lines.push(`${placePrefix(other.span, colours)}note: ${visible(other.message)}`);
    lines.push(...frame(other.span, severity, options));
  }
  return `${lines.join("\n")}
`;
}
function placePrefix(span, { place = plain2 }) {
  return span === void 0 ? "" : `${place(visible(`${span.file}:${span.line}:${span.column}`))}: `;
}
function frame(span, severity, { sources, colours = {} }) {
  const text3 = sources.get(span.file);
  if (text3 === void 0) return [];
  const lines = text3.split(/\r?\n/);
  const marked = lines[span.line - 1];
  if (marked === void 0) return [];
  const { gutter = plain2 } = colours;
  const paint = colours[severity] ?? plain2;
  const from = Math.max(1, span.line - 1);
  const last = Math.min(lines.length, span.line + 1);
  const to = last > span.line && lines[last - 1] === "" ? span.line : last;
  const width = String(to).length;
  const window = windowAround(marked, span.column);
  const shown = [];
  for (let number = from; number <= to; number++) {
    const line = crop(lines[number - 1] ?? "", window);
    shown.push(`  ${gutter(`${String(number).padStart(width)} |`)} ${line}`.trimEnd());
    if (number !== span.line) continue;
    const mark = paint("^".repeat(markLength(span, marked, window)));
    shown.push(
      `  ${gutter(`${" ".repeat(width)} |`)} ${indent(marked.slice(window.start, span.column - 1))}${mark}`
    );
  }
  return shown;
}
function windowAround(line, column) {
  if (line.length <= MAX_WIDTH) return { start: 0, end: MAX_WIDTH };
  const start = Math.max(0, Math.min(column - 1 - MAX_WIDTH / 2, line.length - MAX_WIDTH));
  return { start, end: start + MAX_WIDTH };
}
function crop(line, { start, end }) {
  return visible(line.slice(start, end));
}
function markLength(span, line, window) {
  const end = span.endLine > span.line ? line.trimEnd().length + 1 : span.endColumn;
  const text3 = line.slice(span.column - 1, Math.min(end - 1, window.end));
  return Math.max(1, indent(text3.replaceAll("	", " ")).length);
}
var WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;
function indent(text3) {
  return text3.replace(WIDE, "  ").replace(/[^\t]/g, " ");
}
function visible(text3) {
  return text3.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\xB7");
}

// src/spec/scalars.ts
var NANOSECONDS = {
  ns: 1,
  us: 1e3,
  \u00B5s: 1e3,
  \u03BCs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 36e11,
  d: 864e11,
  w: 6048e11
};
var DURATION_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)/gy;
function parseDuration(text3) {
  const sign = text3.startsWith("-") ? -1 : 1;
  const body = /^[-+]/.test(text3) ? text3.slice(1) : text3;
  if (body === "0") return 0;
  if (body === "") return void 0;
  let total = 0;
  let at = 0;
  DURATION_PART.lastIndex = 0;
  while (at < body.length) {
    const part = DURATION_PART.exec(body);
    if (part === null) return void 0;
    at = DURATION_PART.lastIndex;
    total += Number(part[1]) * (NANOSECONDS[part[2] ?? ""] ?? Number.NaN);
  }
  return sign * Math.round(total);
}
function formatDuration(nanoseconds) {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 0) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${nanoseconds / 1e3}\xB5s`;
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const wholeSeconds = Math.floor(nanoseconds / 1e9);
  const rest = nanoseconds - wholeSeconds * 1e9;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(9, "0").replace(/0+$/, "")}`;
  const seconds = `${wholeSeconds % 60}${fraction}s`;
  const minutes = Math.floor(wholeSeconds / 60);
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}
var SIZE = /^(-(?=\d+$)|)(\d+(?:\.\d+)?) ?([kmgtp]?)(i?b)?$/i;
var POWERS = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
function parseBytes(text3) {
  const match = SIZE.exec(text3.trim());
  if (match === null) return void 0;
  const [, sign = "", digits = "", letter = "", ending = ""] = match;
  const unit = letter.toLowerCase();
  if (unit === "" && ending.toLowerCase() === "ib") return void 0;
  return Math.trunc(Number(sign + digits) * 1024 ** (POWERS[unit] ?? 0));
}
function parseFileMode(text3) {
  const digits = /^0?o?([0-7]+)$/.exec(text3)?.[1];
  return digits === void 0 ? void 0 : Number.parseInt(digits, 8);
}
function formatFileMode(mode) {
  return `0${mode.toString(8)}`;
}

// src/spec/suggest.ts
function nearest(word, known) {
  let best;
  let bestDistance = Math.min(word.length, Math.max(1, Math.floor(word.length / 3)) + 1);
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}
function editDistance(a, b, limit) {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let distance = Math.min(
        (last[column] ?? limit) + 1,
        (current[column - 1] ?? limit) + 1,
        (last[column - 1] ?? limit) + (isSame ? 0 : 1)
      );
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) distance = Math.min(distance, (beforeLast[column - 2] ?? limit) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return Math.min(limit, last[b.length] ?? limit);
}

// src/spec/select.ts
function splitByProfiles(services, active) {
  return split(services, (_, { profiles }) => {
    if (profiles === void 0 || profiles.length === 0 || active.has("*")) return true;
    return profiles.some((profile) => active.has(profile));
  });
}
function split(services, isEnabled) {
  const enabled = {};
  const disabled = {};
  for (const [name2, service] of Object.entries(services)) {
    setOwn(isEnabled(name2, service) ? enabled : disabled, name2, service);
  }
  return { enabled, disabled };
}
function matchesName(pattern, name2) {
  if (!/[*?]/.test(pattern)) return pattern === name2;
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${escaped}$`).test(name2);
}
function selectServices(project, names, options = {}) {
  if (names.length === 0) return { ok: true, project };
  const known = Object.keys(project.services);
  const wanted = /* @__PURE__ */ new Set();
  const add = (name2) => {
    const service = project.services[name2];
    if (service === void 0 || wanted.has(name2)) return;
    wanted.add(name2);
    if (options.includeDependencies !== false)
      for (const other of Object.keys(service.depends_on ?? {})) add(other);
  };
  for (const pattern of names) {
    const matching = known.filter((name2) => matchesName(pattern, name2));
    if (matching.length === 0) return { ok: false, unknown: pattern, suggestion: nearest(pattern, known) };
    for (const name2 of matching) add(name2);
  }
  const { enabled, disabled } = split(project.services, (name2) => wanted.has(name2));
  const disabledServices = { ...project.disabledServices, ...disabled };
  return { ok: true, project: { ...project, services: enabled, disabledServices } };
}
function withoutUnusedResources(project) {
  const used = {
    networks: /* @__PURE__ */ new Set(),
    volumes: /* @__PURE__ */ new Set(),
    secrets: /* @__PURE__ */ new Set(),
    configs: /* @__PURE__ */ new Set(),
    models: /* @__PURE__ */ new Set()
  };
  for (const service of Object.values(project.services)) {
    for (const name2 of Object.keys(service.networks ?? {})) used.networks.add(name2);
    for (const name2 of Object.keys(service.models ?? {})) used.models.add(name2);
    for (const name2 of volumesOf(service.volumes)) used.volumes.add(name2);
    for (const { source } of service.configs ?? []) used.configs.add(source);
    for (const { source } of service.secrets ?? []) used.secrets.add(source);
    for (const { source } of service.build?.secrets ?? []) used.secrets.add(source);
  }
  return {
    ...project,
    networks: only(project.networks, used.networks),
    volumes: only(project.volumes, used.volumes),
    secrets: only(project.secrets, used.secrets),
    configs: only(project.configs, used.configs),
    models: only(project.models, used.models)
  };
}
function volumesOf(mounts = []) {
  return mounts.flatMap(({ type, source }) => type === "volume" && source !== void 0 ? [source] : []);
}
function only(entries, names) {
  const kept = {};
  for (const [name2, entry] of Object.entries(entries)) if (names.has(name2)) setOwn(kept, name2, entry);
  return kept;
}

// src/spec/check-twins.ts
function checkTwins(name2, service, { report, placeOf: placeOf2 }) {
  const { deploy } = service;
  const limits = deploy?.resources?.limits;
  const twins = [
    ["scale", service.scale, "deploy.replicas", deploy?.replicas],
    ["cpus", service.cpus, "deploy.resources.limits.cpus", limits?.cpus],
    ["mem_limit", service.mem_limit, "deploy.resources.limits.memory", limits?.memory],
    ["pids_limit", service.pids_limit, "deploy.resources.limits.pids", limits?.pids],
    [
      "mem_reservation",
      service.mem_reservation,
      "deploy.resources.reservations.memory",
      deploy?.resources?.reservations?.memory
    ]
  ];
  const error = (message2, path, other) => {
    const full = ["services", name2, ...path];
    const place = other && placeOf2(["services", name2, ...other]);
    const related = place && [{ message: "the other value", place }];
    report.error("conflict", message2, { place: placeOf2(full), path: full, ...related && { related } });
  };
  for (const [own, value2, twin, twinValue] of twins) {
    if (value2 === void 0 || twinValue === void 0 || value2 === twinValue) continue;
    error(`services.${name2}: can't set distinct values on '${own}' and '${twin}'`, [own], twin.split("."));
  }
  const count = service.scale ?? deploy?.replicas;
  const countPath = service.scale === void 0 ? ["deploy", "replicas"] : ["scale"];
  if (count !== void 0 && count < 0) {
    error(`services.${name2}.${countPath.join(".")}: must be greater than or equal to 0`, countPath);
  }
  if (service.container_name === void 0 || count === void 0 || count <= 1) return;
  const message = `services.${name2}: can't set container_name and scale to ${count}, as container name must be unique`;
  error(message, ["container_name"], countPath);
}

// src/spec/check-service.ts
function checkService(name2, service, document2, context2) {
  new ServiceCheck(name2, service, document2, context2).run();
}
var ServiceCheck = class {
  #name;
  #service;
  #document;
  #context;
  constructor(name2, service, document2, context2) {
    this.#name = name2;
    this.#service = service;
    this.#document = document2;
    this.#context = context2;
  }
  run() {
    this.#checkOrigin();
    this.#checkBuild();
    this.#checkNetworks();
    this.#checkDependencies();
    this.#checkFiles();
    this.#checkMounts();
    this.#checkHealthcheck();
    this.#checkWatch();
    checkTwins(this.#name, this.#service, this.#context);
  }
  #error(code, message, path, hint) {
    const full = ["services", this.#name, ...path];
    this.#context.report.error(code, message, { place: this.#context.placeOf(full), path: full, hint });
  }
  /** An error about a name: it points at the key, where the value only says more about it. */
  #errorAtName(message, path, hint) {
    const full = ["services", this.#name, ...path];
    const isAttribute = path.length === 1;
    const place = isAttribute ? this.#context.placeOf(full) : this.#context.keyPlaceOf(full);
    this.#context.report.error("undefined-reference", message, { place, path: full, hint });
  }
  #undefined(kind, wanted, path, known, section) {
    const near = nearest(wanted, Object.keys(known));
    const hint = near === void 0 ? `add it under top-level \`${section}\`` : `did you mean \`${near}\`?`;
    this.#error(
      "undefined-reference",
      `service "${this.#name}" refers to undefined ${kind} ${wanted}`,
      path,
      hint
    );
  }
  #checkOrigin() {
    const { image, build, provider } = this.#service;
    if (image !== void 0 || build !== void 0 || provider !== void 0) return;
    const message = `service "${this.#name}" has neither an image nor a build context specified`;
    this.#error("conflict", message, [], "give it an `image`, or `build: .`");
  }
  #checkBuild() {
    const { build, platform } = this.#service;
    if (build === void 0) return;
    if (build.dockerfile !== void 0 && build.dockerfile_inline !== void 0) {
      const message = `service "${this.#name}" declares mutually exclusive dockerfile and dockerfile_inline`;
      this.#error("conflict", message, ["build", "dockerfile"]);
    }
    if (platform !== void 0 && build.platforms !== void 0 && !build.platforms.includes(platform)) {
      const message = `service.build.platforms MUST include service.platform "${platform}"`;
      this.#error("conflict", message, ["build", "platforms"]);
    }
    for (const [key, target] of Object.entries(build.additional_contexts ?? {})) {
      if (!target.startsWith("service:")) continue;
      const other = target.slice("service:".length);
      const path = ["build", "additional_contexts", key];
      const { services, disabledServices } = this.#document;
      const home = [services, disabledServices].find((section) => Object.hasOwn(section, other));
      const service = home?.[other];
      const problem = service === void 0 ? "unknown service" : "non-buildable service";
      if (service?.build !== void 0) continue;
      const message = `service "${this.#name}" declares ${problem} "${other}" as additional contexts ${key}`;
      this.#error("undefined-reference", message, path);
    }
  }
  #checkNetworks() {
    const { network_mode: mode, networks } = this.#service;
    const joined = Object.keys(networks ?? {});
    if (mode !== void 0 && joined.length > 0) {
      const message = `service ${this.#name} declares mutually exclusive \`network_mode\` and \`networks\``;
      this.#error("conflict", message, ["network_mode"]);
    }
    for (const network of joined) {
      if (Object.hasOwn(this.#document.networks, network)) continue;
      this.#undefined("network", network, ["networks", network], this.#document.networks, "networks");
    }
    if (mode?.startsWith("service:") !== true) return;
    const other = mode.slice("service:".length);
    if (Object.hasOwn(this.#document.services, other)) return;
    this.#error("undefined-reference", `service "${other}" not found for network_mode '${mode}'`, [
      "network_mode"
    ]);
  }
  #checkDependencies() {
    const { services, disabledServices } = this.#document;
    for (const [other, { required }] of Object.entries(this.#service.depends_on ?? {})) {
      if (Object.hasOwn(services, other)) continue;
      const isDisabled = Object.hasOwn(disabledServices, other);
      if (isDisabled && !required) continue;
      const message = `service "${this.#name}" depends on undefined service "${other}"`;
      const near = nearest(other, Object.keys(services));
      const hint = isDisabled ? `"${other}" is left out: it belongs to profile ${disabledServices[other]?.profiles?.join(", ")}` : near && `did you mean \`${near}\`?`;
      this.#errorAtName(message, this.#dependencyPath(other), hint);
    }
  }
  /** Where a dependency comes from: another attribute may imply it. */
  #dependencyPath(other) {
    const { links = [], volumes_from: from = [] } = this.#service;
    const shared = ["network_mode", "ipc", "pid", "uts", "cgroup"].find(
      (attribute) => this.#service[attribute] === `service:${other}`
    );
    if (shared !== void 0) return [shared];
    const link = links.findIndex((entry) => entry.split(":", 1)[0] === other);
    if (link >= 0) return ["links", String(link)];
    const source = from.findIndex((entry) => entry.split(":", 1)[0] === other);
    return source >= 0 ? ["volumes_from", String(source)] : ["depends_on", other];
  }
  #checkFiles() {
    const { secrets, configs, build } = this.#service;
    const check3 = (kind, source, path, label) => {
      const known = kind === "secret" ? this.#document.secrets : this.#document.configs;
      if (source === void 0 || source === "") {
        const message = `service "${this.#name}" has a ${label} without a \`source\``;
        this.#error("undefined-reference", message, path, `name one of the top-level \`${kind}s\``);
        return;
      }
      if (!Object.hasOwn(known, source)) this.#undefined(label, source, path, known, `${kind}s`);
    };
    secrets?.forEach(({ source }, index) => check3("secret", source, ["secrets", String(index)], "secret"));
    configs?.forEach(({ source }, index) => check3("config", source, ["configs", String(index)], "config"));
    build?.secrets?.forEach(
      ({ source }, index) => check3("secret", source, ["build", "secrets", String(index)], "build secret")
    );
    for (const model of Object.keys(this.#service.models ?? {})) {
      if (Object.hasOwn(this.#document.models, model)) continue;
      this.#undefined("model", model, ["models", model], this.#document.models, "models");
    }
  }
  #checkMounts() {
    const mounted = /* @__PURE__ */ new Map();
    for (const [index, entry] of (this.#service.tmpfs ?? []).entries()) {
      mounted.set(entry.split(":", 1)[0] ?? entry, `services.${this.#name}.tmpfs[${index}]`);
    }
    for (const [index, { type, source, target }] of (this.#service.volumes ?? []).entries()) {
      const path = ["volumes", String(index)];
      const { volumes } = this.#document;
      if (type === "volume" && source !== void 0 && source !== "" && !Object.hasOwn(volumes, source)) {
        this.#undefined("volume", source, path, volumes, "volumes");
      }
      const other = mounted.get(target);
      if (other === void 0) continue;
      const message = `services.${this.#name}.volumes[${index}]: target ${target} already mounted as ${other}`;
      this.#error("conflict", message, path);
    }
  }
  #checkHealthcheck() {
    const test = this.#service.healthcheck?.test;
    const first = test?.[0];
    if (test === void 0 || first === void 0 || ["CMD", "CMD-SHELL", "NONE"].includes(first)) return;
    const message = 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"';
    this.#error(
      "invalid-value",
      message,
      ["healthcheck", "test"],
      'a list begins with "CMD"; a shell command is one string'
    );
  }
  #checkWatch() {
    for (const [index, rule] of (this.#service.develop?.watch ?? []).entries()) {
      const path = ["develop", "watch", String(index)];
      if (rule.path === "")
        this.#error("invalid-value", "develop.watch.path: value can't be blank", [...path, "path"]);
      if (rule.target !== void 0 || rule.action === "rebuild" || rule.action === "restart") continue;
      const message = `services.${this.#name}.develop.watch: target is required for non-rebuild actions`;
      this.#error("invalid-value", message, path);
    }
  }
};

// src/spec/check.ts
function checkConsistency(document2, context2) {
  for (const [name2, service] of Object.entries(document2.services)) {
    checkService(name2, service, document2, context2);
  }
  checkSecrets(document2, context2);
  checkExternal(document2, context2);
  checkContainerNames(document2, context2);
  checkCycles(document2, context2);
}
function checkSecrets({ secrets, configs }, { report, placeOf: placeOf2 }) {
  for (const [name2, secret] of Object.entries(secrets)) {
    if (secret.external === true || secret.driver !== void 0) continue;
    checkOrigin(["secrets", name2], [secret.file, secret.environment], "`file` or `environment`");
  }
  for (const [name2, config] of Object.entries(configs)) {
    if (config.external === true) continue;
    checkOrigin(
      ["configs", name2],
      [config.file, config.environment, config.content],
      "`file`, `environment` or `content`"
    );
  }
  function checkOrigin(path, origins, words) {
    const given = origins.filter((origin) => origin !== void 0).length;
    if (given === 1) return;
    const kind = path[0] === "secrets" ? "secret" : "config";
    const message = `${kind} "${path[1]}" must declare ${given === 0 ? "either" : "only one of"} ${words}`;
    report.error("conflict", message, { place: placeOf2(path), path });
  }
}
function checkExternal(document2, { report, placeOf: placeOf2 }) {
  for (const section of ["volumes", "networks", "secrets", "configs"]) {
    for (const [key, entry] of Object.entries(document2[section])) {
      if (entry.external !== true) continue;
      const extra = Object.entries(entry).find(
        ([name2, value2]) => name2 !== "external" && name2 !== "name" && !name2.startsWith("x-") && !isEmpty(value2)
      )?.[0];
      if (extra === void 0) continue;
      const path = [section, key, extra];
      const details = { place: placeOf2(path), path };
      if (section === "volumes") {
        const message = `volumes.${key}: conflicting parameters "external" and "${extra}" specified`;
        report.error("conflict", message, details);
      } else {
        report.warn("conflict", `${section}.${key}: \`${extra}\` has no effect on what is external`, details);
      }
    }
  }
}
function checkContainerNames({ services }, { report, placeOf: placeOf2 }) {
  const users = /* @__PURE__ */ new Map();
  for (const [name2, service] of Object.entries(services)) {
    const container = service.container_name;
    if (container === void 0) continue;
    const path = ["services", name2, "container_name"];
    const other = users.get(container);
    if (other === void 0) {
      users.set(container, name2);
      continue;
    }
    const message = `services.${name2}: container name "${container}" is already in use by service ${other}`;
    const related = [{ message: "first used here", place: placeOf2(["services", other, "container_name"]) }];
    report.error("conflict", message, { place: placeOf2(path), path, related });
  }
}
function checkCycles({ services }, { report, keyPlaceOf }) {
  const finished = /* @__PURE__ */ new Set();
  const trail = [];
  const visit = (name2) => {
    const service = services[name2];
    if (finished.has(name2) || service === void 0) return;
    trail.push(name2);
    for (const other of Object.keys(service.depends_on ?? {})) {
      const at = trail.indexOf(other);
      if (at < 0) {
        visit(other);
        continue;
      }
      const path = ["services", name2, "depends_on", other];
      const message = `dependency cycle detected: ${[...trail.slice(at), other].join(" -> ")}`;
      report.error("dependency-cycle", message, { place: keyPlaceOf(path), path });
    }
    trail.pop();
    finished.add(name2);
  };
  for (const name2 of Object.keys(services)) visit(name2);
}
function isEmpty(value2) {
  return value2 === false || typeof value2 === "object" && Object.keys(value2 ?? {}).length === 0;
}

// src/spec/explain.ts
function explain(path, loaded) {
  const document2 = asDocument(loaded.project);
  const found = findPath(path.split("."), document2);
  if (!found.ok) return found;
  const explanations = [];
  const visit = (at, value2) => {
    const entries = typeof value2 === "object" && value2 !== null ? Object.entries(value2) : [];
    if (entries.length === 0) explanations.push(explainValue(at, value2, loaded));
    for (const [key, item] of entries) visit([...at, key], item);
  };
  visit(found.path, found.value);
  return { ok: true, explanations };
}
function asDocument(project) {
  const { name: name2, services, disabledServices, networks, volumes, secrets, configs, models } = project;
  const sections = { networks, volumes, secrets, configs, models, ...project.extensions };
  return { name: name2, services: { ...services, ...disabledServices }, ...sections };
}
function findPath(steps, document2) {
  const path = [];
  let value2 = document2;
  for (let at = 0; at < steps.length; ) {
    const known = typeof value2 === "object" && value2 !== null ? value2 : {};
    let count = steps.length - at;
    while (count > 0 && !Object.hasOwn(known, steps.slice(at, at + count).join("."))) count--;
    if (count === 0) return { ok: false, suggestion: suggest(path, steps[at] ?? "", known) };
    const key = steps.slice(at, at + count).join(".");
    value2 = known[key];
    path.push(key);
    at += count;
  }
  return { ok: true, path, value: value2 };
}
function suggest(path, step, known) {
  const near = nearest(step, Object.keys(known));
  return near === void 0 ? void 0 : [...path, near].join(".");
}
function explainValue(path, value2, { root, history, project }) {
  const node = nodeAt(root, path);
  const places = node?.place === void 0 ? [] : [node.place, ...history.replacedBy(node.place)];
  const contributions = places.map((place) => contribution(place, history.variablesAt(place)));
  const [first] = contributions;
  if (first !== void 0 && isNull(node) && typeof value2 === "string") {
    const name2 = path.at(-1) ?? "";
    const used = { name: name2, value: value2, from: history.origin(name2, project.environment[name2] ?? value2) };
    contributions[0] = { ...first, variables: [describeVariable(used)] };
  }
  const fromFiles = history.fileValues(path).toReversed().map(({ place }) => contribution(place, history.variablesAt(place)));
  const [origin, ...overridden] = [...contributions, ...fromFiles];
  return { path, value: value2, ...origin && { origin }, overridden };
}
function nodeAt(root, path) {
  let node = root;
  for (const step of path) {
    if (node?.kind === "map") node = node.entries.get(step)?.value;
    else node = node?.kind === "seq" ? node.items[Number(step)] : void 0;
  }
  return node;
}
function contribution(place, variables) {
  const { source, start } = place;
  const newline = source.text.indexOf("\n", start);
  const lineStart = source.text.lastIndexOf("\n", start - 1) + 1;
  const written = source.text.slice(lineStart, newline < 0 ? void 0 : newline).trim();
  return { span: spanOf(place), written, variables: variables.map(describeVariable) };
}
function describeVariable({ name: name2, value: value2, from }) {
  return {
    name: name2,
    ...value2 !== void 0 && { value: value2 },
    from: typeof from === "string" ? from : spanOf(from)
  };
}

// src/spec/history.ts
var History = class {
  #replaced = /* @__PURE__ */ new Map();
  #used = /* @__PURE__ */ new Map();
  #variables = /* @__PURE__ */ new Map();
  #fileValues = /* @__PURE__ */ new Map();
  /** One value took the place of another. */
  replaced(by, what) {
    if (by === void 0 || what === void 0 || by === what) return;
    const known = this.#replaced.get(by);
    if (known === void 0) this.#replaced.set(by, /* @__PURE__ */ new Set([what]));
    else known.add(what);
  }
  /** What a value replaced, what that replaced in turn, and so on; the latest first. */
  replacedBy(place) {
    const found = /* @__PURE__ */ new Set([place]);
    for (const next of found) for (const other of this.#replaced.get(next) ?? []) found.add(other);
    found.delete(place);
    return [...found];
  }
  /** A text was filled in with these variables. */
  filledIn(place, variables) {
    if (place !== void 0) this.#used.set(place, variables);
  }
  variablesAt(place) {
    return this.#used.get(place) ?? [];
  }
  /** A file gave a variable that the environment lacked. */
  variableRead(name2, value2) {
    append(this.#variables, name2, value2);
  }
  /** Where a variable with this value came from. */
  origin(name2, value2) {
    return this.#variables.get(name2)?.findLast((known) => known.value === value2)?.place ?? "environment";
  }
  /** An `env_file` or `label_file` gave a value of the document. */
  fileValueRead(path, value2) {
    append(this.#fileValues, JSON.stringify(path), value2);
  }
  /** What such files gave for a path, in their order. */
  fileValues(path) {
    return this.#fileValues.get(JSON.stringify(path)) ?? [];
  }
};
function append(lists2, key, item) {
  const known = lists2.get(key);
  if (known === void 0) lists2.set(key, [item]);
  else known.push(item);
}

// src/spec/path-table.ts
function pathTable(rules) {
  const root = { rule: void 0, children: /* @__PURE__ */ new Map() };
  for (const [patterns, rule] of Object.entries(rules)) {
    for (const pattern of patterns.split(/\s+/)) {
      let branch = root;
      for (const step of pattern.split(".")) {
        let next = branch.children.get(step);
        if (next === void 0) {
          next = { rule: void 0, children: /* @__PURE__ */ new Map() };
          branch.children.set(step, next);
        }
        branch = next;
      }
      branch.rule = rule;
    }
  }
  return freeze(root);
}
function freeze(branch) {
  const children = new Map([...branch.children].map(([step, below]) => [step, freeze(below)]));
  const anyKey = children.get("*");
  const anyItem = children.get("[]");
  return {
    rule: branch.rule,
    key: (name2) => name2 === "[]" || name2 === "*" ? anyKey : children.get(name2) ?? anyKey,
    item: () => anyItem
  };
}

// src/spec/paths.ts
function normalisePath(path) {
  const isAbsolute = path.startsWith("/");
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    const canGoUp = parts.length > 0 && parts.at(-1) !== "..";
    if (part !== "..") parts.push(part);
    else if (canGoUp) parts.pop();
    else if (!isAbsolute) parts.push("..");
  }
  const joined = parts.join("/");
  if (isAbsolute) return `/${joined}`;
  return joined === "" ? "." : joined;
}
function directoryOf(path) {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}
function baseName(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}
function resolvePath(base, path) {
  return normalisePath(path.startsWith("/") ? path : `${base}/${path}`);
}
function relativePath(base, path) {
  const from = base.split("/").filter((part) => part !== "");
  const to = path.split("/").filter((part) => part !== "");
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared++;
  return normalisePath([...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/"));
}
function cleanContainerPath(path) {
  return path.includes("\\") ? path : normalisePath(path);
}
var absolute = (node, context2) => changed(node, (text3) => resolveHostPath(text3, context2));
var context = (node, paths) => changed(node, (text3) => isRemote(text3) ? text3 : resolveHostPath(text3, paths));
var realPath = (node, paths) => changed(node, (text3) => paths.realpath(resolveHostPath(text3, paths)));
var sshKey = (node, paths) => changed(node, (text3) => {
  const equals = text3.indexOf("=");
  return equals < 0 ? text3 : `${text3.slice(0, equals + 1)}${resolveHostPath(text3.slice(equals + 1), paths)}`;
});
var mount = (node, paths, path) => {
  if (stringValue(child(node, "type")) !== "bind" || node.kind !== "map") return node;
  const source = child(node, "source");
  const text3 = stringValue(source);
  if (text3 === void 0 || text3 === "") {
    const message = 'invalid mount config for type "bind": field Source must not be empty';
    paths.report.error("invalid-value", message, { place: node.place, path });
    return node;
  }
  return withEntry(node, "source", scalar(resolveHostPath(text3, paths), source?.place));
};
var bindVolume = (node, paths) => {
  const options = child(node, "driver_opts");
  const isBind = stringValue(child(node, "driver")) === "local" && stringValue(child(options, "o")) === "bind";
  const device = child(options, "device");
  if (!isBind || device === void 0 || node.kind !== "map" || options?.kind !== "map") return node;
  return withEntry(node, "driver_opts", withEntry(options, "device", absolute(device, paths, [])));
};
var pathRules = pathTable({
  "services.*.build.context services.*.build.additional_contexts.*": context,
  "services.*.env_file.[].path services.*.label_file.[] configs.*.file secrets.*.file": absolute,
  "services.*.develop.watch.[].path": realPath,
  "services.*.volumes.[]": mount,
  "services.*.build.ssh.[]": sshKey,
  "volumes.*": bindVolume
});
function resolvePaths(root, paths) {
  const visit = (node, table, path) => {
    const own = table.rule === void 0 ? node : table.rule(node, paths, path);
    return mapChildren(own, (value2, key) => {
      const below = own.kind === "seq" ? table.item() : table.key(key);
      return below === void 0 ? value2 : visit(value2, below, [...path, key]);
    });
  };
  return visit(root, pathRules, []);
}
function changed(node, change) {
  const text3 = stringValue(node);
  if (text3 === void 0 || text3 === "") return node;
  const next = change(text3);
  return next === text3 ? node : scalar(next, node.place);
}
function resolveHostPath(text3, paths) {
  if (text3 === "~" || text3.startsWith("~/")) return normalisePath(`${paths.homedir}/${text3.slice(2)}`);
  if (/^(?:[A-Za-z]:[\\/]|\\\\)/.test(text3)) return text3;
  return text3.startsWith("/") ? text3 : resolvePath(paths.directory, text3);
}
function isRemote(text3) {
  return text3.includes("://") || /^(?:service:|docker-image:|target:|github\.com\/|git@)/.test(text3);
}

// src/spec/discovery.ts
var NAMES2 = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
var OVERRIDES = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml"
];
function discoverFiles(request, lookup, host, report) {
  const asked = request.files ?? [];
  const given = asked.length > 0 ? asked : filesFromEnvironment(lookup);
  const files = given.length > 0 ? absoluteFiles(given, host, report) : searchUpwards(host, report);
  const local = files.find((file) => file !== "-");
  const directory = request.projectDirectory;
  if (directory !== void 0 && directory !== "")
    return { files, projectDirectory: resolvePath(host.cwd, directory) };
  return { files, projectDirectory: local === void 0 ? host.cwd : directoryOf(local) };
}
function filesFromEnvironment(lookup) {
  const value2 = lookup("COMPOSE_FILE") ?? "";
  const separator = lookup("COMPOSE_PATH_SEPARATOR") ?? "";
  const files = separator === "" || separator === ":" ? splitAtColons(value2) : value2.split(separator);
  return files.filter((file) => file !== "");
}
var NAME_IN_LIST = new RegExp(
  [
    String.raw`oci://[^:/]*(?::\d+(?=/))?[^:@]*(?::[\w.-]+(?![\w.-]|://))?(?:@\w+:\w+)?`,
    String.raw`(?:git@[^:]+:|github\.com/|[\w+.-]+://[^:/]*(?::\d+(?=/))?)[^:#]*(?:#[^:]*(?::(?![/.]|git@|\w+://)[^:]*)?)?`,
    "[^:]+"
  ].join("|"),
  "g"
);
function splitAtColons(value2) {
  return value2.match(NAME_IN_LIST) ?? [];
}
function absoluteFiles(files, host, report) {
  return files.flatMap((file) => {
    if (file === "-") return [file];
    if (isRemote(file)) {
      report.error(
        "not-supported",
        `${file}: Compose files from elsewhere (git, OCI, HTTP) are not supported yet`
      );
      return [];
    }
    return [resolvePath(host.cwd, file)];
  });
}
function searchUpwards(host, report) {
  for (let directory = host.cwd; ; directory = directoryOf(directory)) {
    const found = firstOf(NAMES2, directory, host, report);
    if (found !== void 0) {
      const override = firstOf(OVERRIDES, directory, host, report);
      return override === void 0 ? [found] : [found, override];
    }
    if (directory === "/") return [];
  }
}
function firstOf(names, directory, host, report) {
  const found = names.map((name2) => resolvePath(directory, name2)).filter((path) => host.kind(path) === "file");
  const [first, ...others] = found;
  if (first !== void 0 && others.length > 0) {
    report.warn(
      "conflict",
      `found several Compose files with default names: ${found.join(", ")}; using ${first}`
    );
  }
  return first;
}

// src/spec/mapping.ts
function asMapping(node, valueless) {
  if (node.kind === "map") return node;
  if (node.kind === "scalar") return void 0;
  const entries = /* @__PURE__ */ new Map();
  for (const item of node.items) {
    const text3 = stringValue(item);
    if (text3 === void 0) return void 0;
    const equals = text3.indexOf("=");
    const key = equals < 0 ? text3 : text3.slice(0, equals);
    const value2 = equals < 0 ? valueless === "null" ? null : "" : text3.slice(equals + 1);
    entries.set(key, { keyPlace: item.place, value: scalar(value2, item.place) });
  }
  return { ...map(entries, node.place), ...node.tag && { tag: node.tag } };
}
function namesAsMapping(node, valueFor2) {
  if (node.kind === "map") return node;
  if (node.kind === "scalar") return void 0;
  const entries = /* @__PURE__ */ new Map();
  for (const item of node.items) {
    const name2 = stringValue(item);
    if (name2 === void 0) return void 0;
    entries.set(name2, { keyPlace: item.place, value: valueFor2(item) });
  }
  return { ...map(entries, node.place), ...node.tag && { tag: node.tag } };
}
function asList(node) {
  if (node.kind === "seq") return node;
  if (node.kind === "map" || node.value === null) return void 0;
  return { ...seq([node], node.place), ...node.tag && { tag: node.tag } };
}
function startedDependency(item) {
  const { place } = item;
  const entries = /* @__PURE__ */ new Map([
    ["condition", { keyPlace: place, value: scalar("service_started", place) }],
    ["required", { keyPlace: place, value: scalar(true, place) }]
  ]);
  return map(entries, place);
}

// src/spec/canonical/build.ts
var canonicalBuild = (node) => {
  const context2 = stringValue(node);
  return context2 === void 0 ? node : mapOf({ context: node }, node.place);
};
var canonicalSsh = (node, { path, report }) => {
  const mapping = asMapping(node, "empty");
  if (mapping === void 0) return node;
  const items = [];
  for (const [id, { keyPlace, value: value2 }] of mapping.entries) {
    const socket = value2.kind === "scalar" ? scalarText(value2) ?? "" : "";
    if (socket === "" && id !== "default") {
      const message = `invalid ssh key "${id}": it needs a path`;
      report.error("invalid-value", message, { place: keyPlace, path, hint: `write \`${id}=<path>\`` });
      continue;
    }
    const place = isNull(value2) ? keyPlace : value2.place;
    items.push(scalar(socket === "" ? id : `${id}=${socket}`, place));
  }
  return seq(items, node.place);
};

// src/spec/canonical/command.ts
var canonicalCommand = (node, { path, report }) => {
  const text3 = stringValue(node);
  if (text3 === void 0) return node;
  const words = splitWords(text3);
  if (words === void 0) {
    const message = `${path.join(".")} has a quote or backslash that nothing closes: ${text3}`;
    report.error("invalid-value", message, { place: node.place, path });
    return seq([], node.place);
  }
  return seq(
    words.map((word) => scalar(word, node.place)),
    node.place
  );
};
var canonicalTest = (node) => {
  const text3 = stringValue(node);
  if (text3 === void 0) return node;
  return seq([scalar("CMD-SHELL", node.place), scalar(text3, node.place)], node.place);
};
function splitWords(text3) {
  const words = [];
  let word;
  let at = 0;
  while (at < text3.length) {
    const char = text3.charAt(at);
    if (char === " " || char === "	" || char === "\n" || char === "\r") {
      if (word !== void 0) words.push(word);
      word = void 0;
      at++;
    } else if (char === "'" || char === '"') {
      const quoted = readQuoted(text3, at);
      if (quoted === void 0) return void 0;
      word = (word ?? "") + quoted.value;
      at = quoted.end;
    } else if (char === "\\") {
      if (at + 1 >= text3.length) return void 0;
      const escaped = text3.charAt(at + 1);
      word = (word ?? "") + (escaped === "\n" ? "" : escaped);
      at += 2;
    } else {
      word = (word ?? "") + char;
      at++;
    }
  }
  if (word !== void 0) words.push(word);
  return words;
}
function readQuoted(text3, start) {
  const quote = text3.charAt(start);
  let value2 = "";
  for (let at = start + 1; at < text3.length; at++) {
    const char = text3.charAt(at);
    if (char === quote) return { value: value2, end: at + 1 };
    if (char === "\\" && quote === '"' && '"\\$`\n'.includes(text3.charAt(at + 1)) && at + 1 < text3.length) {
      at++;
      if (text3.charAt(at) !== "\n") value2 += text3.charAt(at);
    } else {
      value2 += char;
    }
  }
  return void 0;
}

// src/spec/canonical/devices.ts
var canonicalDevices = (node, { path, report }) => {
  if (node.kind !== "seq") return node;
  const items = [];
  for (const [index, item] of node.items.entries()) {
    const text3 = stringValue(item);
    if (text3 === void 0) {
      items.push(item);
      continue;
    }
    const [source = "", target = source, permissions = "rwm", ...more] = text3.split(":");
    if (more.length > 0) {
      report.error("invalid-value", `confusing device mapping, please use long syntax: ${text3}`, {
        place: item.place,
        path: [...path, String(index)]
      });
      continue;
    }
    const { place } = item;
    const values = {
      source: scalar(source, place),
      target: scalar(target, place),
      permissions: scalar(permissions, place)
    };
    items.push(mapOf(values, place));
  }
  return seq(items, node.place);
};
var canonicalGpus = (node, context2) => {
  if (stringValue(node) === "all")
    return seq([mapOf({ count: scalar(-1, node.place) }, node.place)], node.place);
  return canonicalDeviceRequests(node, context2);
};
var canonicalDeviceRequests = (node, { path, report }) => {
  if (node.kind !== "seq") return node;
  return mapChildren(node, (item, index) => {
    if (item.kind !== "map") return item;
    const count = child(item, "count");
    const hasIds = item.entries.has("device_ids");
    if (count === void 0) return hasIds ? item : withEntry(item, "count", scalar(-1, item.place));
    if (hasIds) {
      const message = `"count" and "device_ids" attributes are exclusive`;
      report.error("conflict", message, { place: count.place, path: [...path, index, "count"] });
    }
    const text3 = stringValue(count);
    if (text3 === "all") return withEntry(item, "count", scalar(-1, count.place));
    return text3 !== void 0 && /^-?\d+$/.test(text3) ? withEntry(item, "count", scalar(Number(text3), count.place)) : item;
  });
};

// src/spec/canonical/extra-hosts.ts
function hostsAsList(node) {
  if (node.kind === "scalar") return void 0;
  const items = [];
  if (node.kind === "seq") {
    for (const item of node.items) {
      const text3 = stringValue(item);
      if (text3 === void 0) return void 0;
      items.push(scalar(withEquals(text3), item.place));
    }
    return seq(items, node.place);
  }
  for (const [host, { value: value2 }] of node.entries) {
    const addresses = value2.kind === "seq" ? value2.items : [value2];
    for (const address of addresses) {
      const text3 = stringValue(address);
      if (text3 === void 0) return void 0;
      items.push(scalar(`${host}=${text3}`, address.place));
    }
  }
  return seq(items, node.place);
}
function withEquals(text3) {
  if (text3.includes("=")) return text3;
  const colon = text3.indexOf(":");
  return colon < 0 ? text3 : `${text3.slice(0, colon)}=${text3.slice(colon + 1)}`;
}
var canonicalHosts = (node, context2) => {
  const list = hostsAsList(node);
  if (list === void 0) return node;
  const items = list.items.flatMap((item) => splitAddresses(item, context2));
  return seq(items.toSorted(byText), list.place);
};
function splitAddresses(item, { path, report }) {
  const text3 = stringValue(item) ?? "";
  const [host = "", ...rest] = text3.split("=");
  const addresses = rest.join("=");
  const { place } = item;
  if (addresses === "") {
    report.error("invalid-value", `invalid additional host, missing IP: ${host}`, {
      place,
      path,
      hint: "write `host=address`"
    });
    return [];
  }
  if (!/^[^\s:=,[\]]+$/.test(host)) {
    report.error("invalid-value", `bad host name '${host}'`, { place, path });
    return [];
  }
  return addresses.split(",").map((address) => scalar(`${host}=${address.trim().replace(/^\[(.*)\]$/, "$1")}`, place));
}
function byText(a, b) {
  const [left = "", right = ""] = [stringValue(a), stringValue(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

// src/spec/canonical/scalar-units.ts
var canonicalBytes = (node, { path, report }) => {
  if (node.kind !== "scalar" || typeof node.value === "boolean") return node;
  const text3 = scalarText(node);
  if (text3 === void 0) return node;
  const bytes = parseBytes(text3);
  if (bytes !== void 0) return scalar(integerText(bytes), node.place);
  report.error("invalid-value", `${path.join(".")}: invalid size: '${text3}'`, {
    place: node.place,
    path,
    hint: "a number of bytes, or a number with a unit: `64k`, `512m`, `1.5gb`"
  });
  return node;
};
function integerText(value2) {
  return Number.isSafeInteger(value2) ? String(value2) : BigInt(Math.trunc(value2)).toString();
}
var canonicalDuration = (node, { path, report }) => {
  if (node.kind !== "scalar" || typeof node.value !== "string") return node;
  const nanoseconds = parseDuration(node.value);
  if (nanoseconds !== void 0) return scalar(formatDuration(nanoseconds), node.place);
  report.error("invalid-value", `${path.join(".")}: invalid duration "${node.value}"`, {
    place: node.place,
    path,
    hint: "a number with a unit, or several: `500ms`, `30s`, `1m30s`, `2h`"
  });
  return node;
};
var canonicalFileMode = (node, context2) => {
  const mode = fileMode(node, context2);
  return mode === void 0 ? node : scalar(formatFileMode(mode), node.place);
};
var numericFileMode = (node, context2) => {
  const mode = fileMode(node, context2);
  return mode === void 0 ? node : scalar(mode, node.place);
};
function fileMode(node, { path, report }) {
  if (node.kind !== "scalar" || node.value === null || typeof node.value === "boolean") return void 0;
  if (typeof node.value === "number") return Number.isInteger(node.value) ? node.value : void 0;
  const mode = parseFileMode(node.value);
  if (mode === void 0) {
    report.error("invalid-value", `${path.join(".")}: invalid file mode "${node.value}"`, {
      place: node.place,
      path,
      hint: 'octal digits, such as "0440"'
    });
  }
  return mode;
}
var asText = (node) => {
  if (node.kind !== "scalar" || node.value === null || typeof node.value === "string") return node;
  return scalar(scalarText(node) ?? "", node.place);
};

// src/spec/canonical/lists.ts
var canonicalList = (node) => asList(node) ?? node;
var nonEmptyList = (node) => {
  const list = asList(node);
  if (list === void 0) return node;
  return seq(
    list.items.filter((item) => !isNull(item) && stringValue(item) !== ""),
    list.place
  );
};
var canonicalNames = (node) => namesAsMapping(node, (item) => scalar(null, item.place)) ?? node;
var canonicalDependencies = (node) => {
  const mapping = namesAsMapping(node, startedDependency);
  if (mapping === void 0) return node;
  return mapChildren(mapping, (value2) => {
    if (value2.kind !== "map" || value2.entries.has("required")) return value2;
    return withEntry(value2, "required", scalar(true, value2.place));
  });
};
var canonicalFileMounts = (node) => eachText(node, (item) => mapOf({ source: item }, item.place));
var canonicalEnvFiles = (node) => eachText(asList(node) ?? node, (item) => mapOf({ path: item }, item.place));
var canonicalProviderOption = (node, context2) => {
  const list = asList(node);
  return list === void 0 ? node : mapChildren(list, (item) => asText(item, context2));
};
function eachText(node, change) {
  if (node.kind !== "seq") return node;
  return mapChildren(node, (item) => stringValue(item) === void 0 ? item : change(item));
}

// src/spec/canonical/mappings.ts
var canonicalEnvironment = (node, context2) => {
  const mapping = asMapping(node, "null");
  if (mapping === void 0) return node;
  if (node.kind === "seq") reportTrailingSpaces(mapping, context2);
  return mapChildren(mapping, (value2) => textOf(value2));
};
var canonicalLabels = (node) => {
  const mapping = asMapping(node, "empty");
  return mapping === void 0 ? node : withTextValues(mapping);
};
var canonicalOptions = (node) => node.kind === "map" ? withTextValues(node) : node;
function withTextValues(mapping) {
  return mapChildren(mapping, (value2) => isNull(value2) ? scalar("", value2.place) : textOf(value2));
}
function textOf(value2) {
  if (value2.kind !== "scalar" || value2.value === null || typeof value2.value === "string") return value2;
  return scalar(scalarText(value2) ?? "", value2.place);
}
function reportTrailingSpaces(mapping, { path, report }) {
  for (const [key, { keyPlace }] of mapping.entries) {
    if (!/\s$/.test(key)) continue;
    report.error("invalid-value", `environment variable ${key} is declared with a trailing space`, {
      place: keyPlace,
      path: [...path, key]
    });
  }
}

// src/spec/ip-address.ts
var OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
var IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
function isIPv4(text3) {
  return IPV4.test(text3);
}
function isIPv6(text3) {
  const address = text3.replace(/%[\w.-]+$/, "");
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.map((half) => half === "" ? [] : half.split(":"));
  const all = groups.flat();
  const last = all.at(-1);
  const endsInIPv4 = last !== void 0 && isIPv4(last);
  const hex = endsInIPv4 ? all.slice(0, -1) : all;
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = hex.length + (endsInIPv4 ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}

// src/spec/canonical/ports.ts
var canonicalPorts = (node, { path, report }) => {
  if (node.kind !== "seq") return node;
  const items = [];
  for (const [index, item] of node.items.entries()) {
    if (item.kind === "map") {
      const address = child(item, "host_ip");
      const problem = addressProblem(stringValue(address) ?? "");
      const at = [...path, String(index), "host_ip"];
      if (problem !== void 0)
        report.error("invalid-value", `${at.join(".")}: ${problem}`, { place: address?.place, path: at });
      items.push(withDefaults(item));
      continue;
    }
    const text3 = item.kind === "scalar" ? scalarText(item) : void 0;
    if (text3 === void 0) {
      items.push(item);
      continue;
    }
    const parsed = parsePorts(text3);
    if ("problem" in parsed) {
      const at = [...path, String(index)];
      report.error("invalid-value", parsed.problem, { place: item.place, path: at });
    } else {
      items.push(...parsed.ports.map((port) => longForm(port, item.place)));
    }
  }
  return seq(items, node.place);
};
function longForm(port, place) {
  const values = { mode: scalar("ingress", place) };
  if (port.hostIp !== "") values["host_ip"] = scalar(port.hostIp, place);
  values["target"] = scalar(port.target, place);
  if (port.published !== "") values["published"] = scalar(port.published, place);
  values["protocol"] = scalar(port.protocol, place);
  return mapOf(values, place);
}
function withDefaults(item) {
  let port = item;
  const published = child(port, "published");
  const text3 = published?.kind === "scalar" ? scalarText(published) : void 0;
  if (text3 === "") port = withoutEntry(port, "published");
  else if (text3 !== void 0) port = withEntry(port, "published", scalar(text3, published?.place));
  if (!port.entries.has("mode")) port = withEntry(port, "mode", scalar("ingress", item.place));
  if (!port.entries.has("protocol")) port = withEntry(port, "protocol", scalar("tcp", item.place));
  return port;
}
function parsePorts(text3) {
  const [spec2 = "", protocol = "tcp", ...more] = text3.split("/");
  if (more.length > 0) return { problem: `invalid port ${text3}: more than one protocol` };
  const { hostIp, host, container } = splitSpec(spec2);
  if (container === "") return { problem: `no port specified: ${text3}<empty>` };
  if (!["tcp", "udp", "sctp"].includes(protocol.toLowerCase()))
    return { problem: `invalid proto: ${protocol}` };
  const problem = addressProblem(hostIp);
  if (problem !== void 0) return { problem };
  const targets = parseRange(container);
  if (targets === void 0) return { problem: `invalid containerPort: ${container}` };
  const published = host === "" ? void 0 : parseRange(host);
  if (host !== "" && published === void 0) return { problem: `invalid hostPort: ${host}` };
  const count = targets.last - targets.first;
  if (published !== void 0 && published.last - published.first !== count && count > 0) {
    return { problem: `invalid ranges specified for container and host ports: ${container} and ${host}` };
  }
  const ports = [];
  for (let offset = 0; offset <= count; offset++) {
    const target = targets.first + offset;
    ports.push({
      hostIp,
      target,
      published: publishedText(published, offset, count),
      protocol: protocol.toLowerCase()
    });
  }
  return { ports: ports.toSorted((a, b) => String(a.target) < String(b.target) ? -1 : 1) };
}
function addressProblem(hostIp) {
  return hostIp === "" || isIPv4(hostIp) || isIPv6(hostIp) ? void 0 : `invalid IP address: ${hostIp}`;
}
function publishedText(published, offset, count) {
  if (published === void 0) return "";
  if (count > 0 || published.first === published.last) return String(published.first + offset);
  return `${published.first}-${published.last}`;
}
function splitSpec(spec2) {
  const parts = spec2.split(":");
  const container = parts.pop() ?? "";
  const host = parts.pop() ?? "";
  return { hostIp: parts.join(":").replace(/^\[(.*)\]$/, "$1"), host, container };
}
function parseRange(text3) {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text3);
  if (match === null) return void 0;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first <= last && last <= 65535 ? { first, last } : void 0;
}

// src/spec/canonical/resources.ts
var canonicalResource = (node, { path, report }) => {
  if (isNull(node)) return mapOf({}, node.place);
  if (node.kind !== "map") return node;
  const external = child(node, "external");
  if (external?.kind !== "map") return node;
  const where = path.join(".");
  const keyPlace = node.entries.get("external")?.keyPlace;
  report.warn("deprecated", `${where}: external.name is deprecated. Please set name and external: true`, {
    place: keyPlace,
    path: [...path, "external"]
  });
  const marked = withEntry(node, "external", scalar(true, external.place));
  const name2 = child(external, "name");
  if (name2 === void 0) return marked;
  const own = child(node, "name");
  if (own !== void 0 && stringValue(own) !== stringValue(name2)) {
    report.error("conflict", `${where}: name and external.name conflict; only use name`, {
      place: own.place,
      path: [...path, "name"],
      related: [{ message: "external.name is given here", place: name2.place }]
    });
  }
  return withEntry(marked, "name", name2, keyPlace);
};

// src/spec/canonical/volumes.ts
var PROPAGATIONS = /* @__PURE__ */ new Set(["private", "rprivate", "shared", "rshared", "slave", "rslave"]);
var canonicalVolumes = (node, { path, report }) => {
  if (node.kind !== "seq") return node;
  const items = [];
  for (const [index, item] of node.items.entries()) {
    const text3 = stringValue(item);
    if (text3 === void 0) {
      items.push(cleanTarget(item));
      continue;
    }
    const fields = splitFields(text3);
    const problem = problemOf(fields, text3);
    if (problem === void 0) items.push(longForm2(fields, item.place));
    else report.error("invalid-value", problem, { place: item.place, path: [...path, String(index)] });
  }
  return seq(items, node.place);
};
function cleanTarget(item) {
  const target = child(item, "target");
  const text3 = stringValue(target);
  if (item.kind !== "map" || text3 === void 0 || text3 === "") return item;
  const clean = cleanContainerPath(text3);
  return clean === text3 ? item : withEntry(item, "target", scalar(clean, target?.place));
}
function splitFields(text3) {
  if (text3.length <= 2) return [text3];
  const fields = [];
  let field = "";
  let depth = 0;
  for (const char of text3) {
    if (char === "{" && (depth > 0 || field.endsWith("$"))) depth++;
    else if (char === "}" && depth > 0) depth--;
    const isDrive = char === ":" && /^[A-Za-z]$/.test(field) && fields.length < 2;
    if (char !== ":" || isDrive || depth > 0) {
      field += char;
      continue;
    }
    fields.push(field);
    field = "";
  }
  return [...fields, field];
}
function problemOf(fields, text3) {
  if (text3 === "") return "invalid empty volume spec";
  if (fields.includes("")) return `invalid spec: ${text3}: empty section between colons`;
  if (fields.length > 3) return `invalid spec: ${text3}: too many colons`;
  return void 0;
}
function longForm2(fields, place) {
  const [first = "", second, options = ""] = fields;
  const source = second === void 0 ? void 0 : first;
  const isBind = source !== void 0 && isHostPath(source);
  const values = { type: scalar(isBind ? "bind" : "volume", place) };
  if (source !== void 0) values["source"] = scalar(source, place);
  values["target"] = scalar(cleanContainerPath(second ?? first), place);
  const bind = {};
  const volume = {};
  for (const option of options.split(",")) {
    if (option === "ro") values["read_only"] = scalar(true, place);
    else if (option === "nocopy") volume["nocopy"] = scalar(true, place);
    else if (option === "z" || option === "Z") bind["selinux"] = scalar(option, place);
    else if (PROPAGATIONS.has(option)) bind["propagation"] = scalar(option, place);
  }
  if (isBind) values["bind"] = mapOf(bind, place);
  else values["volume"] = mapOf(volume, place);
  return mapOf(values, place);
}
function isHostPath(source) {
  return /^(?:[./~]|\\\\|[A-Za-z]:[\\/])/.test(source);
}

// src/spec/canonical/canonicalise.ts
var canonicalTable = pathTable({
  "services.*.build": canonicalBuild,
  "services.*.build.ssh": canonicalSsh,
  [`services.*.command services.*.entrypoint services.*.pre_start.[].command services.*.post_start.[].command
    services.*.pre_stop.[].command services.*.develop.watch.[].exec.command`]: canonicalCommand,
  "services.*.healthcheck.test": canonicalTest,
  "services.*.ports": canonicalPorts,
  "services.*.volumes": canonicalVolumes,
  "services.*.devices": canonicalDevices,
  "services.*.gpus": canonicalGpus,
  "services.*.deploy.resources.reservations.devices": canonicalDeviceRequests,
  "services.*.extra_hosts services.*.build.extra_hosts": canonicalHosts,
  "services.*.depends_on": canonicalDependencies,
  "services.*.networks services.*.models": canonicalNames,
  "services.*.secrets services.*.configs services.*.build.secrets": canonicalFileMounts,
  "services.*.env_file": canonicalEnvFiles,
  "services.*.dns": nonEmptyList,
  [`services.*.dns_search services.*.dns_opt services.*.tmpfs services.*.label_file
    services.*.build.no_cache_filter services.*.develop.watch.[].ignore
    services.*.develop.watch.[].include`]: canonicalList,
  "services.*.provider.options.*": canonicalProviderOption,
  [`services.*.environment services.*.build.args services.*.pre_start.[].environment
    services.*.post_start.[].environment services.*.pre_stop.[].environment
    services.*.develop.watch.[].exec.environment`]: canonicalEnvironment,
  [`services.*.labels services.*.annotations services.*.sysctls services.*.deploy.labels services.*.build.labels
    services.*.build.additional_contexts services.*.volumes.[].volume.labels networks.*.labels volumes.*.labels
    secrets.*.labels configs.*.labels services.*.gpus.[].options
    services.*.deploy.resources.reservations.devices.[].options`]: canonicalLabels,
  [`networks.*.driver_opts volumes.*.driver_opts secrets.*.driver_opts networks.*.ipam.options
    services.*.logging.options`]: canonicalOptions,
  [`services.*.expose.[] services.*.group_add.[] services.*.build.provenance services.*.build.sbom`]: asText,
  [`services.*.mem_limit services.*.memswap_limit services.*.mem_reservation services.*.mem_swappiness
    services.*.shm_size services.*.build.shm_size services.*.volumes.[].tmpfs.size
    services.*.deploy.resources.limits.memory services.*.deploy.resources.reservations.memory
    services.*.blkio_config.device_read_bps.[].rate services.*.blkio_config.device_read_iops.[].rate
    services.*.blkio_config.device_write_bps.[].rate services.*.blkio_config.device_write_iops.[].rate`]: canonicalBytes,
  [`services.*.stop_grace_period services.*.healthcheck.interval services.*.healthcheck.timeout
    services.*.healthcheck.start_period services.*.healthcheck.start_interval
    services.*.deploy.update_config.delay services.*.deploy.update_config.monitor
    services.*.deploy.rollback_config.delay services.*.deploy.rollback_config.monitor
    services.*.deploy.restart_policy.delay services.*.deploy.restart_policy.window`]: canonicalDuration,
  "services.*.secrets.[].mode services.*.configs.[].mode services.*.build.secrets.[].mode": canonicalFileMode,
  "services.*.volumes.[].tmpfs.mode": numericFileMode,
  "networks.* volumes.* secrets.* configs.*": canonicalResource
});
function canonicalise(root, report, { hasVariables = false } = {}) {
  const path = [];
  const visit = (node, table) => {
    const own = table.rule === void 0 ? node : apply2(table.rule, node);
    return mapChildren(own, (value2, key) => {
      const below = own.kind === "seq" ? table.item() : table.key(key);
      if (below === void 0) return value2;
      path.push(key);
      const next = visit(value2, below);
      path.pop();
      return next;
    });
  };
  const apply2 = (rule, node) => {
    if (!hasVariables) return rule(node, { path, report });
    let isMalformed = false;
    const quiet = { ...report, error: () => isMalformed = true };
    const changed2 = rule(node, { path, report: quiet });
    return isMalformed ? node : changed2;
  };
  return visit(root, canonicalTable);
}

// src/spec/defaults.ts
var defaultTable = pathTable({
  "services.*.build": completeBuild,
  "services.*.secrets.[]": completeSecret,
  "services.*.volumes.[].bind": (node) => withoutTruth(node, "create_host_path"),
  "services.*.env_file.[]": (node) => withoutTruth(node, "required")
});
function applyDefaults(root) {
  const visit = (node, table) => {
    const own = table.rule === void 0 ? node : table.rule(node);
    return mapChildren(own, (value2, key) => {
      const below = own.kind === "seq" ? table.item() : table.key(key);
      return below === void 0 ? value2 : visit(value2, below);
    });
  };
  return visit(root, defaultTable);
}
function completeBuild(node) {
  if (node.kind !== "map") return node;
  let build = node;
  if (!build.entries.has("context")) build = withEntry(build, "context", scalar(".", node.place));
  if (!build.entries.has("dockerfile") && !build.entries.has("dockerfile_inline")) {
    build = withEntry(build, "dockerfile", scalar("Dockerfile", node.place));
  }
  return build;
}
function completeSecret(node) {
  const source = child(node, "source");
  if (node.kind !== "map" || node.entries.has("target") || source?.kind !== "scalar") return node;
  return withEntry(node, "target", scalar(`/run/secrets/${scalarText(source) ?? ""}`, source.place));
}
function withoutTruth(node, key) {
  const value2 = child(node, key);
  if (node.kind !== "map" || value2?.kind !== "scalar" || value2.value !== true) return node;
  return node.entries.size === 1 ? mapOf({}, node.place) : withoutEntry(node, key);
}

// src/spec/cast.ts
var castTable = pathTable({
  [`services.*.deploy.replicas services.*.deploy.update_config.parallelism services.*.deploy.rollback_config.parallelism
    services.*.deploy.restart_policy.max_attempts services.*.deploy.placement.max_replicas_per_node
    services.*.healthcheck.retries services.*.ports.[].target services.*.scale
    services.*.ulimits.* services.*.ulimits.*.soft services.*.ulimits.*.hard
    services.*.build.ulimits.* services.*.build.ulimits.*.soft services.*.build.ulimits.*.hard
    services.*.cpu_count services.*.cpu_period services.*.cpu_quota services.*.cpu_rt_period
    services.*.cpu_rt_runtime services.*.cpu_shares services.*.oom_score_adj services.*.pids_limit
    services.*.deploy.resources.limits.pids services.*.blkio_config.weight
    services.*.blkio_config.weight_device.[].weight
    services.*.networks.*.priority services.*.networks.*.gw_priority models.*.context_size`]: "integer",
  [`services.*.cpu_percent services.*.cpus services.*.deploy.update_config.max_failure_ratio
    services.*.deploy.rollback_config.max_failure_ratio services.*.deploy.resources.limits.cpus
    services.*.deploy.resources.reservations.cpus`]: "number",
  [`services.*.init services.*.depends_on.*.required services.*.depends_on.*.restart services.*.healthcheck.disable
    services.*.oom_kill_disable services.*.privileged services.*.read_only services.*.stdin_open services.*.tty
    services.*.attach services.*.use_api_socket services.*.volumes.[].read_only
    services.*.volumes.[].volume.nocopy services.*.volumes.[].bind.create_host_path services.*.env_file.[].required
    services.*.build.no_cache services.*.build.privileged services.*.build.pull
    services.*.develop.watch.[].initial_sync services.*.pre_start.[].privileged services.*.pre_start.[].per_replica
    services.*.post_start.[].privileged services.*.pre_stop.[].privileged
    services.*.develop.watch.[].exec.privileged networks.*.external networks.*.internal networks.*.attachable
    networks.*.enable_ipv4 networks.*.enable_ipv6 volumes.*.external secrets.*.external configs.*.external`]: "boolean"
});
function castText(text3, type) {
  if (type === "boolean") return castBoolean(text3);
  const pattern = type === "integer" ? /^[-+]?\d+$/ : /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
  if (pattern.test(text3)) return { ok: true, value: Number(text3) };
  return { ok: false, expected: type === "integer" ? "an integer" : "a number" };
}
function castBoolean(text3) {
  const word = text3.toLowerCase();
  if (word === "true" || word === "false") return { ok: true, value: word === "true" };
  if (["y", "yes", "on"].includes(word)) return { ok: true, value: true, isLoose: true };
  if (["n", "no", "off"].includes(word)) return { ok: true, value: false, isLoose: true };
  return { ok: false, expected: "a boolean (true or false)" };
}

// src/spec/template.ts
var NAME2 = /[_a-zA-Z][_a-zA-Z0-9]*/y;
var OPERATOR = /:?[-?+]/y;
function substitute(template, lookup, onUnset) {
  if (!template.includes("$")) return { ok: true, text: template };
  const parts = parseTemplate(template);
  if (parts === void 0) return { ok: false, problem: { kind: "syntax", template } };
  let text3 = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text3 += part;
      continue;
    }
    const value2 = evaluate(part, lookup, onUnset);
    if (!value2.ok) return value2;
    text3 += value2.text;
  }
  return { ok: true, text: text3 };
}
function evaluate(variable, lookup, onUnset) {
  const { name: name2, operator, word } = variable;
  const value2 = lookup(name2);
  const isGiven = operator?.startsWith(":") === true ? value2 !== void 0 && value2 !== "" : value2 !== void 0;
  if (operator === void 0) {
    if (value2 === void 0) onUnset(name2);
    return { ok: true, text: value2 ?? "" };
  }
  switch (operator) {
    case ":-":
    case "-":
      return isGiven ? { ok: true, text: value2 ?? "" } : substitute(word, lookup, onUnset);
    case ":+":
    case "+":
      return isGiven ? substitute(word, lookup, onUnset) : { ok: true, text: value2 ?? "" };
    case ":?":
    case "?": {
      if (isGiven) return { ok: true, text: value2 ?? "" };
      const message = substitute(word, lookup, onUnset);
      return message.ok ? { ok: false, problem: { kind: "required", name: name2, message: message.text } } : message;
    }
  }
}
function parseTemplate(template) {
  const parts = [];
  let at = 0;
  while (at < template.length) {
    const dollar = template.indexOf("$", at);
    if (dollar < 0) break;
    if (dollar > at) parts.push(template.slice(at, dollar));
    const next = template.charAt(dollar + 1);
    if (next === "$") {
      parts.push("$");
      at = dollar + 2;
    } else if (next === "{") {
      const braced = parseBraced(template, dollar);
      if (braced === void 0) return void 0;
      parts.push(braced.variable);
      at = braced.end;
    } else {
      const name2 = matchAt(NAME2, template, dollar + 1);
      parts.push(name2 === void 0 ? "$" : { name: name2, word: "" });
      at = dollar + 1 + (name2?.length ?? 0);
    }
  }
  parts.push(template.slice(at));
  return parts;
}
function parseBraced(template, dollar) {
  const name2 = matchAt(NAME2, template, dollar + 2);
  if (name2 === void 0) return void 0;
  const afterName = dollar + 2 + name2.length;
  if (template.charAt(afterName) === "}") return { variable: { name: name2, word: "" }, end: afterName + 1 };
  const operator = matchAt(OPERATOR, template, afterName);
  if (operator === void 0) return void 0;
  const wordStart = afterName + operator.length;
  const end = closingBrace(template, dollar, wordStart);
  if (end === void 0) return void 0;
  return { variable: { name: name2, operator, word: template.slice(wordStart, end) }, end: end + 1 };
}
function closingBrace(template, dollar, wordStart) {
  const newline = template.indexOf("\n", wordStart);
  const line = newline < 0 ? template : template.slice(0, newline);
  const last = line.lastIndexOf("}");
  if (last < wordStart) return void 0;
  let depth = 0;
  for (let at = dollar + 1; at <= last; at++) {
    const char = line.charAt(at);
    if (char === "{") {
      depth++;
      at++;
    } else if (char === "}" && --depth === 0) {
      return at;
    }
  }
  return last;
}
function matchAt(pattern, text3, at) {
  pattern.lastIndex = at;
  return pattern.exec(text3)?.[0];
}
function variablesIn(template) {
  if (!template.includes("$")) return [];
  return (parseTemplate(template) ?? []).flatMap((part) => {
    if (typeof part === "string") return [];
    const { name: name2, operator = "", word } = part;
    const use = {
      name: name2,
      required: operator.endsWith("?"),
      defaultValue: operator.endsWith("-") ? word : "",
      alternateValue: operator.endsWith("+") ? word : ""
    };
    return [use, ...variablesIn(word)];
  });
}

// src/spec/interpolate.ts
function interpolate(root, context2) {
  const path = [];
  const visit = (node, table) => {
    if (node.kind === "scalar") return interpolateScalar(node, table?.rule, path, context2);
    return mapChildren(node, (value2, key) => {
      path.push(key);
      const next = visit(value2, node.kind === "seq" ? table?.item() : table?.key(key));
      path.pop();
      return next;
    });
  };
  return visit(root, castTable);
}
function interpolateScalar(node, type, path, context2) {
  if (typeof node.value !== "string") return node;
  if (type === void 0 && !node.value.includes("$")) return node;
  const text3 = fillIn(node, path, context2);
  if (text3 === void 0) return node;
  if (type === void 0 || !context2.isEnabled && text3.includes("$")) {
    return text3 === node.value ? node : { ...node, value: text3 };
  }
  const { report } = context2;
  const cast = castText(text3, type);
  const where = path.join(".");
  if (!cast.ok) {
    const found = text3 === node.value ? `"${text3}"` : `"${text3}" (from \`${node.value}\`)`;
    report.error("cast", `${where} must be ${cast.expected}, not ${found}`, { place: node.place, path });
    return node;
  }
  if (cast.isLoose === true) {
    const hint = `write \`${String(cast.value)}\``;
    report.warn("cast", `"${text3}" for boolean ${where} is not supported by YAML 1.2`, {
      place: node.place,
      path,
      hint
    });
  }
  return { ...node, value: cast.value };
}
function fillIn(node, path, context2) {
  const template = String(node.value);
  if (!template.includes("$")) return template;
  const mentioned = variablesIn(template);
  for (const use of mentioned) context2.onVariable(use);
  if (!context2.isEnabled) return template;
  const { history } = context2;
  if (history !== void 0)
    history.filledIn(node.place, usedVariables(template, mentioned, context2.lookup, history));
  const result = substitute(template, context2.lookup, (name2) => {
    const message = `The "${name2}" variable is not set. Defaulting to a blank string.`;
    context2.report.warn("variable-unset", message, { place: node.place, path });
  });
  if (result.ok) return result.text;
  reportProblem(result.problem, node, path, context2.report);
  return void 0;
}
function usedVariables(template, mentioned, lookup, history) {
  const used = /* @__PURE__ */ new Map();
  const remember = (name2) => {
    const value2 = lookup(name2);
    const use = mentioned.find((other) => other.name === name2 && other.defaultValue !== "");
    const known = value2 !== void 0 && (value2 !== "" || use === void 0);
    if (known) used.set(name2, { name: name2, value: value2, from: history.origin(name2, value2) });
    else if (use === void 0) used.set(name2, { name: name2, value: void 0, from: "unset" });
    else used.set(name2, { name: name2, value: use.defaultValue, from: "default" });
    return value2;
  };
  substitute(template, remember, () => void 0);
  return [...used.values()];
}
function reportProblem(problem, node, path, report) {
  const where = path.join(".");
  if (problem.kind === "syntax") {
    report.error("interpolation-syntax", `invalid interpolation format for ${where}: ${problem.template}`, {
      place: node.place,
      path,
      hint: "a `$` that is meant as such is written `$$`"
    });
    return;
  }
  const reason = problem.message === "" ? "" : `: ${problem.message}`;
  report.error("variable-required", `required variable ${problem.name} is missing a value${reason}`, {
    place: node.place,
    path
  });
}

// src/spec/source-documents.ts
function documentsOf(source, context2) {
  const known = context2.parsed.get(source);
  if (known !== void 0) return known;
  const documents2 = parseDocuments(source, context2.report).filter(
    (document2) => isDocument(document2, source, context2)
  );
  context2.parsed.set(source, documents2);
  if (/!(?:reset|override)\b/.test(source.text)) context2.tagged.add(source);
  return documents2;
}
function isDocument(document2, source, { report }) {
  if (document2.kind === "map") return true;
  if (isNull(document2)) return false;
  const place = document2.place ?? { source, start: 0, end: 0 };
  report.error("not-a-mapping", "top-level object must be a mapping", { place });
  return false;
}
function fillIn2(document2, variables, context2) {
  return interpolate(document2, {
    lookup: (name2) => variables.get(name2),
    report: context2.report,
    onVariable: (use) => rememberUse(use, context2.variableUses),
    isEnabled: context2.request.noInterpolate !== true,
    history: context2.history
  });
}
function rememberUse(use, uses) {
  const known = uses.get(use.name);
  const merged = {
    name: use.name,
    required: use.required || known?.required === true,
    defaultValue: known?.defaultValue || use.defaultValue,
    alternateValue: known?.alternateValue || use.alternateValue
  };
  uses.set(use.name, merged);
}
function pathsSeenFrom(scope, directory, { host, report, request }) {
  const paths = { homedir: host.homedir, report };
  if (request.noPathResolution === true) {
    return { ...paths, directory: relativePath(scope.directory, directory), realpath: (path) => path };
  }
  return { ...paths, directory, realpath: (path) => host.realpath(path) };
}
function reportUnreadable(file, result, { sources, report }, place) {
  const name2 = sources.displayName(file);
  if (result.reason === "not-found")
    report.error("file-not-found", `${name2}: no such file or directory`, { place });
  else if (result.reason === "is-directory")
    report.error("file-unreadable", `${name2} is a directory`, { place });
  else report.error("file-unreadable", `cannot read ${name2}: ${result.message}`, { place });
}

// src/spec/merge.ts
var replace = ({ base, over, context: context2 }) => {
  context2.history?.replaced(over.place, base.place);
  return over;
};
var mappings = (valueless) => (step) => {
  const base = asMapping(step.base, valueless);
  const over = asMapping(step.over, valueless);
  if (base === void 0 || over === void 0) return mergeByKind(step);
  return overlay({ ...step, base, over }, (_, value2, known) => {
    step.context.history?.replaced(value2.place, known.place);
    return value2;
  });
};
var lists = (step) => {
  const base = asList(step.base);
  const over = asList(step.over);
  if (base === void 0 || over === void 0) return mergeByKind(step);
  return { ...base, items: [...base.items, ...over.items] };
};
var buildLimit = (step) => step.base.kind === "map" && step.over.kind === "map" ? mergeByKind(step) : replace(step);
var longForm3 = (lengthen) => (step) => mergeByKind({ ...step, base: lengthen(step.base) ?? step.base, over: lengthen(step.over) ?? step.over });
var dependencies = (step) => {
  if (step.over.kind === "seq" && step.over.tag === void 0) {
    for (const item of step.over.items) warnOfDroppedCondition(item, step);
  }
  return longForm3((node) => namesAsMapping(node, startedDependency))(step);
};
function warnOfDroppedCondition(item, { base, path, context: context2 }) {
  const name2 = stringValue(item) ?? "";
  const before = child(child(base, name2), "condition");
  const condition = stringValue(before);
  if (condition === void 0 || condition === "service_started") return;
  const message = `${path.join(".")}: naming ${name2} in a list drops its condition ${condition}`;
  context2.report.warn("condition-dropped", message, {
    place: item.place,
    path,
    hint: "leave it out of the list, or repeat the condition in a mapping",
    related: [{ message: "the condition that is dropped", place: before?.place }]
  });
}
var hosts = (step) => {
  const base = hostsAsList(step.base);
  const over = hostsAsList(step.over);
  if (base === void 0 || over === void 0) return mergeByKind(step);
  const known = new Set(base.items.map(stringValue));
  return { ...base, items: [...base.items, ...over.items.filter((item) => !known.has(stringValue(item)))] };
};
var logging = (step) => {
  const before = stringValue(child(step.base, "driver"));
  const after = stringValue(child(step.over, "driver"));
  const isSame = before === void 0 || after === void 0 || before === after;
  return isSame ? mergeByKind(step) : replace(step);
};
var addressPools = (step) => {
  const { base, over, table } = step;
  if (base.kind !== "seq" || over.kind !== "seq") return mergeByKind(step);
  const items = [...base.items];
  for (const pool of over.items) {
    const subnet = stringValue(child(pool, "subnet"));
    const at = items.findIndex(
      (item) => subnet !== void 0 && stringValue(child(item, "subnet")) === subnet
    );
    const known = items[at];
    if (known === void 0) items.push(pool);
    else items[at] = mergeByKind({ ...step, base: known, over: pool, table: table?.item() });
  }
  return seq(items, base.place);
};
function lengthenBuild(node) {
  return node.kind === "scalar" && node.value !== null ? mapOf({ context: node }, node.place) : void 0;
}
var nullFor = (item) => scalar(null, item.place);
var mergeTable = pathTable({
  "services.*.command services.*.entrypoint services.*.healthcheck.test services.*.ulimits.*": replace,
  "services.*.build.ulimits.*": buildLimit,
  "services.*.environment services.*.build.args": mappings("null"),
  [`services.*.labels services.*.annotations services.*.sysctls services.*.build.labels
    services.*.build.additional_contexts services.*.deploy.labels services.*.volumes.*.volume.labels
    networks.*.labels volumes.*.labels secrets.*.labels configs.*.labels`]: mappings("empty"),
  "services.*.dns services.*.dns_opt services.*.dns_search services.*.env_file services.*.label_file services.*.tmpfs": lists,
  "services.*.build": longForm3(lengthenBuild),
  "services.*.depends_on": dependencies,
  "services.*.networks services.*.models": longForm3((node) => namesAsMapping(node, nullFor)),
  "services.*.extra_hosts services.*.build.extra_hosts": hosts,
  "services.*.logging": logging,
  "networks.*.ipam.config": addressPools
});
var NULL_REPLACES = /* @__PURE__ */ new Set([replace]);
function merge(base, over, context2) {
  return mergeAt({ base, over, table: mergeTable, path: [], context: context2 });
}
function mergeService(base, over, name2, context2) {
  return mergeAt({
    base,
    over,
    table: mergeTable.key("services")?.key(name2),
    path: ["services", name2],
    context: context2
  });
}
function mergeAt(step) {
  const { base, over, table } = step;
  if (over.tag !== void 0) return replace(step);
  if (base.tag === "reset") return over;
  if (isNull(over) && !NULL_REPLACES.has(table?.rule)) return base;
  return table?.rule === void 0 ? mergeByKind(step) : table.rule(step);
}
function mergeByKind(step) {
  const { base, over, table, path, context: context2 } = step;
  if (base.kind === "scalar") return replace(step);
  if (base.kind === "seq" && over.kind === "seq") return { ...base, items: [...base.items, ...over.items] };
  if (base.kind === "map" && over.kind === "map") {
    return overlay(
      { base, over, context: context2 },
      (key, value2, known) => mergeAt({ base: known, over: value2, table: table?.key(key), path: [...path, key], context: context2 })
    );
  }
  const wanted = base.kind === "map" ? "a mapping" : "a list";
  const found = over.kind === "scalar" ? "a single value" : over.kind === "map" ? "a mapping" : "a list";
  context2.report.error(
    "conflict",
    `cannot override ${path.join(".")}: it is ${wanted}, and this is ${found}`,
    {
      place: over.place,
      path,
      related: [{ message: "what it would be merged into", place: base.place }]
    }
  );
  return base;
}
function overlay({ base, over, context: context2 }, combine) {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const known = base.entries.get(key);
    if (known === void 0 || entry.value.tag !== void 0) {
      if (known !== void 0) context2.history?.replaced(entry.value.place, known.value.place);
      entries.set(key, entry);
      continue;
    }
    const value2 = combine(key, entry.value, known.value);
    entries.set(key, { keyPlace: value2 === known.value ? known.keyPlace : entry.keyPlace, value: value2 });
  }
  return map(entries, over.place ?? base.place);
}
function withoutTags(node) {
  if (node.tag === "reset") return scalar(null, node.place);
  const untagged = node.tag === void 0 ? node : untag(node);
  return mapChildren(untagged, (value2) => value2.tag === "reset" ? void 0 : withoutTags(value2));
}
function untag(node) {
  const { tag: _, ...rest } = node;
  return rest;
}

// src/spec/extends.ts
function resolveExtends(document2, source, scope, context2) {
  const services = child(document2, "services");
  if (services?.kind !== "map" || document2.kind !== "map") return document2;
  const here = { source, services, directory: scope.directory };
  const resolver = new ExtendsResolver(scope, context2);
  const resolved = mapChildren(services, (_, name2) => resolver.resolve(name2, here, []));
  return resolved === services ? document2 : withEntry(document2, "services", resolved);
}
var ExtendsResolver = class {
  #scope;
  #context;
  #done = /* @__PURE__ */ new Map();
  #files = /* @__PURE__ */ new Map();
  constructor(scope, context2) {
    this.#scope = scope;
    this.#context = context2;
  }
  resolve(name2, here, trail) {
    const service = here.services.entries.get(name2)?.value;
    if (service === void 0) throw new Error(`internal: service ${name2} is not in its file`);
    const extension = child(service, "extends");
    if (service.kind !== "map" || extension === void 0) return service;
    const known = this.#done.get(service);
    if (known !== void 0) return known;
    const resolved = this.#extend(name2, service, extension, here, trail);
    this.#done.set(service, resolved);
    return resolved;
  }
  #extend(name2, service, extension, here, trail) {
    const target = readExtension(extension);
    if (target === void 0) return service;
    const own = withoutEntry(service, "extends");
    const steps = [...trail, { service: name2, source: here.source }];
    const there = target.file === void 0 ? here : this.#neighbourhood(target.file, here, child(extension, "file")?.place);
    if (there === void 0) return own;
    const path = ["services", name2, "extends"];
    const { report } = this.#context;
    if (!there.services.entries.has(target.service)) {
      const elsewhere = there === here ? "" : ` in ${there.source.name}`;
      const message = `cannot extend service "${name2}" in ${here.source.name}: service "${target.service}" not found`;
      const others = [...there.services.entries.keys()].filter((other) => there !== here || other !== name2);
      const near = nearest(target.service, others);
      const hint = near && `did you mean \`${near}\`?`;
      report.error("undefined-reference", message + elsewhere, { place: target.place, path, hint });
      return own;
    }
    if (steps.some((step) => step.service === target.service && step.source === there.source)) {
      const circle = [...steps, { service: target.service, source: there.source }];
      const words = circle.map((step) => `${step.service} in ${step.source.name}`).join(", extends ");
      report.error("dependency-cycle", `Circular reference: ${words}`, { place: target.place, path });
      return own;
    }
    const base = this.resolve(target.service, there, steps);
    return isNull(base) ? own : mergeService(withoutTags(base), own, name2, this.#context);
  }
  /** The services of another file: filled in with this file's environment, canonical, with paths from their own folder. */
  #neighbourhood(file, here, place) {
    if (isRemote(file)) {
      const message = `${file}: extending a service from elsewhere (git, OCI, HTTP) is not supported yet`;
      this.#context.report.error("not-supported", message, { place });
      return void 0;
    }
    const path = resolvePath(here.directory, file);
    if (!this.#files.has(path)) this.#files.set(path, this.#readNeighbourhood(path, place));
    return this.#files.get(path);
  }
  #readNeighbourhood(path, place) {
    const { sources, report } = this.#context;
    const result = sources.read(path);
    if (!result.ok) {
      reportUnreadable(path, result, this.#context, place);
      return void 0;
    }
    const { source } = result;
    let model;
    for (const document2 of documentsOf(source, this.#context)) {
      const filled = fillIn2(document2, this.#scope.variables, this.#context);
      model = model === void 0 ? filled : merge(model, filled, this.#context);
    }
    const directory = directoryOf(path);
    const services = model && child(this.#resolve(model, directory), "services");
    if (services?.kind === "map") return { source, services, directory };
    report.error("undefined-reference", `cannot extend a service of ${source.name}: no services section`, {
      place
    });
    return void 0;
  }
  /** The document of a file in canonical form, with paths from the file's own folder. */
  #resolve(model, directory) {
    const { report, request } = this.#context;
    const canonical = canonicalise(model, report, { hasVariables: request.noInterpolate === true });
    return resolvePaths(canonical, pathsSeenFrom(this.#scope, directory, this.#context));
  }
};
function readExtension(node) {
  if (node.kind === "scalar") {
    const service2 = scalarText(node);
    return service2 === void 0 ? void 0 : { service: service2, file: void 0, place: node.place };
  }
  const named = child(node, "service");
  const service = stringValue(named);
  const file = child(node, "file");
  if (service === void 0 || file !== void 0 && stringValue(file) === void 0) return void 0;
  return { service, file: stringValue(file), place: named?.place };
}

// src/spec/dotenv.ts
function parseDotenv(options) {
  const reader = new DotenvReader(options);
  return options.isRaw === true ? reader.readRaw() : reader.read();
}
var KEY = /[\p{L}\p{N}_.[\]-]*/uy;
var ESCAPES = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "	",
  v: "\v",
  '"': '"',
  "\\": "\\"
};
var DotenvReader = class {
  #options;
  #text;
  #values = /* @__PURE__ */ new Map();
  #failed = false;
  constructor(options) {
    this.#options = options;
    this.#text = options.source.text;
  }
  read() {
    let at = this.#text.startsWith("\uFEFF") ? 1 : 0;
    while (at < this.#text.length && !this.#failed) {
      at = this.#skipBlank(at);
      if (at < this.#text.length) at = this.#readStatement(at);
    }
    return this.#values;
  }
  readRaw() {
    let next = 0;
    for (const line of this.#text.split("\n")) {
      const start = next;
      next += line.length + 1;
      const text3 = line.replace(/^\ufeff/, "").replace(/\r$/, "").trimStart();
      if (text3 === "" || text3.startsWith("#")) continue;
      const equals = text3.indexOf("=");
      const key = equals < 0 ? text3.trimEnd() : text3.slice(0, equals);
      const value2 = equals < 0 ? this.#options.lookup(key) : text3.slice(equals + 1);
      if (value2 === void 0) continue;
      this.#values.set(key, value2);
      this.#options.onValue?.(key, value2, this.#place(start, start + line.length));
    }
    return this.#values;
  }
  #skipBlank(start) {
    let at = start;
    while (at < this.#text.length) {
      const char = this.#text.charAt(at);
      if (char === "#") at = this.#lineEnd(at);
      else if (/\s/.test(char)) at++;
      else break;
    }
    return at;
  }
  #lineEnd(at) {
    const newline = this.#text.indexOf("\n", at);
    return newline < 0 ? this.#text.length : newline;
  }
  #readStatement(start) {
    const exported = /export[ \t]+(?=\S)/y;
    exported.lastIndex = start;
    const keyStart = start + (exported.exec(this.#text)?.[0].length ?? 0);
    KEY.lastIndex = keyStart;
    const key = KEY.exec(this.#text)?.[0] ?? "";
    const lineEnd = this.#lineEnd(keyStart);
    const afterKey = keyStart + key.length;
    const separator = /[ \t]*([=:])[ \t]*/y;
    separator.lastIndex = afterKey;
    const found = separator.exec(this.#text);
    if (found !== null && key !== "") return this.#readAssignment(key, separator.lastIndex);
    const rest = this.#text.slice(afterKey, lineEnd);
    if (key === "" || rest.trim() !== "" && !rest.trimStart().startsWith("#")) {
      this.#reportKey(keyStart, afterKey, lineEnd);
      return lineEnd;
    }
    const inherited = this.#lookup(key);
    if (inherited !== void 0) this.#values.set(key, inherited);
    return lineEnd;
  }
  #reportKey(keyStart, at, lineEnd) {
    const char = this.#text.charAt(at);
    const line = this.#text.slice(keyStart, lineEnd).trimEnd();
    const message = /[ \t]/.test(char) ? "key cannot contain a space" : `unexpected character "${char}" in variable name "${line}"`;
    this.#fail(message, at, Math.min(at + 1, lineEnd));
  }
  #readAssignment(key, start) {
    const quote = this.#text.charAt(start);
    const value2 = quote === "'" || quote === '"' ? this.#readQuoted(start) : this.#readPlain(start);
    if (value2 === void 0) return this.#text.length;
    const text3 = value2.isTemplate ? this.#fillIn(value2.text, start, value2.end) : value2.text;
    if (text3 !== void 0) {
      this.#values.set(key, text3);
      this.#options.onValue?.(key, text3, this.#place(start, value2.end));
    }
    return value2.end;
  }
  /** An unquoted value: to the end of the line, or to a `#` with a blank before it, be that the one before the value. */
  #readPlain(start) {
    const end = this.#lineEnd(start);
    const [text3 = ""] = this.#text.slice(start - 1, end).split(" #", 1);
    return { text: text3.slice(1).trimEnd(), end, isTemplate: true };
  }
  #readQuoted(start) {
    const quote = this.#text.charAt(start);
    let text3 = "";
    for (let at = start + 1; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === quote) return { text: text3, end: this.#afterQuoted(at + 1), isTemplate: quote === '"' };
      if (char !== "\\") {
        text3 += char;
        continue;
      }
      const escape = quote === "'" ? this.#singleEscape(at) : this.#doubleEscape(at);
      text3 += escape.text;
      at += escape.length - 1;
    }
    const line = this.#text.slice(start, this.#lineEnd(start));
    this.#fail(`unterminated quoted value ${line}`, start, start + line.length);
    return void 0;
  }
  /** Whatever follows a closing quote on its line, up to a comment, is not part of anything. */
  #afterQuoted(at) {
    const end = this.#lineEnd(at);
    const rest = this.#text.slice(at, end).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      this.#fail(`unexpected text after the closing quote: ${rest}`, at, end);
    }
    return end;
  }
  #singleEscape(at) {
    return this.#text.charAt(at + 1) === "'" ? { text: "'", length: 2 } : { text: "\\", length: 1 };
  }
  #doubleEscape(at) {
    const next = this.#text.charAt(at + 1);
    if (next === "$") return { text: "$$", length: 2 };
    const octal = /\\0([0-7]{1,3})/y;
    octal.lastIndex = at;
    const digits = octal.exec(this.#text);
    if (digits !== null) {
      return { text: String.fromCharCode(Number.parseInt(digits[1] ?? "0", 8)), length: digits[0].length };
    }
    const known = ESCAPES[next];
    return known === void 0 ? { text: `\\${next}`, length: 2 } : { text: known, length: 2 };
  }
  #lookup(name2) {
    return this.#options.lookup(name2) ?? this.#values.get(name2);
  }
  #fillIn(template, start, end) {
    const result = substitute(
      template,
      (name2) => this.#lookup(name2),
      (name2) => {
        const message2 = `The "${name2}" variable is not set. Defaulting to a blank string.`;
        this.#options.report.warn("variable-unset", message2, { place: this.#place(start, end) });
      }
    );
    if (result.ok) return result.text;
    const { problem } = result;
    const required = problem.kind === "required";
    const reason = required && problem.message !== "" ? `: ${problem.message}` : "";
    const message = required ? `required variable ${problem.name} is missing a value${reason}` : `invalid interpolation format: ${problem.template}`;
    const code = required ? "variable-required" : "interpolation-syntax";
    this.#options.report.error(code, message, { place: this.#place(start, end) });
    return void 0;
  }
  #place(start, end) {
    return { source: this.#options.source, start, end };
  }
  #fail(problem, start, end) {
    this.#failed = true;
    const line = this.#text.slice(0, start).split("\n").length;
    this.#options.report.error("env-file", `line ${line}: ${problem}`, { place: this.#place(start, end) });
  }
};

// src/spec/environment-files.ts
function readCallerEnvironment(request, reader) {
  const variables = /* @__PURE__ */ new Map();
  for (const [name2, value2] of Object.entries(request.environment)) {
    if (value2 !== void 0) variables.set(name2, value2);
  }
  const { cwd } = reader.host;
  if (!variables.has("PWD")) variables.set("PWD", cwd);
  const asked = request.envFiles ?? [];
  const fromVariable = (variables.get("COMPOSE_ENV_FILES") ?? "").split(",").filter((file) => file !== "");
  const envFiles = (asked.length > 0 ? asked : fromVariable).map((file) => resolvePath(cwd, file));
  if (envFiles.length > 0) addFiles(variables, envFiles, reader);
  const usesDefaultFile = envFiles.length === 0 && !isTrue(variables.get("COMPOSE_DISABLE_ENV_FILE"));
  if (usesDefaultFile) addDefaultFile(variables, firstFolder(request, cwd), reader);
  return { variables, envFiles: asked.length > 0 ? envFiles : [], usesDefaultFile };
}
function addDefaultFile(variables, folder2, reader) {
  const path = resolvePath(folder2, ".env");
  if (reader.host.kind(path) === "file") addFiles(variables, [path], reader);
}
function addFiles(variables, paths, reader, place) {
  const found = /* @__PURE__ */ new Map();
  const written = /* @__PURE__ */ new Map();
  for (const path of paths) {
    const result = reader.sources.read(path);
    if (!result.ok) {
      const isDirectory = result.reason === "is-directory";
      const message = isDirectory ? `${path} is a directory` : `couldn't find env file: ${path}`;
      reader.report.error(result.reason === "unreadable" ? "file-unreadable" : "file-not-found", message, {
        place
      });
      continue;
    }
    const lookup = (name2) => variables.get(name2) ?? found.get(name2);
    const values = parseDotenv({
      source: result.source,
      lookup,
      report: reader.report,
      onValue: (name2, value2, at) => written.set(name2, { value: value2, place: at })
    });
    for (const [name2, value2] of values) found.set(name2, value2);
  }
  for (const [name2, value2] of found) {
    if (variables.has(name2)) continue;
    variables.set(name2, value2);
    const origin = written.get(name2);
    if (origin !== void 0) reader.history?.variableRead(name2, origin);
  }
}
function firstFolder(request, cwd) {
  if (request.projectDirectory) return resolvePath(cwd, request.projectDirectory);
  const file = request.files?.find((name2) => name2 !== "-");
  return file === void 0 ? cwd : directoryOf(resolvePath(cwd, file));
}
function isTrue(value2) {
  return /^(?:1|t|true|y|yes|on)$/i.test(value2 ?? "");
}

// src/spec/include.ts
var IMPORTED = ["services", "volumes", "networks", "secrets", "configs", "models"];
function resolveIncludes(document2, site) {
  const { report } = site.context;
  const include = child(document2, "include");
  if (include === void 0 || document2.kind !== "map") return document2;
  if (include.kind !== "seq") {
    const place = include.place ?? document2.entries.get("include")?.keyPlace;
    report.error("wrong-type", "`include` must be a list", { place, path: ["include"] });
    return withoutEntry(document2, "include");
  }
  let imported;
  for (const [index, item] of include.items.entries()) {
    const model = loadIncluded(item, ["include", String(index)], site);
    if (model !== void 0) imported = imported === void 0 ? model : merge(model, imported, site.context);
  }
  const own = withoutEntry(document2, "include");
  return imported === void 0 ? own : merge(imported, own, site.context);
}
function loadIncluded(item, path, site) {
  const { source, scope, context: context2 } = site;
  const { report, sources } = context2;
  const files = includedFiles(item, path, site);
  if (files === void 0) return void 0;
  const trail = [...scope.includedFrom, source.path];
  const repeated = files.find((file) => trail.includes(file));
  if (repeated !== void 0) {
    const circle = [...trail.slice(trail.indexOf(repeated)), repeated];
    const words = circle.map((file) => sources.displayName(file)).join(" includes ");
    report.error("dependency-cycle", `include cycle detected: ${words}`, { place: item.place, path });
    return void 0;
  }
  const inner = innerScope(item, files, trail, site);
  const model = site.loadModel(files, inner, context2, item.place);
  if (model === void 0) return void 0;
  const { directory, variables } = inner;
  const resolved = resolvePaths(model, pathsSeenFrom(scope, directory, context2));
  keepOwnVariables(resolved, variables, context2);
  return importedParts(withOwnVariables(resolved, variables));
}
function includedFiles(item, path, { scope, context: context2 }) {
  const list = item.kind === "map" ? child(item, "path") : item;
  const nodes = list && asList(list)?.items;
  const names = nodes?.map(stringValue);
  const paths = names?.filter((name2) => name2 !== void 0);
  if (paths === void 0 || paths.length === 0 || paths.length !== names?.length) {
    const message2 = `${path.join(".")} must be a path, or a mapping with a \`path\``;
    context2.report.error("wrong-type", message2, { place: item.place, path });
    return void 0;
  }
  const remote = paths.find(isRemote);
  if (remote === void 0) return paths.map((name2) => resolvePath(scope.directory, name2));
  const message = `${remote}: including files from elsewhere (git, OCI, HTTP) is not supported yet`;
  const place = nodes?.find((node) => stringValue(node) === remote)?.place ?? item.place;
  context2.report.error("not-supported", message, { place, path });
  return void 0;
}
function keepOwnVariables(model, variables, { captured, ownVariables }) {
  for (const section of ["secrets", "configs"]) {
    for (const { value: value2 } of entriesOf(child(model, section))) {
      const name2 = stringValue(child(value2, "environment"));
      const text3 = name2 === void 0 ? void 0 : variables.get(name2);
      if (name2 !== void 0 && text3 !== void 0 && !captured.has(name2)) captured.set(name2, text3);
    }
  }
  for (const { key, value: value2 } of entriesOf(child(model, "services"))) {
    if (child(value2, "env_file") !== void 0 && !ownVariables.has(key)) ownVariables.set(key, variables);
  }
}
function entriesOf(node) {
  return node?.kind === "map" ? [...node.entries].map(([key, { value: value2 }]) => ({ key, value: value2 })) : [];
}
function withOwnVariables(model, variables) {
  const services = child(model, "services");
  if (services === void 0 || model.kind !== "map") return model;
  const known = (value2, name2) => {
    const found = isNull(value2) ? variables.get(name2) : void 0;
    return found === void 0 ? value2 : scalar(found, value2.place);
  };
  const completed = mapChildren(
    services,
    (service) => mapChildren(service, (attribute, name2) => {
      if (name2 === "environment") return mapChildren(attribute, known);
      if (name2 !== "build") return attribute;
      return mapChildren(attribute, (value2, key) => key === "args" ? mapChildren(value2, known) : value2);
    })
  );
  return withEntry(model, "services", completed);
}
function innerScope(item, files, includedFrom, { scope, context: context2 }) {
  const given = stringValue(child(item, "project_directory"));
  const directory = given ? resolvePath(scope.directory, given) : directoryOf(files[0] ?? "/");
  const variables = new Map(scope.variables);
  const envFile = child(item, "env_file");
  if (envFile === void 0) {
    addDefaultFile(variables, directory, context2);
  } else {
    const names = (asList(envFile)?.items ?? []).map((name2) => stringValue(name2) ?? "");
    const paths = names.filter((name2) => name2 !== "/dev/null").map((name2) => resolvePath(scope.directory, name2));
    addFiles(variables, paths, context2, placeOf(envFile));
  }
  return { directory, variables, includedFrom };
}
function placeOf(node) {
  return node.kind === "seq" ? node.items[0]?.place ?? node.place : node.place;
}
function importedParts(model) {
  const entries = /* @__PURE__ */ new Map();
  if (model.kind === "map") {
    for (const name2 of IMPORTED) {
      const entry = model.entries.get(name2);
      if (entry !== void 0) entries.set(name2, entry);
    }
  }
  return map(entries, model.place);
}

// schema/generated/validate.js
var validate = validate52;
var schema19 = { "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": { "name": { "type": "string" }, "version": { "type": ["string", "number"] }, "include": { "type": "array", "items": { "$ref": "#/$defs/include" } }, "services": { "type": "object", "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "$ref": "#/$defs/service" } }, "networks": { "type": "object", "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "$ref": "#/$defs/network" } }, "volumes": { "type": "object", "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "$ref": "#/$defs/volume" } }, "secrets": { "type": "object", "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "$ref": "#/$defs/secret" } }, "configs": { "type": "object", "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "$ref": "#/$defs/config" } }, "models": { "type": "object", "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "$ref": "#/$defs/model" } } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "$defs": { "build": { "type": ["string", "object"], "properties": { "context": { "type": "string" }, "dockerfile": { "type": "string" }, "dockerfile_inline": { "type": "string" }, "additional_contexts": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "args": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "cache_from": { "$ref": "#/$defs/forms/$defs/strings" }, "cache_to": { "$ref": "#/$defs/forms/$defs/strings" }, "entitlements": { "$ref": "#/$defs/forms/$defs/strings" }, "extra_hosts": { "$ref": "#/$defs/forms/$defs/hosts" }, "isolation": { "type": "string" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "network": { "type": "string" }, "no_cache": { "$ref": "#/$defs/forms/$defs/flag" }, "no_cache_filter": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "platforms": { "type": "array", "items": { "type": "string" } }, "privileged": { "$ref": "#/$defs/forms/$defs/flag" }, "provenance": { "type": ["string", "boolean"] }, "pull": { "$ref": "#/$defs/forms/$defs/flag" }, "sbom": { "type": ["string", "boolean"] }, "secrets": { "$ref": "#/$defs/forms/$defs/file-mounts" }, "shm_size": { "$ref": "#/$defs/forms/$defs/bytes" }, "ssh": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "tags": { "type": "array", "items": { "type": "string" } }, "target": { "type": "string" }, "ulimits": { "$ref": "#/$defs/forms/$defs/ulimits" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "config": { "type": "object", "properties": { "name": { "type": "string" }, "external": { "$ref": "#/$defs/forms/$defs/external" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "file": { "type": "string" }, "environment": { "type": "string" }, "content": { "type": "string" }, "template_driver": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "deploy": { "type": ["object", "null"], "properties": { "mode": { "type": "string" }, "endpoint_mode": { "type": "string" }, "replicas": { "$ref": "#/$defs/forms/$defs/integer" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "update_config": { "type": "object", "properties": { "parallelism": { "$ref": "#/$defs/forms/$defs/integer" }, "delay": { "$ref": "#/$defs/forms/$defs/duration" }, "failure_action": { "type": "string" }, "monitor": { "$ref": "#/$defs/forms/$defs/duration" }, "max_failure_ratio": { "$ref": "#/$defs/forms/$defs/number" }, "order": { "type": "string", "enum": ["start-first", "stop-first"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "rollback_config": { "type": "object", "properties": { "parallelism": { "$ref": "#/$defs/forms/$defs/integer" }, "delay": { "$ref": "#/$defs/forms/$defs/duration" }, "failure_action": { "type": "string" }, "monitor": { "$ref": "#/$defs/forms/$defs/duration" }, "max_failure_ratio": { "$ref": "#/$defs/forms/$defs/number" }, "order": { "type": "string", "enum": ["start-first", "stop-first"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "resources": { "type": "object", "properties": { "limits": { "type": "object", "properties": { "cpus": { "$ref": "#/$defs/forms/$defs/number" }, "memory": { "type": "string" }, "pids": { "$ref": "#/$defs/forms/$defs/integer" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "reservations": { "type": "object", "properties": { "cpus": { "$ref": "#/$defs/forms/$defs/number" }, "memory": { "type": "string" }, "generic_resources": { "type": "array", "items": { "type": "object", "properties": { "discrete_resource_spec": { "type": "object", "properties": { "kind": { "type": "string" }, "value": { "$ref": "#/$defs/forms/$defs/number" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "devices": { "type": "array", "items": { "allOf": [{ "$ref": "#/$defs/forms/$defs/device-request" }], "type": "object", "required": ["capabilities"] } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "restart_policy": { "type": "object", "properties": { "condition": { "type": "string" }, "delay": { "$ref": "#/$defs/forms/$defs/duration" }, "max_attempts": { "$ref": "#/$defs/forms/$defs/integer" }, "window": { "$ref": "#/$defs/forms/$defs/duration" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "placement": { "type": "object", "properties": { "constraints": { "$ref": "#/$defs/forms/$defs/strings" }, "preferences": { "type": "array", "items": { "type": "object", "properties": { "spread": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "max_replicas_per_node": { "$ref": "#/$defs/forms/$defs/integer" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "develop": { "type": ["object", "null"], "properties": { "watch": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "action": { "type": "string", "enum": ["rebuild", "sync", "restart", "sync+restart", "sync+exec"] }, "target": { "type": "string" }, "ignore": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "include": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "exec": { "$ref": "#/$defs/hook" }, "initial_sync": { "type": "boolean" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["path", "action"] } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "forms": { "$defs": { "flag": { "type": ["boolean", "string"] }, "integer": { "type": ["integer", "string"] }, "number": { "type": ["number", "string"] }, "bytes": { "type": ["integer", "string"] }, "duration": { "type": "string" }, "strings": { "type": "array", "items": { "type": "string" } }, "string-or-list": { "type": ["string", "array"], "items": { "type": "string" } }, "numbers-as-text": { "type": "array", "items": { "type": ["string", "number"] } }, "command": { "type": ["string", "array", "null"], "items": { "type": "string" } }, "list-or-mapping": { "type": ["object", "array"], "items": { "type": "string" }, "additionalProperties": { "type": ["string", "number", "boolean", "null"] } }, "options": { "type": "object", "additionalProperties": { "type": ["string", "number"] } }, "text-options": { "type": "object", "additionalProperties": { "type": "string" } }, "hosts": { "type": ["object", "array"], "items": { "type": "string" }, "additionalProperties": { "type": ["string", "array"], "items": { "type": "string" } } }, "external": { "type": ["boolean", "string", "object"], "properties": { "name": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "ulimits": { "type": "object", "propertyNames": { "pattern": "^[a-z]+$" }, "additionalProperties": { "type": ["integer", "string", "object"], "properties": { "soft": { "$ref": "#/$defs/forms/$defs/integer" }, "hard": { "$ref": "#/$defs/forms/$defs/integer" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["soft", "hard"] } }, "file-mounts": { "type": "array", "items": { "type": ["string", "object"], "properties": { "source": { "type": "string" }, "target": { "type": "string" }, "uid": { "type": "string" }, "gid": { "type": "string" }, "mode": { "type": ["number", "string"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "device-request": { "type": "object", "properties": { "capabilities": { "$ref": "#/$defs/forms/$defs/strings" }, "count": { "type": ["string", "integer"] }, "device_ids": { "$ref": "#/$defs/forms/$defs/strings" }, "driver": { "type": "string" }, "options": { "$ref": "#/$defs/forms/$defs/list-or-mapping" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "env-files": { "type": ["string", "array"], "items": { "type": ["string", "object"], "properties": { "path": { "type": "string" }, "format": { "type": "string" }, "required": { "$ref": "#/$defs/forms/$defs/flag" } }, "additionalProperties": false, "required": ["path"] } } } }, "healthcheck": { "type": "object", "properties": { "disable": { "$ref": "#/$defs/forms/$defs/flag" }, "test": { "type": ["string", "array"], "items": { "type": "string" } }, "interval": { "$ref": "#/$defs/forms/$defs/duration" }, "timeout": { "$ref": "#/$defs/forms/$defs/duration" }, "retries": { "$ref": "#/$defs/forms/$defs/number" }, "start_period": { "$ref": "#/$defs/forms/$defs/duration" }, "start_interval": { "$ref": "#/$defs/forms/$defs/duration" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "hook": { "type": "object", "properties": { "command": { "$ref": "#/$defs/forms/$defs/command" }, "user": { "type": "string" }, "privileged": { "$ref": "#/$defs/forms/$defs/flag" }, "working_dir": { "type": "string" }, "environment": { "$ref": "#/$defs/forms/$defs/list-or-mapping" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["command"] }, "include": { "type": ["string", "object"], "properties": { "path": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "env_file": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "project_directory": { "type": "string" } }, "additionalProperties": false, "required": ["path"] }, "model": { "type": "object", "properties": { "name": { "type": "string" }, "model": { "type": "string" }, "context_size": { "type": "integer" }, "runtime_flags": { "type": "array", "items": { "type": "string" } } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["model"] }, "mount": { "type": ["string", "object"], "properties": { "type": { "type": "string", "enum": ["bind", "volume", "tmpfs", "cluster", "npipe", "image"] }, "source": { "type": "string" }, "target": { "type": "string" }, "read_only": { "$ref": "#/$defs/forms/$defs/flag" }, "consistency": { "type": "string" }, "bind": { "type": "object", "properties": { "propagation": { "type": "string" }, "create_host_path": { "$ref": "#/$defs/forms/$defs/flag" }, "recursive": { "type": "string", "enum": ["enabled", "disabled", "writable", "readonly"] }, "selinux": { "type": "string", "enum": ["z", "Z"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "volume": { "type": "object", "properties": { "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "nocopy": { "$ref": "#/$defs/forms/$defs/flag" }, "subpath": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "tmpfs": { "type": "object", "properties": { "size": { "type": ["integer", "string"], "minimum": 0 }, "mode": { "type": ["number", "string"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "image": { "type": "object", "properties": { "subpath": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["type"] }, "network": { "type": ["object", "null"], "properties": { "name": { "type": "string" }, "external": { "$ref": "#/$defs/forms/$defs/external" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "driver": { "type": "string" }, "driver_opts": { "$ref": "#/$defs/forms/$defs/options" }, "ipam": { "type": "object", "properties": { "driver": { "type": "string" }, "config": { "type": "array", "items": { "type": "object", "properties": { "subnet": { "type": "string" }, "ip_range": { "type": "string" }, "gateway": { "type": "string" }, "aux_addresses": { "$ref": "#/$defs/forms/$defs/text-options" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "options": { "$ref": "#/$defs/forms/$defs/text-options" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "internal": { "$ref": "#/$defs/forms/$defs/flag" }, "attachable": { "$ref": "#/$defs/forms/$defs/flag" }, "enable_ipv4": { "$ref": "#/$defs/forms/$defs/flag" }, "enable_ipv6": { "$ref": "#/$defs/forms/$defs/flag" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "port": { "type": ["integer", "string", "object"], "properties": { "name": { "type": "string" }, "mode": { "type": "string" }, "host_ip": { "type": "string" }, "target": { "$ref": "#/$defs/forms/$defs/integer" }, "published": { "type": ["string", "integer"] }, "protocol": { "type": "string" }, "app_protocol": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "pre-start-hook": { "type": "object", "properties": { "command": { "$ref": "#/$defs/forms/$defs/command" }, "user": { "type": "string" }, "privileged": { "$ref": "#/$defs/forms/$defs/flag" }, "working_dir": { "type": "string" }, "environment": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "image": { "type": "string" }, "per_replica": { "$ref": "#/$defs/forms/$defs/flag" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "secret": { "type": "object", "properties": { "name": { "type": "string" }, "external": { "$ref": "#/$defs/forms/$defs/external" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "file": { "type": "string" }, "environment": { "type": "string" }, "driver": { "type": "string" }, "driver_opts": { "$ref": "#/$defs/forms/$defs/options" }, "template_driver": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "service": { "type": "object", "properties": { "annotations": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "attach": { "$ref": "#/$defs/forms/$defs/flag" }, "blkio_config": { "type": "object", "properties": { "weight": { "$ref": "#/$defs/forms/$defs/integer" }, "weight_device": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "weight": { "$ref": "#/$defs/forms/$defs/integer" } }, "additionalProperties": false } }, "device_read_bps": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "rate": { "$ref": "#/$defs/forms/$defs/bytes" } }, "additionalProperties": false } }, "device_read_iops": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "rate": { "$ref": "#/$defs/forms/$defs/bytes" } }, "additionalProperties": false } }, "device_write_bps": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "rate": { "$ref": "#/$defs/forms/$defs/bytes" } }, "additionalProperties": false } }, "device_write_iops": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "rate": { "$ref": "#/$defs/forms/$defs/bytes" } }, "additionalProperties": false } } }, "additionalProperties": false }, "build": { "$ref": "#/$defs/build" }, "cap_add": { "$ref": "#/$defs/forms/$defs/strings" }, "cap_drop": { "$ref": "#/$defs/forms/$defs/strings" }, "cgroup": { "type": "string", "enum": ["host", "private"] }, "cgroup_parent": { "type": "string" }, "command": { "$ref": "#/$defs/forms/$defs/command" }, "configs": { "$ref": "#/$defs/forms/$defs/file-mounts" }, "container_name": { "type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_.-]+$" }, "cpu_count": { "type": ["integer", "string"], "minimum": 0 }, "cpu_percent": { "type": ["number", "string"], "minimum": 0, "maximum": 100 }, "cpu_period": { "$ref": "#/$defs/forms/$defs/number" }, "cpu_quota": { "$ref": "#/$defs/forms/$defs/number" }, "cpu_rt_period": { "$ref": "#/$defs/forms/$defs/number" }, "cpu_rt_runtime": { "$ref": "#/$defs/forms/$defs/number" }, "cpu_shares": { "$ref": "#/$defs/forms/$defs/number" }, "cpus": { "$ref": "#/$defs/forms/$defs/number" }, "cpuset": { "type": "string" }, "credential_spec": { "type": "object", "properties": { "config": { "type": "string" }, "file": { "type": "string" }, "registry": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "depends_on": { "type": ["array", "object"], "items": { "type": "string" }, "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "type": "object", "properties": { "condition": { "type": "string", "enum": ["service_started", "service_healthy", "service_completed_successfully"] }, "required": { "type": "boolean" }, "restart": { "$ref": "#/$defs/forms/$defs/flag" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["condition"] } }, "deploy": { "$ref": "#/$defs/deploy" }, "develop": { "$ref": "#/$defs/develop" }, "device_cgroup_rules": { "$ref": "#/$defs/forms/$defs/strings" }, "devices": { "type": "array", "items": { "type": ["string", "object"], "properties": { "source": { "type": "string" }, "target": { "type": "string" }, "permissions": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["source"] } }, "dns": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "dns_opt": { "$ref": "#/$defs/forms/$defs/strings" }, "dns_search": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "domainname": { "type": "string" }, "entrypoint": { "$ref": "#/$defs/forms/$defs/command" }, "env_file": { "$ref": "#/$defs/forms/$defs/env-files" }, "environment": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "expose": { "$ref": "#/$defs/forms/$defs/numbers-as-text" }, "extends": { "type": ["string", "object"], "properties": { "service": { "type": "string" }, "file": { "type": "string" } }, "additionalProperties": false, "required": ["service"] }, "external_links": { "$ref": "#/$defs/forms/$defs/strings" }, "extra_hosts": { "$ref": "#/$defs/forms/$defs/hosts" }, "gpus": { "type": ["string", "array"], "items": { "$ref": "#/$defs/forms/$defs/device-request" }, "pattern": "^all$" }, "group_add": { "$ref": "#/$defs/forms/$defs/numbers-as-text" }, "healthcheck": { "$ref": "#/$defs/healthcheck" }, "hostname": { "type": "string" }, "image": { "type": "string" }, "init": { "$ref": "#/$defs/forms/$defs/flag" }, "ipc": { "type": "string" }, "isolation": { "type": "string" }, "label_file": { "type": ["string", "array"], "items": { "type": "string" } }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "links": { "$ref": "#/$defs/forms/$defs/strings" }, "logging": { "type": "object", "properties": { "driver": { "type": "string" }, "options": { "type": "object", "additionalProperties": { "type": ["string", "number", "null"] } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "mac_address": { "type": "string" }, "mem_limit": { "type": ["number", "string"] }, "mem_reservation": { "type": ["integer", "string"] }, "mem_swappiness": { "$ref": "#/$defs/forms/$defs/bytes" }, "memswap_limit": { "type": ["number", "string"] }, "models": { "type": ["array", "object"], "items": { "type": "string" }, "additionalProperties": { "type": ["object", "null"], "properties": { "endpoint_var": { "type": "string" }, "model_var": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "network_mode": { "type": "string" }, "networks": { "type": ["array", "object"], "items": { "type": "string" }, "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "type": ["object", "null"], "properties": { "aliases": { "$ref": "#/$defs/forms/$defs/strings" }, "interface_name": { "type": "string" }, "ipv4_address": { "type": "string" }, "ipv6_address": { "type": "string" }, "link_local_ips": { "$ref": "#/$defs/forms/$defs/strings" }, "mac_address": { "type": "string" }, "driver_opts": { "$ref": "#/$defs/forms/$defs/options" }, "priority": { "type": "number" }, "gw_priority": { "type": "number" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "oom_kill_disable": { "$ref": "#/$defs/forms/$defs/flag" }, "oom_score_adj": { "type": ["integer", "string"], "minimum": -1e3, "maximum": 1e3 }, "pid": { "type": ["string", "null"] }, "pids_limit": { "$ref": "#/$defs/forms/$defs/number" }, "platform": { "type": "string" }, "ports": { "type": "array", "items": { "$ref": "#/$defs/port" } }, "post_start": { "type": "array", "items": { "$ref": "#/$defs/hook" } }, "pre_start": { "type": "array", "items": { "$ref": "#/$defs/pre-start-hook" } }, "pre_stop": { "type": "array", "items": { "$ref": "#/$defs/hook" } }, "privileged": { "$ref": "#/$defs/forms/$defs/flag" }, "profiles": { "$ref": "#/$defs/forms/$defs/strings" }, "provider": { "type": "object", "properties": { "type": { "type": "string" }, "options": { "type": "object", "additionalProperties": { "type": ["string", "number", "boolean", "array"], "items": { "type": ["string", "number", "boolean"] } } } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["type"] }, "pull_policy": { "type": "string", "pattern": "^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)?$" }, "pull_refresh_after": { "type": "string" }, "read_only": { "$ref": "#/$defs/forms/$defs/flag" }, "restart": { "type": "string" }, "runtime": { "type": "string" }, "scale": { "$ref": "#/$defs/forms/$defs/integer" }, "secrets": { "$ref": "#/$defs/forms/$defs/file-mounts" }, "security_opt": { "$ref": "#/$defs/forms/$defs/strings" }, "shm_size": { "type": ["number", "string"] }, "stdin_open": { "$ref": "#/$defs/forms/$defs/flag" }, "stop_grace_period": { "$ref": "#/$defs/forms/$defs/duration" }, "stop_signal": { "type": "string" }, "storage_opt": { "type": "object" }, "sysctls": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "tmpfs": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "tty": { "$ref": "#/$defs/forms/$defs/flag" }, "ulimits": { "$ref": "#/$defs/forms/$defs/ulimits" }, "use_api_socket": { "type": "boolean" }, "user": { "type": "string" }, "userns_mode": { "type": "string" }, "uts": { "type": "string" }, "volumes": { "type": "array", "items": { "$ref": "#/$defs/mount" } }, "volumes_from": { "$ref": "#/$defs/forms/$defs/strings" }, "working_dir": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "volume": { "type": ["object", "null"], "properties": { "name": { "type": "string" }, "external": { "$ref": "#/$defs/forms/$defs/external" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "driver": { "type": "string" }, "driver_opts": { "$ref": "#/$defs/forms/$defs/options" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } } };
var func1 = Object.prototype.hasOwnProperty;
var pattern3 = new RegExp("^x-", "u");
var pattern4 = new RegExp("^[a-zA-Z0-9._-]+$", "u");
var schema20 = { "type": ["string", "object"], "properties": { "path": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "env_file": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "project_directory": { "type": "string" } }, "additionalProperties": false, "required": ["path"] };
var schema21 = { "type": ["string", "array"], "items": { "type": "string" } };
function validate54(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate54.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "string" && !Array.isArray(data)) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema21.type }, schema: schema21.type, parentSchema: schema21, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (Array.isArray(data)) {
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/type", keyword: "type", params: { type: "string" }, schema: schema21.items.type, parentSchema: schema21.items, data: data0 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
  }
  validate54.errors = vErrors;
  return errors === 0;
}
validate54.evaluated = { "items": true, "dynamicProps": false, "dynamicItems": false };
function validate53(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate53.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "string" && !(data && typeof data == "object" && !Array.isArray(data))) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema20.type }, schema: schema20.type, parentSchema: schema20, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.path === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "path" }, schema: schema20.required, parentSchema: schema20, data };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "path" || key0 === "env_file" || key0 === "project_directory")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema20, data };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.path !== void 0) {
      if (!validate54(data.path, { instancePath: instancePath + "/path", parentData: data, parentDataProperty: "path", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.env_file !== void 0) {
      if (!validate54(data.env_file, { instancePath: instancePath + "/env_file", parentData: data, parentDataProperty: "env_file", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.project_directory !== void 0) {
      let data2 = data.project_directory;
      if (typeof data2 !== "string") {
        const err3 = { instancePath: instancePath + "/project_directory", schemaPath: "#/properties/project_directory/type", keyword: "type", params: { type: "string" }, schema: schema20.properties.project_directory.type, parentSchema: schema20.properties.project_directory, data: data2 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
  }
  validate53.errors = vErrors;
  return errors === 0;
}
validate53.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema22 = { "type": "object", "properties": { "annotations": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "attach": { "$ref": "#/$defs/forms/$defs/flag" }, "blkio_config": { "type": "object", "properties": { "weight": { "$ref": "#/$defs/forms/$defs/integer" }, "weight_device": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "weight": { "$ref": "#/$defs/forms/$defs/integer" } }, "additionalProperties": false } }, "device_read_bps": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "rate": { "$ref": "#/$defs/forms/$defs/bytes" } }, "additionalProperties": false } }, "device_read_iops": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "rate": { "$ref": "#/$defs/forms/$defs/bytes" } }, "additionalProperties": false } }, "device_write_bps": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "rate": { "$ref": "#/$defs/forms/$defs/bytes" } }, "additionalProperties": false } }, "device_write_iops": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "rate": { "$ref": "#/$defs/forms/$defs/bytes" } }, "additionalProperties": false } } }, "additionalProperties": false }, "build": { "$ref": "#/$defs/build" }, "cap_add": { "$ref": "#/$defs/forms/$defs/strings" }, "cap_drop": { "$ref": "#/$defs/forms/$defs/strings" }, "cgroup": { "type": "string", "enum": ["host", "private"] }, "cgroup_parent": { "type": "string" }, "command": { "$ref": "#/$defs/forms/$defs/command" }, "configs": { "$ref": "#/$defs/forms/$defs/file-mounts" }, "container_name": { "type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_.-]+$" }, "cpu_count": { "type": ["integer", "string"], "minimum": 0 }, "cpu_percent": { "type": ["number", "string"], "minimum": 0, "maximum": 100 }, "cpu_period": { "$ref": "#/$defs/forms/$defs/number" }, "cpu_quota": { "$ref": "#/$defs/forms/$defs/number" }, "cpu_rt_period": { "$ref": "#/$defs/forms/$defs/number" }, "cpu_rt_runtime": { "$ref": "#/$defs/forms/$defs/number" }, "cpu_shares": { "$ref": "#/$defs/forms/$defs/number" }, "cpus": { "$ref": "#/$defs/forms/$defs/number" }, "cpuset": { "type": "string" }, "credential_spec": { "type": "object", "properties": { "config": { "type": "string" }, "file": { "type": "string" }, "registry": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "depends_on": { "type": ["array", "object"], "items": { "type": "string" }, "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "type": "object", "properties": { "condition": { "type": "string", "enum": ["service_started", "service_healthy", "service_completed_successfully"] }, "required": { "type": "boolean" }, "restart": { "$ref": "#/$defs/forms/$defs/flag" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["condition"] } }, "deploy": { "$ref": "#/$defs/deploy" }, "develop": { "$ref": "#/$defs/develop" }, "device_cgroup_rules": { "$ref": "#/$defs/forms/$defs/strings" }, "devices": { "type": "array", "items": { "type": ["string", "object"], "properties": { "source": { "type": "string" }, "target": { "type": "string" }, "permissions": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["source"] } }, "dns": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "dns_opt": { "$ref": "#/$defs/forms/$defs/strings" }, "dns_search": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "domainname": { "type": "string" }, "entrypoint": { "$ref": "#/$defs/forms/$defs/command" }, "env_file": { "$ref": "#/$defs/forms/$defs/env-files" }, "environment": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "expose": { "$ref": "#/$defs/forms/$defs/numbers-as-text" }, "extends": { "type": ["string", "object"], "properties": { "service": { "type": "string" }, "file": { "type": "string" } }, "additionalProperties": false, "required": ["service"] }, "external_links": { "$ref": "#/$defs/forms/$defs/strings" }, "extra_hosts": { "$ref": "#/$defs/forms/$defs/hosts" }, "gpus": { "type": ["string", "array"], "items": { "$ref": "#/$defs/forms/$defs/device-request" }, "pattern": "^all$" }, "group_add": { "$ref": "#/$defs/forms/$defs/numbers-as-text" }, "healthcheck": { "$ref": "#/$defs/healthcheck" }, "hostname": { "type": "string" }, "image": { "type": "string" }, "init": { "$ref": "#/$defs/forms/$defs/flag" }, "ipc": { "type": "string" }, "isolation": { "type": "string" }, "label_file": { "type": ["string", "array"], "items": { "type": "string" } }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "links": { "$ref": "#/$defs/forms/$defs/strings" }, "logging": { "type": "object", "properties": { "driver": { "type": "string" }, "options": { "type": "object", "additionalProperties": { "type": ["string", "number", "null"] } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "mac_address": { "type": "string" }, "mem_limit": { "type": ["number", "string"] }, "mem_reservation": { "type": ["integer", "string"] }, "mem_swappiness": { "$ref": "#/$defs/forms/$defs/bytes" }, "memswap_limit": { "type": ["number", "string"] }, "models": { "type": ["array", "object"], "items": { "type": "string" }, "additionalProperties": { "type": ["object", "null"], "properties": { "endpoint_var": { "type": "string" }, "model_var": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "network_mode": { "type": "string" }, "networks": { "type": ["array", "object"], "items": { "type": "string" }, "propertyNames": { "pattern": "^[a-zA-Z0-9._-]+$" }, "additionalProperties": { "type": ["object", "null"], "properties": { "aliases": { "$ref": "#/$defs/forms/$defs/strings" }, "interface_name": { "type": "string" }, "ipv4_address": { "type": "string" }, "ipv6_address": { "type": "string" }, "link_local_ips": { "$ref": "#/$defs/forms/$defs/strings" }, "mac_address": { "type": "string" }, "driver_opts": { "$ref": "#/$defs/forms/$defs/options" }, "priority": { "type": "number" }, "gw_priority": { "type": "number" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "oom_kill_disable": { "$ref": "#/$defs/forms/$defs/flag" }, "oom_score_adj": { "type": ["integer", "string"], "minimum": -1e3, "maximum": 1e3 }, "pid": { "type": ["string", "null"] }, "pids_limit": { "$ref": "#/$defs/forms/$defs/number" }, "platform": { "type": "string" }, "ports": { "type": "array", "items": { "$ref": "#/$defs/port" } }, "post_start": { "type": "array", "items": { "$ref": "#/$defs/hook" } }, "pre_start": { "type": "array", "items": { "$ref": "#/$defs/pre-start-hook" } }, "pre_stop": { "type": "array", "items": { "$ref": "#/$defs/hook" } }, "privileged": { "$ref": "#/$defs/forms/$defs/flag" }, "profiles": { "$ref": "#/$defs/forms/$defs/strings" }, "provider": { "type": "object", "properties": { "type": { "type": "string" }, "options": { "type": "object", "additionalProperties": { "type": ["string", "number", "boolean", "array"], "items": { "type": ["string", "number", "boolean"] } } } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["type"] }, "pull_policy": { "type": "string", "pattern": "^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)?$" }, "pull_refresh_after": { "type": "string" }, "read_only": { "$ref": "#/$defs/forms/$defs/flag" }, "restart": { "type": "string" }, "runtime": { "type": "string" }, "scale": { "$ref": "#/$defs/forms/$defs/integer" }, "secrets": { "$ref": "#/$defs/forms/$defs/file-mounts" }, "security_opt": { "$ref": "#/$defs/forms/$defs/strings" }, "shm_size": { "type": ["number", "string"] }, "stdin_open": { "$ref": "#/$defs/forms/$defs/flag" }, "stop_grace_period": { "$ref": "#/$defs/forms/$defs/duration" }, "stop_signal": { "type": "string" }, "storage_opt": { "type": "object" }, "sysctls": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "tmpfs": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "tty": { "$ref": "#/$defs/forms/$defs/flag" }, "ulimits": { "$ref": "#/$defs/forms/$defs/ulimits" }, "use_api_socket": { "type": "boolean" }, "user": { "type": "string" }, "userns_mode": { "type": "string" }, "uts": { "type": "string" }, "volumes": { "type": "array", "items": { "$ref": "#/$defs/mount" } }, "volumes_from": { "$ref": "#/$defs/forms/$defs/strings" }, "working_dir": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
var pattern10 = new RegExp("^[a-zA-Z0-9][a-zA-Z0-9_.-]+$", "u");
var pattern30 = new RegExp("^all$", "u");
var pattern39 = new RegExp("^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)?$", "u");
var schema23 = { "type": ["object", "array"], "items": { "type": "string" }, "additionalProperties": { "type": ["string", "number", "boolean", "null"] } };
function validate59(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate59.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!data || typeof data != "object") {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema23.type }, schema: schema23.type, parentSchema: schema23, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (Array.isArray(data)) {
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/type", keyword: "type", params: { type: "string" }, schema: schema23.items.type, parentSchema: schema23.items, data: data0 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      let data1 = data[key0];
      if (typeof data1 !== "string" && !(typeof data1 == "number" && isFinite(data1)) && typeof data1 !== "boolean" && data1 !== null) {
        const err2 = { instancePath: instancePath + "/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: schema23.additionalProperties.type }, schema: schema23.additionalProperties.type, parentSchema: schema23.additionalProperties, data: data1 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
  }
  validate59.errors = vErrors;
  return errors === 0;
}
validate59.evaluated = { "props": true, "items": true, "dynamicProps": false, "dynamicItems": false };
var schema24 = { "type": ["boolean", "string"] };
function validate61(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate61.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "boolean" && typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema24.type }, schema: schema24.type, parentSchema: schema24, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  validate61.errors = vErrors;
  return errors === 0;
}
validate61.evaluated = { "dynamicProps": false, "dynamicItems": false };
var schema25 = { "type": ["integer", "string"] };
function validate63(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate63.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(typeof data == "number" && (!(data % 1) && !isNaN(data)) && isFinite(data)) && typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema25.type }, schema: schema25.type, parentSchema: schema25, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  validate63.errors = vErrors;
  return errors === 0;
}
validate63.evaluated = { "dynamicProps": false, "dynamicItems": false };
var schema26 = { "type": ["integer", "string"] };
function validate66(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate66.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(typeof data == "number" && (!(data % 1) && !isNaN(data)) && isFinite(data)) && typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema26.type }, schema: schema26.type, parentSchema: schema26, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  validate66.errors = vErrors;
  return errors === 0;
}
validate66.evaluated = { "dynamicProps": false, "dynamicItems": false };
var schema27 = { "type": ["string", "object"], "properties": { "context": { "type": "string" }, "dockerfile": { "type": "string" }, "dockerfile_inline": { "type": "string" }, "additional_contexts": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "args": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "cache_from": { "$ref": "#/$defs/forms/$defs/strings" }, "cache_to": { "$ref": "#/$defs/forms/$defs/strings" }, "entitlements": { "$ref": "#/$defs/forms/$defs/strings" }, "extra_hosts": { "$ref": "#/$defs/forms/$defs/hosts" }, "isolation": { "type": "string" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "network": { "type": "string" }, "no_cache": { "$ref": "#/$defs/forms/$defs/flag" }, "no_cache_filter": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "platforms": { "type": "array", "items": { "type": "string" } }, "privileged": { "$ref": "#/$defs/forms/$defs/flag" }, "provenance": { "type": ["string", "boolean"] }, "pull": { "$ref": "#/$defs/forms/$defs/flag" }, "sbom": { "type": ["string", "boolean"] }, "secrets": { "$ref": "#/$defs/forms/$defs/file-mounts" }, "shm_size": { "$ref": "#/$defs/forms/$defs/bytes" }, "ssh": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "tags": { "type": "array", "items": { "type": "string" } }, "target": { "type": "string" }, "ulimits": { "$ref": "#/$defs/forms/$defs/ulimits" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
var schema28 = { "type": "array", "items": { "type": "string" } };
function validate74(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate74.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (Array.isArray(data)) {
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string") {
        const err0 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/type", keyword: "type", params: { type: "string" }, schema: schema28.items.type, parentSchema: schema28.items, data: data0 };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "array" }, schema: schema28.type, parentSchema: schema28, data };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate74.errors = vErrors;
  return errors === 0;
}
validate74.evaluated = { "items": true, "dynamicProps": false, "dynamicItems": false };
var schema29 = { "type": ["object", "array"], "items": { "type": "string" }, "additionalProperties": { "type": ["string", "array"], "items": { "type": "string" } } };
function validate78(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate78.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!data || typeof data != "object") {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema29.type }, schema: schema29.type, parentSchema: schema29, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (Array.isArray(data)) {
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/type", keyword: "type", params: { type: "string" }, schema: schema29.items.type, parentSchema: schema29.items, data: data0 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      let data1 = data[key0];
      if (typeof data1 !== "string" && !Array.isArray(data1)) {
        const err2 = { instancePath: instancePath + "/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: schema29.additionalProperties.type }, schema: schema29.additionalProperties.type, parentSchema: schema29.additionalProperties, data: data1 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      if (Array.isArray(data1)) {
        const len1 = data1.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data2 = data1[i1];
          if (typeof data2 !== "string") {
            const err3 = { instancePath: instancePath + "/" + key0.replace(/~/g, "~0").replace(/\//g, "~1") + "/" + i1, schemaPath: "#/additionalProperties/items/type", keyword: "type", params: { type: "string" }, schema: schema29.additionalProperties.items.type, parentSchema: schema29.additionalProperties.items, data: data2 };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
        }
      }
    }
  }
  validate78.errors = vErrors;
  return errors === 0;
}
validate78.evaluated = { "props": true, "items": true, "dynamicProps": false, "dynamicItems": false };
var schema30 = { "type": "array", "items": { "type": ["string", "object"], "properties": { "source": { "type": "string" }, "target": { "type": "string" }, "uid": { "type": "string" }, "gid": { "type": "string" }, "mode": { "type": ["number", "string"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } };
function validate85(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate85.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (Array.isArray(data)) {
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string" && !(data0 && typeof data0 == "object" && !Array.isArray(data0))) {
        const err0 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/type", keyword: "type", params: { type: schema30.items.type }, schema: schema30.items.type, parentSchema: schema30.items, data: data0 };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
      if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
        for (const key0 in data0) {
          if (!(key0 === "source" || key0 === "target" || key0 === "uid" || key0 === "gid" || key0 === "mode" || pattern3.test(key0))) {
            const err1 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema30.items, data: data0 };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
          }
        }
        if (data0.source !== void 0) {
          let data1 = data0.source;
          if (typeof data1 !== "string") {
            const err2 = { instancePath: instancePath + "/" + i0 + "/source", schemaPath: "#/items/properties/source/type", keyword: "type", params: { type: "string" }, schema: schema30.items.properties.source.type, parentSchema: schema30.items.properties.source, data: data1 };
            if (vErrors === null) {
              vErrors = [err2];
            } else {
              vErrors.push(err2);
            }
            errors++;
          }
        }
        if (data0.target !== void 0) {
          let data2 = data0.target;
          if (typeof data2 !== "string") {
            const err3 = { instancePath: instancePath + "/" + i0 + "/target", schemaPath: "#/items/properties/target/type", keyword: "type", params: { type: "string" }, schema: schema30.items.properties.target.type, parentSchema: schema30.items.properties.target, data: data2 };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
        }
        if (data0.uid !== void 0) {
          let data3 = data0.uid;
          if (typeof data3 !== "string") {
            const err4 = { instancePath: instancePath + "/" + i0 + "/uid", schemaPath: "#/items/properties/uid/type", keyword: "type", params: { type: "string" }, schema: schema30.items.properties.uid.type, parentSchema: schema30.items.properties.uid, data: data3 };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
        if (data0.gid !== void 0) {
          let data4 = data0.gid;
          if (typeof data4 !== "string") {
            const err5 = { instancePath: instancePath + "/" + i0 + "/gid", schemaPath: "#/items/properties/gid/type", keyword: "type", params: { type: "string" }, schema: schema30.items.properties.gid.type, parentSchema: schema30.items.properties.gid, data: data4 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        if (data0.mode !== void 0) {
          let data5 = data0.mode;
          if (!(typeof data5 == "number" && isFinite(data5)) && typeof data5 !== "string") {
            const err6 = { instancePath: instancePath + "/" + i0 + "/mode", schemaPath: "#/items/properties/mode/type", keyword: "type", params: { type: schema30.items.properties.mode.type }, schema: schema30.items.properties.mode.type, parentSchema: schema30.items.properties.mode, data: data5 };
            if (vErrors === null) {
              vErrors = [err6];
            } else {
              vErrors.push(err6);
            }
            errors++;
          }
        }
      }
    }
  } else {
    const err7 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "array" }, schema: schema30.type, parentSchema: schema30, data };
    if (vErrors === null) {
      vErrors = [err7];
    } else {
      vErrors.push(err7);
    }
    errors++;
  }
  validate85.errors = vErrors;
  return errors === 0;
}
validate85.evaluated = { "items": true, "dynamicProps": false, "dynamicItems": false };
var schema31 = { "type": "object", "propertyNames": { "pattern": "^[a-z]+$" }, "additionalProperties": { "type": ["integer", "string", "object"], "properties": { "soft": { "$ref": "#/$defs/forms/$defs/integer" }, "hard": { "$ref": "#/$defs/forms/$defs/integer" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["soft", "hard"] } };
var pattern8 = new RegExp("^[a-z]+$", "u");
function validate89(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate89.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      const _errs1 = errors;
      if (typeof key0 === "string") {
        if (!pattern8.test(key0)) {
          const err0 = { instancePath, schemaPath: "#/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-z]+$" }, schema: "^[a-z]+$", parentSchema: schema31.propertyNames, data: key0, propertyName: key0 };
          if (vErrors === null) {
            vErrors = [err0];
          } else {
            vErrors.push(err0);
          }
          errors++;
        }
      }
      var valid0 = _errs1 === errors;
      if (!valid0) {
        const err1 = { instancePath, schemaPath: "#/propertyNames", keyword: "propertyNames", params: { propertyName: key0 }, schema: schema31.propertyNames, parentSchema: schema31, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    for (const key1 in data) {
      let data0 = data[key1];
      if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0)) && typeof data0 !== "string" && !(data0 && typeof data0 == "object" && !Array.isArray(data0))) {
        const err2 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: schema31.additionalProperties.type }, schema: schema31.additionalProperties.type, parentSchema: schema31.additionalProperties, data: data0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
        if (data0.soft === void 0) {
          const err3 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/required", keyword: "required", params: { missingProperty: "soft" }, schema: schema31.additionalProperties.required, parentSchema: schema31.additionalProperties, data: data0 };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        if (data0.hard === void 0) {
          const err4 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/required", keyword: "required", params: { missingProperty: "hard" }, schema: schema31.additionalProperties.required, parentSchema: schema31.additionalProperties, data: data0 };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        for (const key2 in data0) {
          if (!(key2 === "soft" || key2 === "hard" || pattern3.test(key2))) {
            const err5 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, schema: false, parentSchema: schema31.additionalProperties, data: data0 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        if (data0.soft !== void 0) {
          if (!validate63(data0.soft, { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/soft", parentData: data0, parentDataProperty: "soft", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
            errors = vErrors.length;
          }
        }
        if (data0.hard !== void 0) {
          if (!validate63(data0.hard, { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1") + "/hard", parentData: data0, parentDataProperty: "hard", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
            errors = vErrors.length;
          }
        }
      }
    }
  } else {
    const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema31.type, parentSchema: schema31, data };
    if (vErrors === null) {
      vErrors = [err6];
    } else {
      vErrors.push(err6);
    }
    errors++;
  }
  validate89.errors = vErrors;
  return errors === 0;
}
validate89.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate71(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate71.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "string" && !(data && typeof data == "object" && !Array.isArray(data))) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema27.type }, schema: schema27.type, parentSchema: schema27, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(func1.call(schema27.properties, key0) || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema27, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.context !== void 0) {
      let data0 = data.context;
      if (typeof data0 !== "string") {
        const err2 = { instancePath: instancePath + "/context", schemaPath: "#/properties/context/type", keyword: "type", params: { type: "string" }, schema: schema27.properties.context.type, parentSchema: schema27.properties.context, data: data0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.dockerfile !== void 0) {
      let data1 = data.dockerfile;
      if (typeof data1 !== "string") {
        const err3 = { instancePath: instancePath + "/dockerfile", schemaPath: "#/properties/dockerfile/type", keyword: "type", params: { type: "string" }, schema: schema27.properties.dockerfile.type, parentSchema: schema27.properties.dockerfile, data: data1 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.dockerfile_inline !== void 0) {
      let data2 = data.dockerfile_inline;
      if (typeof data2 !== "string") {
        const err4 = { instancePath: instancePath + "/dockerfile_inline", schemaPath: "#/properties/dockerfile_inline/type", keyword: "type", params: { type: "string" }, schema: schema27.properties.dockerfile_inline.type, parentSchema: schema27.properties.dockerfile_inline, data: data2 };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.additional_contexts !== void 0) {
      if (!validate59(data.additional_contexts, { instancePath: instancePath + "/additional_contexts", parentData: data, parentDataProperty: "additional_contexts", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.args !== void 0) {
      if (!validate59(data.args, { instancePath: instancePath + "/args", parentData: data, parentDataProperty: "args", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.cache_from !== void 0) {
      if (!validate74(data.cache_from, { instancePath: instancePath + "/cache_from", parentData: data, parentDataProperty: "cache_from", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.cache_to !== void 0) {
      if (!validate74(data.cache_to, { instancePath: instancePath + "/cache_to", parentData: data, parentDataProperty: "cache_to", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.entitlements !== void 0) {
      if (!validate74(data.entitlements, { instancePath: instancePath + "/entitlements", parentData: data, parentDataProperty: "entitlements", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.extra_hosts !== void 0) {
      if (!validate78(data.extra_hosts, { instancePath: instancePath + "/extra_hosts", parentData: data, parentDataProperty: "extra_hosts", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate78.errors : vErrors.concat(validate78.errors);
        errors = vErrors.length;
      }
    }
    if (data.isolation !== void 0) {
      let data9 = data.isolation;
      if (typeof data9 !== "string") {
        const err5 = { instancePath: instancePath + "/isolation", schemaPath: "#/properties/isolation/type", keyword: "type", params: { type: "string" }, schema: schema27.properties.isolation.type, parentSchema: schema27.properties.isolation, data: data9 };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.network !== void 0) {
      let data11 = data.network;
      if (typeof data11 !== "string") {
        const err6 = { instancePath: instancePath + "/network", schemaPath: "#/properties/network/type", keyword: "type", params: { type: "string" }, schema: schema27.properties.network.type, parentSchema: schema27.properties.network, data: data11 };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.no_cache !== void 0) {
      if (!validate61(data.no_cache, { instancePath: instancePath + "/no_cache", parentData: data, parentDataProperty: "no_cache", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.no_cache_filter !== void 0) {
      if (!validate54(data.no_cache_filter, { instancePath: instancePath + "/no_cache_filter", parentData: data, parentDataProperty: "no_cache_filter", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.platforms !== void 0) {
      let data14 = data.platforms;
      if (Array.isArray(data14)) {
        const len0 = data14.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data15 = data14[i0];
          if (typeof data15 !== "string") {
            const err7 = { instancePath: instancePath + "/platforms/" + i0, schemaPath: "#/properties/platforms/items/type", keyword: "type", params: { type: "string" }, schema: schema27.properties.platforms.items.type, parentSchema: schema27.properties.platforms.items, data: data15 };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/platforms", schemaPath: "#/properties/platforms/type", keyword: "type", params: { type: "array" }, schema: schema27.properties.platforms.type, parentSchema: schema27.properties.platforms, data: data14 };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.privileged !== void 0) {
      if (!validate61(data.privileged, { instancePath: instancePath + "/privileged", parentData: data, parentDataProperty: "privileged", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.provenance !== void 0) {
      let data17 = data.provenance;
      if (typeof data17 !== "string" && typeof data17 !== "boolean") {
        const err9 = { instancePath: instancePath + "/provenance", schemaPath: "#/properties/provenance/type", keyword: "type", params: { type: schema27.properties.provenance.type }, schema: schema27.properties.provenance.type, parentSchema: schema27.properties.provenance, data: data17 };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.pull !== void 0) {
      if (!validate61(data.pull, { instancePath: instancePath + "/pull", parentData: data, parentDataProperty: "pull", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.sbom !== void 0) {
      let data19 = data.sbom;
      if (typeof data19 !== "string" && typeof data19 !== "boolean") {
        const err10 = { instancePath: instancePath + "/sbom", schemaPath: "#/properties/sbom/type", keyword: "type", params: { type: schema27.properties.sbom.type }, schema: schema27.properties.sbom.type, parentSchema: schema27.properties.sbom, data: data19 };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.secrets !== void 0) {
      if (!validate85(data.secrets, { instancePath: instancePath + "/secrets", parentData: data, parentDataProperty: "secrets", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate85.errors : vErrors.concat(validate85.errors);
        errors = vErrors.length;
      }
    }
    if (data.shm_size !== void 0) {
      if (!validate66(data.shm_size, { instancePath: instancePath + "/shm_size", parentData: data, parentDataProperty: "shm_size", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
        errors = vErrors.length;
      }
    }
    if (data.ssh !== void 0) {
      if (!validate59(data.ssh, { instancePath: instancePath + "/ssh", parentData: data, parentDataProperty: "ssh", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.tags !== void 0) {
      let data23 = data.tags;
      if (Array.isArray(data23)) {
        const len1 = data23.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data24 = data23[i1];
          if (typeof data24 !== "string") {
            const err11 = { instancePath: instancePath + "/tags/" + i1, schemaPath: "#/properties/tags/items/type", keyword: "type", params: { type: "string" }, schema: schema27.properties.tags.items.type, parentSchema: schema27.properties.tags.items, data: data24 };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        }
      } else {
        const err12 = { instancePath: instancePath + "/tags", schemaPath: "#/properties/tags/type", keyword: "type", params: { type: "array" }, schema: schema27.properties.tags.type, parentSchema: schema27.properties.tags, data: data23 };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.target !== void 0) {
      let data25 = data.target;
      if (typeof data25 !== "string") {
        const err13 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/type", keyword: "type", params: { type: "string" }, schema: schema27.properties.target.type, parentSchema: schema27.properties.target, data: data25 };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.ulimits !== void 0) {
      if (!validate89(data.ulimits, { instancePath: instancePath + "/ulimits", parentData: data, parentDataProperty: "ulimits", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate89.errors : vErrors.concat(validate89.errors);
        errors = vErrors.length;
      }
    }
  }
  validate71.errors = vErrors;
  return errors === 0;
}
validate71.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema32 = { "type": ["string", "array", "null"], "items": { "type": "string" } };
function validate96(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate96.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "string" && !Array.isArray(data) && data !== null) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema32.type }, schema: schema32.type, parentSchema: schema32, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (Array.isArray(data)) {
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/type", keyword: "type", params: { type: "string" }, schema: schema32.items.type, parentSchema: schema32.items, data: data0 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
  }
  validate96.errors = vErrors;
  return errors === 0;
}
validate96.evaluated = { "items": true, "dynamicProps": false, "dynamicItems": false };
var schema33 = { "type": ["number", "string"] };
function validate99(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate99.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(typeof data == "number" && isFinite(data)) && typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema33.type }, schema: schema33.type, parentSchema: schema33, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  validate99.errors = vErrors;
  return errors === 0;
}
validate99.evaluated = { "dynamicProps": false, "dynamicItems": false };
var schema34 = { "type": ["object", "null"], "properties": { "mode": { "type": "string" }, "endpoint_mode": { "type": "string" }, "replicas": { "$ref": "#/$defs/forms/$defs/integer" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "update_config": { "type": "object", "properties": { "parallelism": { "$ref": "#/$defs/forms/$defs/integer" }, "delay": { "$ref": "#/$defs/forms/$defs/duration" }, "failure_action": { "type": "string" }, "monitor": { "$ref": "#/$defs/forms/$defs/duration" }, "max_failure_ratio": { "$ref": "#/$defs/forms/$defs/number" }, "order": { "type": "string", "enum": ["start-first", "stop-first"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "rollback_config": { "type": "object", "properties": { "parallelism": { "$ref": "#/$defs/forms/$defs/integer" }, "delay": { "$ref": "#/$defs/forms/$defs/duration" }, "failure_action": { "type": "string" }, "monitor": { "$ref": "#/$defs/forms/$defs/duration" }, "max_failure_ratio": { "$ref": "#/$defs/forms/$defs/number" }, "order": { "type": "string", "enum": ["start-first", "stop-first"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "resources": { "type": "object", "properties": { "limits": { "type": "object", "properties": { "cpus": { "$ref": "#/$defs/forms/$defs/number" }, "memory": { "type": "string" }, "pids": { "$ref": "#/$defs/forms/$defs/integer" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "reservations": { "type": "object", "properties": { "cpus": { "$ref": "#/$defs/forms/$defs/number" }, "memory": { "type": "string" }, "generic_resources": { "type": "array", "items": { "type": "object", "properties": { "discrete_resource_spec": { "type": "object", "properties": { "kind": { "type": "string" }, "value": { "$ref": "#/$defs/forms/$defs/number" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "devices": { "type": "array", "items": { "allOf": [{ "$ref": "#/$defs/forms/$defs/device-request" }], "type": "object", "required": ["capabilities"] } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "restart_policy": { "type": "object", "properties": { "condition": { "type": "string" }, "delay": { "$ref": "#/$defs/forms/$defs/duration" }, "max_attempts": { "$ref": "#/$defs/forms/$defs/integer" }, "window": { "$ref": "#/$defs/forms/$defs/duration" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "placement": { "type": "object", "properties": { "constraints": { "$ref": "#/$defs/forms/$defs/strings" }, "preferences": { "type": "array", "items": { "type": "object", "properties": { "spread": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "max_replicas_per_node": { "$ref": "#/$defs/forms/$defs/integer" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
var schema35 = { "type": "string" };
function validate111(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate111.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, schema: schema35.type, parentSchema: schema35, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  validate111.errors = vErrors;
  return errors === 0;
}
validate111.evaluated = { "dynamicProps": false, "dynamicItems": false };
var schema36 = { "type": "object", "properties": { "capabilities": { "$ref": "#/$defs/forms/$defs/strings" }, "count": { "type": ["string", "integer"] }, "device_ids": { "$ref": "#/$defs/forms/$defs/strings" }, "driver": { "type": "string" }, "options": { "$ref": "#/$defs/forms/$defs/list-or-mapping" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
function validate123(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate123.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "capabilities" || key0 === "count" || key0 === "device_ids" || key0 === "driver" || key0 === "options" || pattern3.test(key0))) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema36, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.capabilities !== void 0) {
      if (!validate74(data.capabilities, { instancePath: instancePath + "/capabilities", parentData: data, parentDataProperty: "capabilities", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.count !== void 0) {
      let data1 = data.count;
      if (typeof data1 !== "string" && !(typeof data1 == "number" && (!(data1 % 1) && !isNaN(data1)) && isFinite(data1))) {
        const err1 = { instancePath: instancePath + "/count", schemaPath: "#/properties/count/type", keyword: "type", params: { type: schema36.properties.count.type }, schema: schema36.properties.count.type, parentSchema: schema36.properties.count, data: data1 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.device_ids !== void 0) {
      if (!validate74(data.device_ids, { instancePath: instancePath + "/device_ids", parentData: data, parentDataProperty: "device_ids", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.driver !== void 0) {
      let data3 = data.driver;
      if (typeof data3 !== "string") {
        const err2 = { instancePath: instancePath + "/driver", schemaPath: "#/properties/driver/type", keyword: "type", params: { type: "string" }, schema: schema36.properties.driver.type, parentSchema: schema36.properties.driver, data: data3 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.options !== void 0) {
      if (!validate59(data.options, { instancePath: instancePath + "/options", parentData: data, parentDataProperty: "options", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err3 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema36.type, parentSchema: schema36, data };
    if (vErrors === null) {
      vErrors = [err3];
    } else {
      vErrors.push(err3);
    }
    errors++;
  }
  validate123.errors = vErrors;
  return errors === 0;
}
validate123.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate107(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate107.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(data && typeof data == "object" && !Array.isArray(data)) && data !== null) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema34.type }, schema: schema34.type, parentSchema: schema34, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(func1.call(schema34.properties, key0) || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema34, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.mode !== void 0) {
      let data0 = data.mode;
      if (typeof data0 !== "string") {
        const err2 = { instancePath: instancePath + "/mode", schemaPath: "#/properties/mode/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.mode.type, parentSchema: schema34.properties.mode, data: data0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.endpoint_mode !== void 0) {
      let data1 = data.endpoint_mode;
      if (typeof data1 !== "string") {
        const err3 = { instancePath: instancePath + "/endpoint_mode", schemaPath: "#/properties/endpoint_mode/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.endpoint_mode.type, parentSchema: schema34.properties.endpoint_mode, data: data1 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.replicas !== void 0) {
      if (!validate63(data.replicas, { instancePath: instancePath + "/replicas", parentData: data, parentDataProperty: "replicas", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
        errors = vErrors.length;
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.update_config !== void 0) {
      let data4 = data.update_config;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        for (const key1 in data4) {
          if (!(key1 === "parallelism" || key1 === "delay" || key1 === "failure_action" || key1 === "monitor" || key1 === "max_failure_ratio" || key1 === "order" || pattern3.test(key1))) {
            const err4 = { instancePath: instancePath + "/update_config", schemaPath: "#/properties/update_config/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, schema: false, parentSchema: schema34.properties.update_config, data: data4 };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
        if (data4.parallelism !== void 0) {
          if (!validate63(data4.parallelism, { instancePath: instancePath + "/update_config/parallelism", parentData: data4, parentDataProperty: "parallelism", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
            errors = vErrors.length;
          }
        }
        if (data4.delay !== void 0) {
          if (!validate111(data4.delay, { instancePath: instancePath + "/update_config/delay", parentData: data4, parentDataProperty: "delay", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
            errors = vErrors.length;
          }
        }
        if (data4.failure_action !== void 0) {
          let data7 = data4.failure_action;
          if (typeof data7 !== "string") {
            const err5 = { instancePath: instancePath + "/update_config/failure_action", schemaPath: "#/properties/update_config/properties/failure_action/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.update_config.properties.failure_action.type, parentSchema: schema34.properties.update_config.properties.failure_action, data: data7 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        if (data4.monitor !== void 0) {
          if (!validate111(data4.monitor, { instancePath: instancePath + "/update_config/monitor", parentData: data4, parentDataProperty: "monitor", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
            errors = vErrors.length;
          }
        }
        if (data4.max_failure_ratio !== void 0) {
          if (!validate99(data4.max_failure_ratio, { instancePath: instancePath + "/update_config/max_failure_ratio", parentData: data4, parentDataProperty: "max_failure_ratio", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
            errors = vErrors.length;
          }
        }
        if (data4.order !== void 0) {
          let data10 = data4.order;
          if (typeof data10 !== "string") {
            const err6 = { instancePath: instancePath + "/update_config/order", schemaPath: "#/properties/update_config/properties/order/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.update_config.properties.order.type, parentSchema: schema34.properties.update_config.properties.order, data: data10 };
            if (vErrors === null) {
              vErrors = [err6];
            } else {
              vErrors.push(err6);
            }
            errors++;
          }
          if (!(data10 === "start-first" || data10 === "stop-first")) {
            const err7 = { instancePath: instancePath + "/update_config/order", schemaPath: "#/properties/update_config/properties/order/enum", keyword: "enum", params: { allowedValues: schema34.properties.update_config.properties.order.enum }, schema: schema34.properties.update_config.properties.order.enum, parentSchema: schema34.properties.update_config.properties.order, data: data10 };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/update_config", schemaPath: "#/properties/update_config/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.update_config.type, parentSchema: schema34.properties.update_config, data: data4 };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.rollback_config !== void 0) {
      let data11 = data.rollback_config;
      if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
        for (const key2 in data11) {
          if (!(key2 === "parallelism" || key2 === "delay" || key2 === "failure_action" || key2 === "monitor" || key2 === "max_failure_ratio" || key2 === "order" || pattern3.test(key2))) {
            const err9 = { instancePath: instancePath + "/rollback_config", schemaPath: "#/properties/rollback_config/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, schema: false, parentSchema: schema34.properties.rollback_config, data: data11 };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data11.parallelism !== void 0) {
          if (!validate63(data11.parallelism, { instancePath: instancePath + "/rollback_config/parallelism", parentData: data11, parentDataProperty: "parallelism", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
            errors = vErrors.length;
          }
        }
        if (data11.delay !== void 0) {
          if (!validate111(data11.delay, { instancePath: instancePath + "/rollback_config/delay", parentData: data11, parentDataProperty: "delay", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
            errors = vErrors.length;
          }
        }
        if (data11.failure_action !== void 0) {
          let data14 = data11.failure_action;
          if (typeof data14 !== "string") {
            const err10 = { instancePath: instancePath + "/rollback_config/failure_action", schemaPath: "#/properties/rollback_config/properties/failure_action/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.rollback_config.properties.failure_action.type, parentSchema: schema34.properties.rollback_config.properties.failure_action, data: data14 };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
        if (data11.monitor !== void 0) {
          if (!validate111(data11.monitor, { instancePath: instancePath + "/rollback_config/monitor", parentData: data11, parentDataProperty: "monitor", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
            errors = vErrors.length;
          }
        }
        if (data11.max_failure_ratio !== void 0) {
          if (!validate99(data11.max_failure_ratio, { instancePath: instancePath + "/rollback_config/max_failure_ratio", parentData: data11, parentDataProperty: "max_failure_ratio", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
            errors = vErrors.length;
          }
        }
        if (data11.order !== void 0) {
          let data17 = data11.order;
          if (typeof data17 !== "string") {
            const err11 = { instancePath: instancePath + "/rollback_config/order", schemaPath: "#/properties/rollback_config/properties/order/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.rollback_config.properties.order.type, parentSchema: schema34.properties.rollback_config.properties.order, data: data17 };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
          if (!(data17 === "start-first" || data17 === "stop-first")) {
            const err12 = { instancePath: instancePath + "/rollback_config/order", schemaPath: "#/properties/rollback_config/properties/order/enum", keyword: "enum", params: { allowedValues: schema34.properties.rollback_config.properties.order.enum }, schema: schema34.properties.rollback_config.properties.order.enum, parentSchema: schema34.properties.rollback_config.properties.order, data: data17 };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
      } else {
        const err13 = { instancePath: instancePath + "/rollback_config", schemaPath: "#/properties/rollback_config/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.rollback_config.type, parentSchema: schema34.properties.rollback_config, data: data11 };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.resources !== void 0) {
      let data18 = data.resources;
      if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
        for (const key3 in data18) {
          if (!(key3 === "limits" || key3 === "reservations" || pattern3.test(key3))) {
            const err14 = { instancePath: instancePath + "/resources", schemaPath: "#/properties/resources/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, schema: false, parentSchema: schema34.properties.resources, data: data18 };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        if (data18.limits !== void 0) {
          let data19 = data18.limits;
          if (data19 && typeof data19 == "object" && !Array.isArray(data19)) {
            for (const key4 in data19) {
              if (!(key4 === "cpus" || key4 === "memory" || key4 === "pids" || pattern3.test(key4))) {
                const err15 = { instancePath: instancePath + "/resources/limits", schemaPath: "#/properties/resources/properties/limits/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, schema: false, parentSchema: schema34.properties.resources.properties.limits, data: data19 };
                if (vErrors === null) {
                  vErrors = [err15];
                } else {
                  vErrors.push(err15);
                }
                errors++;
              }
            }
            if (data19.cpus !== void 0) {
              if (!validate99(data19.cpus, { instancePath: instancePath + "/resources/limits/cpus", parentData: data19, parentDataProperty: "cpus", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
                errors = vErrors.length;
              }
            }
            if (data19.memory !== void 0) {
              let data21 = data19.memory;
              if (typeof data21 !== "string") {
                const err16 = { instancePath: instancePath + "/resources/limits/memory", schemaPath: "#/properties/resources/properties/limits/properties/memory/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.resources.properties.limits.properties.memory.type, parentSchema: schema34.properties.resources.properties.limits.properties.memory, data: data21 };
                if (vErrors === null) {
                  vErrors = [err16];
                } else {
                  vErrors.push(err16);
                }
                errors++;
              }
            }
            if (data19.pids !== void 0) {
              if (!validate63(data19.pids, { instancePath: instancePath + "/resources/limits/pids", parentData: data19, parentDataProperty: "pids", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err17 = { instancePath: instancePath + "/resources/limits", schemaPath: "#/properties/resources/properties/limits/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.resources.properties.limits.type, parentSchema: schema34.properties.resources.properties.limits, data: data19 };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
        if (data18.reservations !== void 0) {
          let data23 = data18.reservations;
          if (data23 && typeof data23 == "object" && !Array.isArray(data23)) {
            for (const key5 in data23) {
              if (!(key5 === "cpus" || key5 === "memory" || key5 === "generic_resources" || key5 === "devices" || pattern3.test(key5))) {
                const err18 = { instancePath: instancePath + "/resources/reservations", schemaPath: "#/properties/resources/properties/reservations/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, schema: false, parentSchema: schema34.properties.resources.properties.reservations, data: data23 };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            }
            if (data23.cpus !== void 0) {
              if (!validate99(data23.cpus, { instancePath: instancePath + "/resources/reservations/cpus", parentData: data23, parentDataProperty: "cpus", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
                errors = vErrors.length;
              }
            }
            if (data23.memory !== void 0) {
              let data25 = data23.memory;
              if (typeof data25 !== "string") {
                const err19 = { instancePath: instancePath + "/resources/reservations/memory", schemaPath: "#/properties/resources/properties/reservations/properties/memory/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.resources.properties.reservations.properties.memory.type, parentSchema: schema34.properties.resources.properties.reservations.properties.memory, data: data25 };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
            }
            if (data23.generic_resources !== void 0) {
              let data26 = data23.generic_resources;
              if (Array.isArray(data26)) {
                const len0 = data26.length;
                for (let i0 = 0; i0 < len0; i0++) {
                  let data27 = data26[i0];
                  if (data27 && typeof data27 == "object" && !Array.isArray(data27)) {
                    for (const key6 in data27) {
                      if (!(key6 === "discrete_resource_spec" || pattern3.test(key6))) {
                        const err20 = { instancePath: instancePath + "/resources/reservations/generic_resources/" + i0, schemaPath: "#/properties/resources/properties/reservations/properties/generic_resources/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, schema: false, parentSchema: schema34.properties.resources.properties.reservations.properties.generic_resources.items, data: data27 };
                        if (vErrors === null) {
                          vErrors = [err20];
                        } else {
                          vErrors.push(err20);
                        }
                        errors++;
                      }
                    }
                    if (data27.discrete_resource_spec !== void 0) {
                      let data28 = data27.discrete_resource_spec;
                      if (data28 && typeof data28 == "object" && !Array.isArray(data28)) {
                        for (const key7 in data28) {
                          if (!(key7 === "kind" || key7 === "value" || pattern3.test(key7))) {
                            const err21 = { instancePath: instancePath + "/resources/reservations/generic_resources/" + i0 + "/discrete_resource_spec", schemaPath: "#/properties/resources/properties/reservations/properties/generic_resources/items/properties/discrete_resource_spec/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, schema: false, parentSchema: schema34.properties.resources.properties.reservations.properties.generic_resources.items.properties.discrete_resource_spec, data: data28 };
                            if (vErrors === null) {
                              vErrors = [err21];
                            } else {
                              vErrors.push(err21);
                            }
                            errors++;
                          }
                        }
                        if (data28.kind !== void 0) {
                          let data29 = data28.kind;
                          if (typeof data29 !== "string") {
                            const err22 = { instancePath: instancePath + "/resources/reservations/generic_resources/" + i0 + "/discrete_resource_spec/kind", schemaPath: "#/properties/resources/properties/reservations/properties/generic_resources/items/properties/discrete_resource_spec/properties/kind/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.resources.properties.reservations.properties.generic_resources.items.properties.discrete_resource_spec.properties.kind.type, parentSchema: schema34.properties.resources.properties.reservations.properties.generic_resources.items.properties.discrete_resource_spec.properties.kind, data: data29 };
                            if (vErrors === null) {
                              vErrors = [err22];
                            } else {
                              vErrors.push(err22);
                            }
                            errors++;
                          }
                        }
                        if (data28.value !== void 0) {
                          if (!validate99(data28.value, { instancePath: instancePath + "/resources/reservations/generic_resources/" + i0 + "/discrete_resource_spec/value", parentData: data28, parentDataProperty: "value", rootData, dynamicAnchors })) {
                            vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
                            errors = vErrors.length;
                          }
                        }
                      } else {
                        const err23 = { instancePath: instancePath + "/resources/reservations/generic_resources/" + i0 + "/discrete_resource_spec", schemaPath: "#/properties/resources/properties/reservations/properties/generic_resources/items/properties/discrete_resource_spec/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.resources.properties.reservations.properties.generic_resources.items.properties.discrete_resource_spec.type, parentSchema: schema34.properties.resources.properties.reservations.properties.generic_resources.items.properties.discrete_resource_spec, data: data28 };
                        if (vErrors === null) {
                          vErrors = [err23];
                        } else {
                          vErrors.push(err23);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err24 = { instancePath: instancePath + "/resources/reservations/generic_resources/" + i0, schemaPath: "#/properties/resources/properties/reservations/properties/generic_resources/items/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.resources.properties.reservations.properties.generic_resources.items.type, parentSchema: schema34.properties.resources.properties.reservations.properties.generic_resources.items, data: data27 };
                    if (vErrors === null) {
                      vErrors = [err24];
                    } else {
                      vErrors.push(err24);
                    }
                    errors++;
                  }
                }
              } else {
                const err25 = { instancePath: instancePath + "/resources/reservations/generic_resources", schemaPath: "#/properties/resources/properties/reservations/properties/generic_resources/type", keyword: "type", params: { type: "array" }, schema: schema34.properties.resources.properties.reservations.properties.generic_resources.type, parentSchema: schema34.properties.resources.properties.reservations.properties.generic_resources, data: data26 };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
            if (data23.devices !== void 0) {
              let data31 = data23.devices;
              if (Array.isArray(data31)) {
                const len1 = data31.length;
                for (let i1 = 0; i1 < len1; i1++) {
                  let data32 = data31[i1];
                  if (!validate123(data32, { instancePath: instancePath + "/resources/reservations/devices/" + i1, parentData: data31, parentDataProperty: i1, rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate123.errors : vErrors.concat(validate123.errors);
                    errors = vErrors.length;
                  }
                  if (data32 && typeof data32 == "object" && !Array.isArray(data32)) {
                    if (data32.capabilities === void 0) {
                      const err26 = { instancePath: instancePath + "/resources/reservations/devices/" + i1, schemaPath: "#/properties/resources/properties/reservations/properties/devices/items/required", keyword: "required", params: { missingProperty: "capabilities" }, schema: schema34.properties.resources.properties.reservations.properties.devices.items.required, parentSchema: schema34.properties.resources.properties.reservations.properties.devices.items, data: data32 };
                      if (vErrors === null) {
                        vErrors = [err26];
                      } else {
                        vErrors.push(err26);
                      }
                      errors++;
                    }
                  } else {
                    const err27 = { instancePath: instancePath + "/resources/reservations/devices/" + i1, schemaPath: "#/properties/resources/properties/reservations/properties/devices/items/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.resources.properties.reservations.properties.devices.items.type, parentSchema: schema34.properties.resources.properties.reservations.properties.devices.items, data: data32 };
                    if (vErrors === null) {
                      vErrors = [err27];
                    } else {
                      vErrors.push(err27);
                    }
                    errors++;
                  }
                }
              } else {
                const err28 = { instancePath: instancePath + "/resources/reservations/devices", schemaPath: "#/properties/resources/properties/reservations/properties/devices/type", keyword: "type", params: { type: "array" }, schema: schema34.properties.resources.properties.reservations.properties.devices.type, parentSchema: schema34.properties.resources.properties.reservations.properties.devices, data: data31 };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
            }
          } else {
            const err29 = { instancePath: instancePath + "/resources/reservations", schemaPath: "#/properties/resources/properties/reservations/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.resources.properties.reservations.type, parentSchema: schema34.properties.resources.properties.reservations, data: data23 };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
        }
      } else {
        const err30 = { instancePath: instancePath + "/resources", schemaPath: "#/properties/resources/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.resources.type, parentSchema: schema34.properties.resources, data: data18 };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
    }
    if (data.restart_policy !== void 0) {
      let data33 = data.restart_policy;
      if (data33 && typeof data33 == "object" && !Array.isArray(data33)) {
        for (const key8 in data33) {
          if (!(key8 === "condition" || key8 === "delay" || key8 === "max_attempts" || key8 === "window" || pattern3.test(key8))) {
            const err31 = { instancePath: instancePath + "/restart_policy", schemaPath: "#/properties/restart_policy/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key8 }, schema: false, parentSchema: schema34.properties.restart_policy, data: data33 };
            if (vErrors === null) {
              vErrors = [err31];
            } else {
              vErrors.push(err31);
            }
            errors++;
          }
        }
        if (data33.condition !== void 0) {
          let data34 = data33.condition;
          if (typeof data34 !== "string") {
            const err32 = { instancePath: instancePath + "/restart_policy/condition", schemaPath: "#/properties/restart_policy/properties/condition/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.restart_policy.properties.condition.type, parentSchema: schema34.properties.restart_policy.properties.condition, data: data34 };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
        }
        if (data33.delay !== void 0) {
          if (!validate111(data33.delay, { instancePath: instancePath + "/restart_policy/delay", parentData: data33, parentDataProperty: "delay", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
            errors = vErrors.length;
          }
        }
        if (data33.max_attempts !== void 0) {
          if (!validate63(data33.max_attempts, { instancePath: instancePath + "/restart_policy/max_attempts", parentData: data33, parentDataProperty: "max_attempts", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
            errors = vErrors.length;
          }
        }
        if (data33.window !== void 0) {
          if (!validate111(data33.window, { instancePath: instancePath + "/restart_policy/window", parentData: data33, parentDataProperty: "window", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err33 = { instancePath: instancePath + "/restart_policy", schemaPath: "#/properties/restart_policy/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.restart_policy.type, parentSchema: schema34.properties.restart_policy, data: data33 };
        if (vErrors === null) {
          vErrors = [err33];
        } else {
          vErrors.push(err33);
        }
        errors++;
      }
    }
    if (data.placement !== void 0) {
      let data38 = data.placement;
      if (data38 && typeof data38 == "object" && !Array.isArray(data38)) {
        for (const key9 in data38) {
          if (!(key9 === "constraints" || key9 === "preferences" || key9 === "max_replicas_per_node" || pattern3.test(key9))) {
            const err34 = { instancePath: instancePath + "/placement", schemaPath: "#/properties/placement/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key9 }, schema: false, parentSchema: schema34.properties.placement, data: data38 };
            if (vErrors === null) {
              vErrors = [err34];
            } else {
              vErrors.push(err34);
            }
            errors++;
          }
        }
        if (data38.constraints !== void 0) {
          if (!validate74(data38.constraints, { instancePath: instancePath + "/placement/constraints", parentData: data38, parentDataProperty: "constraints", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
            errors = vErrors.length;
          }
        }
        if (data38.preferences !== void 0) {
          let data40 = data38.preferences;
          if (Array.isArray(data40)) {
            const len2 = data40.length;
            for (let i2 = 0; i2 < len2; i2++) {
              let data41 = data40[i2];
              if (data41 && typeof data41 == "object" && !Array.isArray(data41)) {
                for (const key10 in data41) {
                  if (!(key10 === "spread" || pattern3.test(key10))) {
                    const err35 = { instancePath: instancePath + "/placement/preferences/" + i2, schemaPath: "#/properties/placement/properties/preferences/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key10 }, schema: false, parentSchema: schema34.properties.placement.properties.preferences.items, data: data41 };
                    if (vErrors === null) {
                      vErrors = [err35];
                    } else {
                      vErrors.push(err35);
                    }
                    errors++;
                  }
                }
                if (data41.spread !== void 0) {
                  let data42 = data41.spread;
                  if (typeof data42 !== "string") {
                    const err36 = { instancePath: instancePath + "/placement/preferences/" + i2 + "/spread", schemaPath: "#/properties/placement/properties/preferences/items/properties/spread/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.placement.properties.preferences.items.properties.spread.type, parentSchema: schema34.properties.placement.properties.preferences.items.properties.spread, data: data42 };
                    if (vErrors === null) {
                      vErrors = [err36];
                    } else {
                      vErrors.push(err36);
                    }
                    errors++;
                  }
                }
              } else {
                const err37 = { instancePath: instancePath + "/placement/preferences/" + i2, schemaPath: "#/properties/placement/properties/preferences/items/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.placement.properties.preferences.items.type, parentSchema: schema34.properties.placement.properties.preferences.items, data: data41 };
                if (vErrors === null) {
                  vErrors = [err37];
                } else {
                  vErrors.push(err37);
                }
                errors++;
              }
            }
          } else {
            const err38 = { instancePath: instancePath + "/placement/preferences", schemaPath: "#/properties/placement/properties/preferences/type", keyword: "type", params: { type: "array" }, schema: schema34.properties.placement.properties.preferences.type, parentSchema: schema34.properties.placement.properties.preferences, data: data40 };
            if (vErrors === null) {
              vErrors = [err38];
            } else {
              vErrors.push(err38);
            }
            errors++;
          }
        }
        if (data38.max_replicas_per_node !== void 0) {
          if (!validate63(data38.max_replicas_per_node, { instancePath: instancePath + "/placement/max_replicas_per_node", parentData: data38, parentDataProperty: "max_replicas_per_node", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err39 = { instancePath: instancePath + "/placement", schemaPath: "#/properties/placement/type", keyword: "type", params: { type: "object" }, schema: schema34.properties.placement.type, parentSchema: schema34.properties.placement, data: data38 };
        if (vErrors === null) {
          vErrors = [err39];
        } else {
          vErrors.push(err39);
        }
        errors++;
      }
    }
  }
  validate107.errors = vErrors;
  return errors === 0;
}
validate107.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema37 = { "type": ["object", "null"], "properties": { "watch": { "type": "array", "items": { "type": "object", "properties": { "path": { "type": "string" }, "action": { "type": "string", "enum": ["rebuild", "sync", "restart", "sync+restart", "sync+exec"] }, "target": { "type": "string" }, "ignore": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "include": { "$ref": "#/$defs/forms/$defs/string-or-list" }, "exec": { "$ref": "#/$defs/hook" }, "initial_sync": { "type": "boolean" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["path", "action"] } } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
var schema38 = { "type": "object", "properties": { "command": { "$ref": "#/$defs/forms/$defs/command" }, "user": { "type": "string" }, "privileged": { "$ref": "#/$defs/forms/$defs/flag" }, "working_dir": { "type": "string" }, "environment": { "$ref": "#/$defs/forms/$defs/list-or-mapping" } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["command"] };
function validate137(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate137.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.command === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "command" }, schema: schema38.required, parentSchema: schema38, data };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "command" || key0 === "user" || key0 === "privileged" || key0 === "working_dir" || key0 === "environment" || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema38, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.command !== void 0) {
      if (!validate96(data.command, { instancePath: instancePath + "/command", parentData: data, parentDataProperty: "command", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate96.errors : vErrors.concat(validate96.errors);
        errors = vErrors.length;
      }
    }
    if (data.user !== void 0) {
      let data1 = data.user;
      if (typeof data1 !== "string") {
        const err2 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/type", keyword: "type", params: { type: "string" }, schema: schema38.properties.user.type, parentSchema: schema38.properties.user, data: data1 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.privileged !== void 0) {
      if (!validate61(data.privileged, { instancePath: instancePath + "/privileged", parentData: data, parentDataProperty: "privileged", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.working_dir !== void 0) {
      let data3 = data.working_dir;
      if (typeof data3 !== "string") {
        const err3 = { instancePath: instancePath + "/working_dir", schemaPath: "#/properties/working_dir/type", keyword: "type", params: { type: "string" }, schema: schema38.properties.working_dir.type, parentSchema: schema38.properties.working_dir, data: data3 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.environment !== void 0) {
      if (!validate59(data.environment, { instancePath: instancePath + "/environment", parentData: data, parentDataProperty: "environment", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err4 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema38.type, parentSchema: schema38, data };
    if (vErrors === null) {
      vErrors = [err4];
    } else {
      vErrors.push(err4);
    }
    errors++;
  }
  validate137.errors = vErrors;
  return errors === 0;
}
validate137.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate134(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate134.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(data && typeof data == "object" && !Array.isArray(data)) && data !== null) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema37.type }, schema: schema37.type, parentSchema: schema37, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "watch" || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema37, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.watch !== void 0) {
      let data0 = data.watch;
      if (Array.isArray(data0)) {
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data1 = data0[i0];
          if (data1 && typeof data1 == "object" && !Array.isArray(data1)) {
            if (data1.path === void 0) {
              const err2 = { instancePath: instancePath + "/watch/" + i0, schemaPath: "#/properties/watch/items/required", keyword: "required", params: { missingProperty: "path" }, schema: schema37.properties.watch.items.required, parentSchema: schema37.properties.watch.items, data: data1 };
              if (vErrors === null) {
                vErrors = [err2];
              } else {
                vErrors.push(err2);
              }
              errors++;
            }
            if (data1.action === void 0) {
              const err3 = { instancePath: instancePath + "/watch/" + i0, schemaPath: "#/properties/watch/items/required", keyword: "required", params: { missingProperty: "action" }, schema: schema37.properties.watch.items.required, parentSchema: schema37.properties.watch.items, data: data1 };
              if (vErrors === null) {
                vErrors = [err3];
              } else {
                vErrors.push(err3);
              }
              errors++;
            }
            for (const key1 in data1) {
              if (!(key1 === "path" || key1 === "action" || key1 === "target" || key1 === "ignore" || key1 === "include" || key1 === "exec" || key1 === "initial_sync" || pattern3.test(key1))) {
                const err4 = { instancePath: instancePath + "/watch/" + i0, schemaPath: "#/properties/watch/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, schema: false, parentSchema: schema37.properties.watch.items, data: data1 };
                if (vErrors === null) {
                  vErrors = [err4];
                } else {
                  vErrors.push(err4);
                }
                errors++;
              }
            }
            if (data1.path !== void 0) {
              let data2 = data1.path;
              if (typeof data2 !== "string") {
                const err5 = { instancePath: instancePath + "/watch/" + i0 + "/path", schemaPath: "#/properties/watch/items/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema37.properties.watch.items.properties.path.type, parentSchema: schema37.properties.watch.items.properties.path, data: data2 };
                if (vErrors === null) {
                  vErrors = [err5];
                } else {
                  vErrors.push(err5);
                }
                errors++;
              }
            }
            if (data1.action !== void 0) {
              let data3 = data1.action;
              if (typeof data3 !== "string") {
                const err6 = { instancePath: instancePath + "/watch/" + i0 + "/action", schemaPath: "#/properties/watch/items/properties/action/type", keyword: "type", params: { type: "string" }, schema: schema37.properties.watch.items.properties.action.type, parentSchema: schema37.properties.watch.items.properties.action, data: data3 };
                if (vErrors === null) {
                  vErrors = [err6];
                } else {
                  vErrors.push(err6);
                }
                errors++;
              }
              if (!(data3 === "rebuild" || data3 === "sync" || data3 === "restart" || data3 === "sync+restart" || data3 === "sync+exec")) {
                const err7 = { instancePath: instancePath + "/watch/" + i0 + "/action", schemaPath: "#/properties/watch/items/properties/action/enum", keyword: "enum", params: { allowedValues: schema37.properties.watch.items.properties.action.enum }, schema: schema37.properties.watch.items.properties.action.enum, parentSchema: schema37.properties.watch.items.properties.action, data: data3 };
                if (vErrors === null) {
                  vErrors = [err7];
                } else {
                  vErrors.push(err7);
                }
                errors++;
              }
            }
            if (data1.target !== void 0) {
              let data4 = data1.target;
              if (typeof data4 !== "string") {
                const err8 = { instancePath: instancePath + "/watch/" + i0 + "/target", schemaPath: "#/properties/watch/items/properties/target/type", keyword: "type", params: { type: "string" }, schema: schema37.properties.watch.items.properties.target.type, parentSchema: schema37.properties.watch.items.properties.target, data: data4 };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
              }
            }
            if (data1.ignore !== void 0) {
              if (!validate54(data1.ignore, { instancePath: instancePath + "/watch/" + i0 + "/ignore", parentData: data1, parentDataProperty: "ignore", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
                errors = vErrors.length;
              }
            }
            if (data1.include !== void 0) {
              if (!validate54(data1.include, { instancePath: instancePath + "/watch/" + i0 + "/include", parentData: data1, parentDataProperty: "include", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
                errors = vErrors.length;
              }
            }
            if (data1.exec !== void 0) {
              if (!validate137(data1.exec, { instancePath: instancePath + "/watch/" + i0 + "/exec", parentData: data1, parentDataProperty: "exec", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate137.errors : vErrors.concat(validate137.errors);
                errors = vErrors.length;
              }
            }
            if (data1.initial_sync !== void 0) {
              let data8 = data1.initial_sync;
              if (typeof data8 !== "boolean") {
                const err9 = { instancePath: instancePath + "/watch/" + i0 + "/initial_sync", schemaPath: "#/properties/watch/items/properties/initial_sync/type", keyword: "type", params: { type: "boolean" }, schema: schema37.properties.watch.items.properties.initial_sync.type, parentSchema: schema37.properties.watch.items.properties.initial_sync, data: data8 };
                if (vErrors === null) {
                  vErrors = [err9];
                } else {
                  vErrors.push(err9);
                }
                errors++;
              }
            }
          } else {
            const err10 = { instancePath: instancePath + "/watch/" + i0, schemaPath: "#/properties/watch/items/type", keyword: "type", params: { type: "object" }, schema: schema37.properties.watch.items.type, parentSchema: schema37.properties.watch.items, data: data1 };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/watch", schemaPath: "#/properties/watch/type", keyword: "type", params: { type: "array" }, schema: schema37.properties.watch.type, parentSchema: schema37.properties.watch, data: data0 };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
  }
  validate134.errors = vErrors;
  return errors === 0;
}
validate134.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema39 = { "type": ["string", "array"], "items": { "type": ["string", "object"], "properties": { "path": { "type": "string" }, "format": { "type": "string" }, "required": { "$ref": "#/$defs/forms/$defs/flag" } }, "additionalProperties": false, "required": ["path"] } };
function validate148(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate148.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "string" && !Array.isArray(data)) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema39.type }, schema: schema39.type, parentSchema: schema39, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (Array.isArray(data)) {
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string" && !(data0 && typeof data0 == "object" && !Array.isArray(data0))) {
        const err1 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/type", keyword: "type", params: { type: schema39.items.type }, schema: schema39.items.type, parentSchema: schema39.items, data: data0 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
        if (data0.path === void 0) {
          const err2 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/required", keyword: "required", params: { missingProperty: "path" }, schema: schema39.items.required, parentSchema: schema39.items, data: data0 };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        for (const key0 in data0) {
          if (!(key0 === "path" || key0 === "format" || key0 === "required")) {
            const err3 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema39.items, data: data0 };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
        }
        if (data0.path !== void 0) {
          let data1 = data0.path;
          if (typeof data1 !== "string") {
            const err4 = { instancePath: instancePath + "/" + i0 + "/path", schemaPath: "#/items/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema39.items.properties.path.type, parentSchema: schema39.items.properties.path, data: data1 };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
        if (data0.format !== void 0) {
          let data2 = data0.format;
          if (typeof data2 !== "string") {
            const err5 = { instancePath: instancePath + "/" + i0 + "/format", schemaPath: "#/items/properties/format/type", keyword: "type", params: { type: "string" }, schema: schema39.items.properties.format.type, parentSchema: schema39.items.properties.format, data: data2 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        if (data0.required !== void 0) {
          if (!validate61(data0.required, { instancePath: instancePath + "/" + i0 + "/required", parentData: data0, parentDataProperty: "required", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
            errors = vErrors.length;
          }
        }
      }
    }
  }
  validate148.errors = vErrors;
  return errors === 0;
}
validate148.evaluated = { "items": true, "dynamicProps": false, "dynamicItems": false };
var schema40 = { "type": "array", "items": { "type": ["string", "number"] } };
function validate152(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate152.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (Array.isArray(data)) {
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      let data0 = data[i0];
      if (typeof data0 !== "string" && !(typeof data0 == "number" && isFinite(data0))) {
        const err0 = { instancePath: instancePath + "/" + i0, schemaPath: "#/items/type", keyword: "type", params: { type: schema40.items.type }, schema: schema40.items.type, parentSchema: schema40.items, data: data0 };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "array" }, schema: schema40.type, parentSchema: schema40, data };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate152.errors = vErrors;
  return errors === 0;
}
validate152.evaluated = { "items": true, "dynamicProps": false, "dynamicItems": false };
var schema41 = { "type": "object", "properties": { "disable": { "$ref": "#/$defs/forms/$defs/flag" }, "test": { "type": ["string", "array"], "items": { "type": "string" } }, "interval": { "$ref": "#/$defs/forms/$defs/duration" }, "timeout": { "$ref": "#/$defs/forms/$defs/duration" }, "retries": { "$ref": "#/$defs/forms/$defs/number" }, "start_period": { "$ref": "#/$defs/forms/$defs/duration" }, "start_interval": { "$ref": "#/$defs/forms/$defs/duration" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
function validate158(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate158.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "disable" || key0 === "test" || key0 === "interval" || key0 === "timeout" || key0 === "retries" || key0 === "start_period" || key0 === "start_interval" || pattern3.test(key0))) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema41, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.disable !== void 0) {
      if (!validate61(data.disable, { instancePath: instancePath + "/disable", parentData: data, parentDataProperty: "disable", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.test !== void 0) {
      let data1 = data.test;
      if (typeof data1 !== "string" && !Array.isArray(data1)) {
        const err1 = { instancePath: instancePath + "/test", schemaPath: "#/properties/test/type", keyword: "type", params: { type: schema41.properties.test.type }, schema: schema41.properties.test.type, parentSchema: schema41.properties.test, data: data1 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (Array.isArray(data1)) {
        const len0 = data1.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data2 = data1[i0];
          if (typeof data2 !== "string") {
            const err2 = { instancePath: instancePath + "/test/" + i0, schemaPath: "#/properties/test/items/type", keyword: "type", params: { type: "string" }, schema: schema41.properties.test.items.type, parentSchema: schema41.properties.test.items, data: data2 };
            if (vErrors === null) {
              vErrors = [err2];
            } else {
              vErrors.push(err2);
            }
            errors++;
          }
        }
      }
    }
    if (data.interval !== void 0) {
      if (!validate111(data.interval, { instancePath: instancePath + "/interval", parentData: data, parentDataProperty: "interval", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate111(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
        errors = vErrors.length;
      }
    }
    if (data.retries !== void 0) {
      if (!validate99(data.retries, { instancePath: instancePath + "/retries", parentData: data, parentDataProperty: "retries", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
        errors = vErrors.length;
      }
    }
    if (data.start_period !== void 0) {
      if (!validate111(data.start_period, { instancePath: instancePath + "/start_period", parentData: data, parentDataProperty: "start_period", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
        errors = vErrors.length;
      }
    }
    if (data.start_interval !== void 0) {
      if (!validate111(data.start_interval, { instancePath: instancePath + "/start_interval", parentData: data, parentDataProperty: "start_interval", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err3 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema41.type, parentSchema: schema41, data };
    if (vErrors === null) {
      vErrors = [err3];
    } else {
      vErrors.push(err3);
    }
    errors++;
  }
  validate158.errors = vErrors;
  return errors === 0;
}
validate158.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema42 = { "type": "object", "additionalProperties": { "type": ["string", "number"] } };
function validate172(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate172.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      let data0 = data[key0];
      if (typeof data0 !== "string" && !(typeof data0 == "number" && isFinite(data0))) {
        const err0 = { instancePath: instancePath + "/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: schema42.additionalProperties.type }, schema: schema42.additionalProperties.type, parentSchema: schema42.additionalProperties, data: data0 };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema42.type, parentSchema: schema42, data };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate172.errors = vErrors;
  return errors === 0;
}
validate172.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema43 = { "type": ["integer", "string", "object"], "properties": { "name": { "type": "string" }, "mode": { "type": "string" }, "host_ip": { "type": "string" }, "target": { "$ref": "#/$defs/forms/$defs/integer" }, "published": { "type": ["string", "integer"] }, "protocol": { "type": "string" }, "app_protocol": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
function validate176(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate176.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(typeof data == "number" && (!(data % 1) && !isNaN(data)) && isFinite(data)) && typeof data !== "string" && !(data && typeof data == "object" && !Array.isArray(data))) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema43.type }, schema: schema43.type, parentSchema: schema43, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "mode" || key0 === "host_ip" || key0 === "target" || key0 === "published" || key0 === "protocol" || key0 === "app_protocol" || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema43, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 !== "string") {
        const err2 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema43.properties.name.type, parentSchema: schema43.properties.name, data: data0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.mode !== void 0) {
      let data1 = data.mode;
      if (typeof data1 !== "string") {
        const err3 = { instancePath: instancePath + "/mode", schemaPath: "#/properties/mode/type", keyword: "type", params: { type: "string" }, schema: schema43.properties.mode.type, parentSchema: schema43.properties.mode, data: data1 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.host_ip !== void 0) {
      let data2 = data.host_ip;
      if (typeof data2 !== "string") {
        const err4 = { instancePath: instancePath + "/host_ip", schemaPath: "#/properties/host_ip/type", keyword: "type", params: { type: "string" }, schema: schema43.properties.host_ip.type, parentSchema: schema43.properties.host_ip, data: data2 };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.target !== void 0) {
      if (!validate63(data.target, { instancePath: instancePath + "/target", parentData: data, parentDataProperty: "target", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
        errors = vErrors.length;
      }
    }
    if (data.published !== void 0) {
      let data4 = data.published;
      if (typeof data4 !== "string" && !(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
        const err5 = { instancePath: instancePath + "/published", schemaPath: "#/properties/published/type", keyword: "type", params: { type: schema43.properties.published.type }, schema: schema43.properties.published.type, parentSchema: schema43.properties.published, data: data4 };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.protocol !== void 0) {
      let data5 = data.protocol;
      if (typeof data5 !== "string") {
        const err6 = { instancePath: instancePath + "/protocol", schemaPath: "#/properties/protocol/type", keyword: "type", params: { type: "string" }, schema: schema43.properties.protocol.type, parentSchema: schema43.properties.protocol, data: data5 };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.app_protocol !== void 0) {
      let data6 = data.app_protocol;
      if (typeof data6 !== "string") {
        const err7 = { instancePath: instancePath + "/app_protocol", schemaPath: "#/properties/app_protocol/type", keyword: "type", params: { type: "string" }, schema: schema43.properties.app_protocol.type, parentSchema: schema43.properties.app_protocol, data: data6 };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
  }
  validate176.errors = vErrors;
  return errors === 0;
}
validate176.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema44 = { "type": "object", "properties": { "command": { "$ref": "#/$defs/forms/$defs/command" }, "user": { "type": "string" }, "privileged": { "$ref": "#/$defs/forms/$defs/flag" }, "working_dir": { "type": "string" }, "environment": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "image": { "type": "string" }, "per_replica": { "$ref": "#/$defs/forms/$defs/flag" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
function validate180(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate180.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "command" || key0 === "user" || key0 === "privileged" || key0 === "working_dir" || key0 === "environment" || key0 === "image" || key0 === "per_replica" || pattern3.test(key0))) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema44, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.command !== void 0) {
      if (!validate96(data.command, { instancePath: instancePath + "/command", parentData: data, parentDataProperty: "command", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate96.errors : vErrors.concat(validate96.errors);
        errors = vErrors.length;
      }
    }
    if (data.user !== void 0) {
      let data1 = data.user;
      if (typeof data1 !== "string") {
        const err1 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/type", keyword: "type", params: { type: "string" }, schema: schema44.properties.user.type, parentSchema: schema44.properties.user, data: data1 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.privileged !== void 0) {
      if (!validate61(data.privileged, { instancePath: instancePath + "/privileged", parentData: data, parentDataProperty: "privileged", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.working_dir !== void 0) {
      let data3 = data.working_dir;
      if (typeof data3 !== "string") {
        const err2 = { instancePath: instancePath + "/working_dir", schemaPath: "#/properties/working_dir/type", keyword: "type", params: { type: "string" }, schema: schema44.properties.working_dir.type, parentSchema: schema44.properties.working_dir, data: data3 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.environment !== void 0) {
      if (!validate59(data.environment, { instancePath: instancePath + "/environment", parentData: data, parentDataProperty: "environment", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.image !== void 0) {
      let data5 = data.image;
      if (typeof data5 !== "string") {
        const err3 = { instancePath: instancePath + "/image", schemaPath: "#/properties/image/type", keyword: "type", params: { type: "string" }, schema: schema44.properties.image.type, parentSchema: schema44.properties.image, data: data5 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.per_replica !== void 0) {
      if (!validate61(data.per_replica, { instancePath: instancePath + "/per_replica", parentData: data, parentDataProperty: "per_replica", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err4 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema44.type, parentSchema: schema44, data };
    if (vErrors === null) {
      vErrors = [err4];
    } else {
      vErrors.push(err4);
    }
    errors++;
  }
  validate180.errors = vErrors;
  return errors === 0;
}
validate180.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema45 = { "type": ["string", "object"], "properties": { "type": { "type": "string", "enum": ["bind", "volume", "tmpfs", "cluster", "npipe", "image"] }, "source": { "type": "string" }, "target": { "type": "string" }, "read_only": { "$ref": "#/$defs/forms/$defs/flag" }, "consistency": { "type": "string" }, "bind": { "type": "object", "properties": { "propagation": { "type": "string" }, "create_host_path": { "$ref": "#/$defs/forms/$defs/flag" }, "recursive": { "type": "string", "enum": ["enabled", "disabled", "writable", "readonly"] }, "selinux": { "type": "string", "enum": ["z", "Z"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "volume": { "type": "object", "properties": { "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "nocopy": { "$ref": "#/$defs/forms/$defs/flag" }, "subpath": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "tmpfs": { "type": "object", "properties": { "size": { "type": ["integer", "string"], "minimum": 0 }, "mode": { "type": ["number", "string"] } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "image": { "type": "object", "properties": { "subpath": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["type"] };
function validate199(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate199.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "string" && !(data && typeof data == "object" && !Array.isArray(data))) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema45.type }, schema: schema45.type, parentSchema: schema45, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.type === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, schema: schema45.required, parentSchema: schema45, data };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(func1.call(schema45.properties, key0) || pattern3.test(key0))) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema45, data };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.type !== void 0) {
      let data0 = data.type;
      if (typeof data0 !== "string") {
        const err3 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.type.type, parentSchema: schema45.properties.type, data: data0 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
      if (!(data0 === "bind" || data0 === "volume" || data0 === "tmpfs" || data0 === "cluster" || data0 === "npipe" || data0 === "image")) {
        const err4 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/enum", keyword: "enum", params: { allowedValues: schema45.properties.type.enum }, schema: schema45.properties.type.enum, parentSchema: schema45.properties.type, data: data0 };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.source !== void 0) {
      let data1 = data.source;
      if (typeof data1 !== "string") {
        const err5 = { instancePath: instancePath + "/source", schemaPath: "#/properties/source/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.source.type, parentSchema: schema45.properties.source, data: data1 };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.target !== void 0) {
      let data2 = data.target;
      if (typeof data2 !== "string") {
        const err6 = { instancePath: instancePath + "/target", schemaPath: "#/properties/target/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.target.type, parentSchema: schema45.properties.target, data: data2 };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.read_only !== void 0) {
      if (!validate61(data.read_only, { instancePath: instancePath + "/read_only", parentData: data, parentDataProperty: "read_only", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.consistency !== void 0) {
      let data4 = data.consistency;
      if (typeof data4 !== "string") {
        const err7 = { instancePath: instancePath + "/consistency", schemaPath: "#/properties/consistency/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.consistency.type, parentSchema: schema45.properties.consistency, data: data4 };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.bind !== void 0) {
      let data5 = data.bind;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        for (const key1 in data5) {
          if (!(key1 === "propagation" || key1 === "create_host_path" || key1 === "recursive" || key1 === "selinux" || pattern3.test(key1))) {
            const err8 = { instancePath: instancePath + "/bind", schemaPath: "#/properties/bind/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, schema: false, parentSchema: schema45.properties.bind, data: data5 };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
        if (data5.propagation !== void 0) {
          let data6 = data5.propagation;
          if (typeof data6 !== "string") {
            const err9 = { instancePath: instancePath + "/bind/propagation", schemaPath: "#/properties/bind/properties/propagation/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.bind.properties.propagation.type, parentSchema: schema45.properties.bind.properties.propagation, data: data6 };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data5.create_host_path !== void 0) {
          if (!validate61(data5.create_host_path, { instancePath: instancePath + "/bind/create_host_path", parentData: data5, parentDataProperty: "create_host_path", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
            errors = vErrors.length;
          }
        }
        if (data5.recursive !== void 0) {
          let data8 = data5.recursive;
          if (typeof data8 !== "string") {
            const err10 = { instancePath: instancePath + "/bind/recursive", schemaPath: "#/properties/bind/properties/recursive/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.bind.properties.recursive.type, parentSchema: schema45.properties.bind.properties.recursive, data: data8 };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
          if (!(data8 === "enabled" || data8 === "disabled" || data8 === "writable" || data8 === "readonly")) {
            const err11 = { instancePath: instancePath + "/bind/recursive", schemaPath: "#/properties/bind/properties/recursive/enum", keyword: "enum", params: { allowedValues: schema45.properties.bind.properties.recursive.enum }, schema: schema45.properties.bind.properties.recursive.enum, parentSchema: schema45.properties.bind.properties.recursive, data: data8 };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        }
        if (data5.selinux !== void 0) {
          let data9 = data5.selinux;
          if (typeof data9 !== "string") {
            const err12 = { instancePath: instancePath + "/bind/selinux", schemaPath: "#/properties/bind/properties/selinux/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.bind.properties.selinux.type, parentSchema: schema45.properties.bind.properties.selinux, data: data9 };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
          if (!(data9 === "z" || data9 === "Z")) {
            const err13 = { instancePath: instancePath + "/bind/selinux", schemaPath: "#/properties/bind/properties/selinux/enum", keyword: "enum", params: { allowedValues: schema45.properties.bind.properties.selinux.enum }, schema: schema45.properties.bind.properties.selinux.enum, parentSchema: schema45.properties.bind.properties.selinux, data: data9 };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
      } else {
        const err14 = { instancePath: instancePath + "/bind", schemaPath: "#/properties/bind/type", keyword: "type", params: { type: "object" }, schema: schema45.properties.bind.type, parentSchema: schema45.properties.bind, data: data5 };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.volume !== void 0) {
      let data10 = data.volume;
      if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
        for (const key2 in data10) {
          if (!(key2 === "labels" || key2 === "nocopy" || key2 === "subpath" || pattern3.test(key2))) {
            const err15 = { instancePath: instancePath + "/volume", schemaPath: "#/properties/volume/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, schema: false, parentSchema: schema45.properties.volume, data: data10 };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data10.labels !== void 0) {
          if (!validate59(data10.labels, { instancePath: instancePath + "/volume/labels", parentData: data10, parentDataProperty: "labels", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
            errors = vErrors.length;
          }
        }
        if (data10.nocopy !== void 0) {
          if (!validate61(data10.nocopy, { instancePath: instancePath + "/volume/nocopy", parentData: data10, parentDataProperty: "nocopy", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
            errors = vErrors.length;
          }
        }
        if (data10.subpath !== void 0) {
          let data13 = data10.subpath;
          if (typeof data13 !== "string") {
            const err16 = { instancePath: instancePath + "/volume/subpath", schemaPath: "#/properties/volume/properties/subpath/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.volume.properties.subpath.type, parentSchema: schema45.properties.volume.properties.subpath, data: data13 };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
      } else {
        const err17 = { instancePath: instancePath + "/volume", schemaPath: "#/properties/volume/type", keyword: "type", params: { type: "object" }, schema: schema45.properties.volume.type, parentSchema: schema45.properties.volume, data: data10 };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.tmpfs !== void 0) {
      let data14 = data.tmpfs;
      if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
        for (const key3 in data14) {
          if (!(key3 === "size" || key3 === "mode" || pattern3.test(key3))) {
            const err18 = { instancePath: instancePath + "/tmpfs", schemaPath: "#/properties/tmpfs/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, schema: false, parentSchema: schema45.properties.tmpfs, data: data14 };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
        if (data14.size !== void 0) {
          let data15 = data14.size;
          if (!(typeof data15 == "number" && (!(data15 % 1) && !isNaN(data15)) && isFinite(data15)) && typeof data15 !== "string") {
            const err19 = { instancePath: instancePath + "/tmpfs/size", schemaPath: "#/properties/tmpfs/properties/size/type", keyword: "type", params: { type: schema45.properties.tmpfs.properties.size.type }, schema: schema45.properties.tmpfs.properties.size.type, parentSchema: schema45.properties.tmpfs.properties.size, data: data15 };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
          if (typeof data15 == "number" && isFinite(data15)) {
            if (data15 < 0 || isNaN(data15)) {
              const err20 = { instancePath: instancePath + "/tmpfs/size", schemaPath: "#/properties/tmpfs/properties/size/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema45.properties.tmpfs.properties.size, data: data15 };
              if (vErrors === null) {
                vErrors = [err20];
              } else {
                vErrors.push(err20);
              }
              errors++;
            }
          }
        }
        if (data14.mode !== void 0) {
          let data16 = data14.mode;
          if (!(typeof data16 == "number" && isFinite(data16)) && typeof data16 !== "string") {
            const err21 = { instancePath: instancePath + "/tmpfs/mode", schemaPath: "#/properties/tmpfs/properties/mode/type", keyword: "type", params: { type: schema45.properties.tmpfs.properties.mode.type }, schema: schema45.properties.tmpfs.properties.mode.type, parentSchema: schema45.properties.tmpfs.properties.mode, data: data16 };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
      } else {
        const err22 = { instancePath: instancePath + "/tmpfs", schemaPath: "#/properties/tmpfs/type", keyword: "type", params: { type: "object" }, schema: schema45.properties.tmpfs.type, parentSchema: schema45.properties.tmpfs, data: data14 };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
    if (data.image !== void 0) {
      let data17 = data.image;
      if (data17 && typeof data17 == "object" && !Array.isArray(data17)) {
        for (const key4 in data17) {
          if (!(key4 === "subpath" || pattern3.test(key4))) {
            const err23 = { instancePath: instancePath + "/image", schemaPath: "#/properties/image/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, schema: false, parentSchema: schema45.properties.image, data: data17 };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
        }
        if (data17.subpath !== void 0) {
          let data18 = data17.subpath;
          if (typeof data18 !== "string") {
            const err24 = { instancePath: instancePath + "/image/subpath", schemaPath: "#/properties/image/properties/subpath/type", keyword: "type", params: { type: "string" }, schema: schema45.properties.image.properties.subpath.type, parentSchema: schema45.properties.image.properties.subpath, data: data18 };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
      } else {
        const err25 = { instancePath: instancePath + "/image", schemaPath: "#/properties/image/type", keyword: "type", params: { type: "object" }, schema: schema45.properties.image.type, parentSchema: schema45.properties.image, data: data17 };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
    }
  }
  validate199.errors = vErrors;
  return errors === 0;
}
validate199.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate58(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate58.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(func1.call(schema22.properties, key0) || pattern3.test(key0))) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema22, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.annotations !== void 0) {
      if (!validate59(data.annotations, { instancePath: instancePath + "/annotations", parentData: data, parentDataProperty: "annotations", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.attach !== void 0) {
      if (!validate61(data.attach, { instancePath: instancePath + "/attach", parentData: data, parentDataProperty: "attach", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.blkio_config !== void 0) {
      let data2 = data.blkio_config;
      if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
        for (const key1 in data2) {
          if (!(key1 === "weight" || key1 === "weight_device" || key1 === "device_read_bps" || key1 === "device_read_iops" || key1 === "device_write_bps" || key1 === "device_write_iops")) {
            const err1 = { instancePath: instancePath + "/blkio_config", schemaPath: "#/properties/blkio_config/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, schema: false, parentSchema: schema22.properties.blkio_config, data: data2 };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
          }
        }
        if (data2.weight !== void 0) {
          if (!validate63(data2.weight, { instancePath: instancePath + "/blkio_config/weight", parentData: data2, parentDataProperty: "weight", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
            errors = vErrors.length;
          }
        }
        if (data2.weight_device !== void 0) {
          let data4 = data2.weight_device;
          if (Array.isArray(data4)) {
            const len0 = data4.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data5 = data4[i0];
              if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
                for (const key2 in data5) {
                  if (!(key2 === "path" || key2 === "weight")) {
                    const err2 = { instancePath: instancePath + "/blkio_config/weight_device/" + i0, schemaPath: "#/properties/blkio_config/properties/weight_device/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, schema: false, parentSchema: schema22.properties.blkio_config.properties.weight_device.items, data: data5 };
                    if (vErrors === null) {
                      vErrors = [err2];
                    } else {
                      vErrors.push(err2);
                    }
                    errors++;
                  }
                }
                if (data5.path !== void 0) {
                  let data6 = data5.path;
                  if (typeof data6 !== "string") {
                    const err3 = { instancePath: instancePath + "/blkio_config/weight_device/" + i0 + "/path", schemaPath: "#/properties/blkio_config/properties/weight_device/items/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.blkio_config.properties.weight_device.items.properties.path.type, parentSchema: schema22.properties.blkio_config.properties.weight_device.items.properties.path, data: data6 };
                    if (vErrors === null) {
                      vErrors = [err3];
                    } else {
                      vErrors.push(err3);
                    }
                    errors++;
                  }
                }
                if (data5.weight !== void 0) {
                  if (!validate63(data5.weight, { instancePath: instancePath + "/blkio_config/weight_device/" + i0 + "/weight", parentData: data5, parentDataProperty: "weight", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err4 = { instancePath: instancePath + "/blkio_config/weight_device/" + i0, schemaPath: "#/properties/blkio_config/properties/weight_device/items/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.blkio_config.properties.weight_device.items.type, parentSchema: schema22.properties.blkio_config.properties.weight_device.items, data: data5 };
                if (vErrors === null) {
                  vErrors = [err4];
                } else {
                  vErrors.push(err4);
                }
                errors++;
              }
            }
          } else {
            const err5 = { instancePath: instancePath + "/blkio_config/weight_device", schemaPath: "#/properties/blkio_config/properties/weight_device/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.blkio_config.properties.weight_device.type, parentSchema: schema22.properties.blkio_config.properties.weight_device, data: data4 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        if (data2.device_read_bps !== void 0) {
          let data8 = data2.device_read_bps;
          if (Array.isArray(data8)) {
            const len1 = data8.length;
            for (let i1 = 0; i1 < len1; i1++) {
              let data9 = data8[i1];
              if (data9 && typeof data9 == "object" && !Array.isArray(data9)) {
                for (const key3 in data9) {
                  if (!(key3 === "path" || key3 === "rate")) {
                    const err6 = { instancePath: instancePath + "/blkio_config/device_read_bps/" + i1, schemaPath: "#/properties/blkio_config/properties/device_read_bps/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, schema: false, parentSchema: schema22.properties.blkio_config.properties.device_read_bps.items, data: data9 };
                    if (vErrors === null) {
                      vErrors = [err6];
                    } else {
                      vErrors.push(err6);
                    }
                    errors++;
                  }
                }
                if (data9.path !== void 0) {
                  let data10 = data9.path;
                  if (typeof data10 !== "string") {
                    const err7 = { instancePath: instancePath + "/blkio_config/device_read_bps/" + i1 + "/path", schemaPath: "#/properties/blkio_config/properties/device_read_bps/items/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.blkio_config.properties.device_read_bps.items.properties.path.type, parentSchema: schema22.properties.blkio_config.properties.device_read_bps.items.properties.path, data: data10 };
                    if (vErrors === null) {
                      vErrors = [err7];
                    } else {
                      vErrors.push(err7);
                    }
                    errors++;
                  }
                }
                if (data9.rate !== void 0) {
                  if (!validate66(data9.rate, { instancePath: instancePath + "/blkio_config/device_read_bps/" + i1 + "/rate", parentData: data9, parentDataProperty: "rate", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err8 = { instancePath: instancePath + "/blkio_config/device_read_bps/" + i1, schemaPath: "#/properties/blkio_config/properties/device_read_bps/items/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.blkio_config.properties.device_read_bps.items.type, parentSchema: schema22.properties.blkio_config.properties.device_read_bps.items, data: data9 };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
              }
            }
          } else {
            const err9 = { instancePath: instancePath + "/blkio_config/device_read_bps", schemaPath: "#/properties/blkio_config/properties/device_read_bps/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.blkio_config.properties.device_read_bps.type, parentSchema: schema22.properties.blkio_config.properties.device_read_bps, data: data8 };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data2.device_read_iops !== void 0) {
          let data12 = data2.device_read_iops;
          if (Array.isArray(data12)) {
            const len2 = data12.length;
            for (let i2 = 0; i2 < len2; i2++) {
              let data13 = data12[i2];
              if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
                for (const key4 in data13) {
                  if (!(key4 === "path" || key4 === "rate")) {
                    const err10 = { instancePath: instancePath + "/blkio_config/device_read_iops/" + i2, schemaPath: "#/properties/blkio_config/properties/device_read_iops/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, schema: false, parentSchema: schema22.properties.blkio_config.properties.device_read_iops.items, data: data13 };
                    if (vErrors === null) {
                      vErrors = [err10];
                    } else {
                      vErrors.push(err10);
                    }
                    errors++;
                  }
                }
                if (data13.path !== void 0) {
                  let data14 = data13.path;
                  if (typeof data14 !== "string") {
                    const err11 = { instancePath: instancePath + "/blkio_config/device_read_iops/" + i2 + "/path", schemaPath: "#/properties/blkio_config/properties/device_read_iops/items/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.blkio_config.properties.device_read_iops.items.properties.path.type, parentSchema: schema22.properties.blkio_config.properties.device_read_iops.items.properties.path, data: data14 };
                    if (vErrors === null) {
                      vErrors = [err11];
                    } else {
                      vErrors.push(err11);
                    }
                    errors++;
                  }
                }
                if (data13.rate !== void 0) {
                  if (!validate66(data13.rate, { instancePath: instancePath + "/blkio_config/device_read_iops/" + i2 + "/rate", parentData: data13, parentDataProperty: "rate", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err12 = { instancePath: instancePath + "/blkio_config/device_read_iops/" + i2, schemaPath: "#/properties/blkio_config/properties/device_read_iops/items/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.blkio_config.properties.device_read_iops.items.type, parentSchema: schema22.properties.blkio_config.properties.device_read_iops.items, data: data13 };
                if (vErrors === null) {
                  vErrors = [err12];
                } else {
                  vErrors.push(err12);
                }
                errors++;
              }
            }
          } else {
            const err13 = { instancePath: instancePath + "/blkio_config/device_read_iops", schemaPath: "#/properties/blkio_config/properties/device_read_iops/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.blkio_config.properties.device_read_iops.type, parentSchema: schema22.properties.blkio_config.properties.device_read_iops, data: data12 };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
        if (data2.device_write_bps !== void 0) {
          let data16 = data2.device_write_bps;
          if (Array.isArray(data16)) {
            const len3 = data16.length;
            for (let i3 = 0; i3 < len3; i3++) {
              let data17 = data16[i3];
              if (data17 && typeof data17 == "object" && !Array.isArray(data17)) {
                for (const key5 in data17) {
                  if (!(key5 === "path" || key5 === "rate")) {
                    const err14 = { instancePath: instancePath + "/blkio_config/device_write_bps/" + i3, schemaPath: "#/properties/blkio_config/properties/device_write_bps/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, schema: false, parentSchema: schema22.properties.blkio_config.properties.device_write_bps.items, data: data17 };
                    if (vErrors === null) {
                      vErrors = [err14];
                    } else {
                      vErrors.push(err14);
                    }
                    errors++;
                  }
                }
                if (data17.path !== void 0) {
                  let data18 = data17.path;
                  if (typeof data18 !== "string") {
                    const err15 = { instancePath: instancePath + "/blkio_config/device_write_bps/" + i3 + "/path", schemaPath: "#/properties/blkio_config/properties/device_write_bps/items/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.blkio_config.properties.device_write_bps.items.properties.path.type, parentSchema: schema22.properties.blkio_config.properties.device_write_bps.items.properties.path, data: data18 };
                    if (vErrors === null) {
                      vErrors = [err15];
                    } else {
                      vErrors.push(err15);
                    }
                    errors++;
                  }
                }
                if (data17.rate !== void 0) {
                  if (!validate66(data17.rate, { instancePath: instancePath + "/blkio_config/device_write_bps/" + i3 + "/rate", parentData: data17, parentDataProperty: "rate", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err16 = { instancePath: instancePath + "/blkio_config/device_write_bps/" + i3, schemaPath: "#/properties/blkio_config/properties/device_write_bps/items/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.blkio_config.properties.device_write_bps.items.type, parentSchema: schema22.properties.blkio_config.properties.device_write_bps.items, data: data17 };
                if (vErrors === null) {
                  vErrors = [err16];
                } else {
                  vErrors.push(err16);
                }
                errors++;
              }
            }
          } else {
            const err17 = { instancePath: instancePath + "/blkio_config/device_write_bps", schemaPath: "#/properties/blkio_config/properties/device_write_bps/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.blkio_config.properties.device_write_bps.type, parentSchema: schema22.properties.blkio_config.properties.device_write_bps, data: data16 };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
        if (data2.device_write_iops !== void 0) {
          let data20 = data2.device_write_iops;
          if (Array.isArray(data20)) {
            const len4 = data20.length;
            for (let i4 = 0; i4 < len4; i4++) {
              let data21 = data20[i4];
              if (data21 && typeof data21 == "object" && !Array.isArray(data21)) {
                for (const key6 in data21) {
                  if (!(key6 === "path" || key6 === "rate")) {
                    const err18 = { instancePath: instancePath + "/blkio_config/device_write_iops/" + i4, schemaPath: "#/properties/blkio_config/properties/device_write_iops/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, schema: false, parentSchema: schema22.properties.blkio_config.properties.device_write_iops.items, data: data21 };
                    if (vErrors === null) {
                      vErrors = [err18];
                    } else {
                      vErrors.push(err18);
                    }
                    errors++;
                  }
                }
                if (data21.path !== void 0) {
                  let data22 = data21.path;
                  if (typeof data22 !== "string") {
                    const err19 = { instancePath: instancePath + "/blkio_config/device_write_iops/" + i4 + "/path", schemaPath: "#/properties/blkio_config/properties/device_write_iops/items/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.blkio_config.properties.device_write_iops.items.properties.path.type, parentSchema: schema22.properties.blkio_config.properties.device_write_iops.items.properties.path, data: data22 };
                    if (vErrors === null) {
                      vErrors = [err19];
                    } else {
                      vErrors.push(err19);
                    }
                    errors++;
                  }
                }
                if (data21.rate !== void 0) {
                  if (!validate66(data21.rate, { instancePath: instancePath + "/blkio_config/device_write_iops/" + i4 + "/rate", parentData: data21, parentDataProperty: "rate", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err20 = { instancePath: instancePath + "/blkio_config/device_write_iops/" + i4, schemaPath: "#/properties/blkio_config/properties/device_write_iops/items/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.blkio_config.properties.device_write_iops.items.type, parentSchema: schema22.properties.blkio_config.properties.device_write_iops.items, data: data21 };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
            }
          } else {
            const err21 = { instancePath: instancePath + "/blkio_config/device_write_iops", schemaPath: "#/properties/blkio_config/properties/device_write_iops/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.blkio_config.properties.device_write_iops.type, parentSchema: schema22.properties.blkio_config.properties.device_write_iops, data: data20 };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
      } else {
        const err22 = { instancePath: instancePath + "/blkio_config", schemaPath: "#/properties/blkio_config/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.blkio_config.type, parentSchema: schema22.properties.blkio_config, data: data2 };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
    if (data.build !== void 0) {
      if (!validate71(data.build, { instancePath: instancePath + "/build", parentData: data, parentDataProperty: "build", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate71.errors : vErrors.concat(validate71.errors);
        errors = vErrors.length;
      }
    }
    if (data.cap_add !== void 0) {
      if (!validate74(data.cap_add, { instancePath: instancePath + "/cap_add", parentData: data, parentDataProperty: "cap_add", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.cap_drop !== void 0) {
      if (!validate74(data.cap_drop, { instancePath: instancePath + "/cap_drop", parentData: data, parentDataProperty: "cap_drop", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.cgroup !== void 0) {
      let data27 = data.cgroup;
      if (typeof data27 !== "string") {
        const err23 = { instancePath: instancePath + "/cgroup", schemaPath: "#/properties/cgroup/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.cgroup.type, parentSchema: schema22.properties.cgroup, data: data27 };
        if (vErrors === null) {
          vErrors = [err23];
        } else {
          vErrors.push(err23);
        }
        errors++;
      }
      if (!(data27 === "host" || data27 === "private")) {
        const err24 = { instancePath: instancePath + "/cgroup", schemaPath: "#/properties/cgroup/enum", keyword: "enum", params: { allowedValues: schema22.properties.cgroup.enum }, schema: schema22.properties.cgroup.enum, parentSchema: schema22.properties.cgroup, data: data27 };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
    if (data.cgroup_parent !== void 0) {
      let data28 = data.cgroup_parent;
      if (typeof data28 !== "string") {
        const err25 = { instancePath: instancePath + "/cgroup_parent", schemaPath: "#/properties/cgroup_parent/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.cgroup_parent.type, parentSchema: schema22.properties.cgroup_parent, data: data28 };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
    }
    if (data.command !== void 0) {
      if (!validate96(data.command, { instancePath: instancePath + "/command", parentData: data, parentDataProperty: "command", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate96.errors : vErrors.concat(validate96.errors);
        errors = vErrors.length;
      }
    }
    if (data.configs !== void 0) {
      if (!validate85(data.configs, { instancePath: instancePath + "/configs", parentData: data, parentDataProperty: "configs", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate85.errors : vErrors.concat(validate85.errors);
        errors = vErrors.length;
      }
    }
    if (data.container_name !== void 0) {
      let data31 = data.container_name;
      if (typeof data31 === "string") {
        if (!pattern10.test(data31)) {
          const err26 = { instancePath: instancePath + "/container_name", schemaPath: "#/properties/container_name/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9][a-zA-Z0-9_.-]+$" }, schema: "^[a-zA-Z0-9][a-zA-Z0-9_.-]+$", parentSchema: schema22.properties.container_name, data: data31 };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
      } else {
        const err27 = { instancePath: instancePath + "/container_name", schemaPath: "#/properties/container_name/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.container_name.type, parentSchema: schema22.properties.container_name, data: data31 };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
    }
    if (data.cpu_count !== void 0) {
      let data32 = data.cpu_count;
      if (!(typeof data32 == "number" && (!(data32 % 1) && !isNaN(data32)) && isFinite(data32)) && typeof data32 !== "string") {
        const err28 = { instancePath: instancePath + "/cpu_count", schemaPath: "#/properties/cpu_count/type", keyword: "type", params: { type: schema22.properties.cpu_count.type }, schema: schema22.properties.cpu_count.type, parentSchema: schema22.properties.cpu_count, data: data32 };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
      if (typeof data32 == "number" && isFinite(data32)) {
        if (data32 < 0 || isNaN(data32)) {
          const err29 = { instancePath: instancePath + "/cpu_count", schemaPath: "#/properties/cpu_count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema22.properties.cpu_count, data: data32 };
          if (vErrors === null) {
            vErrors = [err29];
          } else {
            vErrors.push(err29);
          }
          errors++;
        }
      }
    }
    if (data.cpu_percent !== void 0) {
      let data33 = data.cpu_percent;
      if (!(typeof data33 == "number" && isFinite(data33)) && typeof data33 !== "string") {
        const err30 = { instancePath: instancePath + "/cpu_percent", schemaPath: "#/properties/cpu_percent/type", keyword: "type", params: { type: schema22.properties.cpu_percent.type }, schema: schema22.properties.cpu_percent.type, parentSchema: schema22.properties.cpu_percent, data: data33 };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
      if (typeof data33 == "number" && isFinite(data33)) {
        if (data33 > 100 || isNaN(data33)) {
          const err31 = { instancePath: instancePath + "/cpu_percent", schemaPath: "#/properties/cpu_percent/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, schema: 100, parentSchema: schema22.properties.cpu_percent, data: data33 };
          if (vErrors === null) {
            vErrors = [err31];
          } else {
            vErrors.push(err31);
          }
          errors++;
        }
        if (data33 < 0 || isNaN(data33)) {
          const err32 = { instancePath: instancePath + "/cpu_percent", schemaPath: "#/properties/cpu_percent/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, schema: 0, parentSchema: schema22.properties.cpu_percent, data: data33 };
          if (vErrors === null) {
            vErrors = [err32];
          } else {
            vErrors.push(err32);
          }
          errors++;
        }
      }
    }
    if (data.cpu_period !== void 0) {
      if (!validate99(data.cpu_period, { instancePath: instancePath + "/cpu_period", parentData: data, parentDataProperty: "cpu_period", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
        errors = vErrors.length;
      }
    }
    if (data.cpu_quota !== void 0) {
      if (!validate99(data.cpu_quota, { instancePath: instancePath + "/cpu_quota", parentData: data, parentDataProperty: "cpu_quota", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
        errors = vErrors.length;
      }
    }
    if (data.cpu_rt_period !== void 0) {
      if (!validate99(data.cpu_rt_period, { instancePath: instancePath + "/cpu_rt_period", parentData: data, parentDataProperty: "cpu_rt_period", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
        errors = vErrors.length;
      }
    }
    if (data.cpu_rt_runtime !== void 0) {
      if (!validate99(data.cpu_rt_runtime, { instancePath: instancePath + "/cpu_rt_runtime", parentData: data, parentDataProperty: "cpu_rt_runtime", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
        errors = vErrors.length;
      }
    }
    if (data.cpu_shares !== void 0) {
      if (!validate99(data.cpu_shares, { instancePath: instancePath + "/cpu_shares", parentData: data, parentDataProperty: "cpu_shares", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
        errors = vErrors.length;
      }
    }
    if (data.cpus !== void 0) {
      if (!validate99(data.cpus, { instancePath: instancePath + "/cpus", parentData: data, parentDataProperty: "cpus", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
        errors = vErrors.length;
      }
    }
    if (data.cpuset !== void 0) {
      let data40 = data.cpuset;
      if (typeof data40 !== "string") {
        const err33 = { instancePath: instancePath + "/cpuset", schemaPath: "#/properties/cpuset/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.cpuset.type, parentSchema: schema22.properties.cpuset, data: data40 };
        if (vErrors === null) {
          vErrors = [err33];
        } else {
          vErrors.push(err33);
        }
        errors++;
      }
    }
    if (data.credential_spec !== void 0) {
      let data41 = data.credential_spec;
      if (data41 && typeof data41 == "object" && !Array.isArray(data41)) {
        for (const key7 in data41) {
          if (!(key7 === "config" || key7 === "file" || key7 === "registry" || pattern3.test(key7))) {
            const err34 = { instancePath: instancePath + "/credential_spec", schemaPath: "#/properties/credential_spec/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, schema: false, parentSchema: schema22.properties.credential_spec, data: data41 };
            if (vErrors === null) {
              vErrors = [err34];
            } else {
              vErrors.push(err34);
            }
            errors++;
          }
        }
        if (data41.config !== void 0) {
          let data42 = data41.config;
          if (typeof data42 !== "string") {
            const err35 = { instancePath: instancePath + "/credential_spec/config", schemaPath: "#/properties/credential_spec/properties/config/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.credential_spec.properties.config.type, parentSchema: schema22.properties.credential_spec.properties.config, data: data42 };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
        if (data41.file !== void 0) {
          let data43 = data41.file;
          if (typeof data43 !== "string") {
            const err36 = { instancePath: instancePath + "/credential_spec/file", schemaPath: "#/properties/credential_spec/properties/file/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.credential_spec.properties.file.type, parentSchema: schema22.properties.credential_spec.properties.file, data: data43 };
            if (vErrors === null) {
              vErrors = [err36];
            } else {
              vErrors.push(err36);
            }
            errors++;
          }
        }
        if (data41.registry !== void 0) {
          let data44 = data41.registry;
          if (typeof data44 !== "string") {
            const err37 = { instancePath: instancePath + "/credential_spec/registry", schemaPath: "#/properties/credential_spec/properties/registry/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.credential_spec.properties.registry.type, parentSchema: schema22.properties.credential_spec.properties.registry, data: data44 };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
      } else {
        const err38 = { instancePath: instancePath + "/credential_spec", schemaPath: "#/properties/credential_spec/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.credential_spec.type, parentSchema: schema22.properties.credential_spec, data: data41 };
        if (vErrors === null) {
          vErrors = [err38];
        } else {
          vErrors.push(err38);
        }
        errors++;
      }
    }
    if (data.depends_on !== void 0) {
      let data45 = data.depends_on;
      if (!data45 || typeof data45 != "object") {
        const err39 = { instancePath: instancePath + "/depends_on", schemaPath: "#/properties/depends_on/type", keyword: "type", params: { type: schema22.properties.depends_on.type }, schema: schema22.properties.depends_on.type, parentSchema: schema22.properties.depends_on, data: data45 };
        if (vErrors === null) {
          vErrors = [err39];
        } else {
          vErrors.push(err39);
        }
        errors++;
      }
      if (Array.isArray(data45)) {
        const len5 = data45.length;
        for (let i5 = 0; i5 < len5; i5++) {
          let data46 = data45[i5];
          if (typeof data46 !== "string") {
            const err40 = { instancePath: instancePath + "/depends_on/" + i5, schemaPath: "#/properties/depends_on/items/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.depends_on.items.type, parentSchema: schema22.properties.depends_on.items, data: data46 };
            if (vErrors === null) {
              vErrors = [err40];
            } else {
              vErrors.push(err40);
            }
            errors++;
          }
        }
      }
      if (data45 && typeof data45 == "object" && !Array.isArray(data45)) {
        for (const key8 in data45) {
          const _errs84 = errors;
          if (typeof key8 === "string") {
            if (!pattern4.test(key8)) {
              const err41 = { instancePath: instancePath + "/depends_on", schemaPath: "#/properties/depends_on/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9._-]+$" }, schema: "^[a-zA-Z0-9._-]+$", parentSchema: schema22.properties.depends_on.propertyNames, data: key8, propertyName: key8 };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
          }
          var valid20 = _errs84 === errors;
          if (!valid20) {
            const err42 = { instancePath: instancePath + "/depends_on", schemaPath: "#/properties/depends_on/propertyNames", keyword: "propertyNames", params: { propertyName: key8 }, schema: schema22.properties.depends_on.propertyNames, parentSchema: schema22.properties.depends_on, data: data45 };
            if (vErrors === null) {
              vErrors = [err42];
            } else {
              vErrors.push(err42);
            }
            errors++;
          }
        }
        for (const key9 in data45) {
          let data47 = data45[key9];
          if (data47 && typeof data47 == "object" && !Array.isArray(data47)) {
            if (data47.condition === void 0) {
              const err43 = { instancePath: instancePath + "/depends_on/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/depends_on/additionalProperties/required", keyword: "required", params: { missingProperty: "condition" }, schema: schema22.properties.depends_on.additionalProperties.required, parentSchema: schema22.properties.depends_on.additionalProperties, data: data47 };
              if (vErrors === null) {
                vErrors = [err43];
              } else {
                vErrors.push(err43);
              }
              errors++;
            }
            for (const key10 in data47) {
              if (!(key10 === "condition" || key10 === "required" || key10 === "restart" || pattern3.test(key10))) {
                const err44 = { instancePath: instancePath + "/depends_on/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/depends_on/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key10 }, schema: false, parentSchema: schema22.properties.depends_on.additionalProperties, data: data47 };
                if (vErrors === null) {
                  vErrors = [err44];
                } else {
                  vErrors.push(err44);
                }
                errors++;
              }
            }
            if (data47.condition !== void 0) {
              let data48 = data47.condition;
              if (typeof data48 !== "string") {
                const err45 = { instancePath: instancePath + "/depends_on/" + key9.replace(/~/g, "~0").replace(/\//g, "~1") + "/condition", schemaPath: "#/properties/depends_on/additionalProperties/properties/condition/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.depends_on.additionalProperties.properties.condition.type, parentSchema: schema22.properties.depends_on.additionalProperties.properties.condition, data: data48 };
                if (vErrors === null) {
                  vErrors = [err45];
                } else {
                  vErrors.push(err45);
                }
                errors++;
              }
              if (!(data48 === "service_started" || data48 === "service_healthy" || data48 === "service_completed_successfully")) {
                const err46 = { instancePath: instancePath + "/depends_on/" + key9.replace(/~/g, "~0").replace(/\//g, "~1") + "/condition", schemaPath: "#/properties/depends_on/additionalProperties/properties/condition/enum", keyword: "enum", params: { allowedValues: schema22.properties.depends_on.additionalProperties.properties.condition.enum }, schema: schema22.properties.depends_on.additionalProperties.properties.condition.enum, parentSchema: schema22.properties.depends_on.additionalProperties.properties.condition, data: data48 };
                if (vErrors === null) {
                  vErrors = [err46];
                } else {
                  vErrors.push(err46);
                }
                errors++;
              }
            }
            if (data47.required !== void 0) {
              let data49 = data47.required;
              if (typeof data49 !== "boolean") {
                const err47 = { instancePath: instancePath + "/depends_on/" + key9.replace(/~/g, "~0").replace(/\//g, "~1") + "/required", schemaPath: "#/properties/depends_on/additionalProperties/properties/required/type", keyword: "type", params: { type: "boolean" }, schema: schema22.properties.depends_on.additionalProperties.properties.required.type, parentSchema: schema22.properties.depends_on.additionalProperties.properties.required, data: data49 };
                if (vErrors === null) {
                  vErrors = [err47];
                } else {
                  vErrors.push(err47);
                }
                errors++;
              }
            }
            if (data47.restart !== void 0) {
              if (!validate61(data47.restart, { instancePath: instancePath + "/depends_on/" + key9.replace(/~/g, "~0").replace(/\//g, "~1") + "/restart", parentData: data47, parentDataProperty: "restart", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err48 = { instancePath: instancePath + "/depends_on/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/depends_on/additionalProperties/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.depends_on.additionalProperties.type, parentSchema: schema22.properties.depends_on.additionalProperties, data: data47 };
            if (vErrors === null) {
              vErrors = [err48];
            } else {
              vErrors.push(err48);
            }
            errors++;
          }
        }
      }
    }
    if (data.deploy !== void 0) {
      if (!validate107(data.deploy, { instancePath: instancePath + "/deploy", parentData: data, parentDataProperty: "deploy", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate107.errors : vErrors.concat(validate107.errors);
        errors = vErrors.length;
      }
    }
    if (data.develop !== void 0) {
      if (!validate134(data.develop, { instancePath: instancePath + "/develop", parentData: data, parentDataProperty: "develop", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate134.errors : vErrors.concat(validate134.errors);
        errors = vErrors.length;
      }
    }
    if (data.device_cgroup_rules !== void 0) {
      if (!validate74(data.device_cgroup_rules, { instancePath: instancePath + "/device_cgroup_rules", parentData: data, parentDataProperty: "device_cgroup_rules", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.devices !== void 0) {
      let data54 = data.devices;
      if (Array.isArray(data54)) {
        const len6 = data54.length;
        for (let i6 = 0; i6 < len6; i6++) {
          let data55 = data54[i6];
          if (typeof data55 !== "string" && !(data55 && typeof data55 == "object" && !Array.isArray(data55))) {
            const err49 = { instancePath: instancePath + "/devices/" + i6, schemaPath: "#/properties/devices/items/type", keyword: "type", params: { type: schema22.properties.devices.items.type }, schema: schema22.properties.devices.items.type, parentSchema: schema22.properties.devices.items, data: data55 };
            if (vErrors === null) {
              vErrors = [err49];
            } else {
              vErrors.push(err49);
            }
            errors++;
          }
          if (data55 && typeof data55 == "object" && !Array.isArray(data55)) {
            if (data55.source === void 0) {
              const err50 = { instancePath: instancePath + "/devices/" + i6, schemaPath: "#/properties/devices/items/required", keyword: "required", params: { missingProperty: "source" }, schema: schema22.properties.devices.items.required, parentSchema: schema22.properties.devices.items, data: data55 };
              if (vErrors === null) {
                vErrors = [err50];
              } else {
                vErrors.push(err50);
              }
              errors++;
            }
            for (const key11 in data55) {
              if (!(key11 === "source" || key11 === "target" || key11 === "permissions" || pattern3.test(key11))) {
                const err51 = { instancePath: instancePath + "/devices/" + i6, schemaPath: "#/properties/devices/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key11 }, schema: false, parentSchema: schema22.properties.devices.items, data: data55 };
                if (vErrors === null) {
                  vErrors = [err51];
                } else {
                  vErrors.push(err51);
                }
                errors++;
              }
            }
            if (data55.source !== void 0) {
              let data56 = data55.source;
              if (typeof data56 !== "string") {
                const err52 = { instancePath: instancePath + "/devices/" + i6 + "/source", schemaPath: "#/properties/devices/items/properties/source/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.devices.items.properties.source.type, parentSchema: schema22.properties.devices.items.properties.source, data: data56 };
                if (vErrors === null) {
                  vErrors = [err52];
                } else {
                  vErrors.push(err52);
                }
                errors++;
              }
            }
            if (data55.target !== void 0) {
              let data57 = data55.target;
              if (typeof data57 !== "string") {
                const err53 = { instancePath: instancePath + "/devices/" + i6 + "/target", schemaPath: "#/properties/devices/items/properties/target/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.devices.items.properties.target.type, parentSchema: schema22.properties.devices.items.properties.target, data: data57 };
                if (vErrors === null) {
                  vErrors = [err53];
                } else {
                  vErrors.push(err53);
                }
                errors++;
              }
            }
            if (data55.permissions !== void 0) {
              let data58 = data55.permissions;
              if (typeof data58 !== "string") {
                const err54 = { instancePath: instancePath + "/devices/" + i6 + "/permissions", schemaPath: "#/properties/devices/items/properties/permissions/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.devices.items.properties.permissions.type, parentSchema: schema22.properties.devices.items.properties.permissions, data: data58 };
                if (vErrors === null) {
                  vErrors = [err54];
                } else {
                  vErrors.push(err54);
                }
                errors++;
              }
            }
          }
        }
      } else {
        const err55 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.devices.type, parentSchema: schema22.properties.devices, data: data54 };
        if (vErrors === null) {
          vErrors = [err55];
        } else {
          vErrors.push(err55);
        }
        errors++;
      }
    }
    if (data.dns !== void 0) {
      if (!validate54(data.dns, { instancePath: instancePath + "/dns", parentData: data, parentDataProperty: "dns", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.dns_opt !== void 0) {
      if (!validate74(data.dns_opt, { instancePath: instancePath + "/dns_opt", parentData: data, parentDataProperty: "dns_opt", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.dns_search !== void 0) {
      if (!validate54(data.dns_search, { instancePath: instancePath + "/dns_search", parentData: data, parentDataProperty: "dns_search", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.domainname !== void 0) {
      let data62 = data.domainname;
      if (typeof data62 !== "string") {
        const err56 = { instancePath: instancePath + "/domainname", schemaPath: "#/properties/domainname/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.domainname.type, parentSchema: schema22.properties.domainname, data: data62 };
        if (vErrors === null) {
          vErrors = [err56];
        } else {
          vErrors.push(err56);
        }
        errors++;
      }
    }
    if (data.entrypoint !== void 0) {
      if (!validate96(data.entrypoint, { instancePath: instancePath + "/entrypoint", parentData: data, parentDataProperty: "entrypoint", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate96.errors : vErrors.concat(validate96.errors);
        errors = vErrors.length;
      }
    }
    if (data.env_file !== void 0) {
      if (!validate148(data.env_file, { instancePath: instancePath + "/env_file", parentData: data, parentDataProperty: "env_file", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate148.errors : vErrors.concat(validate148.errors);
        errors = vErrors.length;
      }
    }
    if (data.environment !== void 0) {
      if (!validate59(data.environment, { instancePath: instancePath + "/environment", parentData: data, parentDataProperty: "environment", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.expose !== void 0) {
      if (!validate152(data.expose, { instancePath: instancePath + "/expose", parentData: data, parentDataProperty: "expose", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate152.errors : vErrors.concat(validate152.errors);
        errors = vErrors.length;
      }
    }
    if (data.extends !== void 0) {
      let data67 = data.extends;
      if (typeof data67 !== "string" && !(data67 && typeof data67 == "object" && !Array.isArray(data67))) {
        const err57 = { instancePath: instancePath + "/extends", schemaPath: "#/properties/extends/type", keyword: "type", params: { type: schema22.properties.extends.type }, schema: schema22.properties.extends.type, parentSchema: schema22.properties.extends, data: data67 };
        if (vErrors === null) {
          vErrors = [err57];
        } else {
          vErrors.push(err57);
        }
        errors++;
      }
      if (data67 && typeof data67 == "object" && !Array.isArray(data67)) {
        if (data67.service === void 0) {
          const err58 = { instancePath: instancePath + "/extends", schemaPath: "#/properties/extends/required", keyword: "required", params: { missingProperty: "service" }, schema: schema22.properties.extends.required, parentSchema: schema22.properties.extends, data: data67 };
          if (vErrors === null) {
            vErrors = [err58];
          } else {
            vErrors.push(err58);
          }
          errors++;
        }
        for (const key12 in data67) {
          if (!(key12 === "service" || key12 === "file")) {
            const err59 = { instancePath: instancePath + "/extends", schemaPath: "#/properties/extends/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key12 }, schema: false, parentSchema: schema22.properties.extends, data: data67 };
            if (vErrors === null) {
              vErrors = [err59];
            } else {
              vErrors.push(err59);
            }
            errors++;
          }
        }
        if (data67.service !== void 0) {
          let data68 = data67.service;
          if (typeof data68 !== "string") {
            const err60 = { instancePath: instancePath + "/extends/service", schemaPath: "#/properties/extends/properties/service/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.extends.properties.service.type, parentSchema: schema22.properties.extends.properties.service, data: data68 };
            if (vErrors === null) {
              vErrors = [err60];
            } else {
              vErrors.push(err60);
            }
            errors++;
          }
        }
        if (data67.file !== void 0) {
          let data69 = data67.file;
          if (typeof data69 !== "string") {
            const err61 = { instancePath: instancePath + "/extends/file", schemaPath: "#/properties/extends/properties/file/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.extends.properties.file.type, parentSchema: schema22.properties.extends.properties.file, data: data69 };
            if (vErrors === null) {
              vErrors = [err61];
            } else {
              vErrors.push(err61);
            }
            errors++;
          }
        }
      }
    }
    if (data.external_links !== void 0) {
      if (!validate74(data.external_links, { instancePath: instancePath + "/external_links", parentData: data, parentDataProperty: "external_links", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.extra_hosts !== void 0) {
      if (!validate78(data.extra_hosts, { instancePath: instancePath + "/extra_hosts", parentData: data, parentDataProperty: "extra_hosts", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate78.errors : vErrors.concat(validate78.errors);
        errors = vErrors.length;
      }
    }
    if (data.gpus !== void 0) {
      let data72 = data.gpus;
      if (typeof data72 !== "string" && !Array.isArray(data72)) {
        const err62 = { instancePath: instancePath + "/gpus", schemaPath: "#/properties/gpus/type", keyword: "type", params: { type: schema22.properties.gpus.type }, schema: schema22.properties.gpus.type, parentSchema: schema22.properties.gpus, data: data72 };
        if (vErrors === null) {
          vErrors = [err62];
        } else {
          vErrors.push(err62);
        }
        errors++;
      }
      if (typeof data72 === "string") {
        if (!pattern30.test(data72)) {
          const err63 = { instancePath: instancePath + "/gpus", schemaPath: "#/properties/gpus/pattern", keyword: "pattern", params: { pattern: "^all$" }, schema: "^all$", parentSchema: schema22.properties.gpus, data: data72 };
          if (vErrors === null) {
            vErrors = [err63];
          } else {
            vErrors.push(err63);
          }
          errors++;
        }
      }
      if (Array.isArray(data72)) {
        const len7 = data72.length;
        for (let i7 = 0; i7 < len7; i7++) {
          if (!validate123(data72[i7], { instancePath: instancePath + "/gpus/" + i7, parentData: data72, parentDataProperty: i7, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate123.errors : vErrors.concat(validate123.errors);
            errors = vErrors.length;
          }
        }
      }
    }
    if (data.group_add !== void 0) {
      if (!validate152(data.group_add, { instancePath: instancePath + "/group_add", parentData: data, parentDataProperty: "group_add", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate152.errors : vErrors.concat(validate152.errors);
        errors = vErrors.length;
      }
    }
    if (data.healthcheck !== void 0) {
      if (!validate158(data.healthcheck, { instancePath: instancePath + "/healthcheck", parentData: data, parentDataProperty: "healthcheck", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate158.errors : vErrors.concat(validate158.errors);
        errors = vErrors.length;
      }
    }
    if (data.hostname !== void 0) {
      let data76 = data.hostname;
      if (typeof data76 !== "string") {
        const err64 = { instancePath: instancePath + "/hostname", schemaPath: "#/properties/hostname/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.hostname.type, parentSchema: schema22.properties.hostname, data: data76 };
        if (vErrors === null) {
          vErrors = [err64];
        } else {
          vErrors.push(err64);
        }
        errors++;
      }
    }
    if (data.image !== void 0) {
      let data77 = data.image;
      if (typeof data77 !== "string") {
        const err65 = { instancePath: instancePath + "/image", schemaPath: "#/properties/image/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.image.type, parentSchema: schema22.properties.image, data: data77 };
        if (vErrors === null) {
          vErrors = [err65];
        } else {
          vErrors.push(err65);
        }
        errors++;
      }
    }
    if (data.init !== void 0) {
      if (!validate61(data.init, { instancePath: instancePath + "/init", parentData: data, parentDataProperty: "init", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.ipc !== void 0) {
      let data79 = data.ipc;
      if (typeof data79 !== "string") {
        const err66 = { instancePath: instancePath + "/ipc", schemaPath: "#/properties/ipc/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.ipc.type, parentSchema: schema22.properties.ipc, data: data79 };
        if (vErrors === null) {
          vErrors = [err66];
        } else {
          vErrors.push(err66);
        }
        errors++;
      }
    }
    if (data.isolation !== void 0) {
      let data80 = data.isolation;
      if (typeof data80 !== "string") {
        const err67 = { instancePath: instancePath + "/isolation", schemaPath: "#/properties/isolation/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.isolation.type, parentSchema: schema22.properties.isolation, data: data80 };
        if (vErrors === null) {
          vErrors = [err67];
        } else {
          vErrors.push(err67);
        }
        errors++;
      }
    }
    if (data.label_file !== void 0) {
      let data81 = data.label_file;
      if (typeof data81 !== "string" && !Array.isArray(data81)) {
        const err68 = { instancePath: instancePath + "/label_file", schemaPath: "#/properties/label_file/type", keyword: "type", params: { type: schema22.properties.label_file.type }, schema: schema22.properties.label_file.type, parentSchema: schema22.properties.label_file, data: data81 };
        if (vErrors === null) {
          vErrors = [err68];
        } else {
          vErrors.push(err68);
        }
        errors++;
      }
      if (Array.isArray(data81)) {
        const len8 = data81.length;
        for (let i8 = 0; i8 < len8; i8++) {
          let data82 = data81[i8];
          if (typeof data82 !== "string") {
            const err69 = { instancePath: instancePath + "/label_file/" + i8, schemaPath: "#/properties/label_file/items/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.label_file.items.type, parentSchema: schema22.properties.label_file.items, data: data82 };
            if (vErrors === null) {
              vErrors = [err69];
            } else {
              vErrors.push(err69);
            }
            errors++;
          }
        }
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.links !== void 0) {
      if (!validate74(data.links, { instancePath: instancePath + "/links", parentData: data, parentDataProperty: "links", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.logging !== void 0) {
      let data85 = data.logging;
      if (data85 && typeof data85 == "object" && !Array.isArray(data85)) {
        for (const key13 in data85) {
          if (!(key13 === "driver" || key13 === "options" || pattern3.test(key13))) {
            const err70 = { instancePath: instancePath + "/logging", schemaPath: "#/properties/logging/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key13 }, schema: false, parentSchema: schema22.properties.logging, data: data85 };
            if (vErrors === null) {
              vErrors = [err70];
            } else {
              vErrors.push(err70);
            }
            errors++;
          }
        }
        if (data85.driver !== void 0) {
          let data86 = data85.driver;
          if (typeof data86 !== "string") {
            const err71 = { instancePath: instancePath + "/logging/driver", schemaPath: "#/properties/logging/properties/driver/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.logging.properties.driver.type, parentSchema: schema22.properties.logging.properties.driver, data: data86 };
            if (vErrors === null) {
              vErrors = [err71];
            } else {
              vErrors.push(err71);
            }
            errors++;
          }
        }
        if (data85.options !== void 0) {
          let data87 = data85.options;
          if (data87 && typeof data87 == "object" && !Array.isArray(data87)) {
            for (const key14 in data87) {
              let data88 = data87[key14];
              if (typeof data88 !== "string" && !(typeof data88 == "number" && isFinite(data88)) && data88 !== null) {
                const err72 = { instancePath: instancePath + "/logging/options/" + key14.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/logging/properties/options/additionalProperties/type", keyword: "type", params: { type: schema22.properties.logging.properties.options.additionalProperties.type }, schema: schema22.properties.logging.properties.options.additionalProperties.type, parentSchema: schema22.properties.logging.properties.options.additionalProperties, data: data88 };
                if (vErrors === null) {
                  vErrors = [err72];
                } else {
                  vErrors.push(err72);
                }
                errors++;
              }
            }
          } else {
            const err73 = { instancePath: instancePath + "/logging/options", schemaPath: "#/properties/logging/properties/options/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.logging.properties.options.type, parentSchema: schema22.properties.logging.properties.options, data: data87 };
            if (vErrors === null) {
              vErrors = [err73];
            } else {
              vErrors.push(err73);
            }
            errors++;
          }
        }
      } else {
        const err74 = { instancePath: instancePath + "/logging", schemaPath: "#/properties/logging/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.logging.type, parentSchema: schema22.properties.logging, data: data85 };
        if (vErrors === null) {
          vErrors = [err74];
        } else {
          vErrors.push(err74);
        }
        errors++;
      }
    }
    if (data.mac_address !== void 0) {
      let data89 = data.mac_address;
      if (typeof data89 !== "string") {
        const err75 = { instancePath: instancePath + "/mac_address", schemaPath: "#/properties/mac_address/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.mac_address.type, parentSchema: schema22.properties.mac_address, data: data89 };
        if (vErrors === null) {
          vErrors = [err75];
        } else {
          vErrors.push(err75);
        }
        errors++;
      }
    }
    if (data.mem_limit !== void 0) {
      let data90 = data.mem_limit;
      if (!(typeof data90 == "number" && isFinite(data90)) && typeof data90 !== "string") {
        const err76 = { instancePath: instancePath + "/mem_limit", schemaPath: "#/properties/mem_limit/type", keyword: "type", params: { type: schema22.properties.mem_limit.type }, schema: schema22.properties.mem_limit.type, parentSchema: schema22.properties.mem_limit, data: data90 };
        if (vErrors === null) {
          vErrors = [err76];
        } else {
          vErrors.push(err76);
        }
        errors++;
      }
    }
    if (data.mem_reservation !== void 0) {
      let data91 = data.mem_reservation;
      if (!(typeof data91 == "number" && (!(data91 % 1) && !isNaN(data91)) && isFinite(data91)) && typeof data91 !== "string") {
        const err77 = { instancePath: instancePath + "/mem_reservation", schemaPath: "#/properties/mem_reservation/type", keyword: "type", params: { type: schema22.properties.mem_reservation.type }, schema: schema22.properties.mem_reservation.type, parentSchema: schema22.properties.mem_reservation, data: data91 };
        if (vErrors === null) {
          vErrors = [err77];
        } else {
          vErrors.push(err77);
        }
        errors++;
      }
    }
    if (data.mem_swappiness !== void 0) {
      if (!validate66(data.mem_swappiness, { instancePath: instancePath + "/mem_swappiness", parentData: data, parentDataProperty: "mem_swappiness", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate66.errors : vErrors.concat(validate66.errors);
        errors = vErrors.length;
      }
    }
    if (data.memswap_limit !== void 0) {
      let data93 = data.memswap_limit;
      if (!(typeof data93 == "number" && isFinite(data93)) && typeof data93 !== "string") {
        const err78 = { instancePath: instancePath + "/memswap_limit", schemaPath: "#/properties/memswap_limit/type", keyword: "type", params: { type: schema22.properties.memswap_limit.type }, schema: schema22.properties.memswap_limit.type, parentSchema: schema22.properties.memswap_limit, data: data93 };
        if (vErrors === null) {
          vErrors = [err78];
        } else {
          vErrors.push(err78);
        }
        errors++;
      }
    }
    if (data.models !== void 0) {
      let data94 = data.models;
      if (!data94 || typeof data94 != "object") {
        const err79 = { instancePath: instancePath + "/models", schemaPath: "#/properties/models/type", keyword: "type", params: { type: schema22.properties.models.type }, schema: schema22.properties.models.type, parentSchema: schema22.properties.models, data: data94 };
        if (vErrors === null) {
          vErrors = [err79];
        } else {
          vErrors.push(err79);
        }
        errors++;
      }
      if (Array.isArray(data94)) {
        const len9 = data94.length;
        for (let i9 = 0; i9 < len9; i9++) {
          let data95 = data94[i9];
          if (typeof data95 !== "string") {
            const err80 = { instancePath: instancePath + "/models/" + i9, schemaPath: "#/properties/models/items/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.models.items.type, parentSchema: schema22.properties.models.items, data: data95 };
            if (vErrors === null) {
              vErrors = [err80];
            } else {
              vErrors.push(err80);
            }
            errors++;
          }
        }
      }
      if (data94 && typeof data94 == "object" && !Array.isArray(data94)) {
        for (const key15 in data94) {
          let data96 = data94[key15];
          if (!(data96 && typeof data96 == "object" && !Array.isArray(data96)) && data96 !== null) {
            const err81 = { instancePath: instancePath + "/models/" + key15.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/models/additionalProperties/type", keyword: "type", params: { type: schema22.properties.models.additionalProperties.type }, schema: schema22.properties.models.additionalProperties.type, parentSchema: schema22.properties.models.additionalProperties, data: data96 };
            if (vErrors === null) {
              vErrors = [err81];
            } else {
              vErrors.push(err81);
            }
            errors++;
          }
          if (data96 && typeof data96 == "object" && !Array.isArray(data96)) {
            for (const key16 in data96) {
              if (!(key16 === "endpoint_var" || key16 === "model_var" || pattern3.test(key16))) {
                const err82 = { instancePath: instancePath + "/models/" + key15.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/models/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key16 }, schema: false, parentSchema: schema22.properties.models.additionalProperties, data: data96 };
                if (vErrors === null) {
                  vErrors = [err82];
                } else {
                  vErrors.push(err82);
                }
                errors++;
              }
            }
            if (data96.endpoint_var !== void 0) {
              let data97 = data96.endpoint_var;
              if (typeof data97 !== "string") {
                const err83 = { instancePath: instancePath + "/models/" + key15.replace(/~/g, "~0").replace(/\//g, "~1") + "/endpoint_var", schemaPath: "#/properties/models/additionalProperties/properties/endpoint_var/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.models.additionalProperties.properties.endpoint_var.type, parentSchema: schema22.properties.models.additionalProperties.properties.endpoint_var, data: data97 };
                if (vErrors === null) {
                  vErrors = [err83];
                } else {
                  vErrors.push(err83);
                }
                errors++;
              }
            }
            if (data96.model_var !== void 0) {
              let data98 = data96.model_var;
              if (typeof data98 !== "string") {
                const err84 = { instancePath: instancePath + "/models/" + key15.replace(/~/g, "~0").replace(/\//g, "~1") + "/model_var", schemaPath: "#/properties/models/additionalProperties/properties/model_var/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.models.additionalProperties.properties.model_var.type, parentSchema: schema22.properties.models.additionalProperties.properties.model_var, data: data98 };
                if (vErrors === null) {
                  vErrors = [err84];
                } else {
                  vErrors.push(err84);
                }
                errors++;
              }
            }
          }
        }
      }
    }
    if (data.network_mode !== void 0) {
      let data99 = data.network_mode;
      if (typeof data99 !== "string") {
        const err85 = { instancePath: instancePath + "/network_mode", schemaPath: "#/properties/network_mode/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.network_mode.type, parentSchema: schema22.properties.network_mode, data: data99 };
        if (vErrors === null) {
          vErrors = [err85];
        } else {
          vErrors.push(err85);
        }
        errors++;
      }
    }
    if (data.networks !== void 0) {
      let data100 = data.networks;
      if (!data100 || typeof data100 != "object") {
        const err86 = { instancePath: instancePath + "/networks", schemaPath: "#/properties/networks/type", keyword: "type", params: { type: schema22.properties.networks.type }, schema: schema22.properties.networks.type, parentSchema: schema22.properties.networks, data: data100 };
        if (vErrors === null) {
          vErrors = [err86];
        } else {
          vErrors.push(err86);
        }
        errors++;
      }
      if (Array.isArray(data100)) {
        const len10 = data100.length;
        for (let i10 = 0; i10 < len10; i10++) {
          let data101 = data100[i10];
          if (typeof data101 !== "string") {
            const err87 = { instancePath: instancePath + "/networks/" + i10, schemaPath: "#/properties/networks/items/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.networks.items.type, parentSchema: schema22.properties.networks.items, data: data101 };
            if (vErrors === null) {
              vErrors = [err87];
            } else {
              vErrors.push(err87);
            }
            errors++;
          }
        }
      }
      if (data100 && typeof data100 == "object" && !Array.isArray(data100)) {
        for (const key17 in data100) {
          const _errs183 = errors;
          if (typeof key17 === "string") {
            if (!pattern4.test(key17)) {
              const err88 = { instancePath: instancePath + "/networks", schemaPath: "#/properties/networks/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9._-]+$" }, schema: "^[a-zA-Z0-9._-]+$", parentSchema: schema22.properties.networks.propertyNames, data: key17, propertyName: key17 };
              if (vErrors === null) {
                vErrors = [err88];
              } else {
                vErrors.push(err88);
              }
              errors++;
            }
          }
          var valid39 = _errs183 === errors;
          if (!valid39) {
            const err89 = { instancePath: instancePath + "/networks", schemaPath: "#/properties/networks/propertyNames", keyword: "propertyNames", params: { propertyName: key17 }, schema: schema22.properties.networks.propertyNames, parentSchema: schema22.properties.networks, data: data100 };
            if (vErrors === null) {
              vErrors = [err89];
            } else {
              vErrors.push(err89);
            }
            errors++;
          }
        }
        for (const key18 in data100) {
          let data102 = data100[key18];
          if (!(data102 && typeof data102 == "object" && !Array.isArray(data102)) && data102 !== null) {
            const err90 = { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/networks/additionalProperties/type", keyword: "type", params: { type: schema22.properties.networks.additionalProperties.type }, schema: schema22.properties.networks.additionalProperties.type, parentSchema: schema22.properties.networks.additionalProperties, data: data102 };
            if (vErrors === null) {
              vErrors = [err90];
            } else {
              vErrors.push(err90);
            }
            errors++;
          }
          if (data102 && typeof data102 == "object" && !Array.isArray(data102)) {
            for (const key19 in data102) {
              if (!(func1.call(schema22.properties.networks.additionalProperties.properties, key19) || pattern3.test(key19))) {
                const err91 = { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/networks/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key19 }, schema: false, parentSchema: schema22.properties.networks.additionalProperties, data: data102 };
                if (vErrors === null) {
                  vErrors = [err91];
                } else {
                  vErrors.push(err91);
                }
                errors++;
              }
            }
            if (data102.aliases !== void 0) {
              if (!validate74(data102.aliases, { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/aliases", parentData: data102, parentDataProperty: "aliases", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
                errors = vErrors.length;
              }
            }
            if (data102.interface_name !== void 0) {
              let data104 = data102.interface_name;
              if (typeof data104 !== "string") {
                const err92 = { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/interface_name", schemaPath: "#/properties/networks/additionalProperties/properties/interface_name/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.networks.additionalProperties.properties.interface_name.type, parentSchema: schema22.properties.networks.additionalProperties.properties.interface_name, data: data104 };
                if (vErrors === null) {
                  vErrors = [err92];
                } else {
                  vErrors.push(err92);
                }
                errors++;
              }
            }
            if (data102.ipv4_address !== void 0) {
              let data105 = data102.ipv4_address;
              if (typeof data105 !== "string") {
                const err93 = { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/ipv4_address", schemaPath: "#/properties/networks/additionalProperties/properties/ipv4_address/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.networks.additionalProperties.properties.ipv4_address.type, parentSchema: schema22.properties.networks.additionalProperties.properties.ipv4_address, data: data105 };
                if (vErrors === null) {
                  vErrors = [err93];
                } else {
                  vErrors.push(err93);
                }
                errors++;
              }
            }
            if (data102.ipv6_address !== void 0) {
              let data106 = data102.ipv6_address;
              if (typeof data106 !== "string") {
                const err94 = { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/ipv6_address", schemaPath: "#/properties/networks/additionalProperties/properties/ipv6_address/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.networks.additionalProperties.properties.ipv6_address.type, parentSchema: schema22.properties.networks.additionalProperties.properties.ipv6_address, data: data106 };
                if (vErrors === null) {
                  vErrors = [err94];
                } else {
                  vErrors.push(err94);
                }
                errors++;
              }
            }
            if (data102.link_local_ips !== void 0) {
              if (!validate74(data102.link_local_ips, { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/link_local_ips", parentData: data102, parentDataProperty: "link_local_ips", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
                errors = vErrors.length;
              }
            }
            if (data102.mac_address !== void 0) {
              let data108 = data102.mac_address;
              if (typeof data108 !== "string") {
                const err95 = { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/mac_address", schemaPath: "#/properties/networks/additionalProperties/properties/mac_address/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.networks.additionalProperties.properties.mac_address.type, parentSchema: schema22.properties.networks.additionalProperties.properties.mac_address, data: data108 };
                if (vErrors === null) {
                  vErrors = [err95];
                } else {
                  vErrors.push(err95);
                }
                errors++;
              }
            }
            if (data102.driver_opts !== void 0) {
              if (!validate172(data102.driver_opts, { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/driver_opts", parentData: data102, parentDataProperty: "driver_opts", rootData, dynamicAnchors })) {
                vErrors = vErrors === null ? validate172.errors : vErrors.concat(validate172.errors);
                errors = vErrors.length;
              }
            }
            if (data102.priority !== void 0) {
              let data110 = data102.priority;
              if (!(typeof data110 == "number" && isFinite(data110))) {
                const err96 = { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/priority", schemaPath: "#/properties/networks/additionalProperties/properties/priority/type", keyword: "type", params: { type: "number" }, schema: schema22.properties.networks.additionalProperties.properties.priority.type, parentSchema: schema22.properties.networks.additionalProperties.properties.priority, data: data110 };
                if (vErrors === null) {
                  vErrors = [err96];
                } else {
                  vErrors.push(err96);
                }
                errors++;
              }
            }
            if (data102.gw_priority !== void 0) {
              let data111 = data102.gw_priority;
              if (!(typeof data111 == "number" && isFinite(data111))) {
                const err97 = { instancePath: instancePath + "/networks/" + key18.replace(/~/g, "~0").replace(/\//g, "~1") + "/gw_priority", schemaPath: "#/properties/networks/additionalProperties/properties/gw_priority/type", keyword: "type", params: { type: "number" }, schema: schema22.properties.networks.additionalProperties.properties.gw_priority.type, parentSchema: schema22.properties.networks.additionalProperties.properties.gw_priority, data: data111 };
                if (vErrors === null) {
                  vErrors = [err97];
                } else {
                  vErrors.push(err97);
                }
                errors++;
              }
            }
          }
        }
      }
    }
    if (data.oom_kill_disable !== void 0) {
      if (!validate61(data.oom_kill_disable, { instancePath: instancePath + "/oom_kill_disable", parentData: data, parentDataProperty: "oom_kill_disable", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.oom_score_adj !== void 0) {
      let data113 = data.oom_score_adj;
      if (!(typeof data113 == "number" && (!(data113 % 1) && !isNaN(data113)) && isFinite(data113)) && typeof data113 !== "string") {
        const err98 = { instancePath: instancePath + "/oom_score_adj", schemaPath: "#/properties/oom_score_adj/type", keyword: "type", params: { type: schema22.properties.oom_score_adj.type }, schema: schema22.properties.oom_score_adj.type, parentSchema: schema22.properties.oom_score_adj, data: data113 };
        if (vErrors === null) {
          vErrors = [err98];
        } else {
          vErrors.push(err98);
        }
        errors++;
      }
      if (typeof data113 == "number" && isFinite(data113)) {
        if (data113 > 1e3 || isNaN(data113)) {
          const err99 = { instancePath: instancePath + "/oom_score_adj", schemaPath: "#/properties/oom_score_adj/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e3 }, schema: 1e3, parentSchema: schema22.properties.oom_score_adj, data: data113 };
          if (vErrors === null) {
            vErrors = [err99];
          } else {
            vErrors.push(err99);
          }
          errors++;
        }
        if (data113 < -1e3 || isNaN(data113)) {
          const err100 = { instancePath: instancePath + "/oom_score_adj", schemaPath: "#/properties/oom_score_adj/minimum", keyword: "minimum", params: { comparison: ">=", limit: -1e3 }, schema: -1e3, parentSchema: schema22.properties.oom_score_adj, data: data113 };
          if (vErrors === null) {
            vErrors = [err100];
          } else {
            vErrors.push(err100);
          }
          errors++;
        }
      }
    }
    if (data.pid !== void 0) {
      let data114 = data.pid;
      if (typeof data114 !== "string" && data114 !== null) {
        const err101 = { instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/type", keyword: "type", params: { type: schema22.properties.pid.type }, schema: schema22.properties.pid.type, parentSchema: schema22.properties.pid, data: data114 };
        if (vErrors === null) {
          vErrors = [err101];
        } else {
          vErrors.push(err101);
        }
        errors++;
      }
    }
    if (data.pids_limit !== void 0) {
      if (!validate99(data.pids_limit, { instancePath: instancePath + "/pids_limit", parentData: data, parentDataProperty: "pids_limit", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate99.errors : vErrors.concat(validate99.errors);
        errors = vErrors.length;
      }
    }
    if (data.platform !== void 0) {
      let data116 = data.platform;
      if (typeof data116 !== "string") {
        const err102 = { instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.platform.type, parentSchema: schema22.properties.platform, data: data116 };
        if (vErrors === null) {
          vErrors = [err102];
        } else {
          vErrors.push(err102);
        }
        errors++;
      }
    }
    if (data.ports !== void 0) {
      let data117 = data.ports;
      if (Array.isArray(data117)) {
        const len11 = data117.length;
        for (let i11 = 0; i11 < len11; i11++) {
          if (!validate176(data117[i11], { instancePath: instancePath + "/ports/" + i11, parentData: data117, parentDataProperty: i11, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err103 = { instancePath: instancePath + "/ports", schemaPath: "#/properties/ports/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.ports.type, parentSchema: schema22.properties.ports, data: data117 };
        if (vErrors === null) {
          vErrors = [err103];
        } else {
          vErrors.push(err103);
        }
        errors++;
      }
    }
    if (data.post_start !== void 0) {
      let data119 = data.post_start;
      if (Array.isArray(data119)) {
        const len12 = data119.length;
        for (let i12 = 0; i12 < len12; i12++) {
          if (!validate137(data119[i12], { instancePath: instancePath + "/post_start/" + i12, parentData: data119, parentDataProperty: i12, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate137.errors : vErrors.concat(validate137.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err104 = { instancePath: instancePath + "/post_start", schemaPath: "#/properties/post_start/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.post_start.type, parentSchema: schema22.properties.post_start, data: data119 };
        if (vErrors === null) {
          vErrors = [err104];
        } else {
          vErrors.push(err104);
        }
        errors++;
      }
    }
    if (data.pre_start !== void 0) {
      let data121 = data.pre_start;
      if (Array.isArray(data121)) {
        const len13 = data121.length;
        for (let i13 = 0; i13 < len13; i13++) {
          if (!validate180(data121[i13], { instancePath: instancePath + "/pre_start/" + i13, parentData: data121, parentDataProperty: i13, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate180.errors : vErrors.concat(validate180.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err105 = { instancePath: instancePath + "/pre_start", schemaPath: "#/properties/pre_start/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.pre_start.type, parentSchema: schema22.properties.pre_start, data: data121 };
        if (vErrors === null) {
          vErrors = [err105];
        } else {
          vErrors.push(err105);
        }
        errors++;
      }
    }
    if (data.pre_stop !== void 0) {
      let data123 = data.pre_stop;
      if (Array.isArray(data123)) {
        const len14 = data123.length;
        for (let i14 = 0; i14 < len14; i14++) {
          if (!validate137(data123[i14], { instancePath: instancePath + "/pre_stop/" + i14, parentData: data123, parentDataProperty: i14, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate137.errors : vErrors.concat(validate137.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err106 = { instancePath: instancePath + "/pre_stop", schemaPath: "#/properties/pre_stop/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.pre_stop.type, parentSchema: schema22.properties.pre_stop, data: data123 };
        if (vErrors === null) {
          vErrors = [err106];
        } else {
          vErrors.push(err106);
        }
        errors++;
      }
    }
    if (data.privileged !== void 0) {
      if (!validate61(data.privileged, { instancePath: instancePath + "/privileged", parentData: data, parentDataProperty: "privileged", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.profiles !== void 0) {
      if (!validate74(data.profiles, { instancePath: instancePath + "/profiles", parentData: data, parentDataProperty: "profiles", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.provider !== void 0) {
      let data127 = data.provider;
      if (data127 && typeof data127 == "object" && !Array.isArray(data127)) {
        if (data127.type === void 0) {
          const err107 = { instancePath: instancePath + "/provider", schemaPath: "#/properties/provider/required", keyword: "required", params: { missingProperty: "type" }, schema: schema22.properties.provider.required, parentSchema: schema22.properties.provider, data: data127 };
          if (vErrors === null) {
            vErrors = [err107];
          } else {
            vErrors.push(err107);
          }
          errors++;
        }
        for (const key20 in data127) {
          if (!(key20 === "type" || key20 === "options" || pattern3.test(key20))) {
            const err108 = { instancePath: instancePath + "/provider", schemaPath: "#/properties/provider/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key20 }, schema: false, parentSchema: schema22.properties.provider, data: data127 };
            if (vErrors === null) {
              vErrors = [err108];
            } else {
              vErrors.push(err108);
            }
            errors++;
          }
        }
        if (data127.type !== void 0) {
          let data128 = data127.type;
          if (typeof data128 !== "string") {
            const err109 = { instancePath: instancePath + "/provider/type", schemaPath: "#/properties/provider/properties/type/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.provider.properties.type.type, parentSchema: schema22.properties.provider.properties.type, data: data128 };
            if (vErrors === null) {
              vErrors = [err109];
            } else {
              vErrors.push(err109);
            }
            errors++;
          }
        }
        if (data127.options !== void 0) {
          let data129 = data127.options;
          if (data129 && typeof data129 == "object" && !Array.isArray(data129)) {
            for (const key21 in data129) {
              let data130 = data129[key21];
              if (typeof data130 !== "string" && !(typeof data130 == "number" && isFinite(data130)) && typeof data130 !== "boolean" && !Array.isArray(data130)) {
                const err110 = { instancePath: instancePath + "/provider/options/" + key21.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/provider/properties/options/additionalProperties/type", keyword: "type", params: { type: schema22.properties.provider.properties.options.additionalProperties.type }, schema: schema22.properties.provider.properties.options.additionalProperties.type, parentSchema: schema22.properties.provider.properties.options.additionalProperties, data: data130 };
                if (vErrors === null) {
                  vErrors = [err110];
                } else {
                  vErrors.push(err110);
                }
                errors++;
              }
              if (Array.isArray(data130)) {
                const len15 = data130.length;
                for (let i15 = 0; i15 < len15; i15++) {
                  let data131 = data130[i15];
                  if (typeof data131 !== "string" && !(typeof data131 == "number" && isFinite(data131)) && typeof data131 !== "boolean") {
                    const err111 = { instancePath: instancePath + "/provider/options/" + key21.replace(/~/g, "~0").replace(/\//g, "~1") + "/" + i15, schemaPath: "#/properties/provider/properties/options/additionalProperties/items/type", keyword: "type", params: { type: schema22.properties.provider.properties.options.additionalProperties.items.type }, schema: schema22.properties.provider.properties.options.additionalProperties.items.type, parentSchema: schema22.properties.provider.properties.options.additionalProperties.items, data: data131 };
                    if (vErrors === null) {
                      vErrors = [err111];
                    } else {
                      vErrors.push(err111);
                    }
                    errors++;
                  }
                }
              }
            }
          } else {
            const err112 = { instancePath: instancePath + "/provider/options", schemaPath: "#/properties/provider/properties/options/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.provider.properties.options.type, parentSchema: schema22.properties.provider.properties.options, data: data129 };
            if (vErrors === null) {
              vErrors = [err112];
            } else {
              vErrors.push(err112);
            }
            errors++;
          }
        }
      } else {
        const err113 = { instancePath: instancePath + "/provider", schemaPath: "#/properties/provider/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.provider.type, parentSchema: schema22.properties.provider, data: data127 };
        if (vErrors === null) {
          vErrors = [err113];
        } else {
          vErrors.push(err113);
        }
        errors++;
      }
    }
    if (data.pull_policy !== void 0) {
      let data132 = data.pull_policy;
      if (typeof data132 === "string") {
        if (!pattern39.test(data132)) {
          const err114 = { instancePath: instancePath + "/pull_policy", schemaPath: "#/properties/pull_policy/pattern", keyword: "pattern", params: { pattern: "^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)?$" }, schema: "^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)?$", parentSchema: schema22.properties.pull_policy, data: data132 };
          if (vErrors === null) {
            vErrors = [err114];
          } else {
            vErrors.push(err114);
          }
          errors++;
        }
      } else {
        const err115 = { instancePath: instancePath + "/pull_policy", schemaPath: "#/properties/pull_policy/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.pull_policy.type, parentSchema: schema22.properties.pull_policy, data: data132 };
        if (vErrors === null) {
          vErrors = [err115];
        } else {
          vErrors.push(err115);
        }
        errors++;
      }
    }
    if (data.pull_refresh_after !== void 0) {
      let data133 = data.pull_refresh_after;
      if (typeof data133 !== "string") {
        const err116 = { instancePath: instancePath + "/pull_refresh_after", schemaPath: "#/properties/pull_refresh_after/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.pull_refresh_after.type, parentSchema: schema22.properties.pull_refresh_after, data: data133 };
        if (vErrors === null) {
          vErrors = [err116];
        } else {
          vErrors.push(err116);
        }
        errors++;
      }
    }
    if (data.read_only !== void 0) {
      if (!validate61(data.read_only, { instancePath: instancePath + "/read_only", parentData: data, parentDataProperty: "read_only", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.restart !== void 0) {
      let data135 = data.restart;
      if (typeof data135 !== "string") {
        const err117 = { instancePath: instancePath + "/restart", schemaPath: "#/properties/restart/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.restart.type, parentSchema: schema22.properties.restart, data: data135 };
        if (vErrors === null) {
          vErrors = [err117];
        } else {
          vErrors.push(err117);
        }
        errors++;
      }
    }
    if (data.runtime !== void 0) {
      let data136 = data.runtime;
      if (typeof data136 !== "string") {
        const err118 = { instancePath: instancePath + "/runtime", schemaPath: "#/properties/runtime/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.runtime.type, parentSchema: schema22.properties.runtime, data: data136 };
        if (vErrors === null) {
          vErrors = [err118];
        } else {
          vErrors.push(err118);
        }
        errors++;
      }
    }
    if (data.scale !== void 0) {
      if (!validate63(data.scale, { instancePath: instancePath + "/scale", parentData: data, parentDataProperty: "scale", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate63.errors : vErrors.concat(validate63.errors);
        errors = vErrors.length;
      }
    }
    if (data.secrets !== void 0) {
      if (!validate85(data.secrets, { instancePath: instancePath + "/secrets", parentData: data, parentDataProperty: "secrets", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate85.errors : vErrors.concat(validate85.errors);
        errors = vErrors.length;
      }
    }
    if (data.security_opt !== void 0) {
      if (!validate74(data.security_opt, { instancePath: instancePath + "/security_opt", parentData: data, parentDataProperty: "security_opt", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.shm_size !== void 0) {
      let data140 = data.shm_size;
      if (!(typeof data140 == "number" && isFinite(data140)) && typeof data140 !== "string") {
        const err119 = { instancePath: instancePath + "/shm_size", schemaPath: "#/properties/shm_size/type", keyword: "type", params: { type: schema22.properties.shm_size.type }, schema: schema22.properties.shm_size.type, parentSchema: schema22.properties.shm_size, data: data140 };
        if (vErrors === null) {
          vErrors = [err119];
        } else {
          vErrors.push(err119);
        }
        errors++;
      }
    }
    if (data.stdin_open !== void 0) {
      if (!validate61(data.stdin_open, { instancePath: instancePath + "/stdin_open", parentData: data, parentDataProperty: "stdin_open", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.stop_grace_period !== void 0) {
      if (!validate111(data.stop_grace_period, { instancePath: instancePath + "/stop_grace_period", parentData: data, parentDataProperty: "stop_grace_period", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
        errors = vErrors.length;
      }
    }
    if (data.stop_signal !== void 0) {
      let data143 = data.stop_signal;
      if (typeof data143 !== "string") {
        const err120 = { instancePath: instancePath + "/stop_signal", schemaPath: "#/properties/stop_signal/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.stop_signal.type, parentSchema: schema22.properties.stop_signal, data: data143 };
        if (vErrors === null) {
          vErrors = [err120];
        } else {
          vErrors.push(err120);
        }
        errors++;
      }
    }
    if (data.storage_opt !== void 0) {
      let data144 = data.storage_opt;
      if (!(data144 && typeof data144 == "object" && !Array.isArray(data144))) {
        const err121 = { instancePath: instancePath + "/storage_opt", schemaPath: "#/properties/storage_opt/type", keyword: "type", params: { type: "object" }, schema: schema22.properties.storage_opt.type, parentSchema: schema22.properties.storage_opt, data: data144 };
        if (vErrors === null) {
          vErrors = [err121];
        } else {
          vErrors.push(err121);
        }
        errors++;
      }
    }
    if (data.sysctls !== void 0) {
      if (!validate59(data.sysctls, { instancePath: instancePath + "/sysctls", parentData: data, parentDataProperty: "sysctls", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.tmpfs !== void 0) {
      if (!validate54(data.tmpfs, { instancePath: instancePath + "/tmpfs", parentData: data, parentDataProperty: "tmpfs", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate54.errors : vErrors.concat(validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.tty !== void 0) {
      if (!validate61(data.tty, { instancePath: instancePath + "/tty", parentData: data, parentDataProperty: "tty", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.ulimits !== void 0) {
      if (!validate89(data.ulimits, { instancePath: instancePath + "/ulimits", parentData: data, parentDataProperty: "ulimits", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate89.errors : vErrors.concat(validate89.errors);
        errors = vErrors.length;
      }
    }
    if (data.use_api_socket !== void 0) {
      let data149 = data.use_api_socket;
      if (typeof data149 !== "boolean") {
        const err122 = { instancePath: instancePath + "/use_api_socket", schemaPath: "#/properties/use_api_socket/type", keyword: "type", params: { type: "boolean" }, schema: schema22.properties.use_api_socket.type, parentSchema: schema22.properties.use_api_socket, data: data149 };
        if (vErrors === null) {
          vErrors = [err122];
        } else {
          vErrors.push(err122);
        }
        errors++;
      }
    }
    if (data.user !== void 0) {
      let data150 = data.user;
      if (typeof data150 !== "string") {
        const err123 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.user.type, parentSchema: schema22.properties.user, data: data150 };
        if (vErrors === null) {
          vErrors = [err123];
        } else {
          vErrors.push(err123);
        }
        errors++;
      }
    }
    if (data.userns_mode !== void 0) {
      let data151 = data.userns_mode;
      if (typeof data151 !== "string") {
        const err124 = { instancePath: instancePath + "/userns_mode", schemaPath: "#/properties/userns_mode/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.userns_mode.type, parentSchema: schema22.properties.userns_mode, data: data151 };
        if (vErrors === null) {
          vErrors = [err124];
        } else {
          vErrors.push(err124);
        }
        errors++;
      }
    }
    if (data.uts !== void 0) {
      let data152 = data.uts;
      if (typeof data152 !== "string") {
        const err125 = { instancePath: instancePath + "/uts", schemaPath: "#/properties/uts/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.uts.type, parentSchema: schema22.properties.uts, data: data152 };
        if (vErrors === null) {
          vErrors = [err125];
        } else {
          vErrors.push(err125);
        }
        errors++;
      }
    }
    if (data.volumes !== void 0) {
      let data153 = data.volumes;
      if (Array.isArray(data153)) {
        const len16 = data153.length;
        for (let i16 = 0; i16 < len16; i16++) {
          if (!validate199(data153[i16], { instancePath: instancePath + "/volumes/" + i16, parentData: data153, parentDataProperty: i16, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate199.errors : vErrors.concat(validate199.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err126 = { instancePath: instancePath + "/volumes", schemaPath: "#/properties/volumes/type", keyword: "type", params: { type: "array" }, schema: schema22.properties.volumes.type, parentSchema: schema22.properties.volumes, data: data153 };
        if (vErrors === null) {
          vErrors = [err126];
        } else {
          vErrors.push(err126);
        }
        errors++;
      }
    }
    if (data.volumes_from !== void 0) {
      if (!validate74(data.volumes_from, { instancePath: instancePath + "/volumes_from", parentData: data, parentDataProperty: "volumes_from", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
        errors = vErrors.length;
      }
    }
    if (data.working_dir !== void 0) {
      let data156 = data.working_dir;
      if (typeof data156 !== "string") {
        const err127 = { instancePath: instancePath + "/working_dir", schemaPath: "#/properties/working_dir/type", keyword: "type", params: { type: "string" }, schema: schema22.properties.working_dir.type, parentSchema: schema22.properties.working_dir, data: data156 };
        if (vErrors === null) {
          vErrors = [err127];
        } else {
          vErrors.push(err127);
        }
        errors++;
      }
    }
  } else {
    const err128 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema22.type, parentSchema: schema22, data };
    if (vErrors === null) {
      vErrors = [err128];
    } else {
      vErrors.push(err128);
    }
    errors++;
  }
  validate58.errors = vErrors;
  return errors === 0;
}
validate58.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema46 = { "type": ["object", "null"], "properties": { "name": { "type": "string" }, "external": { "$ref": "#/$defs/forms/$defs/external" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "driver": { "type": "string" }, "driver_opts": { "$ref": "#/$defs/forms/$defs/options" }, "ipam": { "type": "object", "properties": { "driver": { "type": "string" }, "config": { "type": "array", "items": { "type": "object", "properties": { "subnet": { "type": "string" }, "ip_range": { "type": "string" }, "gateway": { "type": "string" }, "aux_addresses": { "$ref": "#/$defs/forms/$defs/text-options" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } } }, "options": { "$ref": "#/$defs/forms/$defs/text-options" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } }, "internal": { "$ref": "#/$defs/forms/$defs/flag" }, "attachable": { "$ref": "#/$defs/forms/$defs/flag" }, "enable_ipv4": { "$ref": "#/$defs/forms/$defs/flag" }, "enable_ipv6": { "$ref": "#/$defs/forms/$defs/flag" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
var schema47 = { "type": ["boolean", "string", "object"], "properties": { "name": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
function validate208(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate208.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (typeof data !== "boolean" && typeof data !== "string" && !(data && typeof data == "object" && !Array.isArray(data))) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema47.type }, schema: schema47.type, parentSchema: schema47, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "name" || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema47, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 !== "string") {
        const err2 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema47.properties.name.type, parentSchema: schema47.properties.name, data: data0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
  }
  validate208.errors = vErrors;
  return errors === 0;
}
validate208.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema48 = { "type": "object", "additionalProperties": { "type": "string" } };
function validate212(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate212.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      let data0 = data[key0];
      if (typeof data0 !== "string") {
        const err0 = { instancePath: instancePath + "/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: "string" }, schema: schema48.additionalProperties.type, parentSchema: schema48.additionalProperties, data: data0 };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema48.type, parentSchema: schema48, data };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate212.errors = vErrors;
  return errors === 0;
}
validate212.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate207(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate207.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(data && typeof data == "object" && !Array.isArray(data)) && data !== null) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema46.type }, schema: schema46.type, parentSchema: schema46, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(func1.call(schema46.properties, key0) || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema46, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 !== "string") {
        const err2 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema46.properties.name.type, parentSchema: schema46.properties.name, data: data0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.external !== void 0) {
      if (!validate208(data.external, { instancePath: instancePath + "/external", parentData: data, parentDataProperty: "external", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate208.errors : vErrors.concat(validate208.errors);
        errors = vErrors.length;
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.driver !== void 0) {
      let data3 = data.driver;
      if (typeof data3 !== "string") {
        const err3 = { instancePath: instancePath + "/driver", schemaPath: "#/properties/driver/type", keyword: "type", params: { type: "string" }, schema: schema46.properties.driver.type, parentSchema: schema46.properties.driver, data: data3 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.driver_opts !== void 0) {
      if (!validate172(data.driver_opts, { instancePath: instancePath + "/driver_opts", parentData: data, parentDataProperty: "driver_opts", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate172.errors : vErrors.concat(validate172.errors);
        errors = vErrors.length;
      }
    }
    if (data.ipam !== void 0) {
      let data5 = data.ipam;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        for (const key1 in data5) {
          if (!(key1 === "driver" || key1 === "config" || key1 === "options" || pattern3.test(key1))) {
            const err4 = { instancePath: instancePath + "/ipam", schemaPath: "#/properties/ipam/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, schema: false, parentSchema: schema46.properties.ipam, data: data5 };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
        if (data5.driver !== void 0) {
          let data6 = data5.driver;
          if (typeof data6 !== "string") {
            const err5 = { instancePath: instancePath + "/ipam/driver", schemaPath: "#/properties/ipam/properties/driver/type", keyword: "type", params: { type: "string" }, schema: schema46.properties.ipam.properties.driver.type, parentSchema: schema46.properties.ipam.properties.driver, data: data6 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        if (data5.config !== void 0) {
          let data7 = data5.config;
          if (Array.isArray(data7)) {
            const len0 = data7.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data8 = data7[i0];
              if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
                for (const key2 in data8) {
                  if (!(key2 === "subnet" || key2 === "ip_range" || key2 === "gateway" || key2 === "aux_addresses" || pattern3.test(key2))) {
                    const err6 = { instancePath: instancePath + "/ipam/config/" + i0, schemaPath: "#/properties/ipam/properties/config/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, schema: false, parentSchema: schema46.properties.ipam.properties.config.items, data: data8 };
                    if (vErrors === null) {
                      vErrors = [err6];
                    } else {
                      vErrors.push(err6);
                    }
                    errors++;
                  }
                }
                if (data8.subnet !== void 0) {
                  let data9 = data8.subnet;
                  if (typeof data9 !== "string") {
                    const err7 = { instancePath: instancePath + "/ipam/config/" + i0 + "/subnet", schemaPath: "#/properties/ipam/properties/config/items/properties/subnet/type", keyword: "type", params: { type: "string" }, schema: schema46.properties.ipam.properties.config.items.properties.subnet.type, parentSchema: schema46.properties.ipam.properties.config.items.properties.subnet, data: data9 };
                    if (vErrors === null) {
                      vErrors = [err7];
                    } else {
                      vErrors.push(err7);
                    }
                    errors++;
                  }
                }
                if (data8.ip_range !== void 0) {
                  let data10 = data8.ip_range;
                  if (typeof data10 !== "string") {
                    const err8 = { instancePath: instancePath + "/ipam/config/" + i0 + "/ip_range", schemaPath: "#/properties/ipam/properties/config/items/properties/ip_range/type", keyword: "type", params: { type: "string" }, schema: schema46.properties.ipam.properties.config.items.properties.ip_range.type, parentSchema: schema46.properties.ipam.properties.config.items.properties.ip_range, data: data10 };
                    if (vErrors === null) {
                      vErrors = [err8];
                    } else {
                      vErrors.push(err8);
                    }
                    errors++;
                  }
                }
                if (data8.gateway !== void 0) {
                  let data11 = data8.gateway;
                  if (typeof data11 !== "string") {
                    const err9 = { instancePath: instancePath + "/ipam/config/" + i0 + "/gateway", schemaPath: "#/properties/ipam/properties/config/items/properties/gateway/type", keyword: "type", params: { type: "string" }, schema: schema46.properties.ipam.properties.config.items.properties.gateway.type, parentSchema: schema46.properties.ipam.properties.config.items.properties.gateway, data: data11 };
                    if (vErrors === null) {
                      vErrors = [err9];
                    } else {
                      vErrors.push(err9);
                    }
                    errors++;
                  }
                }
                if (data8.aux_addresses !== void 0) {
                  if (!validate212(data8.aux_addresses, { instancePath: instancePath + "/ipam/config/" + i0 + "/aux_addresses", parentData: data8, parentDataProperty: "aux_addresses", rootData, dynamicAnchors })) {
                    vErrors = vErrors === null ? validate212.errors : vErrors.concat(validate212.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err10 = { instancePath: instancePath + "/ipam/config/" + i0, schemaPath: "#/properties/ipam/properties/config/items/type", keyword: "type", params: { type: "object" }, schema: schema46.properties.ipam.properties.config.items.type, parentSchema: schema46.properties.ipam.properties.config.items, data: data8 };
                if (vErrors === null) {
                  vErrors = [err10];
                } else {
                  vErrors.push(err10);
                }
                errors++;
              }
            }
          } else {
            const err11 = { instancePath: instancePath + "/ipam/config", schemaPath: "#/properties/ipam/properties/config/type", keyword: "type", params: { type: "array" }, schema: schema46.properties.ipam.properties.config.type, parentSchema: schema46.properties.ipam.properties.config, data: data7 };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        }
        if (data5.options !== void 0) {
          if (!validate212(data5.options, { instancePath: instancePath + "/ipam/options", parentData: data5, parentDataProperty: "options", rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate212.errors : vErrors.concat(validate212.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err12 = { instancePath: instancePath + "/ipam", schemaPath: "#/properties/ipam/type", keyword: "type", params: { type: "object" }, schema: schema46.properties.ipam.type, parentSchema: schema46.properties.ipam, data: data5 };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.internal !== void 0) {
      if (!validate61(data.internal, { instancePath: instancePath + "/internal", parentData: data, parentDataProperty: "internal", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.attachable !== void 0) {
      if (!validate61(data.attachable, { instancePath: instancePath + "/attachable", parentData: data, parentDataProperty: "attachable", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.enable_ipv4 !== void 0) {
      if (!validate61(data.enable_ipv4, { instancePath: instancePath + "/enable_ipv4", parentData: data, parentDataProperty: "enable_ipv4", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
    if (data.enable_ipv6 !== void 0) {
      if (!validate61(data.enable_ipv6, { instancePath: instancePath + "/enable_ipv6", parentData: data, parentDataProperty: "enable_ipv6", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
        errors = vErrors.length;
      }
    }
  }
  validate207.errors = vErrors;
  return errors === 0;
}
validate207.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema49 = { "type": ["object", "null"], "properties": { "name": { "type": "string" }, "external": { "$ref": "#/$defs/forms/$defs/external" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "driver": { "type": "string" }, "driver_opts": { "$ref": "#/$defs/forms/$defs/options" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
function validate220(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate220.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (!(data && typeof data == "object" && !Array.isArray(data)) && data !== null) {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: schema49.type }, schema: schema49.type, parentSchema: schema49, data };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "external" || key0 === "labels" || key0 === "driver" || key0 === "driver_opts" || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema49, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 !== "string") {
        const err2 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema49.properties.name.type, parentSchema: schema49.properties.name, data: data0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.external !== void 0) {
      if (!validate208(data.external, { instancePath: instancePath + "/external", parentData: data, parentDataProperty: "external", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate208.errors : vErrors.concat(validate208.errors);
        errors = vErrors.length;
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.driver !== void 0) {
      let data3 = data.driver;
      if (typeof data3 !== "string") {
        const err3 = { instancePath: instancePath + "/driver", schemaPath: "#/properties/driver/type", keyword: "type", params: { type: "string" }, schema: schema49.properties.driver.type, parentSchema: schema49.properties.driver, data: data3 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.driver_opts !== void 0) {
      if (!validate172(data.driver_opts, { instancePath: instancePath + "/driver_opts", parentData: data, parentDataProperty: "driver_opts", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate172.errors : vErrors.concat(validate172.errors);
        errors = vErrors.length;
      }
    }
  }
  validate220.errors = vErrors;
  return errors === 0;
}
validate220.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema50 = { "type": "object", "properties": { "name": { "type": "string" }, "external": { "$ref": "#/$defs/forms/$defs/external" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "file": { "type": "string" }, "environment": { "type": "string" }, "driver": { "type": "string" }, "driver_opts": { "$ref": "#/$defs/forms/$defs/options" }, "template_driver": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
function validate225(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate225.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "external" || key0 === "labels" || key0 === "file" || key0 === "environment" || key0 === "driver" || key0 === "driver_opts" || key0 === "template_driver" || pattern3.test(key0))) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema50, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema50.properties.name.type, parentSchema: schema50.properties.name, data: data0 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.external !== void 0) {
      if (!validate208(data.external, { instancePath: instancePath + "/external", parentData: data, parentDataProperty: "external", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate208.errors : vErrors.concat(validate208.errors);
        errors = vErrors.length;
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.file !== void 0) {
      let data3 = data.file;
      if (typeof data3 !== "string") {
        const err2 = { instancePath: instancePath + "/file", schemaPath: "#/properties/file/type", keyword: "type", params: { type: "string" }, schema: schema50.properties.file.type, parentSchema: schema50.properties.file, data: data3 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.environment !== void 0) {
      let data4 = data.environment;
      if (typeof data4 !== "string") {
        const err3 = { instancePath: instancePath + "/environment", schemaPath: "#/properties/environment/type", keyword: "type", params: { type: "string" }, schema: schema50.properties.environment.type, parentSchema: schema50.properties.environment, data: data4 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.driver !== void 0) {
      let data5 = data.driver;
      if (typeof data5 !== "string") {
        const err4 = { instancePath: instancePath + "/driver", schemaPath: "#/properties/driver/type", keyword: "type", params: { type: "string" }, schema: schema50.properties.driver.type, parentSchema: schema50.properties.driver, data: data5 };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.driver_opts !== void 0) {
      if (!validate172(data.driver_opts, { instancePath: instancePath + "/driver_opts", parentData: data, parentDataProperty: "driver_opts", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate172.errors : vErrors.concat(validate172.errors);
        errors = vErrors.length;
      }
    }
    if (data.template_driver !== void 0) {
      let data7 = data.template_driver;
      if (typeof data7 !== "string") {
        const err5 = { instancePath: instancePath + "/template_driver", schemaPath: "#/properties/template_driver/type", keyword: "type", params: { type: "string" }, schema: schema50.properties.template_driver.type, parentSchema: schema50.properties.template_driver, data: data7 };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
  } else {
    const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema50.type, parentSchema: schema50, data };
    if (vErrors === null) {
      vErrors = [err6];
    } else {
      vErrors.push(err6);
    }
    errors++;
  }
  validate225.errors = vErrors;
  return errors === 0;
}
validate225.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema51 = { "type": "object", "properties": { "name": { "type": "string" }, "external": { "$ref": "#/$defs/forms/$defs/external" }, "labels": { "$ref": "#/$defs/forms/$defs/list-or-mapping" }, "file": { "type": "string" }, "environment": { "type": "string" }, "content": { "type": "string" }, "template_driver": { "type": "string" } }, "additionalProperties": false, "patternProperties": { "^x-": {} } };
function validate230(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate230.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "external" || key0 === "labels" || key0 === "file" || key0 === "environment" || key0 === "content" || key0 === "template_driver" || pattern3.test(key0))) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema51, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema51.properties.name.type, parentSchema: schema51.properties.name, data: data0 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.external !== void 0) {
      if (!validate208(data.external, { instancePath: instancePath + "/external", parentData: data, parentDataProperty: "external", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate208.errors : vErrors.concat(validate208.errors);
        errors = vErrors.length;
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData, dynamicAnchors })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.file !== void 0) {
      let data3 = data.file;
      if (typeof data3 !== "string") {
        const err2 = { instancePath: instancePath + "/file", schemaPath: "#/properties/file/type", keyword: "type", params: { type: "string" }, schema: schema51.properties.file.type, parentSchema: schema51.properties.file, data: data3 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.environment !== void 0) {
      let data4 = data.environment;
      if (typeof data4 !== "string") {
        const err3 = { instancePath: instancePath + "/environment", schemaPath: "#/properties/environment/type", keyword: "type", params: { type: "string" }, schema: schema51.properties.environment.type, parentSchema: schema51.properties.environment, data: data4 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.content !== void 0) {
      let data5 = data.content;
      if (typeof data5 !== "string") {
        const err4 = { instancePath: instancePath + "/content", schemaPath: "#/properties/content/type", keyword: "type", params: { type: "string" }, schema: schema51.properties.content.type, parentSchema: schema51.properties.content, data: data5 };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.template_driver !== void 0) {
      let data6 = data.template_driver;
      if (typeof data6 !== "string") {
        const err5 = { instancePath: instancePath + "/template_driver", schemaPath: "#/properties/template_driver/type", keyword: "type", params: { type: "string" }, schema: schema51.properties.template_driver.type, parentSchema: schema51.properties.template_driver, data: data6 };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
  } else {
    const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema51.type, parentSchema: schema51, data };
    if (vErrors === null) {
      vErrors = [err6];
    } else {
      vErrors.push(err6);
    }
    errors++;
  }
  validate230.errors = vErrors;
  return errors === 0;
}
validate230.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
var schema52 = { "type": "object", "properties": { "name": { "type": "string" }, "model": { "type": "string" }, "context_size": { "type": "integer" }, "runtime_flags": { "type": "array", "items": { "type": "string" } } }, "additionalProperties": false, "patternProperties": { "^x-": {} }, "required": ["model"] };
function validate234(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate234.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.model === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "model" }, schema: schema52.required, parentSchema: schema52, data };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "model" || key0 === "context_size" || key0 === "runtime_flags" || pattern3.test(key0))) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema52, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 !== "string") {
        const err2 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema52.properties.name.type, parentSchema: schema52.properties.name, data: data0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.model !== void 0) {
      let data1 = data.model;
      if (typeof data1 !== "string") {
        const err3 = { instancePath: instancePath + "/model", schemaPath: "#/properties/model/type", keyword: "type", params: { type: "string" }, schema: schema52.properties.model.type, parentSchema: schema52.properties.model, data: data1 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.context_size !== void 0) {
      let data2 = data.context_size;
      if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
        const err4 = { instancePath: instancePath + "/context_size", schemaPath: "#/properties/context_size/type", keyword: "type", params: { type: "integer" }, schema: schema52.properties.context_size.type, parentSchema: schema52.properties.context_size, data: data2 };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.runtime_flags !== void 0) {
      let data3 = data.runtime_flags;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data4 = data3[i0];
          if (typeof data4 !== "string") {
            const err5 = { instancePath: instancePath + "/runtime_flags/" + i0, schemaPath: "#/properties/runtime_flags/items/type", keyword: "type", params: { type: "string" }, schema: schema52.properties.runtime_flags.items.type, parentSchema: schema52.properties.runtime_flags.items, data: data4 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/runtime_flags", schemaPath: "#/properties/runtime_flags/type", keyword: "type", params: { type: "array" }, schema: schema52.properties.runtime_flags.type, parentSchema: schema52.properties.runtime_flags, data: data3 };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
  } else {
    const err7 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema52.type, parentSchema: schema52, data };
    if (vErrors === null) {
      vErrors = [err7];
    } else {
      vErrors.push(err7);
    }
    errors++;
  }
  validate234.errors = vErrors;
  return errors === 0;
}
validate234.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
function validate52(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate52.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(func1.call(schema19.properties, key0) || pattern3.test(key0))) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, schema: false, parentSchema: schema19, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema19.properties.name.type, parentSchema: schema19.properties.name, data: data0 };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.version !== void 0) {
      let data1 = data.version;
      if (typeof data1 !== "string" && !(typeof data1 == "number" && isFinite(data1))) {
        const err2 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/type", keyword: "type", params: { type: schema19.properties.version.type }, schema: schema19.properties.version.type, parentSchema: schema19.properties.version, data: data1 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.include !== void 0) {
      let data2 = data.include;
      if (Array.isArray(data2)) {
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate53(data2[i0], { instancePath: instancePath + "/include/" + i0, parentData: data2, parentDataProperty: i0, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate53.errors : vErrors.concat(validate53.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err3 = { instancePath: instancePath + "/include", schemaPath: "#/properties/include/type", keyword: "type", params: { type: "array" }, schema: schema19.properties.include.type, parentSchema: schema19.properties.include, data: data2 };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.services !== void 0) {
      let data4 = data.services;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        for (const key1 in data4) {
          const _errs11 = errors;
          if (typeof key1 === "string") {
            if (!pattern4.test(key1)) {
              const err4 = { instancePath: instancePath + "/services", schemaPath: "#/properties/services/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9._-]+$" }, schema: "^[a-zA-Z0-9._-]+$", parentSchema: schema19.properties.services.propertyNames, data: key1, propertyName: key1 };
              if (vErrors === null) {
                vErrors = [err4];
              } else {
                vErrors.push(err4);
              }
              errors++;
            }
          }
          var valid3 = _errs11 === errors;
          if (!valid3) {
            const err5 = { instancePath: instancePath + "/services", schemaPath: "#/properties/services/propertyNames", keyword: "propertyNames", params: { propertyName: key1 }, schema: schema19.properties.services.propertyNames, parentSchema: schema19.properties.services, data: data4 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        for (const key2 in data4) {
          if (!validate58(data4[key2], { instancePath: instancePath + "/services/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data4, parentDataProperty: key2, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate58.errors : vErrors.concat(validate58.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/services", schemaPath: "#/properties/services/type", keyword: "type", params: { type: "object" }, schema: schema19.properties.services.type, parentSchema: schema19.properties.services, data: data4 };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.networks !== void 0) {
      let data6 = data.networks;
      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
        for (const key3 in data6) {
          const _errs16 = errors;
          if (typeof key3 === "string") {
            if (!pattern4.test(key3)) {
              const err7 = { instancePath: instancePath + "/networks", schemaPath: "#/properties/networks/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9._-]+$" }, schema: "^[a-zA-Z0-9._-]+$", parentSchema: schema19.properties.networks.propertyNames, data: key3, propertyName: key3 };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
          }
          var valid5 = _errs16 === errors;
          if (!valid5) {
            const err8 = { instancePath: instancePath + "/networks", schemaPath: "#/properties/networks/propertyNames", keyword: "propertyNames", params: { propertyName: key3 }, schema: schema19.properties.networks.propertyNames, parentSchema: schema19.properties.networks, data: data6 };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
        for (const key4 in data6) {
          if (!validate207(data6[key4], { instancePath: instancePath + "/networks/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data6, parentDataProperty: key4, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate207.errors : vErrors.concat(validate207.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err9 = { instancePath: instancePath + "/networks", schemaPath: "#/properties/networks/type", keyword: "type", params: { type: "object" }, schema: schema19.properties.networks.type, parentSchema: schema19.properties.networks, data: data6 };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.volumes !== void 0) {
      let data8 = data.volumes;
      if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
        for (const key5 in data8) {
          const _errs21 = errors;
          if (typeof key5 === "string") {
            if (!pattern4.test(key5)) {
              const err10 = { instancePath: instancePath + "/volumes", schemaPath: "#/properties/volumes/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9._-]+$" }, schema: "^[a-zA-Z0-9._-]+$", parentSchema: schema19.properties.volumes.propertyNames, data: key5, propertyName: key5 };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
          }
          var valid7 = _errs21 === errors;
          if (!valid7) {
            const err11 = { instancePath: instancePath + "/volumes", schemaPath: "#/properties/volumes/propertyNames", keyword: "propertyNames", params: { propertyName: key5 }, schema: schema19.properties.volumes.propertyNames, parentSchema: schema19.properties.volumes, data: data8 };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        }
        for (const key6 in data8) {
          if (!validate220(data8[key6], { instancePath: instancePath + "/volumes/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data8, parentDataProperty: key6, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate220.errors : vErrors.concat(validate220.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err12 = { instancePath: instancePath + "/volumes", schemaPath: "#/properties/volumes/type", keyword: "type", params: { type: "object" }, schema: schema19.properties.volumes.type, parentSchema: schema19.properties.volumes, data: data8 };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.secrets !== void 0) {
      let data10 = data.secrets;
      if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
        for (const key7 in data10) {
          const _errs26 = errors;
          if (typeof key7 === "string") {
            if (!pattern4.test(key7)) {
              const err13 = { instancePath: instancePath + "/secrets", schemaPath: "#/properties/secrets/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9._-]+$" }, schema: "^[a-zA-Z0-9._-]+$", parentSchema: schema19.properties.secrets.propertyNames, data: key7, propertyName: key7 };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
          }
          var valid9 = _errs26 === errors;
          if (!valid9) {
            const err14 = { instancePath: instancePath + "/secrets", schemaPath: "#/properties/secrets/propertyNames", keyword: "propertyNames", params: { propertyName: key7 }, schema: schema19.properties.secrets.propertyNames, parentSchema: schema19.properties.secrets, data: data10 };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        for (const key8 in data10) {
          if (!validate225(data10[key8], { instancePath: instancePath + "/secrets/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data10, parentDataProperty: key8, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate225.errors : vErrors.concat(validate225.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/secrets", schemaPath: "#/properties/secrets/type", keyword: "type", params: { type: "object" }, schema: schema19.properties.secrets.type, parentSchema: schema19.properties.secrets, data: data10 };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.configs !== void 0) {
      let data12 = data.configs;
      if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
        for (const key9 in data12) {
          const _errs31 = errors;
          if (typeof key9 === "string") {
            if (!pattern4.test(key9)) {
              const err16 = { instancePath: instancePath + "/configs", schemaPath: "#/properties/configs/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9._-]+$" }, schema: "^[a-zA-Z0-9._-]+$", parentSchema: schema19.properties.configs.propertyNames, data: key9, propertyName: key9 };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
          }
          var valid11 = _errs31 === errors;
          if (!valid11) {
            const err17 = { instancePath: instancePath + "/configs", schemaPath: "#/properties/configs/propertyNames", keyword: "propertyNames", params: { propertyName: key9 }, schema: schema19.properties.configs.propertyNames, parentSchema: schema19.properties.configs, data: data12 };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
        for (const key10 in data12) {
          if (!validate230(data12[key10], { instancePath: instancePath + "/configs/" + key10.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data12, parentDataProperty: key10, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate230.errors : vErrors.concat(validate230.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err18 = { instancePath: instancePath + "/configs", schemaPath: "#/properties/configs/type", keyword: "type", params: { type: "object" }, schema: schema19.properties.configs.type, parentSchema: schema19.properties.configs, data: data12 };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.models !== void 0) {
      let data14 = data.models;
      if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
        for (const key11 in data14) {
          const _errs36 = errors;
          if (typeof key11 === "string") {
            if (!pattern4.test(key11)) {
              const err19 = { instancePath: instancePath + "/models", schemaPath: "#/properties/models/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-zA-Z0-9._-]+$" }, schema: "^[a-zA-Z0-9._-]+$", parentSchema: schema19.properties.models.propertyNames, data: key11, propertyName: key11 };
              if (vErrors === null) {
                vErrors = [err19];
              } else {
                vErrors.push(err19);
              }
              errors++;
            }
          }
          var valid13 = _errs36 === errors;
          if (!valid13) {
            const err20 = { instancePath: instancePath + "/models", schemaPath: "#/properties/models/propertyNames", keyword: "propertyNames", params: { propertyName: key11 }, schema: schema19.properties.models.propertyNames, parentSchema: schema19.properties.models, data: data14 };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
        }
        for (const key12 in data14) {
          if (!validate234(data14[key12], { instancePath: instancePath + "/models/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data14, parentDataProperty: key12, rootData, dynamicAnchors })) {
            vErrors = vErrors === null ? validate234.errors : vErrors.concat(validate234.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err21 = { instancePath: instancePath + "/models", schemaPath: "#/properties/models/type", keyword: "type", params: { type: "object" }, schema: schema19.properties.models.type, parentSchema: schema19.properties.models, data: data14 };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
  } else {
    const err22 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema19.type, parentSchema: schema19, data };
    if (vErrors === null) {
      vErrors = [err22];
    } else {
      vErrors.push(err22);
    }
    errors++;
  }
  validate52.errors = vErrors;
  return errors === 0;
}
validate52.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };

// src/spec/schema.ts
function checkSchema(document2, report) {
  if (validate(toPlain(document2))) return;
  for (const error of validate.errors ?? []) reportError(error, document2, report);
}
function reportError(error, document2, report) {
  const path = pathOf(error.instancePath);
  const where = path.length === 0 ? "the top level" : path.join(".");
  switch (error.keyword) {
    case "propertyNames":
      return;
    // The error about the name itself comes as well.
    case "additionalProperties":
      reportUnknownKey(error, document2, path, report);
      return;
    case "required": {
      const missing = String(error.params["missingProperty"]);
      report.error("schema", `${where} needs \`${missing}\``, { place: placesAt(document2, path).key, path });
      return;
    }
    case "type": {
      const message = `${where} must be ${expectedTypes(error.params["type"])}, not ${describe(error.data)}`;
      report.error("wrong-type", message, { place: placesAt(document2, path).value, path });
      return;
    }
    default:
      reportValue(error, document2, path, report);
  }
}
function reportUnknownKey(error, document2, path, report) {
  const key = String(error.params["additionalProperty"]);
  const full = [...path, key];
  const known = Object.keys(error.parentSchema.properties ?? {});
  const near = nearest(key, known);
  const where = path.length === 0 ? "at top level" : `in ${path.join(".")}`;
  report.error("unknown-key", `additional properties '${key}' not allowed ${where}`, {
    place: placesAt(document2, full).key,
    path: full,
    hint: near === void 0 ? misplacedHint(document2, full) : `did you mean \`${near}\`?`
  });
}
function misplacedHint(document2, path) {
  const [key = ""] = path;
  const value2 = child(document2, key);
  const looksLikeService = child(value2, "image") !== void 0 || child(value2, "build") !== void 0;
  return path.length === 1 && looksLikeService ? `services stand under \`services:\`, indented` : void 0;
}
function reportValue(error, document2, path, report) {
  const where = path.length === 0 ? "the top level" : path.join(".");
  const { params, propertyName } = error;
  if (propertyName !== void 0) {
    const full = [...path, propertyName];
    report.error("invalid-value", `"${propertyName}" is not a valid name in ${where}`, {
      place: placesAt(document2, full).key,
      path: full,
      hint: `names match ${String(params["pattern"])}`
    });
    return;
  }
  const found = describe(error.data);
  report.error("invalid-value", `${where} ${ruleText(error)}, not ${found}`, {
    place: placesAt(document2, path).value,
    path,
    hint: suggestedValue(error)
  });
}
function ruleText({ keyword, params }) {
  switch (keyword) {
    case "enum":
      return `must be one of ${allowedValues(params).join(", ")}`;
    case "minimum":
      return `must be greater than or equal to ${String(params["limit"])}`;
    case "maximum":
      return `must be less than or equal to ${String(params["limit"])}`;
    case "pattern":
      return String(params["pattern"]).replace(
        /^\^(\w+)\$$|^/,
        (_, only2) => only2 === void 0 ? "must match " : `must be ${only2}`
      );
    default:
      throw new Error(`internal: the schema uses \`${keyword}\`, which has no words`);
  }
}
function allowedValues(params) {
  const values = params["allowedValues"];
  return Array.isArray(values) ? values.map(String) : [];
}
function suggestedValue({ params, data }) {
  const near = typeof data === "string" ? nearest(data, allowedValues(params)) : void 0;
  return near && `did you mean \`${near}\`?`;
}
var TYPE_WORDS = {
  object: "a mapping",
  array: "a list",
  string: "a string",
  integer: "an integer",
  number: "a number",
  boolean: "a boolean",
  null: "null"
};
function expectedTypes(type) {
  const types = Array.isArray(type) ? type.map(String) : String(type).split(",");
  const words = types.map((name2) => TYPE_WORDS[name2] ?? name2).toSorted();
  const last = words.pop() ?? "";
  return words.length === 0 ? last : `${words.join(", ")} or ${last}`;
}
function describe(value2) {
  if (value2 === null) return "null";
  if (Array.isArray(value2)) return "a list";
  if (typeof value2 === "object") return "a mapping";
  return typeof value2 === "string" ? `"${value2}"` : `the ${typeof value2} ${String(value2)}`;
}
function pathOf(pointer) {
  if (pointer === "") return [];
  const steps = pointer.slice(1).split("/");
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

// src/spec/unicity.ts
var textBeforeEquals = (item) => text2(item)?.split("=", 1)[0];
var portKey = (item) => {
  if (item.kind !== "map") return text2(item);
  const host = text2(child(item, "host_ip")) ?? "0.0.0.0";
  const published = text2(child(item, "published")) ?? "";
  return `${host}:${published}:${text2(child(item, "target"))}/${text2(child(item, "protocol")) ?? "tcp"}`;
};
var uniqueTable = pathTable({
  [`services.*.build.tags services.*.cap_add services.*.cap_drop services.*.dns services.*.dns_opt
    services.*.dns_search services.*.links services.*.profiles services.*.tmpfs services.*.networks.*.aliases
    services.*.networks.*.link_local_ips`]: textBeforeEquals,
  "services.*.volumes services.*.devices": (item) => text2(child(item, "target")),
  "services.*.configs": (item) => fileKey(item, "/"),
  "services.*.secrets": (item) => fileKey(item, "/run/secrets/"),
  "services.*.ports": portKey,
  "services.*.expose": (item) => text2(item),
  "services.*.env_file": (item) => text2(child(item, "path"))
});
function text2(node) {
  return node?.kind === "scalar" ? scalarText(node) : void 0;
}
function fileKey(item, folder2) {
  const target = stringValue(child(item, "target"));
  if (target !== void 0) return target;
  const source = stringValue(child(item, "source"));
  return source && folder2 + source;
}
function removeRepeated(root, history) {
  const visit = (node, table) => {
    if (table.rule !== void 0 && node.kind === "seq")
      return { ...node, items: lastOfEach(node.items, table.rule, history) };
    return mapChildren(node, (value2, key) => {
      const below = node.kind === "seq" ? table.item() : table.key(key);
      return below === void 0 ? value2 : visit(value2, below);
    });
  };
  return visit(root, uniqueTable);
}
function lastOfEach(items, keyOf, history) {
  const indexes = /* @__PURE__ */ new Map();
  const kept = [];
  for (const item of items) {
    const key = keyOf(item);
    const at = key === void 0 ? void 0 : indexes.get(key);
    if (at !== void 0) {
      history?.replaced(item.place, kept[at]?.place);
      kept[at] = item;
      continue;
    }
    if (key !== void 0) indexes.set(key, kept.length);
    kept.push(item);
  }
  return kept;
}

// src/spec/documents.ts
function loadDocuments(files, scope, context2, includedAt) {
  let model;
  for (const file of files) {
    const result = context2.sources.read(file);
    if (!result.ok) {
      reportUnreadable(file, result, context2, includedAt);
      continue;
    }
    for (const document2 of documentsOf(result.source, context2)) {
      model = addDocument(model, document2, result.source, scope, context2);
    }
  }
  return model;
}
function addDocument(model, document2, source, scope, context2) {
  const { report } = context2;
  const filled = fillIn2(document2, scope.variables, context2);
  const included = resolveIncludes(filled, { source, scope, context: context2, loadModel: loadDocuments });
  const complete = resolveExtends(included, source, scope, context2);
  const tagged = model === void 0 ? complete : merge(model, complete, context2);
  const merged = context2.tagged.size > 0 ? withoutTags(tagged) : tagged;
  const current = withoutVersion(merged, report);
  checkSchema(current, report);
  return removeRepeated(
    applyDefaults(canonicalise(current, report, { hasVariables: context2.request.noInterpolate === true })),
    context2.history
  );
}
function withoutVersion(document2, report) {
  if (document2.kind !== "map") return document2;
  const place = document2.entries.get("version")?.keyPlace;
  if (place !== void 0) {
    const message = "the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion";
    report.warn("deprecated", message, { place, path: ["version"] });
  }
  return withoutEntry(document2, "version");
}

// src/spec/names.ts
function normaliseProjectName(name2) {
  return name2.toLowerCase().replace(/[^a-z0-9_-]/g, "").replace(/^[_-]+/, "");
}
function checkProjectName(name2, report, place) {
  if (name2 !== "" && normaliseProjectName(name2) === name2) return;
  const suggestion = normaliseProjectName(name2);
  report.error(
    "project-name",
    `invalid project name "${name2}": must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number`,
    { place, hint: suggestion === "" ? void 0 : `\`${suggestion}\` would do` }
  );
}

// src/spec/normalise.ts
function normalise(document2, options) {
  const services = mapValues(document2.services, (service) => normaliseService(service, options));
  const joinsDefault = Object.values(services).some(
    (service) => service.networks && "default" in service.networks
  );
  const networks = joinsDefault && !("default" in document2.networks) ? { ...document2.networks, default: {} } : document2.networks;
  const named = (entry, key) => ({
    ...entry,
    name: entry.name ?? (entry.external === true ? key : `${options.projectName}_${key}`)
  });
  return {
    ...document2,
    services,
    networks: mapValues(networks, named),
    volumes: mapValues(document2.volumes, named),
    secrets: mapValues(document2.secrets, named),
    configs: mapValues(document2.configs, named),
    models: mapValues(document2.models, (model) => model)
  };
}
function mapValues(record3, change) {
  const result = {};
  for (const [key, value2] of Object.entries(record3)) setOwn(result, key, change(value2, key));
  return result;
}
function normaliseService(service, options) {
  const joinsNothing = service.networks === void 0 || Object.keys(service.networks).length === 0;
  const hasOwnNetworking = service.network_mode !== void 0 || service.provider !== void 0;
  const dependencies2 = impliedDependencies(service);
  return {
    ...service,
    ...joinsNothing && !hasOwnNetworking && { networks: { default: null } },
    ...Object.keys(dependencies2).length > 0 && { depends_on: { ...dependencies2, ...service.depends_on } },
    ...service.pull_policy === "if_not_present" && { pull_policy: "missing" },
    ...options.resolvesEnvironment && resolvedEnvironment(service, options),
    ...service.pre_start && {
      pre_start: service.pre_start.map((hook) => ({ ...imageOf(service), ...hook }))
    }
  };
}
function imageOf(service) {
  return service.image === void 0 ? {} : { image: service.image };
}
function resolvedEnvironment(service, { variables }) {
  const args = service.build?.args && resolveNulls(service.build.args, variables);
  return {
    ...service.environment && { environment: resolveNulls(service.environment, variables) },
    ...service.build && args && { build: { ...service.build, args: withoutNullValues(args) } }
  };
}
function resolveNulls(values, variables) {
  return mapValues(values, (value2, name2) => value2 ?? variables.get(name2) ?? null);
}
function withoutNullValues(values) {
  const given = {};
  for (const [name2, value2] of Object.entries(values)) if (value2 !== null) setOwn(given, name2, value2);
  return given;
}
function impliedDependencies(service) {
  const implied = {};
  const add = (name2, restart) => {
    if (name2 === void 0 || name2 === "" || Object.hasOwn(implied, name2)) return;
    setOwn(implied, name2, { condition: "service_started", restart, required: true });
  };
  for (const link of service.links ?? []) add(link.split(":", 1)[0], true);
  for (const mode of [service.network_mode, service.ipc, service.pid, service.uts, service.cgroup]) {
    if (mode?.startsWith("service:") === true) add(mode.slice("service:".length), true);
  }
  for (const from of service.volumes_from ?? []) {
    if (!from.startsWith("container:")) add(from.split(":", 1)[0], false);
  }
  return implied;
}

// src/spec/pitfalls.ts
function warnOfPitfalls(document2, context2, { allResources }) {
  for (const [name2, service] of Object.entries(document2.services)) {
    warnOfPorts(name2, service.ports ?? [], context2);
  }
  if (allResources !== true) warnOfUnused(document2, context2);
}
function warnOfPorts(service, ports, { report, placeOf: placeOf2 }) {
  if (ports.length < 2) return;
  const first = /* @__PURE__ */ new Map();
  for (const [index, { target, protocol, host_ip: address = "" }] of ports.entries()) {
    const key = `${target}/${protocol}`;
    const other = first.get(`${address}|${key}`);
    if (other === void 0) {
      first.set(`${address}|${key}`, index);
      continue;
    }
    const path = ["services", service, "ports", String(index)];
    const place = placeOf2(path);
    const before = placeOf2(["services", service, "ports", String(other)]);
    if (place === void 0 || before === void 0 || place.source === before.source) continue;
    report.warn(
      "port-published-twice",
      `service "${service}" publishes its port ${key} twice: lists of ports are added up`,
      {
        place,
        path,
        hint: "`ports: !override` replaces the list of the other file",
        related: [{ message: "published here as well", place: before }]
      }
    );
  }
}
var SECTIONS = ["networks", "volumes", "secrets", "configs", "models"];
function warnOfUnused(document2, { report, keyPlaceOf }) {
  const services = Object.values(document2.services);
  for (const section of SECTIONS) {
    const names = Object.keys(document2[section]);
    if (names.length === 0) continue;
    const used = new Set(services.flatMap((service) => namesUsed(service, section)));
    for (const name2 of names) {
      if (used.has(name2) || section === "networks" && name2 === "default") continue;
      const kind = section.slice(0, -1);
      const path = [section, name2];
      report.warn("unused-resource", `no service uses ${kind} ${name2}`, { place: keyPlaceOf(path), path });
    }
  }
}
function namesUsed(service, section) {
  switch (section) {
    case "networks":
    case "models":
      return Object.keys(service[section] ?? {});
    case "volumes":
      return (service.volumes ?? []).flatMap(
        ({ type, source }) => (type === "volume" || type === "cluster") && source !== void 0 ? [source] : []
      );
    case "secrets":
      return [...service.secrets ?? [], ...service.build?.secrets ?? []].map(({ source }) => source);
    case "configs": {
      const spec2 = service.credential_spec?.config;
      return [...(service.configs ?? []).map(({ source }) => source), ...spec2 === void 0 ? [] : [spec2]];
    }
  }
}

// src/spec/service-environment.ts
function resolveServiceFiles(service, name2, context2) {
  const { env_file: envFiles, label_file: labelFiles, ...rest } = service;
  let resolved = rest;
  if (envFiles !== void 0)
    resolved = { ...resolved, environment: readEnvFiles(service, envFiles, name2, context2) };
  if (labelFiles !== void 0)
    resolved = { ...resolved, labels: readLabelFiles(service, labelFiles, name2, context2) };
  return resolved;
}
function readEnvFiles(service, files, name2, context2) {
  const { sources, directory, report, variables, placeOf: placeOf2 } = context2;
  const environment = service.environment ?? {};
  const values = {};
  const lookup = (key) => variables.get(key) ?? ownValue(environment, key) ?? ownValue(values, key);
  for (const [index, { path, required, format: format2 }] of files.entries()) {
    const place = placeOf2(["services", name2, "env_file", String(index), "path"]);
    if (format2 !== void 0 && format2 !== "raw") {
      const message = `unsupported env_file format "${format2}"`;
      report.error("invalid-value", message, { place, hint: "`raw`, or leave it out" });
      continue;
    }
    const result = sources.read(resolvePath(directory, path));
    if (!result.ok) {
      if (result.reason === "not-found" && required === false) continue;
      const problem = result.reason === "not-found" ? "not found" : result.message;
      report.error("file-not-found", `env file ${path} ${problem}`, { place });
      continue;
    }
    const found = parseDotenv({
      source: result.source,
      lookup,
      report,
      isRaw: format2 === "raw",
      onValue: rememberIn(context2.history, ["services", name2, "environment"])
    });
    for (const [key, value2] of found) setOwn(values, key, value2);
  }
  for (const [key, value2] of Object.entries(environment)) setOwn(values, key, value2);
  return values;
}
function rememberIn(history, path) {
  return (key, value2, place) => history?.fileValueRead([...path, key], { value: value2, place });
}
function ownValue(record3, key) {
  return Object.hasOwn(record3, key) ? record3[key] ?? void 0 : void 0;
}
function readLabelFiles(service, files, name2, { sources, directory, report, placeOf: placeOf2, history }) {
  const labels = {};
  for (const [index, path] of files.entries()) {
    const result = sources.read(resolvePath(directory, path));
    if (!result.ok) {
      const place = placeOf2(["services", name2, "label_file", String(index)]);
      report.error("file-not-found", `label file ${path} not found: ${result.message}`, { place });
      continue;
    }
    const found = parseDotenv({
      source: result.source,
      lookup: () => void 0,
      report,
      onValue: rememberIn(history, ["services", name2, "labels"])
    });
    for (const [key, value2] of found) setOwn(labels, key, value2);
  }
  for (const [key, value2] of Object.entries(service.labels ?? {})) setOwn(labels, key, value2);
  return labels;
}

// src/spec/sources.ts
function createSources(host) {
  const results = /* @__PURE__ */ new Map();
  const displayName = (path) => {
    if (path === "-") return "<stdin>";
    const base = host.cwd === "/" ? "/" : `${host.cwd}/`;
    return path.startsWith(base) ? path.slice(base.length) : path;
  };
  const read = (given) => {
    const path = given === "-" ? given : resolvePath(host.cwd, given);
    const known = results.get(path);
    if (known !== void 0) return known;
    const result = toSource(path, displayName(path), path === "-" ? host.readStdin() : host.readFile(path));
    results.set(path, result);
    return result;
  };
  const texts2 = () => {
    const found = /* @__PURE__ */ new Map();
    for (const result of results.values()) if (result.ok) found.set(result.source.name, result.source.text);
    return found;
  };
  return { read, displayName, texts: texts2 };
}
function toSource(path, name2, result) {
  return result.ok ? { ok: true, source: { name: name2, path, text: result.text } } : result;
}

// src/spec/typed-document.ts
function toTypedDocument(root) {
  const plain3 = toPlain(root);
  const section = (name2) => plain3[name2] ?? {};
  const services = {};
  for (const [name2, service] of Object.entries(section("services"))) {
    setOwn(services, name2, withoutNulls(service));
  }
  const extensions = {};
  for (const [name2, value2] of Object.entries(plain3)) {
    if (name2.startsWith("x-")) setOwn(extensions, name2, value2);
  }
  return {
    services,
    networks: section("networks"),
    volumes: section("volumes"),
    secrets: section("secrets"),
    configs: section("configs"),
    models: section("models"),
    extensions
  };
}
function withoutNulls(service) {
  const given = Object.entries(service).filter(([name2, value2]) => value2 !== null || name2.startsWith("x-"));
  return Object.fromEntries(given);
}
function spansOf(root) {
  return {
    get(path) {
      const place = placesAt(root, path).value;
      return place && spanOf(place);
    }
  };
}

// src/spec/load.ts
function loadProject(request, host) {
  const context2 = createContext(request, host);
  const loaded = runPhases(context2);
  const { report, sources, variableUses } = context2;
  const variables = [...variableUses.values()].toSorted((a, b) => a.name < b.name ? -1 : 1);
  const result = { diagnostics: report.sorted(), sources: sources.texts(), variables };
  if (loaded === void 0 || report.hasErrors()) return result;
  const { project, root } = loaded;
  const { history } = context2;
  if (history === void 0) return { ...result, project };
  return { ...result, project, explain: (path) => explain(path, { project, root, history }) };
}
function createContext(request, host) {
  return {
    request,
    host,
    sources: createSources(host),
    report: createReport(),
    variableUses: /* @__PURE__ */ new Map(),
    parsed: /* @__PURE__ */ new Map(),
    tagged: /* @__PURE__ */ new Set(),
    captured: /* @__PURE__ */ new Map(),
    ownVariables: /* @__PURE__ */ new Map(),
    ...request.explains === true && { history: new History() }
  };
}
function runPhases(context2) {
  const { request, host, report } = context2;
  const caller = readCallerEnvironment(request, context2);
  const { variables } = caller;
  const { files, projectDirectory } = discoverFiles(request, (name3) => variables.get(name3), host, report);
  if (caller.usesDefaultFile) addDefaultFile(variables, projectDirectory, context2);
  if (files.length === 0) {
    if (!report.hasErrors()) {
      report.error("file-not-found", "no configuration file provided: not found", {
        hint: "a project is described in compose.yaml, in this folder or one above; `-f` names another file"
      });
    }
    return void 0;
  }
  const name2 = nameProject(files, projectDirectory, variables, context2);
  variables.set("COMPOSE_PROJECT_NAME", name2);
  const scope = { directory: projectDirectory, variables, includedFrom: [] };
  const document2 = loadDocuments(files, scope, context2);
  if (document2 === void 0 || report.hasErrors()) {
    if (!report.hasErrors()) report.error("not-a-mapping", "empty compose file");
    return void 0;
  }
  const resolved = request.noPathResolution === true ? document2 : resolvePaths(document2, pathsSeenFrom(scope, projectDirectory, context2));
  if (report.hasErrors()) return void 0;
  const project = buildProject({ root: resolved, name: name2, files, projectDirectory, caller }, context2);
  return project && { project, root: resolved };
}
function nameProject(files, projectDirectory, variables, context2) {
  const { request, report } = context2;
  const given = request.projectName || variables.get("COMPOSE_PROJECT_NAME");
  if (given) {
    checkProjectName(given, report);
    return given;
  }
  const written = nameInFiles(files, variables, context2);
  if (written === void 0) warnOfLink(projectDirectory, context2);
  const name2 = normaliseProjectName(written ?? baseName(projectDirectory));
  if (name2 === "" && !report.hasErrors()) {
    report.error("project-name", "project name must not be empty", {
      hint: "give one with `-p` or with `name:`"
    });
  }
  return name2;
}
function warnOfLink(directory, { host, report }) {
  const real = baseName(host.realpath(directory));
  if (real === baseName(directory)) return;
  report.warn(
    "project-name",
    `the project is named after ${directory}, which is a link to a folder called "${real}"`,
    { hint: "give it a name of its own, with `name:` or `-p`" }
  );
}
function nameInFiles(files, variables, context2) {
  let name2;
  for (const file of files) {
    const result = context2.sources.read(file);
    if (!result.ok) continue;
    for (const document2 of documentsOf(result.source, context2)) {
      const node = child(document2, "name");
      const text3 = node?.kind === "scalar" ? scalarText(node) : void 0;
      if (text3 === void 0) continue;
      const filled = substitute(
        text3,
        (key) => variables.get(key),
        () => void 0
      );
      if (filled.ok && filled.text !== "") name2 = filled.text;
    }
  }
  return name2;
}
function buildProject(loaded, context2) {
  const { request, report, sources } = context2;
  const { root, name: name2, caller } = loaded;
  const { variables } = caller;
  const typed = toTypedDocument(root);
  const resolvesEnvironment = request.noEnvResolution !== true;
  const document2 = request.noNormalize === true ? typed : normalise(typed, { projectName: name2, variables, resolvesEnvironment });
  const { enabled, disabled } = splitByProfiles(
    document2.services,
    activeProfiles(document2, variables, request)
  );
  const placeOf2 = (path) => placesAt(root, path).value;
  const keyPlaceOf = (path) => placesAt(root, path).key;
  if (request.noConsistency !== true && request.noInterpolate !== true) {
    warnOfPitfalls(document2, { report, placeOf: placeOf2, keyPlaceOf }, request);
    checkConsistency(
      { ...document2, services: enabled, disabledServices: disabled },
      { report, placeOf: placeOf2, keyPlaceOf }
    );
  }
  const whole = {
    name: name2,
    workingDir: loaded.projectDirectory,
    configFiles: loaded.files,
    environmentFiles: caller.envFiles,
    environment: { ...Object.fromEntries(context2.captured), ...Object.fromEntries(variables) },
    services: enabled,
    disabledServices: disabled,
    networks: document2.networks,
    volumes: document2.volumes,
    secrets: document2.secrets,
    configs: document2.configs,
    models: document2.models,
    extensions: document2.extensions,
    spans: spansOf(root)
  };
  const selected = select(whole, request, report);
  if (selected === void 0 || report.hasErrors()) return void 0;
  const used = request.allResources === true ? selected : withoutUnusedResources(selected);
  if (request.noEnvResolution === true) return used;
  const { history } = context2;
  const files = { sources, directory: loaded.projectDirectory, report, placeOf: placeOf2, history };
  const resolve2 = (service, key) => resolveServiceFiles(service, key, { ...files, variables: context2.ownVariables.get(key) ?? variables });
  return { ...used, services: mapValues(used.services, resolve2) };
}
function select(project, request, report) {
  const { services = [], includeDependencies = true } = request;
  const selection = selectServices(project, services, { includeDependencies });
  if (selection.ok) return selection.project;
  const { unknown, suggestion } = selection;
  const hint = suggestion && `did you mean \`${suggestion}\`?`;
  report.error("undefined-reference", `no such service: ${unknown}`, { hint });
  return void 0;
}
function activeProfiles(document2, variables, request) {
  const fromVariable = (variables.get("COMPOSE_PROFILES") ?? "").split(",").map((profile) => profile.trim());
  const asked = request.profiles !== void 0 && request.profiles.length > 0 ? request.profiles : fromVariable;
  const active = new Set(asked.filter((profile) => profile !== ""));
  for (const [name2, service] of Object.entries(document2.services)) {
    const isNamed = request.services?.some((pattern) => matchesName(pattern, name2)) === true;
    if (isNamed) for (const profile of service.profiles ?? []) active.add(profile);
  }
  return active;
}

// src/spec/write-yaml.ts
function writeYaml(value2) {
  const lines = [];
  writeBlock(value2, "", lines);
  return `${lines.join("\n")}
`;
}
function writeBlock(value2, indent2, lines) {
  if (Array.isArray(value2)) {
    for (const item of value2) writeItem(item, indent2, lines);
    return;
  }
  for (const [key, item] of Object.entries(value2)) {
    const name2 = `${indent2}${writeText(key)}:`;
    if (isEmptyOrScalar(item)) lines.push(`${name2} ${writeScalar(item)}`);
    else {
      lines.push(name2);
      writeBlock(item, `${indent2}  `, lines);
    }
  }
}
function writeItem(item, indent2, lines) {
  if (isEmptyOrScalar(item)) {
    lines.push(`${indent2}- ${writeScalar(item)}`);
    return;
  }
  const start = lines.length;
  writeBlock(item, `${indent2}  `, lines);
  lines[start] = `${indent2}- ${(lines[start] ?? "").slice(indent2.length + 2)}`;
}
function isEmptyOrScalar(value2) {
  if (typeof value2 !== "object" || value2 === null) return true;
  return Array.isArray(value2) ? value2.length === 0 : Object.keys(value2).length === 0;
}
function writeScalar(value2) {
  if (Array.isArray(value2)) return "[]";
  if (typeof value2 === "string") return writeText(value2);
  if (typeof value2 === "object" && value2 !== null) return "{}";
  return String(value2);
}
var OLD_BOOLEANS = /^(?:y|n|yes|no|on|off)$/i;
var SAFE = /^[\w./$][\w./@$+=,~()<>-]*(?:[ :][\w./@$+=,~()<>-]+)*$/;
function writeText(text3) {
  const isPlain = SAFE.test(text3) && !OLD_BOOLEANS.test(text3) && resolvePlainScalar(text3).value === text3;
  return isPlain && !/^\d+(?:[-:]\d+)+/.test(text3) ? text3 : JSON.stringify(text3);
}

// src/spec/render-config.ts
function renderConfig(project, format2, { escapes = true } = {}) {
  const sections = {
    networks: project.networks,
    volumes: project.volumes,
    secrets: project.secrets,
    configs: project.configs,
    models: project.models
  };
  const document2 = { name: project.name };
  document2["services"] = mapSorted(
    project.services,
    (service) => format2 === "json" ? jsonService(service) : sorted(service)
  );
  for (const [name2, section] of Object.entries(sections)) {
    if (Object.keys(section).length > 0) document2[name2] = mapSorted(section, sorted);
  }
  for (const [name2, value2] of Object.entries(project.extensions)) setOwn(document2, name2, sortedKeys(value2));
  const escaped = escapes ? escapeDollars(document2) : document2;
  return format2 === "json" ? `${JSON.stringify(escaped, null, 2)}
` : writeYaml(escaped);
}
function jsonService(service) {
  const own = Object.entries(service).filter(([name2]) => !name2.startsWith("x-"));
  return sorted({ command: null, entrypoint: null, ...Object.fromEntries(own) });
}
function mapSorted(record3, change) {
  const result = {};
  for (const key of Object.keys(record3).toSorted()) setOwn(result, key, change(record3[key]));
  return result;
}
var TELLING = /* @__PURE__ */ new Set(["attach", "init", "required", "create_host_path", "enable_ipv4", "enable_ipv6"]);
function sorted(value2) {
  if (Array.isArray(value2)) return value2.map(sorted);
  if (typeof value2 !== "object" || value2 === null) return value2;
  const result = {};
  for (const [key, item] of Object.entries(value2).toSorted(byKey)) {
    if (item === false && !TELLING.has(key) && !key.startsWith("x-")) continue;
    const isOpaque = key.startsWith("x-") || key === "storage_opt";
    setOwn(result, key, isOpaque ? sortedKeys(item) : sorted(item));
  }
  return result;
}
function byKey([a], [b]) {
  return a < b ? -1 : 1;
}
function sortedKeys(value2) {
  if (Array.isArray(value2)) return value2.map(sortedKeys);
  if (typeof value2 !== "object" || value2 === null) return value2;
  return mapSorted(value2, sortedKeys);
}
function escapeDollars(value2) {
  if (typeof value2 === "string") return value2.replaceAll("$", "$$$$");
  if (Array.isArray(value2)) return value2.map(escapeDollars);
  if (typeof value2 !== "object" || value2 === null) return value2;
  const escaped = {};
  for (const [key, item] of Object.entries(value2)) setOwn(escaped, key, escapeDollars(item));
  return escaped;
}

// test/spec/load-yaml.ts
function memoryHost(files, stdin = "") {
  const isDirectory = (path) => Object.keys(files).some((file) => file.startsWith(path === "/" ? "/" : `${path}/`));
  const readFile = (path) => {
    const text3 = files[path];
    if (text3 !== void 0) return { ok: true, text: text3 };
    return isDirectory(path) ? { ok: false, reason: "is-directory", message: `${path} is a directory` } : { ok: false, reason: "not-found", message: `${path} does not exist` };
  };
  return {
    cwd: "/project",
    homedir: "/home/ann",
    readFile,
    readStdin: () => ({ ok: true, text: stdin }),
    kind: (path) => path in files ? "file" : isDirectory(path) ? "directory" : void 0,
    realpath: (path) => path
  };
}
function load(yaml, options = {}) {
  const { also: also2 = {}, stdin, reads, links = {}, ...request } = options;
  const files = { "/project/compose.yaml": yaml };
  for (const [name2, text3] of Object.entries(also2))
    files[name2.startsWith("/") ? name2 : `/project/${name2}`] = text3;
  const host = memoryHost(files, stdin);
  const readFile = (path) => {
    reads?.push(path);
    return host.readFile(path);
  };
  return loadProject(
    { environment: {}, ...request },
    {
      ...host,
      readFile,
      realpath: (path) => links[path] ?? path
    }
  );
}

// test/spec/load-again.ts
var also = {
  "a.env": "A=1\nB=$A\n",
  "app.env": "A=1\n",
  "web.env": "FROM_FILE=1\n",
  "token.txt": "t",
  "base.yaml": "services: {a: {image: base, ports: [80]}, b: {build: .}, base: {image: b, init: true}}\n"
};
var WHOLE = { also, profiles: ["*"], allResources: true };
var WAYS = [
  (text3) => [text3, WHOLE],
  (text3) => [text3, { also, services: ["a"], explains: true }],
  (text3, other) => [text3, { ...WHOLE, files: ["compose.yaml", "-"], stdin: other, explains: true }],
  (text3, other) => [
    "include: [one.yaml, other.yaml]\n",
    { ...WHOLE, also: { ...also, "one.yaml": text3, "other.yaml": other } }
  ],
  (text3, other) => [
    "services: {a: {extends: {service: a, file: one.yaml}}, b: {extends: {service: a, file: sub/other.yaml}}}\n",
    { ...WHOLE, also: { ...also, "one.yaml": text3, "sub/other.yaml": other } }
  ],
  (text3) => [text3, { ...WHOLE, noInterpolate: true }],
  (text3) => [text3, { ...WHOLE, noNormalize: true, noConsistency: true }],
  (text3) => [text3, { ...WHOLE, noPathResolution: true, noEnvResolution: true }]
];
function problemWith(text3, other = "{}", way = 0) {
  const [yaml, options] = (WAYS[way] ?? ((only2) => [only2, WHOLE]))(text3, other);
  const { diagnostics, explain: explain2, project, sources } = load(yaml, options);
  renderDiagnostics(diagnostics, { sources });
  if (project === void 0) {
    return diagnostics.some(({ severity }) => severity === "error") ? void 0 : "neither a project nor an error";
  }
  for (const section of ["services", "networks"]) explain2?.(section);
  const { noConsistency, noInterpolate, noPathResolution = false, noEnvResolution = false } = options;
  for (const format2 of ["yaml", "json"]) {
    const once = renderConfig(project, format2);
    if (noConsistency === true || noInterpolate === true) continue;
    const again = load(once, { ...WHOLE, noPathResolution, noEnvResolution });
    if (again.project === void 0) {
      return `what is printed does not load:
${renderDiagnostics(again.diagnostics, again)}`;
    }
    const twice = renderConfig(again.project, format2);
    if (twice !== once) return `${format2} is printed differently:
${firstDifference(once, twice)}`;
  }
  return void 0;
}
function firstDifference(once, again) {
  const others = again.split("\n");
  const lines = once.split("\n");
  const at = lines.findIndex((line, index) => line !== others[index]);
  return `${lines[at] ?? ""}
${others[at] ?? ""}`;
}

// bench/measure.ts
var format = (value2) => value2 < 100 ? value2.toFixed(1) : value2.toFixed(0);
function describeFigure(name2, value2, goal, unit) {
  const met = value2 <= goal;
  return {
    text: `${name2.padEnd(44)} ${format(value2)} ${unit}, goal at most ${goal} ${unit}: ${met ? "met" : "MISSED"}`,
    met
  };
}

// bench/fuzz.bench.ts
var spec = join2(packageFolder, "test/spec");
function texts() {
  const fixtures = readdirSync2(join2(spec, "fixtures")).map((name2) => `fixtures/${name2}`);
  return [...fixtures, "everything.yaml"].map((name2) => readFileSync2(join2(spec, name2), "utf8"));
}
function problemWithText(text3) {
  const both = readBoth(text3);
  if (both !== void 0 && JSON.stringify(both.quick) !== JSON.stringify(both.thorough)) {
    return "the quick reader and the thorough one disagree";
  }
  return problemWith(text3);
}
function* check2(what, numRuns, values, problem) {
  const property2 = fc3.property(values, (value2) => {
    const found = problem(value2);
    if (found !== void 0) throw new Error(found);
  });
  const result = fc3.check(property2, { numRuns, endOnFailure: true });
  yield describeFigure(`${result.numRuns} ${what}, of which fail`, result.failed ? 1 : 0, 0, "files");
  if (result.failed) yield { text: fc3.defaultReportMessage(result) ?? "", met: false };
}
var bench = {
  claim: "no Compose file makes the loader throw: 100,000 files with changed text, 100,000 with any value in any place",
  async *run({ quick }) {
    const count = quick ? 2e3 : 1e5;
    yield* check2("files with changed text", count, mutated(texts()), problemWithText);
    const projects = fc3.tuple(arbitraryFile, arbitraryFile, fc3.nat({ max: 7 }));
    yield* check2("files with any value in any place", count, projects, (project) => problemWith(...project));
  }
};
export {
  bench
};
