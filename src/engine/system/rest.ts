// Gives back the memory that a burst of requests has left. V8 collects as it allocates: an engine that has nothing to do any more would keep
// what its last busy moment needed for as long as it is idle.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Milliseconds without a client coming or going after which the engine counts as at rest. */
const QUIET = 3000;

/** Told of activity; acts once after it has ended. */
export interface Rest {
  disturb(): void;
}

let collector: (() => void) | undefined;

/** Collects all garbage. Node hands the function out to new contexts only; as a flag of its own start it would cost the code cache. */
export function collectGarbage(): void {
  if (collector === undefined) {
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as () => void;
    setFlagsFromString("--no-expose-gc");
  }
  collector();
}

/** `collect` is called once after each time of activity, when nothing was told for `quiet` milliseconds. */
export function createRest(collect: () => void, quiet = QUIET): Rest {
  let timer: NodeJS.Timeout | undefined;
  return {
    disturb() {
      if (timer !== undefined) {
        timer.refresh();
        return;
      }
      timer = setTimeout(() => {
        timer = undefined;
        collect();
      }, quiet);
      timer.unref();
    },
  };
}
