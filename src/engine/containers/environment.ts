// The environment of a container's processes. Pure.
import { EngineError } from "../errors.ts";

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface EnvironmentRequest {
  readonly hostname: string;
  readonly tty: boolean;
  /** Entries of the configuration and then of an exec; one without `=` takes the variable away. */
  readonly entries: readonly string[];
}

/** Throws for an entry that names no variable. */
export function checkEnvironment(entries: readonly string[]): void {
  const nameless = entries.find((entry) => entry === "" || entry.startsWith("="));
  if (nameless !== undefined) throw new EngineError("invalid", `invalid environment variable: ${nameless}`);
}

/** Defaults first; an entry replaces an earlier one in its place. */
export function environment(request: EnvironmentRequest): string[] {
  const variables = new Map<string, string>();
  const defaults = [PATH, `HOSTNAME=${request.hostname}`, ...(request.tty ? ["TERM=xterm"] : [])];
  for (const entry of [...defaults, ...request.entries]) {
    const name = entry.split("=", 1)[0] ?? "";
    if (entry.includes("=")) variables.set(name, entry);
    else variables.delete(name);
  }
  return [...variables.values()];
}
