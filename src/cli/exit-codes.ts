// Every exit code there is. Commands that run a process for the user (`exec`, and `up` where it ends with a container)
// give that process's own code instead.

/** Exit codes by meaning. */
export const EXIT = {
  ok: 0,
  /** Any error: bad flags, an invalid file, an engine that refuses. */
  error: 1,
  /** `plan`: there is something to do. */
  changes: 2,
  /** Ended by Ctrl-C or SIGTERM. */
  cancelled: 130,
} as const;
