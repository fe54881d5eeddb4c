// Changes of YAML text that keep it near to what people write, for property tests.
import * as fc from "fast-check";

// prettier-ignore
const PIECES = [
  "", " ", "  ", ":", ": ", "-", "- ", "[", "]", "{", "}", ",", "? ", "#", " #", '"', "'", "''", "\\", "%", "@", "~",
  "*a", "*base", "&a ", "!reset ", "!override ", "null", "5", "0x1", "1_0", ".5", "${", "${A:-b}", "$$", "a: b", "<<: ",
  "<<: *a", "\n", "\n\n", "\n  ", "\n    ", "|", ">", "|-\n", "---\n", "...\n", "\t", "\r\n", "é", "😀",
];

/** Texts made from one of `texts` by a few insertions, deletions and replacements. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 8 }),
    insert: fc.constantFrom(...PIECES),
  });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([text, changes]) => {
      let result = text;
      for (const { at, remove, insert } of changes) {
        const offset = Math.floor(at * result.length);
        result = result.slice(0, offset) + insert + result.slice(offset + remove);
      }
      return result;
    });
}
