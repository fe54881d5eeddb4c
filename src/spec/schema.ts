// Checks the shape of a document against the schema in /schema, and says in people's words where it is wrong. The schema has no
// alternatives (`oneOf`): forms are told apart by their type, so each mistake is one error at the right place.
import type { Rules } from "../../schema/generated/rules.js";
import { definitions, root } from "../../schema/generated/rules.js";
import type { MapNode, Node, NodePath, Place, ScalarNode, SeqNode } from "./node.ts";
import { child, placesAt } from "./node.ts";
import type { Report } from "./report.ts";
import { nearest } from "./suggest.ts";

/** Reports every place where the document breaks the schema. */
export function checkSchema(document: Node, report: Report): void {
  new SchemaCheck(document, report).check(document, root);
}

class SchemaCheck {
  readonly #document: Node;
  readonly #report: Report;
  /** Where the check is: one path, longer and shorter as it goes. */
  readonly #path: string[] = [];

  constructor(document: Node, report: Report) {
    this.#document = document;
    this.#report = report;
  }

  check(node: Node, given: Rules): void {
    const rules = resolve(given);
    if (rules.allOf !== undefined) for (const part of rules.allOf) this.check(node, part);
    if (rules.type !== undefined && !hasType(node, rules.type)) this.#reportType(node, rules.type);
    if (rules.enum !== undefined) this.#checkEnum(node, rules.enum);
    if (node.kind === "map") this.#checkMap(node, rules);
    else if (node.kind === "scalar") this.#checkScalar(node, rules);
    else if (rules.items !== undefined) this.#checkItems(node, rules.items);
  }

  #below(key: string, node: Node, rules: Rules): void {
    this.#path.push(key);
    this.check(node, rules);
    this.#path.pop();
  }

  #checkItems(node: SeqNode, rules: Rules): void {
    node.items.forEach((item, index) => this.#below(String(index), item, rules));
  }

  #checkMap(node: MapNode, rules: Rules): void {
    rules.required?.forEach((name) => {
      if (!node.entries.has(name)) this.#reportMissing(name);
    });
    node.entries.forEach(({ value }, key) => this.#checkEntry(key, value, rules));
  }

  #checkEntry(key: string, value: Node, rules: Rules): void {
    const { properties = NONE, propertyNames, additionalProperties } = rules;
    if (propertyNames !== undefined && !matches(key, propertyNames.pattern)) {
      this.#reportName(key, propertyNames.pattern);
    }
    if (Object.hasOwn(properties, key)) {
      this.#below(key, value, properties[key] as Rules);
      return;
    }
    if (additionalProperties === undefined) return;
    if (rules.patternProperties !== undefined && key.startsWith("x-")) return;
    if (additionalProperties === false) this.#reportUnknownKey(key, properties);
    else this.#below(key, value, additionalProperties);
  }

  #checkEnum(node: Node, allowed: readonly string[]): void {
    const value = node.kind === "scalar" ? node.value : undefined;
    if (typeof value === "string" && allowed.includes(value)) return;
    const near = typeof value === "string" ? nearest(value, allowed) : undefined;
    this.#reportValue(`must be one of ${allowed.join(", ")}`, node, near && `did you mean \`${near}\`?`);
  }

  #checkScalar(node: ScalarNode, { pattern, minimum, maximum }: Rules): void {
    const { value } = node;
    if (typeof value === "string" && pattern !== undefined && !matches(value, pattern)) {
      // A pattern without choices is the one text that is allowed.
      const only = /^\^(\w+)\$$/.exec(pattern)?.[1];
      this.#reportValue(only === undefined ? `must match ${pattern}` : `must be ${only}`, node);
    }
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    if (maximum !== undefined && value > maximum) {
      this.#reportValue(`must be less than or equal to ${maximum}`, node);
    }
    if (minimum !== undefined && value < minimum) {
      this.#reportValue(`must be greater than or equal to ${minimum}`, node);
    }
  }

  #reportMissing(name: string): void {
    const path = [...this.#path];
    const place = placesAt(this.#document, path).key;
    this.#report.error("schema", `${this.#where()} needs \`${name}\``, { place, path });
  }

  #reportType(node: Node, types: readonly string[]): void {
    const path = [...this.#path];
    const place = placesAt(this.#document, path).value;
    if (this.#isKnown(place)) return;
    const message = `${this.#where()} must be ${expectedTypes(types)}, not ${describe(node)}`;
    this.#report.error("wrong-type", message, { place, path });
  }

  #reportUnknownKey(key: string, properties: Readonly<Record<string, Rules>>): void {
    const path = [...this.#path, key];
    const where = this.#path.length === 0 ? "at top level" : `in ${this.#path.join(".")}`;
    const near = nearest(key, Object.keys(properties));
    this.#report.error("unknown-key", `additional properties '${key}' not allowed ${where}`, {
      place: placesAt(this.#document, path).key,
      path,
      hint: near === undefined ? misplacedHint(this.#document, path) : `did you mean \`${near}\`?`,
    });
  }

  #reportName(name: string, pattern: string): void {
    const path = [...this.#path, name];
    this.#report.error("invalid-value", `"${name}" is not a valid name in ${this.#where()}`, {
      place: placesAt(this.#document, path).key,
      path,
      hint: `names match ${pattern}`,
    });
  }

  #reportValue(rule: string, node: Node, hint?: string): void {
    const path = [...this.#path];
    const place = placesAt(this.#document, path).value;
    if (this.#isKnown(place)) return;
    this.#report.error("invalid-value", `${this.#where()} ${rule}, not ${describe(node)}`, {
      place,
      path,
      hint,
    });
  }

  /** Whether something is wrong with a value already: what else its rules ask for goes without saying. */
  #isKnown(place: Place | undefined): boolean {
    return place !== undefined && this.#report.hasErrorAt(place);
  }

  #where(): string {
    return this.#path.length === 0 ? "the top level" : this.#path.join(".");
  }
}

const NONE: Readonly<Record<string, Rules>> = {};

function resolve(rules: Rules): Rules {
  if (rules.$ref === undefined) return rules;
  const definition = definitions[rules.$ref];
  if (definition === undefined) throw new Error(`internal: the schema has no ${rules.$ref}`);
  return resolve(definition);
}

const compiled = new Map<string, RegExp>();

function matches(text: string, pattern: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(pattern, "u");
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

function hasType(node: Node, types: readonly string[]): boolean {
  const type = typeOf(node);
  return types.includes(type) || (type === "integer" && types.includes("number"));
}

function typeOf(node: Node): string {
  if (node.kind === "map") return "object";
  if (node.kind === "seq") return "array";
  const { value } = node;
  if (value === null) return "null";
  if (typeof value !== "number") return typeof value;
  return Number.isInteger(value) ? "integer" : Number.isFinite(value) ? "number" : "none";
}

/** A service that stands at top level is the commonest wrong indentation. */
function misplacedHint(document: Node, path: NodePath): string | undefined {
  const [key = ""] = path;
  const value = child(document, key);
  const looksLikeService = child(value, "image") !== undefined || child(value, "build") !== undefined;
  return path.length === 1 && looksLikeService ? `services stand under \`services:\`, indented` : undefined;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: "a mapping",
  array: "a list",
  string: "a string",
  integer: "an integer",
  number: "a number",
  boolean: "a boolean",
  null: "null",
};

function expectedTypes(types: readonly string[]): string {
  const words = types.map((name) => TYPE_WORDS[name] ?? name).toSorted();
  const last = words.pop() ?? "";
  return words.length === 0 ? last : `${words.join(", ")} or ${last}`;
}

function describe(node: Node): string {
  if (node.kind === "seq") return "a list";
  if (node.kind === "map") return "a mapping";
  const { value } = node;
  if (value === null) return "null";
  return typeof value === "string" ? `"${value}"` : `the ${typeof value} ${String(value)}`;
}
