// Whether the other side of a connection has read what was sent to it: the kernel knows, and Node cannot ask.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";

/**
 * Resolves when the client of a unix socket has read everything that was written to it so far, or the connection is closed, however long
 * that takes. Nothing may be written meanwhile; what the client sends is received as ever. Throws Error when the binary cannot tell.
 */
export async function untilRead(binary: string, socket: Socket): Promise<void> {
  // The kernel's queue says nothing of what Node still keeps in its own.
  await new Promise<void>((resolve) => socket.write("", () => resolve()));
  if (socket.destroyed) return;
  const paused = socket.isPaused();
  const child = spawn(binary, ["drained", "3"], { cwd: "/", stdio: ["ignore", "ignore", "pipe", socket] });
  // Node takes a socket that a child gets for the child's, and stops reading it.
  if (!paused) socket.resume();
  let complaint = "";
  child.stderr?.on("data", (bytes: Buffer) => (complaint += bytes.toString()));
  // The child would keep the connection open that is closed here.
  const end = (): void => void child.kill("SIGKILL");
  socket.once("close", end);
  try {
    const [status] = (await once(child, "close")) as [number | null];
    if (status === 0 || socket.destroyed) return;
    throw new Error(`it cannot be told whether a client has read its answer: ${complaint.trim()}`);
  } finally {
    socket.off("close", end);
  }
}
