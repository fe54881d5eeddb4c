// A container's output: attached to it, or read from its log.
import { setImmediate } from "node:timers/promises";
import type { LogOptions, OutputChunk } from "../../backend.ts";
import { EngineError } from "../../errors.ts";
import type { Handler, Route } from "../context.ts";
import { parseDetachKeys } from "../detach-keys.ts";
import { frame, outputType } from "../frames.ts";
import { bodyIsInput, carrySession } from "../hijack.ts";
import { flag, text, time } from "../parameters.ts";

/** Bytes of a body that a client sends with an attach request; it says nothing the query does not. */
const ATTACH_BODY_LIMIT = 64 * 1024;

/** Bytes of output that go out together where so many are there. */
const GATHERED = 64 * 1024;

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
  // Whoever has the head may wait for the container's end and remove it before reading on.
  const { tty, records } = await backend.containers.logs(ref, options, request.signal);
  response.begin(200, { "Content-Type": outputType(minor, tty) });
  for await (const bytes of gathered(records, tty)) await response.write(bytes);
  response.end();
};

/** Everything that comes without a wait, in pieces of some size: a line of its own costs many times what it weighs. */
async function* gathered(records: AsyncIterable<OutputChunk>, tty: boolean): AsyncGenerator<Buffer> {
  const iterator = records[Symbol.asyncIterator]();
  try {
    for (let next = iterator.next(); ;) {
      const pieces: Buffer[] = [];
      let size = 0;
      let result: IteratorResult<OutputChunk> | undefined = await next;
      const pause = setImmediate(undefined);
      for (
        ;
        result !== undefined && !result.done;
        result = await Promise.race([next, pause]).catch(() => undefined)
      ) {
        const bytes = tty ? result.value.bytes : frame(result.value);
        pieces.push(bytes);
        size += bytes.length;
        next = iterator.next();
        next.catch(() => undefined); // thrown when its turn comes, unless nobody listens any more
        if (size >= GATHERED) break;
      }
      if (size > 0) yield Buffer.concat(pieces);
      if (result?.done) return;
    }
  } finally {
    await iterator.return?.();
  }
}

/** Routes of containers' output. */
export const streamRoutes: readonly Route[] = [
  { method: "POST", path: "/containers/{id}/attach", handle: attach },
  { method: "GET", path: "/containers/{id}/logs", handle: logs },
];
