// When a registry that fails is asked again: soon, then ever later, or when it says; not for ever.
import { EngineError } from "../../errors.ts";
import { RegistryError } from "./registry-error.ts";

/** In a row, without anything new. */
const MOST_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
/** Nobody waits longer for one pause. */
const LONGEST_PAUSE_MS = 30_000;

/** Too much to do, or down for the moment. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Milliseconds to wait before the attempt after `attempt` (the first is 1); undefined when another would fail as well: the registry was
 * reached and refuses, or there have been enough.
 */
export function retryPause(error: unknown, attempt: number): number | undefined {
  if (error instanceof EngineError || attempt >= MOST_ATTEMPTS) return undefined;
  const wanted = error instanceof RegistryError ? error.retryAfterMs : undefined;
  if (error instanceof RegistryError && !PASSING.has(error.status)) return undefined;
  if (wanted !== undefined) return wanted > LONGEST_PAUSE_MS ? undefined : wanted;
  return FIRST_PAUSE_MS * 2 ** (attempt - 1);
}
