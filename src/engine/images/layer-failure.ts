// Why a layer is not brought in, in words that tell the archive's faults from the machine's.
import { EngineError } from "../errors.ts";

const fullDisk = /no space left on device|disk quota exceeded/i;

/** Whether it failed for want of room. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && fullDisk.test(error.message);
}

/** The failure of an archive's unpacking. A full disk or a registry that fails is not the archive's fault. */
export function unpackingFailure(error: unknown): EngineError {
  if (error instanceof EngineError && error.kind !== "failed") return error;
  const message = error instanceof Error ? error.message : String(error);
  // The file, and the kernel's words as they are in all other messages; without Node's name for them and what it was doing.
  const full = /^(?:E[A-Z]+: )?(.*?)(no space left on device|disk quota exceeded)/i.exec(message);
  if (full === null) {
    return new EngineError("invalid", `the archive cannot be unpacked: ${message}`, { cause: error });
  }
  const text = `${full[1] ?? ""}${(full[2] ?? "").toLowerCase()}`;
  return new EngineError("failed", `the archive cannot be unpacked: ${text}`, { cause: error });
}

/** The failure of one layer of several, with its name. */
export function layerFailure(name: string, error: unknown): EngineError {
  const kind = error instanceof EngineError ? error.kind : "failed";
  const message = error instanceof Error ? error.message : String(error);
  return new EngineError(kind, `failed to register layer ${name}: ${message}`, { cause: error });
}
