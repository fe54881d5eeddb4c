// Notices that nobody needs the engine: no client is connected, and no container runs or is being started.

/** What the watch looks at and does. */
export interface IdleWatchOptions {
  /** How long it must last, in seconds; 0: for ever. */
  readonly seconds: number;
  readonly isNeeded: () => boolean;
  readonly onIdle: () => void;
}

/** Re-examined whenever something that matters has changed. */
export interface IdleWatch {
  /** A client came or went, or a container started or ended. */
  changed(): void;
  /** Never calls `onIdle` again. */
  stop(): void;
}

/** Makes the watch; the first examination is at the first `changed`. */
export function createIdleWatch({ seconds, isNeeded, onIdle }: IdleWatchOptions): IdleWatch {
  let timer: NodeJS.Timeout | undefined;
  let stopped = seconds === 0;
  const disarm = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const arm = (): void => {
    timer = setTimeout(() => {
      timer = undefined;
      if (stopped) return;
      // What it is needed for now may end in a way that tells nobody: a start that fails does.
      if (isNeeded()) return arm();
      stopped = true;
      onIdle();
    }, seconds * 1000);
  };
  return {
    changed() {
      if (stopped) return;
      disarm();
      arm();
    },
    stop() {
      stopped = true;
      disarm();
    },
  };
}
