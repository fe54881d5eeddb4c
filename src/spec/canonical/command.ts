// Commands: one string is split into words the way a shell does it, without expanding anything.
import { scalar, seq, stringValue } from "../node.ts";
import type { Transform } from "./transform.ts";

/** `command`, `entrypoint` and the commands of hooks. An empty string is an empty list; null stays. */
export const canonicalCommand: Transform = (node, { path, report }) => {
  const text = stringValue(node);
  if (text === undefined) return node;
  const words = splitWords(text);
  if (words === undefined) {
    const message = `${path.join(".")} has a quote or backslash that nothing closes: ${text}`;
    report.error("invalid-value", message, { place: node.place, path });
    return seq([], node.place);
  }
  return seq(
    words.map((word) => scalar(word, node.place)),
    node.place,
  );
};

/** `healthcheck.test`: one string is a command for the shell. */
export const canonicalTest: Transform = (node) => {
  const text = stringValue(node);
  if (text === undefined) return node;
  return seq([scalar("CMD-SHELL", node.place), scalar(text, node.place)], node.place);
};

/** Words by the quoting rules of the POSIX shell; undefined when a quote stays open or a backslash ends the text. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === " " || char === "\t" || char === "\n" || char === "\r") {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else if (char === "'" || char === '"') {
      const quoted = readQuoted(text, at);
      if (quoted === undefined) return undefined;
      word = (word ?? "") + quoted.value;
      at = quoted.end;
    } else if (char === "\\") {
      if (at + 1 >= text.length) return undefined;
      const escaped = text.charAt(at + 1);
      // With the end of its line, a backslash is nothing at all: it does not even begin a word.
      if (escaped !== "\n") word = (word ?? "") + escaped;
      at += 2;
    } else {
      word = (word ?? "") + char;
      at++;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function readQuoted(text: string, start: number): { value: string; end: number } | undefined {
  const quote = text.charAt(start);
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === quote) return { value, end: at + 1 };
    if (char === "\\" && quote === '"' && '"\\$`\n'.includes(text.charAt(at + 1)) && at + 1 < text.length) {
      at++;
      if (text.charAt(at) !== "\n") value += text.charAt(at);
    } else {
      value += char;
    }
  }
  return undefined;
}
