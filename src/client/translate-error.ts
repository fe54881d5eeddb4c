// The one place where an engine's wording becomes a code. Pure.
import { EngineClientError, type EngineFailure } from "./engine-client.ts";

/** What is read of a thrown value; docker-modem sets the first three, Node's network errors `code`. */
interface ThrownShape {
  readonly statusCode?: unknown;
  readonly reason?: unknown;
  readonly json?: unknown;
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
}

/** What the failed call was trying to do, where that decides what a text means. */
export type EngineOperation = "start" | "image" | "other";

interface Rule {
  readonly text: RegExp;
  readonly code: EngineFailure;
  /** Holds only for these statuses; any when absent. */
  readonly status?: readonly number[];
  readonly operation?: EngineOperation;
}

/** Read in order, before the status alone decides. */
const RULES: readonly Rule[] = [
  {
    text: /port is already allocated|(bind|listen|port).*address already in use|failed to bind (host )?port/i,
    code: "port-in-use",
  },
  { text: /address already in use/i, code: "conflict" },
  { text: /executable file not found|exec format error/i, code: "command-not-found" },
  {
    text: /(exec|stat|start container process).*(no such file or directory|permission denied|is a directory)/is,
    code: "command-not-found",
    operation: "start",
  },
  { text: /no such image|manifest (for .* )?(unknown|not found)|name unknown/i, code: "image-not-found" },
  { text: /pull access denied|repository .* not found/i, code: "image-not-found" },
  { text: /not found/i, code: "image-not-found", status: [404], operation: "image" },
  { text: /unauthorized|authentication required|denied:/i, code: "unauthorized", operation: "image" },
  { text: /has active endpoints|volume is in use|is in use by/i, code: "conflict" },
];

const BY_STATUS: Readonly<Record<number, EngineFailure>> = {
  400: "invalid",
  401: "unauthorized",
  403: "unauthorized",
  404: "not-found",
  405: "not-supported",
  409: "conflict",
  501: "not-supported",
  503: "unreachable",
};

const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EACCES",
  "EPERM",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

/**
 * Turns whatever a call threw into an EngineClientError about `resource` ("container guestbook-web-1"). The message is
 * the engine's own, without the client library's decoration. An EngineClientError passes through unchanged.
 */
export function translateError(
  thrown: unknown,
  resource: string,
  operation: EngineOperation = "other",
): EngineClientError {
  if (thrown instanceof EngineClientError) return thrown;
  const shape: ThrownShape =
    typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) };
  const message = messageOf(shape);
  if (typeof shape.statusCode === "number") {
    const status = shape.statusCode;
    const code = codeOfAnswer(status, message, operation);
    return new EngineClientError(code, message, { resource, status, cause: thrown });
  }
  return new EngineClientError(codeOfFailure(shape, message), message, { resource, cause: thrown });
}

/** The code for an error that the engine reported inside a stream, where there is no status. */
export function translateReported(
  message: string,
  resource: string,
  operation: EngineOperation,
): EngineClientError {
  return new EngineClientError(codeOfAnswer(undefined, message, operation), message, { resource });
}

function codeOfAnswer(
  status: number | undefined,
  message: string,
  operation: EngineOperation,
): EngineFailure {
  for (const rule of RULES) {
    if (rule.operation !== undefined && rule.operation !== operation) continue;
    if (rule.status !== undefined && (status === undefined || !rule.status.includes(status))) continue;
    if (rule.text.test(message)) return rule.code;
  }
  return (status === undefined ? undefined : BY_STATUS[status]) ?? "failed";
}

function codeOfFailure(shape: ThrownShape, message: string): EngineFailure {
  if (shape.name === "AbortError" || shape.code === "ABORT_ERR") return "aborted";
  if (typeof shape.code === "string" && UNREACHABLE.has(shape.code)) return "unreachable";
  if (/socket hang up/.test(message)) return "unreachable";
  return "failed";
}

/** The engine's text: `json.message`, else a plain-text body, else the error's own message without its decoration. */
function messageOf(shape: ThrownShape): string {
  const { json } = shape;
  if (Buffer.isBuffer(json) && json.length > 0) return json.toString().trim();
  if (typeof json === "object" && json !== null && "message" in json && typeof json.message === "string") {
    return json.message.trim();
  }
  const message =
    typeof shape.message === "string" ? shape.message : String(shape.message ?? "unknown failure");
  if (typeof shape.statusCode !== "number") return message.trim();
  const decoration = /^\(HTTP code \d+\) .*? - /s.exec(message);
  return message.slice(decoration?.[0].length ?? 0).trim() || `HTTP status ${shape.statusCode}`;
}
