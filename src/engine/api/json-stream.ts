// Replies that are a series of JSON objects, one a line. The status is held back until the first one is there, so that what
// fails before it is told by an HTTP status, and what fails behind it by a last line.
import { EngineError } from "../errors.ts";
import type { RequestContext } from "./context.ts";
import { DisconnectedError } from "./http/http-error.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

/** Sends progress objects as they come. Throws what went wrong before the first. */
export async function sendProgress(context: RequestContext, lines: AsyncIterable<object>): Promise<void> {
  const { response } = context;
  const iterator = lines[Symbol.asyncIterator]();
  let line = await iterator.next();
  response.begin(200, JSON_TYPE);
  try {
    while (line.done !== true) {
      await response.write(`${JSON.stringify(line.value)}\n`);
      line = await iterator.next();
    }
  } catch (error) {
    await iterator.return?.();
    if (error instanceof DisconnectedError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    await response.write(`${JSON.stringify({ errorDetail: { message }, error: message })}\n`);
    if (!(error instanceof EngineError)) throw error; // a bug, which is told to the log
  }
  response.end();
}
