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
  // Here 0 is a time like others: all that is kept, or none of it.
  const [since, until] = ["since", "until"].map((name) => (query.get(name) === "0" ? 0n : time(query, name)));
  if (since !== undefined && until !== undefined && since > until) {
    const text = `\`since\` time (${query.get("since")}) cannot be after \`until\` time (${query.get("until")})`;
    throw new EngineError("invalid", text);
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
