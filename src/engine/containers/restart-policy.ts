// When a container is started again after its process ended. Pure.

const FIRST_DELAY = 100;
const LONGEST_DELAY = 60_000;
/** A run this long was a good one: the next failure waits little again. */
const GOOD_RUN = 10_000;

export interface EndedRun {
  readonly policy: string;
  /** 0: no limit. */
  readonly maximumRetries: number;
  readonly exitCode: number;
  /** Someone stopped it, and it is to stay stopped. */
  readonly stoppedByHand: boolean;
  /** Restarts so far. */
  readonly restarts: number;
  /** Milliseconds. */
  readonly duration: number;
  /** The delay before this run in milliseconds; 0 for one that was started by hand. */
  readonly lastDelay: number;
}

/** Milliseconds to wait before the next run; undefined: it stays down. */
export function restartDelay(run: EndedRun): number | undefined {
  if (run.stoppedByHand || !wantsRestart(run)) return undefined;
  if (run.lastDelay === 0 || run.duration >= GOOD_RUN) return FIRST_DELAY;
  return Math.min(run.lastDelay * 2, LONGEST_DELAY);
}

function wantsRestart(run: EndedRun): boolean {
  if (run.policy === "always" || run.policy === "unless-stopped") return true;
  if (run.policy !== "on-failure" || run.exitCode === 0) return false;
  return run.maximumRetries === 0 || run.restarts < run.maximumRetries;
}

export interface FoundDown {
  readonly policy: string;
  readonly manuallyStopped: boolean;
  readonly exitCode: number;
  /** Its process ended while no engine was there to see it, or it was waiting for a restart. */
  readonly endedUnseen: boolean;
  readonly everStarted: boolean;
}

/** Whether a container that does not run is started when the engine starts. */
export function startsWithEngine(container: FoundDown): boolean {
  if (!container.everStarted) return false;
  if (container.policy === "always") return true;
  if (container.policy === "unless-stopped") return !container.manuallyStopped;
  return (
    container.policy === "on-failure" &&
    container.endedUnseen &&
    container.exitCode !== 0 &&
    !container.manuallyStopped
  );
}
