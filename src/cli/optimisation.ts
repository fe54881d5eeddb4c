// Keeps V8 from optimising code that runs for a fraction of a second: on large projects that takes more time than it saves (a
// third of all that `config` of 500 services took).
import { setFlagsFromString } from "node:v8";

/** Projects of fewer characters are read before anything would be optimised. */
const LARGE_PROJECT = 32 * 1024;

/** The default of V8 11, the one that needs it: newer ones wait long enough by themselves. */
const USUAL_BUDGET = 67_584;
/** V8 optimises after about sixty times as many runs as usual. */
const LATE_BUDGET = 4_000_000;

/**
 * Puts optimisation off while a large project is read. Afterwards the flag has to be as it was: Node takes the kept code of
 * its own modules only under the flags that it was made with, and compiling those that an engine's client needs takes longer
 * than most commands.
 */
export class OptimisationDelay {
  #characters = 0;
  #isDelayed = false;

  /** So many more characters are going to be worked on. */
  expect(characters: number): void {
    this.#characters += characters;
    if (this.#isDelayed || this.#characters < LARGE_PROJECT) return;
    this.#isDelayed = true;
    setBudget(LATE_BUDGET);
  }

  /** The work is done. */
  end(): void {
    if (this.#isDelayed) setBudget(USUAL_BUDGET);
    this.#isDelayed = false;
  }
}

function setBudget(budget: number): void {
  if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString(`--interrupt-budget=${budget}`);
}
