// Listens on a unix socket and serves every connection; knows how many there are.
import { chmodSync } from "node:fs";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { Connection } from "./connection.ts";
import type { ConnectionOptions } from "./connection.ts";

/** Connections that may wait to be accepted: hundreds of clients come at once, and one that finds no place fails. */
const BACKLOG = 4096;

/** What a server is made of. */
export interface HttpServerOptions extends Omit<ConnectionOptions, "isClosing"> {
  /** Called with the count of open connections whenever it has changed. */
  readonly onConnections?: (count: number) => void;
}

/** An HTTP/1.1 server whose handlers may take their connection over. */
export class HttpServer {
  readonly #server: Server;
  readonly #sockets = new Map<Socket, Connection>();
  readonly #options: HttpServerOptions;
  #closing = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Listens on a unix socket that only this user may connect to. */
  async listen(path: string): Promise<void> {
    // The socket appears with the mode it is to have: there is no moment at which others could connect.
    const umask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once("error", reject);
        this.#server.listen({ path, backlog: BACKLOG }, () => {
          this.#server.off("error", reject);
          this.#server.on("error", this.#options.onBug);
          resolve();
        });
      });
    } finally {
      process.umask(umask);
    }
    chmodSync(path, 0o600);
  }

  /** Takes no more connections, lets replies under way end for at most `grace` milliseconds, then closes what is left. */
  async close(grace: number): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const [socket, connection] of this.#sockets) if (!connection.busy) socket.destroySoon();
    const deadline = setTimeout(() => {
      for (const socket of this.#sockets.keys()) socket.destroy();
    }, grace);
    await closed;
    clearTimeout(deadline);
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, { ...this.#options, isClosing: () => this.#closing });
    this.#sockets.set(socket, connection);
    this.#options.onConnections?.(this.#sockets.size);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#options.onConnections?.(this.#sockets.size);
    });
    void connection.serve();
  }
}
