// What only a container with a process can do.
import { EngineError } from "../errors.ts";
import type { Container } from "./container.ts";

/** Throws a conflict when it has no process now; one whose policy is about to start it again is told apart. */
export function requireRunning({ id, saved, shim }: Container): void {
  if (shim !== undefined) return;
  throw new EngineError(
    "conflict",
    saved.state.restarting
      ? `Container ${id} is restarting, wait until the container is running`
      : `container ${id} is not running`,
  );
}
