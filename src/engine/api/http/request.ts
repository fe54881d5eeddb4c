// What a handler sees of a request.
import type { Body } from "./body.ts";
import type { RequestHead } from "./head.ts";
import type { Input } from "./input.ts";

/** One request. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Body;
  /** What the client sends behind the body; only for a handler that has taken the connection over. */
  readonly input: Input;
  /** Aborted when the client goes away. After a takeover it says only that the socket is closed, as half-closing is then an ordinary thing. */
  readonly signal: AbortSignal;
}

/** Splits the head's target. */
export function splitTarget(head: RequestHead): { path: string; query: URLSearchParams } {
  const [target = ""] = head.target.split("#", 1);
  const mark = target.indexOf("?");
  if (mark === -1) return { path: target, query: new URLSearchParams() };
  return { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) };
}
