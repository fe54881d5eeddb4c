// What a registry refuses, in the words and with the kind that clients of the API know.
import { EngineError } from "../../errors.ts";
import { readBody } from "./http-request.ts";
import type { HttpAnswer } from "./http-request.ts";

const LARGEST_ERROR = 1024 * 1024;

/** What a registry said of a failure: its own code (`MANIFEST_UNKNOWN`) and text. */
export class RegistryError extends Error {
  readonly status: number;
  readonly code: string;
  /** How long it wants to be left alone; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.name = "RegistryError";
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Reads the body of an answer that is no success. */
export async function registryError(answer: HttpAnswer, what: string): Promise<RegistryError> {
  const { status, headers } = answer;
  if (status === 407) {
    answer.body.destroy();
    return new RegistryError(status, "", `${what}: the proxy wants a login`);
  }
  const body = await readBody(answer.body, LARGEST_ERROR).catch(() => Buffer.alloc(0));
  const { code, message } = firstError(body);
  const text = message === "" ? `${what}: the registry answered ${status}` : message;
  const retryAfter = parseRetryAfter(headers["retry-after"], Date.now());
  return new RegistryError(status, code, code === "" ? text : `${words(code)}: ${text}`, retryAfter);
}

/** The header's milliseconds from `now` (milliseconds since 1970): it has seconds, or a date. Undefined when it says nothing. */
function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function words(code: string): string {
  return code.toLowerCase().replaceAll("_", " ");
}

function firstError(body: Buffer): { code: string; message: string } {
  try {
    const value = JSON.parse(body.toString("utf8")) as {
      errors?: { code?: unknown; message?: unknown }[];
    } | null;
    const first = value?.errors?.[0];
    return { code: String(first?.code ?? ""), message: String(first?.message ?? "") };
  } catch {
    return { code: "", message: "" }; // a proxy's page, or nothing
  }
}

/** The failure of a pull as Docker tells it. `shown` is the image as people write it, `repository` without its tag. */
export function pullFailure(error: unknown, shown: string, repository: string): EngineError {
  if (!(error instanceof RegistryError)) return networkFailure(error);
  const { status, code, message } = error;
  if (code === "MANIFEST_UNKNOWN") {
    return new EngineError("not-found", `manifest for ${shown} not found: ${message}`, { cause: error });
  }
  if (code === "NAME_UNKNOWN") {
    const text = `pull access denied for ${repository}, repository does not exist or may require 'docker login': ${message}`;
    return new EngineError("not-found", text, { cause: error });
  }
  if (code === "DENIED" || status === 403) {
    const text = `pull access denied for ${repository}, repository does not exist or may require 'docker login': ${message}`;
    return new EngineError("not-found", text, { cause: error });
  }
  if (status === 401) return new EngineError("unauthorized", message, { cause: error });
  if (status === 404) {
    return new EngineError("not-found", `manifest for ${shown} not found: manifest unknown: ${message}`, {
      cause: error,
    });
  }
  if (status === 429) return new EngineError("unavailable", `toomanyrequests: ${message}`, { cause: error });
  return new EngineError("failed", message, { cause: error });
}

/** Any other failure of the way to a registry; EngineErrors pass. */
export function networkFailure(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof RegistryError) {
    const kind = error.status === 401 ? "unauthorized" : error.status === 403 ? "forbidden" : "failed";
    return new EngineError(kind, error.message, { cause: error });
  }
  const message = error instanceof Error ? error.message || String(error) : String(error);
  return new EngineError("failed", message, { cause: error });
}
