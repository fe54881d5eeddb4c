// The YAML dialect of Compose: which plain words are numbers, booleans and null. It is YAML 1.2's core schema with the
// integers of Go's decoder added (`0440` is octal, `1_000` and `0b11` are numbers); `yes`, `no`, `on` and `off` are strings.
import type { ScalarValue } from "./node.ts";

/** A resolved plain scalar; see ScalarNode for the meaning of the optional parts. */
export interface ResolvedScalar {
  readonly value: ScalarValue;
  readonly text?: string;
  readonly isFloat?: boolean;
}

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|0[0-7_]+|0|[1-9][0-9_]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/;
const SPECIAL_FLOAT = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Whether a scalar is neither empty nor begins as a special word does: most are surely text. */
export function isSurelyText(source: string): boolean {
  return !"~NnTtFf+-.0123456789".includes(source.charAt(0));
}

/** The value of an unquoted scalar. */
export function resolvePlainScalar(source: string): ResolvedScalar {
  if (isSurelyText(source)) return { value: source };
  if (NULL.test(source)) return { value: null };
  if (TRUE.test(source)) return { value: true };
  if (FALSE.test(source)) return { value: false };
  if (INTEGER.test(source)) return resolveInteger(source);
  if (FLOAT.test(source)) return resolveFloat(source);
  if (SPECIAL_FLOAT.test(source)) return specialFloat(source);
  return { value: source };
}

function resolveInteger(source: string): ResolvedScalar {
  const negative = source.startsWith("-");
  const digits = source.replace(/^[-+]/, "").replaceAll("_", "").toLowerCase();
  if (/^0[xob]?$/.test(digits)) return digits === "0" ? { value: 0 } : { value: source };
  const big = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const signed = negative ? -big : big;
  const value = Number(signed);
  return Number.isSafeInteger(value) ? { value } : { value, text: signed.toString() };
}

function resolveFloat(source: string): ResolvedScalar {
  const value = Number(source.replaceAll("_", ""));
  return Number.isNaN(value) ? { value: source } : { value, text: goFloat(value), isFloat: true };
}

function specialFloat(source: string): ResolvedScalar {
  const lower = source.toLowerCase();
  if (lower === ".nan") return { value: Number.NaN, text: "NaN", isFloat: true };
  const negative = lower.startsWith("-");
  return {
    value: negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    text: negative ? "-Inf" : "+Inf",
    isFloat: true,
  };
}

/** A float as Go's `%v` writes it: shortest digits, an exponent of at least two digits below 1e-4 and from 1e6 on. */
function goFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) return String(value);
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, "0")}`;
}
