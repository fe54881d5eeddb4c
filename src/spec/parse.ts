// YAML text -> positioned trees. The yaml package gives the syntax only (its failsafe schema: all scalars are text); what a
// plain word means is decided by resolve-scalar.ts, and aliases, merge keys and duplicate keys are handled here with places.
import { isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { Alias, Document, Node as YamlNode, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { mergeSources, withMerged } from "./merge-keys.ts";
import type { Entry, MergeTag, Node, Place, SourceFile } from "./node.ts";
import { map, scalar, seq } from "./node.ts";
import type { Report } from "./report.ts";
import { readQuickly } from "./quick-yaml/block.ts";
import { resolvePlainScalar } from "./resolve-scalar.ts";

/** How many nodes aliases may stand for in one file, all in all: enough for any real file, too few for an alias bomb. */
const MAX_ALIASED_NODES = 100_000;

/** How deep values may be nested: far beyond any Compose file, well within the stack. */
const MAX_DEPTH = 100;

/** Reads every document of a file. A document with a syntax error is reported and left out; empty ones are `null` scalars. */
export function parseDocuments(source: SourceFile, report: Report): readonly Node[] {
  return readQuickly(source) ?? parseThoroughly(source, report);
}

/** The same for any text: all of YAML, and all that can be wrong with it. */
export function parseThoroughly(source: SourceFile, report: Report): readonly Node[] {
  let documents: readonly Document[];
  try {
    documents = [
      ...parseAllDocuments(source.text, { schema: "failsafe", uniqueKeys: false, prettyErrors: false }),
    ];
  } catch (error) {
    // The parser is recursive: text that nests without end exhausts the stack before the depth can be looked at.
    if (!(error instanceof RangeError)) throw error;
    report.error("yaml-syntax", "values are nested too deeply", { place: { source, start: 0, end: 1 } });
    return [];
  }
  const nodes: Node[] = [];
  for (const document of documents) {
    if (hasSyntaxErrors(document, source, report)) continue;
    const reader = new DocumentReader(source, document, report);
    nodes.push(reader.read());
  }
  return nodes;
}

function hasSyntaxErrors(document: Document, source: SourceFile, report: Report): boolean {
  for (const { message, pos } of document.errors) {
    const text = message.charAt(0).toLowerCase() + message.slice(1);
    report.error("yaml-syntax", `invalid yaml: ${text}`, { place: { source, start: pos[0], end: pos[1] } });
  }
  return document.errors.length > 0;
}

const MERGE_TAGS: Readonly<Record<string, MergeTag>> = { "!reset": "reset", "!override": "override" };
const CORE_TAG = "tag:yaml.org,2002:";
/** Tags that only say what an untagged value is anyway. */
const COLLECTION_TAGS = new Set([`${CORE_TAG}map`, `${CORE_TAG}seq`]);

interface ReadNode {
  readonly node: Node;
  /** How many nodes it consists of, with all aliases written out. */
  readonly size: number;
}

/** Turns one YAML document into a tree. Holds what an alias can refer to. */
class DocumentReader {
  readonly #source: SourceFile;
  readonly #document: Document;
  readonly #report: Report;
  /** What each anchor stands for; "open" while its node is being read. Nodes are read in the order of the text. */
  readonly #anchors = new Map<string, ReadNode | "open">();
  #aliased = 0;
  #stopped = false;

  constructor(source: SourceFile, document: Document, report: Report) {
    this.#source = source;
    this.#document = document;
    this.#report = report;
  }

  read(): Node {
    const { contents } = this.#document;
    return contents === null ? scalar(null, undefined) : this.#readNode(contents, []).node;
  }

  #place(node: YamlNode): Place | undefined {
    return node.range ? { source: this.#source, start: node.range[0], end: node.range[1] } : undefined;
  }

  #readNode(node: YamlNode, path: readonly string[]): ReadNode {
    if (isAlias(node)) return this.#readAlias(node, path);
    if (path.length > MAX_DEPTH) {
      this.#stop("yaml-syntax", `values are nested more than ${MAX_DEPTH} levels deep`, node, path);
      return { node: scalar(null, this.#place(node)), size: 1 };
    }
    const { anchor } = node as Scalar;
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    const read = this.#readTagged(node, path);
    if (anchor !== undefined) this.#anchors.set(anchor, read);
    return read;
  }

  #readTagged(node: YamlNode, path: readonly string[]): ReadNode {
    const tag = MERGE_TAGS[node.tag ?? ""];
    const read = this.#readKind(node, path);
    if (tag !== undefined) return { ...read, node: { ...read.node, tag } };
    if (node.tag !== undefined && !isScalar(node) && !COLLECTION_TAGS.has(node.tag))
      this.#warnTag(node, path);
    return read;
  }

  #readKind(node: YamlNode, path: readonly string[]): ReadNode {
    if (isMap(node)) return this.#readMap(node, path);
    if (isSeq(node)) return this.#readSeq(node, path);
    return { node: this.#readScalar(node as Scalar, path), size: 1 };
  }

  #readScalar(node: Scalar, path: readonly string[]): Node {
    const place = this.#place(node);
    const tag = node.tag ?? "";
    const text = typeof node.value === "string" ? node.value : (node.source ?? "");
    if (tag === `${CORE_TAG}str` || tag === "!") return { kind: "scalar", value: text, place };
    const isPlain = node.type === "PLAIN" || node.type === undefined;
    const isTyped = tag.startsWith(CORE_TAG);
    if (tag !== "" && !isTyped && !(tag in MERGE_TAGS)) this.#warnTag(node, path);
    if (!isPlain && !isTyped) return { kind: "scalar", value: text, place };
    return { kind: "scalar", ...resolvePlainScalar(text), place };
  }

  #readSeq(node: YAMLSeq, path: readonly string[]): ReadNode {
    let size = 1;
    const items: Node[] = [];
    for (const [index, item] of node.items.entries()) {
      if (this.#stopped) break;
      const read = this.#readNode(this.#itemNode(item), [...path, String(index)]);
      size += read.size;
      items.push(read.node);
    }
    return { node: seq(items, this.#place(node)), size };
  }

  /** `- a: 1` inside a flow list is a pair on its own; everything else is a node already. */
  #itemNode(item: unknown): YamlNode {
    if (!isPair(item)) return item as YamlNode;
    const single = this.#document.createNode({}) as unknown as YAMLMap;
    single.items.push(item as never);
    const key = item.key as YamlNode | null;
    if (key?.range) single.range = key.range;
    return single;
  }

  #readMap(node: YAMLMap, path: readonly string[]): ReadNode {
    const own = new Map<string, Entry>();
    const merged: Node[] = [];
    let size = 1;
    for (const pair of node.items as Pair<YamlNode, YamlNode | null>[]) {
      if (this.#stopped) break;
      const key = this.#keyText(pair.key, path);
      if (key === undefined) continue;
      const keyPlace = this.#place(pair.key);
      const value = pair.value;
      const read =
        value === null ? { node: scalar(null, keyPlace), size: 1 } : this.#readNode(value, [...path, key]);
      size += read.size;
      const isMerge = key === "<<" && (pair.key as Scalar).type === "PLAIN";
      if (isMerge) {
        if (merged.length > 0) this.#reportSecondMerge(keyPlace, path);
        merged.push(...this.#mergeSources(read.node, pair.key, [...path, key]));
        continue;
      }
      const first = own.get(key);
      if (first === undefined) own.set(key, { keyPlace, value: read.node });
      else this.#reportDuplicate(key, keyPlace, first, path);
    }
    return { node: map(withMerged(own, merged), this.#place(node)), size };
  }

  /** The mappings that a `<<` key brings in. */
  #mergeSources(value: Node, key: YamlNode, path: readonly string[]): readonly Node[] {
    const sources = mergeSources(value);
    if (sources !== undefined) return sources;
    this.#report.error("wrong-type", "a merge key (`<<`) needs a mapping or a list of mappings", {
      place: this.#place(key),
      path,
    });
    return [];
  }

  #keyText(key: YamlNode | null, path: readonly string[]): string | undefined {
    const where = path.length === 0 ? "at top level" : `in ${path.join(".")}`;
    if (isAlias(key)) {
      const { node } = this.#readAlias(key, path);
      if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    }
    if (key === null || !isScalar(key)) {
      const place = key === null ? undefined : this.#place(key);
      this.#report.error("wrong-type", `non-string key ${where}: a list or mapping cannot be a key`, {
        place,
        path,
      });
      return undefined;
    }
    const node = this.#readScalar(key, path);
    if (key.anchor !== undefined) this.#anchors.set(key.anchor, { node, size: 1 });
    if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    const text = key.source ?? String(key.value);
    this.#report.error("wrong-type", `non-string key ${where}: ${text === "" ? "(empty)" : text}`, {
      place: node.place,
      path,
      hint: `put it in quotes: "${text}"`,
    });
    return undefined;
  }

  #reportDuplicate(key: string, place: Place | undefined, first: Entry, path: readonly string[]): void {
    this.#report.error("duplicate-key", `mapping key "${key}" is already defined`, {
      place,
      path: [...path, key],
      related: [{ message: "first defined here", place: first.keyPlace }],
    });
  }

  #reportSecondMerge(place: Place | undefined, path: readonly string[]): void {
    this.#report.error("duplicate-key", 'mapping key "<<" is already defined', {
      place,
      path: [...path, "<<"],
      hint: "one can bring in several: `<<: [*first, *second]`",
    });
  }

  #readAlias(alias: Alias, path: readonly string[]): ReadNode {
    const nothing = { node: scalar(null, this.#place(alias)), size: 1 };
    const read = this.#anchors.get(alias.source);
    if (read === undefined) {
      this.#report.error("yaml-syntax", `unknown anchor: *${alias.source}`, {
        place: this.#place(alias),
        path,
      });
      return nothing;
    }
    if (read === "open") {
      this.#report.error(
        "yaml-syntax",
        `cycle detected: alias *${alias.source} stands inside of what it refers to`,
        {
          place: this.#place(alias),
          path,
        },
      );
      return nothing;
    }
    this.#aliased += read.size;
    if (this.#aliased <= MAX_ALIASED_NODES) return read;
    const limit = MAX_ALIASED_NODES.toLocaleString("en-US");
    this.#stop(
      "alias-limit",
      `excessive aliasing: the aliases of this file stand for more than ${limit} nodes`,
      alias,
      path,
    );
    return nothing;
  }

  #stop(code: "alias-limit" | "yaml-syntax", message: string, node: YamlNode, path: readonly string[]): void {
    if (!this.#stopped) this.#report.error(code, message, { place: this.#place(node), path });
    this.#stopped = true;
  }

  #warnTag(node: YamlNode, path: readonly string[]): void {
    this.#report.warn("not-supported", `unknown tag ${node.tag ?? ""} is ignored`, {
      place: this.#place(node),
      path,
    });
  }
}
