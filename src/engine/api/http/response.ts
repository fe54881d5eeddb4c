// One reply: its head once, then a body in the framing the client understands. Pieces are sent as they are written, and a
// writer waits while the client does not read.
import type { Socket } from "node:net";
import { DisconnectedError } from "./http-error.ts";

/** Header fields of a reply; undefined ones are left out. */
export type ReplyHeaders = Readonly<Record<string, string | number | undefined>>;

/** What a reply depends on of its request and connection. */
export interface ResponseOptions {
  readonly socket: Socket;
  /** Minor version of HTTP/1 the client speaks. */
  readonly minor: 0 | 1;
  /** A reply to HEAD has no body. */
  readonly withoutBody: boolean;
  /** Said on every reply. */
  readonly commonHeaders: ReplyHeaders;
  /** Whether the connection may stay open behind this reply; asked when the head is sent. */
  readonly mayKeepAlive: () => boolean;
}

// Node has this table in a module that brings its whole HTTP implementation along.
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  409: "Conflict",
  413: "Payload Too Large",
  417: "Expectation Failed",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

type State = "none" | "chunked" | "until-close" | "ended" | "hijacked";

/** Resolves when the socket takes more; rejects with DisconnectedError when it is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      socket.off("drain", onDrain);
      socket.off("close", onClose);
    };
    const onDrain = (): void => {
      done();
      resolve();
    };
    const onClose = (): void => {
      done();
      reject(new DisconnectedError());
    };
    socket.on("drain", onDrain);
    socket.on("close", onClose);
  });
}

/** Writes to a socket and waits while the other side does not read. Rejects with DisconnectedError when it is gone. */
export async function writeTo(socket: Socket, bytes: Buffer | string): Promise<void> {
  if (socket.destroyed || !socket.writable) throw new DisconnectedError();
  if (!socket.write(bytes)) await drained(socket);
}

/** The reply to one request. */
export class Response {
  readonly #options: ResponseOptions;
  #state: State = "none";
  #keepAlive = false;
  #bodyless = false;

  constructor(options: ResponseOptions) {
    this.#options = options;
  }

  /** True when the head is on its way, so that no other status can be told. */
  get headSent(): boolean {
    return this.#state !== "none";
  }

  /** True when the whole reply is on its way. */
  get ended(): boolean {
    return this.#state === "ended" || this.#state === "hijacked";
  }

  /** True when the raw connection now belongs to a handler. */
  get hijacked(): boolean {
    return this.#state === "hijacked";
  }

  /** True when another request may follow on this connection. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  /** Sends status, headers and a body of known size in one piece. */
  send(status: number, body: string | Buffer = "", headers: ReplyHeaders = {}): void {
    const bodyless = status === 204 || status === 304;
    const length = bodyless ? undefined : Buffer.byteLength(body);
    const head = this.#head(status, { ...headers, "Content-Length": length });
    this.#state = "ended";
    if (bodyless || this.#options.withoutBody || length === 0) this.#write(head);
    else if (typeof body === "string") this.#write(head + body);
    else this.#write(Buffer.concat([Buffer.from(head), body]));
  }

  /** Sends a value as JSON. */
  json(status: number, value: unknown, headers: ReplyHeaders = {}): void {
    this.send(status, `${JSON.stringify(value)}\n`, { "Content-Type": "application/json", ...headers });
  }

  /** Sends the head at once; a body of unknown size follows by `write` and `end`. */
  begin(status: number, headers: ReplyHeaders = {}): void {
    this.#bodyless = this.#options.withoutBody;
    const chunked = this.#options.minor === 1;
    const head = this.#head(status, {
      ...headers,
      ...(chunked && !this.#bodyless ? { "Transfer-Encoding": "chunked" } : {}),
    });
    this.#state = chunked ? "chunked" : "until-close";
    this.#write(head);
  }

  /** One piece of the body; resolves when more may be written. Rejects with DisconnectedError when the client is gone. */
  async write(bytes: Buffer | string): Promise<void> {
    if (this.#bodyless || bytes.length === 0) return;
    const { socket } = this.#options;
    if (this.#state === "until-close") return writeTo(socket, bytes);
    if (this.#state !== "chunked") throw new Error("internal: a reply's body was written out of turn");
    if (socket.destroyed || !socket.writable) throw new DisconnectedError();
    socket.cork();
    socket.write(`${Buffer.byteLength(bytes).toString(16)}\r\n`, "latin1");
    socket.write(bytes);
    const more = socket.write("\r\n", "latin1");
    socket.uncork();
    if (!more) await drained(socket);
  }

  /** The body is complete. */
  end(): void {
    if (this.#state === "chunked" && !this.#bodyless) this.#write("0\r\n\r\n");
    this.#state = "ended";
  }

  /** The body cannot be completed: the connection is cut, which is how a client sees that something is missing. */
  cut(): void {
    this.#state = "ended";
    this.#keepAlive = false;
    this.#options.socket.destroy();
  }

  /** Gives the connection to the caller: `head` is written as it is, and no other reply follows. */
  hijack(head: string): Socket {
    if (this.headSent) throw new Error("internal: a connection was taken over after its reply had begun");
    this.#state = "hijacked";
    this.#keepAlive = false;
    this.#options.socket.write(head);
    return this.#options.socket;
  }

  #write(bytes: string | Buffer): void {
    const { socket } = this.#options;
    if (!socket.destroyed && socket.writable) socket.write(bytes);
  }

  #head(status: number, headers: ReplyHeaders): string {
    if (this.headSent) throw new Error("internal: a second head for one reply");
    this.#keepAlive = this.#options.mayKeepAlive();
    const connection = this.#keepAlive ? undefined : "close";
    return formatHead(status, { ...this.#options.commonHeaders, ...headers, Connection: connection });
  }
}

/** A reply's head as text, with the closing empty line. */
export function formatHead(status: number, headers: ReplyHeaders, reason = REASONS[status] ?? ""): string {
  let head = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    // A line break in a value would let it write headers of its own.
    if (value !== undefined) head += `${name}: ${String(value).replace(/[\r\n]+/g, " ")}\r\n`;
  }
  return `${head}\r\n`;
}
