// An archive as a reply.
import type { Readable } from "node:stream";
import type { RequestContext } from "./context.ts";

/** Sends the whole stream; a client that goes away ends it, and it is let go of in every case. */
export async function sendTar(
  { request, response }: RequestContext,
  tar: Readable,
  contentType: string,
): Promise<void> {
  const stop = (): void => void tar.destroy();
  request.signal.addEventListener("abort", stop, { once: true });
  response.begin(200, { "Content-Type": contentType });
  try {
    for await (const bytes of tar) await response.write(bytes as Buffer);
  } finally {
    request.signal.removeEventListener("abort", stop);
    tar.destroy();
  }
  response.end();
}
