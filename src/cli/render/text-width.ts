// How many columns a text takes on a terminal. Plain ASCII, nearly all there is, costs no more than its length.

const ASCII = /^[\u0020-\u007e]*$/;

/** Columns that a text without escape sequences takes. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  // Classes of Unicode take a while to be read: not before they are needed.
  const wide =
    /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;
  const zero = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
  let width = 0;
  for (const character of text) {
    if (zero.test(character) || character < " ") continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** The text cut to at most that many columns, with an ellipsis where something was cut. */
export function clipText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let clipped = "";
  let width = 0;
  for (const character of text) {
    const next = textWidth(character);
    if (width + next > columns - 1) break;
    clipped += character;
    width += next;
  }
  return `${clipped}…`;
}
