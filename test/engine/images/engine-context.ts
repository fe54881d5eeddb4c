// What images and volumes need of an engine, without one: a state directory, the native calls, and what they told.
import type { EngineContext, Native } from "../../../src/engine/collaborators.ts";

/** A context that keeps its events as "type action id" and its log lines. */
export function makeContext(
  root: string,
  native: Native,
): { context: EngineContext; events: string[]; logged: string[] } {
  const events: string[] = [];
  const logged: string[] = [];
  const context: EngineContext = {
    root,
    native,
    cgroups: { version: 1, directories: {}, tops: {}, files: new Set() },
    emit: ({ Type, Action, Actor }) =>
      events.push(`${Type} ${Action} ${Actor.Attributes["name"] ?? Actor.ID}`),
    log: (message) => logged.push(message),
  };
  return { context, events, logged };
}
