// Stands between a client and an engine, and notes what is asked.
import { chmod } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";

/** What went through so far, and how to end it. */
export interface RequestLog {
  /** For DOCKER_HOST or `--engine`. */
  readonly host: string;
  /** "GET /containers/json", without the query, in the order in which they came. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Passes everything that comes at `path` on to the engine at `host`; clients must not send a request before the last one's answer. */
export async function logRequests(host: string, path: string): Promise<RequestLog> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect(host.replace("unix://", ""));
    client.on("data", (bytes: Buffer) => {
      const line = /^([A-Z]+) ([^ ?]+)\S* HTTP\/1\.1\r\n/.exec(bytes.toString("latin1"));
      if (line !== null) requests.push(`${line[1]} ${line[2]}`);
    });
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => open.delete(from));
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // Whoever the engine belongs to.
  await chmod(path, 0o777);
  return {
    host: `unix://${path}`,
    requests,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
