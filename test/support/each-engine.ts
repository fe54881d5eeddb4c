import { afterAll, beforeAll, describe } from "vitest";
import { engineChoices, type EngineUnderTest } from "./engines.ts";

/**
 * Runs the same tests on every engine this machine can start, and says of each other one why not. The engine is started before the
 * first test of the group and ended after the last.
 */
export function describeEachEngine(
  title: string,
  define: (engine: () => EngineUnderTest) => void,
  options: { only?: "bundled" | "docker" } = {},
): void {
  for (const choice of engineChoices()) {
    if (options.only === "bundled" && choice.name === "Docker Engine") continue;
    if (options.only === "docker" && choice.name !== "Docker Engine") continue;
    const reason = choice.unavailable === undefined ? "" : ` [skipped: ${choice.unavailable}]`;
    describe.skipIf(choice.unavailable !== undefined)(`${title}: ${choice.name}${reason}`, () => {
      let engine: EngineUnderTest | undefined;
      beforeAll(async () => {
        engine = await choice.start();
      });
      afterAll(() => engine?.stop());
      define(() => {
        if (engine === undefined) throw new Error(`${choice.name} was not started`);
        return engine;
      });
    });
  }
}
