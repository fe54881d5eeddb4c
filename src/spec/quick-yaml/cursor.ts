// A place in a text that is being read, and the way out for everything that the quick reader leaves to the thorough one.
import type { Node, Place, ScalarNode, SourceFile } from "../node.ts";
import { scalar } from "../node.ts";
import { isSurelyText, resolvePlainScalar } from "../resolve-scalar.ts";

/** Thrown (never reported) where a text is not of the kind that the quick reader knows. */
export const NOT_QUICK = Symbol("not quick");

/** Ends quick reading. */
export function giveUp(): never {
  // oxlint-disable-next-line no-throw-literal -- not an error: it is caught by the one caller, and a stack trace is dear
  throw NOT_QUICK;
}

/** How many nodes aliases may stand for; beyond that the thorough reader has something to say. */
const MAX_ALIASED_NODES = 100_000;

export const SPACE = 32;
export const NEWLINE = 10;
export const HASH = 35;
export const COLON = 58;
export const DASH = 45;
export const DOUBLE_QUOTE = 34;
export const SINGLE_QUOTE = 39;

interface Anchored {
  readonly node: Node;
  readonly size: number;
}

/** What all parts of the reader share: the text, the place in it, the anchors so far. */
export class Cursor {
  readonly source: SourceFile;
  readonly text: string;
  at = 0;
  lineStart = 0;
  /** The colon of the key that was found last, and where a key that was read ends. */
  colon = 0;
  keyEnd = 0;
  /** How many nodes were read so far, those behind aliases counted again each time. */
  size = 0;
  readonly #anchors = new Map<string, Anchored | "open">();
  readonly #keys = new Map<string, string>();
  readonly #plainKeys = new Map<string, string>();
  #aliased = 0;

  constructor(source: SourceFile) {
    this.source = source;
    this.text = source.text;
  }

  /** The character code here; NaN at the end. */
  code(): number {
    return this.text.charCodeAt(this.at);
  }

  place(start: number, end: number): Place {
    return { source: this.source, start, end };
  }

  endOfLine(): number {
    const end = this.text.indexOf("\n", this.at);
    return end < 0 ? this.text.length : end;
  }

  skipSpaces(): void {
    const { text } = this;
    let { at } = this;
    while (text.charCodeAt(at) === SPACE) at++;
    this.at = at;
  }

  /** Moves over blanks, line breaks and comments to the next token; gives its column. */
  skipToToken(): number {
    const { text } = this;
    let { at } = this;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === SPACE) {
        at++;
      } else if (code === NEWLINE) {
        this.lineStart = ++at;
      } else {
        this.at = at;
        if (code !== HASH || !this.startsComment()) return at - this.lineStart;
        at = this.endOfLine();
      }
    }
  }

  /** Whether a `#` here is one: it needs a blank or the start of the line before it. */
  startsComment(): boolean {
    return this.at === this.lineStart || this.text.charCodeAt(this.at - 1) === SPACE;
  }

  /** Nothing but blanks and a comment may follow on this line; the cursor moves to its end. */
  finishLine(): void {
    this.skipSpaces();
    const code = this.code();
    if (code === HASH && this.startsComment()) this.at = this.endOfLine();
    else if (code !== NEWLINE && this.at < this.text.length) giveUp();
  }

  /** Whether a document ends here: at its marker, or with the text. */
  isAtDocumentEnd(): boolean {
    if (this.at >= this.text.length) return true;
    return (
      this.at === this.lineStart && /^(?:---|\.\.\.)(?:[ \n]|$)/.test(this.text.slice(this.at, this.at + 4))
    );
  }

  /** The same string object for the same key: most keys occur many times. */
  key(text: string): string {
    const known = this.#keys.get(text);
    if (known !== undefined) return known;
    this.#keys.set(text, text);
    return text;
  }

  /** The same for an unquoted key; undefined for a number, boolean or null, which is none. */
  plainKey(text: string): string | undefined {
    const known = this.#plainKeys.get(text);
    if (known !== undefined) return known;
    if (typeof resolvePlainScalar(text).value !== "string") return undefined;
    this.#plainKeys.set(text, text);
    return text;
  }

  plainScalar(text: string, start: number): ScalarNode {
    this.size++;
    const place = this.place(start, start + text.length);
    // The plain shape for nearly all: it is quicker to make and to read.
    if (isSurelyText(text)) return scalar(text, place);
    const resolved = resolvePlainScalar(text);
    return resolved.text === undefined
      ? scalar(resolved.value, place)
      : { kind: "scalar", ...resolved, place };
  }

  /** The name after `&` or `*`, which stands here. */
  anchorName(): string {
    NAME.lastIndex = this.at + 1;
    const name = NAME.exec(this.text)?.[0];
    if (name === undefined) return giveUp();
    this.at += 1 + name.length;
    return name;
  }

  /** From here on, until it is closed, an alias to this anchor would be a circle. */
  openAnchor(name: string): void {
    this.#anchors.set(name, "open");
  }

  closeAnchor(name: string, node: Node, size: number): void {
    this.#anchors.set(name, { node, size });
  }

  forgetAnchors(): void {
    this.#anchors.clear();
  }

  /** What the alias here stands for. */
  alias(): Node {
    const known = this.#anchors.get(this.anchorName());
    if (known === undefined || known === "open") return giveUp();
    this.#aliased += known.size;
    if (this.#aliased > MAX_ALIASED_NODES) return giveUp();
    this.size += known.size;
    return known.node;
  }
}

/** Names of the plainest kind; others are left to the thorough reader. */
const NAME = /[\w-]+(?=[ \n,\]}]|$)/y;
