// Telling V8 that this process lives for a fraction of a second.
import { setFlagsFromString } from "node:v8";

/**
 * Lets V8 optimise code only after it has run about eight times as long as usual. Loading a project runs much code a little:
 * optimising it takes more time than it saves (a third of all that `config` of 500 services took), and code that runs for long,
 * as in projects ten times that size, is still optimised.
 */
export function delayOptimisation(): void {
  setFlagsFromString("--interrupt-budget=1000000");
}
