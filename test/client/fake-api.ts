// A server on a unix socket that answers API calls as an engine would, byte for byte, and keeps what it was asked.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineConnection } from "../../src/client/engine-connection.ts";
import { DockerEngineClient } from "../../src/client/docker-engine-client.ts";

/** A call as it came. */
interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly headers: IncomingMessage["headers"];
}

/** Answers one call. */
export type Answer = (call: SeenCall, response: ServerResponse) => void;
/** Takes over the connection of one call; called after the 101 has been written. */
type Hijack = (call: SeenCall, socket: Socket) => void;

/** What the server does, by "METHOD /path". */
export interface FakeRoutes {
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly hijacks?: Readonly<Record<string, Hijack>>;
}

/** A running server with a client that is connected to it. */
export interface FakeApi {
  readonly socket: string;
  readonly client: DockerEngineClient;
  readonly calls: SeenCall[];
  close(): Promise<void>;
}

/** An answer with a JSON body. */
export function json(status: number, body: unknown): Answer {
  return (_call, response) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
}

/** One frame of attach, logs or exec output. */
export function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (request.headers["content-type"] !== "application/json") return bytes;
  return bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
}

function describe(request: IncomingMessage, body: unknown): SeenCall {
  const url = new URL(request.url ?? "/", "http://engine");
  const { method = "", headers } = request;
  return { method, path: url.pathname, query: Object.fromEntries(url.searchParams), body, headers };
}

/** Starts a server with these routes; what it does not know is answered with 404 `page not found`. */
export async function startFakeApi(routes: FakeRoutes): Promise<FakeApi> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-fake-api-"));
  const socket = join(folder, "api.sock");
  const calls: SeenCall[] = [];
  const server = createServer(async (request, response) => {
    const call = describe(request, await readBody(request));
    calls.push(call);
    const answer =
      routes.answers?.[`${call.method} ${call.path}`] ?? json(404, { message: "page not found" });
    answer(call, response);
  });
  server.on("upgrade", (request, connection: Socket, head: Buffer) => {
    const length = Number(request.headers["content-length"] ?? 0);
    // The body is whatever follows the head, exactly as long as it was announced; the rest is input.
    let bytes = head;
    const start = (): void => {
      if (bytes.length < length) return;
      connection.off("data", collect);
      const body: unknown = length === 0 ? undefined : JSON.parse(bytes.subarray(0, length).toString());
      if (bytes.length > length) connection.unshift(bytes.subarray(length));
      const call = describe(request, body);
      calls.push(call);
      const hijack = routes.hijacks?.[`${call.method} ${call.path}`];
      if (hijack === undefined) {
        connection.end(
          "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nno such thing",
        );
        return;
      }
      connection.write(
        "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
      );
      hijack(call, connection);
    };
    const collect = (piece: Buffer): void => {
      bytes = Buffer.concat([bytes, piece]);
      start();
    };
    connection.on("error", () => undefined);
    connection.on("data", collect);
    start();
  });
  const connections = new Set<Socket>();
  server.on("connection", (connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const connection = new EngineConnection({ kind: "unix", path: socket }, {});
  return {
    socket,
    client: new DockerEngineClient(connection, async () => undefined),
    calls,
    close: async () => {
      // Those that were taken over are no longer the server's to close.
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
