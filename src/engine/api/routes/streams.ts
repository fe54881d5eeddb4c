// A container's output: attached to it, or read from its log.
import type { LogOptions } from "../../backend.ts";
import { EngineError } from "../../errors.ts";
import type { Handler, Route } from "../context.ts";
import { parseDetachKeys } from "../detach-keys.ts";
import { frame, outputType } from "../frames.ts";
import { bodyIsInput, carrySession } from "../hijack.ts";
import { flag, text, time } from "../parameters.ts";

/** Bytes of a body that a client sends with an attach request; it says nothing the query does not. */
const ATTACH_BODY_LIMIT = 64 * 1024;

const attach: Handler = async (context) => {
  const { backend, request, query, parameters } = context;
  const [ref = ""] = parameters;
  if (!bodyIsInput(context)) await request.body.whole(ATTACH_BODY_LIMIT);
  const detachKeys = parseDetachKeys(text(query, "detachKeys"));
  const stdin = flag(query, "stdin") && flag(query, "stream");
  const attachment = await backend.containers.attach(ref, {
    stdin,
    stdout: flag(query, "stdout"),
    stderr: flag(query, "stderr"),
    stream: flag(query, "stream"),
    logs: flag(query, "logs"),
  });
  await carrySession(context, attachment, { stdin, detachKeys, tty: attachment.tty });
};

function tail(query: URLSearchParams): number | undefined {
  const value = query.get("tail") ?? "";
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

function logOptions(query: URLSearchParams): LogOptions {
  const [since, until, last] = [time(query, "since"), time(query, "until"), tail(query)];
  return {
    stdout: flag(query, "stdout"),
    stderr: flag(query, "stderr"),
    follow: flag(query, "follow"),
    timestamps: flag(query, "timestamps"),
    details: flag(query, "details"),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(last === undefined ? {} : { tail: last }),
  };
}

const logs: Handler = async ({ backend, request, response, query, minor, parameters: [ref = ""] }) => {
  const options = logOptions(query);
  if (!options.stdout && !options.stderr) {
    throw new EngineError("invalid", "Bad parameters: you must specify at least one of 'stdout' or 'stderr'");
  }
  const { tty, records } = backend.containers.logs(ref, options, request.signal);
  response.begin(200, { "Content-Type": outputType(minor, tty) });
  for await (const record of records) await response.write(tty ? record.bytes : frame(record));
  response.end();
};

/** Routes of containers' output. */
export const streamRoutes: readonly Route[] = [
  { method: "POST", path: "/containers/{id}/attach", handle: attach },
  { method: "GET", path: "/containers/{id}/logs", handle: logs },
];
