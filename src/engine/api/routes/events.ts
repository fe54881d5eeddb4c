// What happens in the engine, as it happens.
import { EngineError } from "../../errors.ts";
import type { Handler, Route } from "../context.ts";
import { filters, time } from "../parameters.ts";

const FILTERS = [
  "config",
  "container",
  "daemon",
  "event",
  "image",
  "label",
  "network",
  "node",
  "plugin",
  "scope",
  "secret",
  "service",
  "type",
  "volume",
];

const events: Handler = async ({ backend, request, response, query }) => {
  const [since, until] = [time(query, "since"), time(query, "until")];
  if (since !== undefined && until !== undefined && since > until) {
    throw new EngineError("invalid", "`since` time cannot be after `until` time");
  }
  const options = {
    filters: filters(query, FILTERS),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
  const subscription = backend.events.subscribe(options, request.signal);
  response.begin(200, { "Content-Type": "application/json" });
  for await (const event of subscription) await response.write(`${JSON.stringify(event)}\n`);
  response.end();
};

/** Route of events. */
export const eventRoutes: readonly Route[] = [{ method: "GET", path: "/events", handle: events }];
