// The wire form of a specification for `run` and `exec` (docs/native.md): every name and field ended by a NUL byte.
import type { Directive } from "../collaborators.ts";
import { EngineError } from "../errors.ts";

/** Encodes directives. Throws EngineError (invalid) for a field with a NUL byte, which no path, name or variable may have. */
export function encodeSpecification(directives: readonly Directive[]): Buffer {
  const parts: string[] = [];
  for (const directive of directives) {
    for (const field of directive) {
      if (field.includes("\0"))
        throw new EngineError("invalid", `a NUL byte in "${directive[0]}" is not allowed`);
      parts.push(field, "\0");
    }
  }
  return Buffer.from(parts.join(""));
}
