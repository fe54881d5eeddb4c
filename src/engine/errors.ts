/** What kind of failure the client is told; api/status.ts turns it into an HTTP status, once. */
export type EngineErrorKind =
  | "invalid"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "not-implemented"
  | "unavailable"
  | "failed";

/** A failure whose message is meant for the client. Anything else that is thrown is a bug and answers 500. */
export class EngineError extends Error {
  readonly kind: EngineErrorKind;
  /** 125, 126, 127 or 128 where a start failed: the container's exit code. */
  readonly exitCode: number | undefined;

  constructor(kind: EngineErrorKind, message: string, options?: { cause?: unknown; exitCode?: number }) {
    super(message, options);
    this.name = "EngineError";
    this.kind = kind;
    this.exitCode = options?.exitCode;
  }
}
