// Connections to unix sockets whose path may be longer than a socket address takes.
import { closeSync, constants, openSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";

const LONGEST_ADDRESS = 107;

/** There is no socket; nobody listens to it; whoever did has left before the connection was taken. */
const NOBODY: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET"]);

/** A connection to the socket of that name in `folder`; undefined when nobody listens there. It does not keep the process alive. */
export async function connectIn(folder: string, name: string): Promise<Socket | undefined> {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= LONGEST_ADDRESS) return await connected(path);
  const directory = openDirectory(folder);
  if (directory === undefined) return undefined;
  try {
    return await connected(`/proc/self/fd/${directory}/${name}`);
  } finally {
    closeSync(directory);
  }
}

function openDirectory(folder: string): number | undefined {
  try {
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      socket.on("error", () => undefined); // "close" follows; whoever uses the socket listens to that
      socket.unref();
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (NOBODY.has(error.code ?? "")) resolve(undefined);
      else reject(error);
    });
  });
}
