// A process of a container that the engine's records know nothing of: nobody could look after it, so it is ended.
import { findShim } from "./shim-control.ts";
import { withinSeconds } from "./within-seconds.ts";

const SIGKILL = 9;
/** Seconds within which a killed process is gone, unless the kernel holds it. */
const KILL_TIMEOUT = 10;
/** Seconds within which a shim answers, unless it is held still. */
export const ANSWER_TIMEOUT = 5;

/**
 * Ends what a shim in this folder still holds, and waits for a shim that is just ending. Nothing there is fine. One that does not answer
 * undoes what it has made when it can: nobody has let its process go.
 */
export async function endStrayProcess(folder: string, log: (message: string) => void): Promise<void> {
  const shim = await findShim(folder, { onWarning: log });
  if (shim === undefined) return;
  const ready = shim.ready();
  if (
    !(await withinSeconds(
      ready.then(() => undefined),
      ANSWER_TIMEOUT,
    ))
  ) {
    log(`${folder}: a process that keeps a container does not answer`);
    shim.abandon();
    return;
  }
  if ((await ready) !== undefined) return;
  log(`${folder}: process ${shim.pid} is ended, for nobody knows of it`);
  const ended = shim.exited.then(() => undefined);
  shim.kill(SIGKILL);
  if (!(await withinSeconds(ended, KILL_TIMEOUT))) log(`${folder}: process ${shim.pid} does not end`);
}
