// Request line and header fields (RFC 9112), strictly: whatever two parsers could read in two ways is refused.
import { DisconnectedError, HttpError } from "./http-error.ts";
import type { Input } from "./input.ts";
import { HEAD_LIMIT } from "./limits.ts";

/** A parsed request head. */
export interface RequestHead {
  readonly method: string;
  /** Path and query as sent; the scheme and authority of an absolute form are taken off. */
  readonly target: string;
  /** Minor version of HTTP/1. */
  readonly minor: 0 | 1;
  /** Names in lower case; a repeated field's values are joined by ", ". */
  readonly headers: ReadonlyMap<string, string>;
}

const LF = 0x0a;
const CR = 0x0d;

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+) HTTP\/(\d)\.(\d)$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;
// A control character other than a tab has no place in a value.
// oxlint-disable-next-line no-control-regex
const BAD_VALUE = /[\0-\x08\x0a-\x1f\x7f]/;

/** Index just behind the empty line that ends a head, from `start` on; -1 when it is not there yet. */
function headEnd(bytes: Buffer, start: number): number {
  let at = bytes.indexOf(LF, start);
  while (at !== -1) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
    at = bytes.indexOf(LF, at + 1);
  }
  return -1;
}

/** Index of the first byte that is not an empty line: some clients send one after a body. */
function skipEmptyLines(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) at += bytes[at] === LF ? 1 : 2;
  return at;
}

function parseTarget(target: string): string {
  if (target.startsWith("/")) return target;
  const absolute = /^https?:\/\/[^/?#]*(\/.*)?$/i.exec(target);
  if (absolute !== null) return absolute[1] ?? "/";
  throw new HttpError(400, "malformed request target");
}

function parseFields(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const field = FIELD.exec(line);
    const name = field?.[1]?.toLowerCase();
    const value = field?.[2];
    if (name === undefined || value === undefined || BAD_VALUE.test(value)) {
      throw new HttpError(400, "malformed header field");
    }
    const before = headers.get(name);
    if (before !== undefined && (name === "content-length" || name === "host") && before !== value) {
      throw new HttpError(400, `more than one ${name}`);
    }
    const single = before === undefined || name === "content-length" || name === "host";
    headers.set(name, single ? value : `${before}, ${value}`);
  }
  return headers;
}

/** Parses a whole head, its closing empty line included. Throws HttpError (400, 505). */
function parseHead(text: string): RequestHead {
  const lines = text.split(/\r?\n/);
  const line = REQUEST_LINE.exec(lines[0] ?? "");
  if (line === null) throw new HttpError(400, "malformed request line");
  const [, method = "", target = "", major, minor] = line;
  if (major !== "1") throw new HttpError(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  return {
    method,
    target: parseTarget(target),
    minor: minor === "0" ? 0 : 1,
    headers: parseFields(lines.slice(1, lines.indexOf("", 1))),
  };
}

/**
 * Reads the next request's head; what follows it stays in the input. Undefined when the client has nothing more to ask.
 * Throws HttpError, and DisconnectedError when the client leaves in the middle of a head.
 */
export async function readHead(input: Input): Promise<RequestHead | undefined> {
  let storage = Buffer.allocUnsafe(1024);
  let used = 0;
  for (;;) {
    const bytes = await input.read();
    if (bytes === undefined) {
      if (skipEmptyLines(storage.subarray(0, used)) === used) return undefined;
      throw new DisconnectedError();
    }
    if (used + bytes.length > storage.length) {
      const larger = Buffer.allocUnsafe(Math.max(storage.length * 2, used + bytes.length));
      storage.copy(larger, 0, 0, used);
      storage = larger;
    }
    bytes.copy(storage, used);
    const scanFrom = Math.max(0, used - 3);
    used += bytes.length;

    const received = storage.subarray(0, used);
    const start = skipEmptyLines(received);
    if (start > CR_LF_LIMIT) throw new HttpError(400, "malformed request line");
    const end = headEnd(received, Math.max(start, scanFrom));
    if (end === -1 ? used - start > HEAD_LIMIT : end - start > HEAD_LIMIT) {
      throw new HttpError(431, "the request's head is too large");
    }
    if (end === -1) continue;
    input.unread(Buffer.from(received.subarray(end)));
    return parseHead(received.toString("latin1", start, end));
  }
}

/** Bytes of empty lines that are passed over before a request. */
const CR_LF_LIMIT = 64;
