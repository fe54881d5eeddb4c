// A client that sends exactly the bytes a test wants, on a real socket.
import { connect } from "node:net";
import type { Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpServer } from "../../../../src/engine/api/http/server.ts";
import type { RequestHandler } from "../../../../src/engine/api/http/connection.ts";

/** Something to wait for until a test opens it. */
export interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

export function createGate(): Gate {
  const listeners: (() => void)[] = [];
  const opened = new Promise<void>((resolve) => listeners.push(resolve));
  return { opened, open: () => listeners.forEach((listener) => listener()) };
}

/** A server for one test, with the bugs it reported. */
export interface TestServer {
  readonly path: string;
  readonly server: HttpServer;
  readonly bugs: unknown[];
  close(): Promise<void>;
}

export async function startServer(handle: RequestHandler): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-http-"));
  const path = join(folder, "s");
  const bugs: unknown[] = [];
  const server = new HttpServer({
    handle,
    commonHeaders: { Server: "Test" },
    errorBody: (message) => ({ message }),
    onBug: (error) => bugs.push(error),
  });
  await server.listen(path);
  return {
    path,
    server,
    bugs,
    async close() {
      await server.close(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One connection; collects what comes. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #failed: Error | undefined;
  #changed: (() => void) | undefined;

  constructor(path: string) {
    this.socket = connect({ path, allowHalfOpen: true });
    this.socket.on("data", (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#changed?.();
    });
    this.socket.on("end", () => {
      this.#ended = true;
      this.#changed?.();
    });
    this.socket.on("error", (error) => {
      this.#failed = error;
      this.#changed?.();
    });
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  halfClose(): void {
    this.socket.end();
  }

  get text(): string {
    return this.#received.toString("latin1");
  }

  get bytes(): Buffer {
    return this.#received;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves with everything received once it holds `part`, which may be given as often as it must be there. */
  async until(part: string | RegExp): Promise<string> {
    await this.#when(
      () => (typeof part === "string" ? this.text.includes(part) : part.test(this.text)),
      String(part),
    );
    return this.text;
  }

  /** Resolves with everything received once the server has closed its side. */
  async untilEnd(): Promise<string> {
    await this.#when(() => this.#ended, "the end");
    return this.text;
  }

  async #when(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.#failed !== undefined) throw this.#failed;
      if (this.#ended) throw new Error(`the server closed before ${what}, after: ${this.text}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }
}
