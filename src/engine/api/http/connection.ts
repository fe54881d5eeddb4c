// One client connection: requests are answered one after the other, in the order they came, until either side has had enough.
//
//   head -> handler -> rest of the body -> head …      keep-alive
//        \-> hijacked: the handler owns the socket
//        \-> malformed: one error reply, then closed
import type { Socket } from "node:net";
import { Body, bodyFraming } from "./body.ts";
import { readHead } from "./head.ts";
import type { RequestHead } from "./head.ts";
import { DisconnectedError, HttpError } from "./http-error.ts";
import { Input } from "./input.ts";
import { DISCARD_LIMIT, HEAD_PATIENCE, LINGER } from "./limits.ts";
import { splitTarget } from "./request.ts";
import type { Request } from "./request.ts";
import { Response } from "./response.ts";
import type { ReplyHeaders } from "./response.ts";

/** Answers one request. Whatever it throws, other than DisconnectedError, is a bug and cuts the connection. */
export type RequestHandler = (request: Request, response: Response) => Promise<void>;

/** What every connection of a server has in common. */
export interface ConnectionOptions {
  readonly handle: RequestHandler;
  readonly commonHeaders: ReplyHeaders;
  /** The body of an error reply that no handler gives. */
  readonly errorBody: (message: string) => object;
  /** True once the server leaves: replies then end their connection. */
  readonly isClosing: () => boolean;
  /** A bug in a handler, for the log. */
  readonly onBug: (error: unknown) => void;
}

function wantsKeepAlive(head: RequestHead): boolean {
  const connection = head.headers.get("connection")?.toLowerCase() ?? "";
  return head.minor === 1 && !connection.includes("close");
}

function checkExpectation(head: RequestHead): boolean {
  const expectation = head.headers.get("expect");
  if (expectation === undefined || head.minor === 0) return false;
  if (expectation.toLowerCase() !== "100-continue")
    throw new HttpError(417, "only 100-continue can be expected here");
  return true;
}

/** Serves one socket until it is closed or handed over. */
export class Connection {
  readonly #socket: Socket;
  readonly #input: Input;
  readonly #options: ConnectionOptions;
  #busy = false;
  #answered = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#input = new Input(socket);
    // A broken connection is announced by "close" as well, which is where it is dealt with.
    socket.on("error", () => undefined);
  }

  /** True while a request is being answered. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Answers requests until the last; never throws. */
  async serve(): Promise<void> {
    try {
      while (await this.#serveOne());
    } catch (error) {
      if (error instanceof HttpError) this.#refuse(error);
      else if (!(error instanceof DisconnectedError)) {
        this.#options.onBug(error);
        this.#socket.destroy();
      }
    }
    if (this.#socket.destroyed) return;
    this.#socket.end();
    await this.#input.discard(DISCARD_LIMIT, LINGER);
    this.#socket.destroySoon();
  }

  /** False: this was the last one. */
  async #serveOne(): Promise<boolean> {
    // One that was kept open may rest for as long as its client likes.
    if (this.#answered) await this.#input.ready();
    const head = await this.#input.within(HEAD_PATIENCE, "the request's head", () => readHead(this.#input));
    if (head === undefined) return false;
    this.#busy = true;
    this.#answered = true;
    try {
      return await this.#answer(head);
    } finally {
      this.#busy = false;
    }
  }

  async #answer(head: RequestHead): Promise<boolean> {
    let mustContinue = checkExpectation(head);
    const body = new Body(this.#input, bodyFraming(head), () => {
      if (mustContinue) this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
      mustContinue = false;
    });
    if (head.minor === 1 && !head.headers.has("host")) throw new HttpError(400, "missing Host header");
    const response = new Response({
      socket: this.#socket,
      minor: head.minor,
      withoutBody: head.method === "HEAD",
      commonHeaders: this.#options.commonHeaders,
      // A client that was not told to continue may or may not send its body: only a new connection is clear again.
      mayKeepAlive: () =>
        wantsKeepAlive(head) && !(mustContinue && !body.done) && !body.failed && !this.#options.isClosing(),
    });
    await this.#handle(head, body, response);
    return response.keepAlive && (await this.#discard(body));
  }

  async #handle(head: RequestHead, body: Body, response: Response): Promise<void> {
    const gone = new AbortController();
    const abort = (): void => gone.abort(new DisconnectedError());
    const { path, query } = splitTarget(head);
    const request: Request = {
      method: head.method,
      path,
      query,
      headers: head.headers,
      body,
      input: this.#input,
      signal: gone.signal,
    };
    this.#socket.once("close", abort);
    this.#input.onDrainedEnd(() => {
      if (!response.hijacked) abort();
    });
    try {
      await this.#options.handle(request, response);
      if (!response.ended) throw new Error(`internal: ${head.method} ${path} was not answered`);
    } catch (error) {
      // Work that breaks off because its client left is no bug, whatever it throws.
      if (!(error instanceof DisconnectedError) && !gone.signal.aborted) this.#options.onBug(error);
      response.cut();
    } finally {
      this.#input.onDrainedEnd(undefined);
      this.#socket.off("close", abort);
    }
  }

  /** Reads what the handler left of the body. False: that is too much, or cannot be had. */
  async #discard(body: Body): Promise<boolean> {
    if (body.done) return true;
    try {
      await body.discard(DISCARD_LIMIT);
    } catch (error) {
      // The reply is sent already; there is no second one for a body that breaks off behind it.
      if (error instanceof HttpError || error instanceof DisconnectedError) return false;
      throw error;
    }
    return body.done;
  }

  #refuse(error: HttpError): void {
    const response = new Response({
      socket: this.#socket,
      minor: 1,
      withoutBody: false,
      commonHeaders: this.#options.commonHeaders,
      mayKeepAlive: () => false,
    });
    response.json(error.status, this.#options.errorBody(error.message));
  }
}
