// Attach and exec: the connection becomes the process's standard streams. The client's half-close ends standard input only; output
// goes on until the process has ended, and then the connection is closed from this side.
import type { Socket } from "node:net";
import type { Attachment } from "../backend.ts";
import type { RequestContext } from "./context.ts";
import { DetachScanner } from "./detach-keys.ts";
import { frame, outputType, RAW_STREAM } from "./frames.ts";
import { DisconnectedError } from "./http/http-error.ts";
import { formatHead, writeTo } from "./http/response.ts";

/** Where the client's input comes from once the connection is taken over. */
type InputSource = () => Promise<Buffer | undefined>;

/** How a session treats input and output. */
interface HijackOptions {
  /** Whether input goes to the process at all. */
  readonly stdin: boolean;
  /** Sequence that lets go; empty: none. */
  readonly detachKeys: Buffer;
  /** Framing: a terminal's output is passed as it is. */
  readonly tty: boolean;
}

/**
 * docker-py, and programs made of it, which say so behind their own names. It reads the head through a buffer and goes on below it: what has
 * come together with the head is lost to it.
 */
const READS_PAST_ITS_BUFFER = /\bdocker-(?:sdk-python|py)\//;

/** True when the client asked for the connection to be upgraded. */
function isUpgrade(context: RequestContext): boolean {
  return context.request.headers.has("upgrade");
}

/**
 * True when the request stays open and its chunks are standard input: what dockerode does without `hijack`, when it has no JSON to send.
 */
export function bodyIsInput(context: RequestContext): boolean {
  const { request } = context;
  return (
    request.body.framing.kind === "chunked" && !isUpgrade(context) && !request.headers.has("content-type")
  );
}

/** The head that tells the client the connection is now its own, as the API's clients expect it to the letter. */
function hijackHead(context: RequestContext, tty: boolean): string {
  if (!isUpgrade(context)) return formatHead(200, { "Content-Type": RAW_STREAM });
  const type = outputType(context.minor, tty);
  return formatHead(101, { "Content-Type": type, Connection: "Upgrade", Upgrade: "tcp" }, "UPGRADED");
}

async function pumpOutput(attachment: Attachment, socket: Socket, tty: boolean): Promise<void> {
  for await (const chunk of attachment.output) {
    if (chunk.bytes.length > 0) await writeTo(socket, tty ? chunk.bytes : frame(chunk));
  }
}

async function pumpInput(attachment: Attachment, source: InputSource, options: HijackOptions): Promise<void> {
  const scanner =
    options.detachKeys.length > 0 && options.tty ? new DetachScanner(options.detachKeys) : undefined;
  for (let bytes = await source(); bytes !== undefined; bytes = await source()) {
    if (!options.stdin) continue;
    const { pass, detached } = scanner?.scan(bytes) ?? { pass: bytes, detached: false };
    if (pass.length > 0) await attachment.write(pass);
    if (detached) return attachment.detach();
  }
  if (options.stdin) attachment.closeInput();
}

/** Takes the connection over and carries the session to its end. A client that goes away ends it without an error. */
export async function carrySession(
  context: RequestContext,
  attachment: Attachment,
  options: HijackOptions,
): Promise<void> {
  const { body, input } = context.request;
  // An upgraded connection's input begins behind the request's body, in whichever framing that came.
  const source = bodyIsInput(context) ? () => body.next() : () => input.read();
  const socket = context.response.hijack(hijackHead(context, options.tty));
  const onClose = (): void => attachment.detach();
  socket.once("close", onClose);
  pumpInput(attachment, source, options).catch(() => {
    // The process no longer reads, or what was sent is no input: its output is still worth having.
    attachment.closeInput();
  });
  try {
    if (READS_PAST_ITS_BUFFER.test(context.request.headers.get("user-agent") ?? "")) {
      await context.untilRead(socket);
    }
    await pumpOutput(attachment, socket, options.tty);
  } catch (error) {
    if (!(error instanceof DisconnectedError)) throw error;
  } finally {
    attachment.detach();
    socket.off("close", onClose);
  }
}
