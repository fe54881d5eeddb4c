// Makes the place where the API's socket is to be: a folder of this user alone, and nothing in the way.
import { chmodSync, lstatSync, mkdirSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";

/** The kernel's limit for a socket's path, without the closing zero byte. */
const PATH_LIMIT = 107;

/** Whether a connection to a unix socket is taken; false when there is none. */
export function somebodyListens(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const client = connect(path);
    client.once("connect", () => {
      client.destroy();
      resolve(true);
    });
    client.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(false);
      else reject(error);
    });
  });
}

/**
 * Creates the socket's folder (mode 0700) when there is none, and removes a socket that a killed engine left. Throws Error when the
 * folder is another user's, when something else is in the way, or when somebody listens there.
 */
export async function prepareSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > PATH_LIMIT) {
    throw new Error(
      `the socket's path is longer than ${PATH_LIMIT} bytes, set SLIPWAY_SOCKET to a shorter one: ${path}`,
    );
  }
  const folder = dirname(path);
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700);
  const { uid } = statSync(folder);
  if (uid !== process.getuid?.() && uid !== 0)
    throw new Error(`the socket's folder belongs to another user: ${folder}`);

  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`something that is not a socket is in the way: ${path}`);
  if (await somebodyListens(path)) throw new Error(`another program listens on ${path}`);
  rmSync(path, { force: true });
}
