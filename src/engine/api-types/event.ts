// One line of the Docker Engine API's event stream.

/** One change that the engine tells of; `time` in seconds, `timeNano` in nanoseconds since 1970. */
export interface EngineEvent {
  Type: "container" | "network" | "volume" | "image" | "daemon" | "builder";
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  scope: "local";
  time: number;
  timeNano: number;
  status?: string;
  id?: string;
  from?: string;
}
