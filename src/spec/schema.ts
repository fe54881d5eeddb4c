// Checks the shape of a document against the schema in /schema, and says in people's words where it is wrong. The schema has no
// alternatives (`oneOf`): forms are told apart by their type, so each mistake is one error at the right place.
import type { SchemaError } from "../../schema/generated/validate.js";
import { validate } from "../../schema/generated/validate.js";
import type { Node, NodePath, Place } from "./node.ts";
import { child, placesAt, toPlain } from "./node.ts";
import type { Report } from "./report.ts";
import { nearest } from "./suggest.ts";

/** Reports every place where the document breaks the schema. */
export function checkSchema(document: Node, report: Report): void {
  if (validate(toPlain(document))) return;
  for (const error of validate.errors ?? []) reportError(error, document, report);
}

function reportError(error: SchemaError, document: Node, report: Report): void {
  const path = pathOf(error.instancePath);
  const where = path.length === 0 ? "the top level" : path.join(".");
  switch (error.keyword) {
    case "propertyNames":
      return; // The error about the name itself comes as well.
    case "additionalProperties":
      reportUnknownKey(error, document, path, report);
      return;
    case "required": {
      const missing = String(error.params["missingProperty"]);
      report.error("schema", `${where} needs \`${missing}\``, { place: placesAt(document, path).key, path });
      return;
    }
    case "type": {
      const { value: place } = placesAt(document, path);
      if (isKnown(place, report)) return;
      const message = `${where} must be ${expectedTypes(error.params["type"])}, not ${describe(error.data)}`;
      report.error("wrong-type", message, { place, path });
      return;
    }
    default:
      reportValue(error, document, path, report);
  }
}

function reportUnknownKey(error: SchemaError, document: Node, path: NodePath, report: Report): void {
  const key = String(error.params["additionalProperty"]);
  const full = [...path, key];
  const known = Object.keys(error.parentSchema.properties ?? {});
  const near = nearest(key, known);
  const where = path.length === 0 ? "at top level" : `in ${path.join(".")}`;
  report.error("unknown-key", `additional properties '${key}' not allowed ${where}`, {
    place: placesAt(document, full).key,
    path: full,
    hint: near === undefined ? misplacedHint(document, full) : `did you mean \`${near}\`?`,
  });
}

/** A service that stands at top level is the commonest wrong indentation. */
function misplacedHint(document: Node, path: NodePath): string | undefined {
  const [key = ""] = path;
  const value = child(document, key);
  const looksLikeService = child(value, "image") !== undefined || child(value, "build") !== undefined;
  return path.length === 1 && looksLikeService ? `services stand under \`services:\`, indented` : undefined;
}

function reportValue(error: SchemaError, document: Node, path: NodePath, report: Report): void {
  const where = path.length === 0 ? "the top level" : path.join(".");
  const { params, propertyName } = error;
  if (propertyName !== undefined) {
    const full = [...path, propertyName];
    report.error("invalid-value", `"${propertyName}" is not a valid name in ${where}`, {
      place: placesAt(document, full).key,
      path: full,
      hint: `names match ${String(params["pattern"])}`,
    });
    return;
  }
  const { value: place } = placesAt(document, path);
  if (isKnown(place, report)) return;
  const found = describe(error.data);
  report.error("invalid-value", `${where} ${ruleText(error)}, not ${found}`, {
    place,
    path,
    hint: suggestedValue(error),
  });
}

/** Whether something is wrong with a value already: what else its schema asks for goes without saying. */
function isKnown(place: Place | undefined, report: Report): boolean {
  return place !== undefined && report.hasErrorAt(place);
}

function ruleText({ keyword, params }: SchemaError): string {
  switch (keyword) {
    case "enum":
      return `must be one of ${allowedValues(params).join(", ")}`;
    case "minimum":
      return `must be greater than or equal to ${String(params["limit"])}`;
    case "maximum":
      return `must be less than or equal to ${String(params["limit"])}`;
    case "pattern":
      // A pattern without choices is the one text that is allowed.
      return String(params["pattern"]).replace(/^\^(\w+)\$$|^/, (_, only: string | undefined) =>
        only === undefined ? "must match " : `must be ${only}`,
      );
    default:
      throw new Error(`internal: the schema uses \`${keyword}\`, which has no words`);
  }
}

function allowedValues(params: SchemaError["params"]): readonly string[] {
  const values = params["allowedValues"];
  return Array.isArray(values) ? values.map(String) : [];
}

function suggestedValue({ params, data }: SchemaError): string | undefined {
  const near = typeof data === "string" ? nearest(data, allowedValues(params)) : undefined;
  return near && `did you mean \`${near}\`?`;
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

function expectedTypes(type: unknown): string {
  const types = Array.isArray(type) ? type.map(String) : String(type).split(",");
  const words = types.map((name) => TYPE_WORDS[name] ?? name).toSorted();
  const last = words.pop() ?? "";
  return words.length === 0 ? last : `${words.join(", ")} or ${last}`;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? `"${value}"` : `the ${typeof value} ${String(value)}`;
}

function pathOf(pointer: string): NodePath {
  if (pointer === "") return [];
  const steps = pointer.slice(1).split("/");
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
