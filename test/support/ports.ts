import { createServer } from "node:net";

/** Above those that services have, below those that the kernel gives to whoever asks for none: it will still be free a moment later. */
const [FIRST, LAST] = [10_000, 19_999];

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

/** A TCP port of this host that nobody listens on at this moment, and that no program is given by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFree(port)) return port;
  }
}
