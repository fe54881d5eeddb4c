// Runs the same tests for every kind of engine: as root, and as root of a user namespace with many ids or one.
import { afterAll, beforeAll, describe } from "vitest";
import { Stage, engineUsers } from "./stage.ts";
import type { EngineUser } from "./stage.ts";

/** Declares `define`'s tests once per user; `stage` is made before the first of them. Users that cannot be tried here are named with the reason. */
export function describeForEveryUser(
  subject: string,
  define: (stage: () => Stage, user: EngineUser) => void,
  accepts: (user: EngineUser) => boolean = () => true,
): void {
  for (const user of engineUsers().filter(accepts)) {
    if (user.unavailable !== undefined)
      console.log(`${subject}, as ${user.name}: skipped: ${user.unavailable}`);
    describe.skipIf(user.unavailable !== undefined)(`${subject}, as ${user.name}`, () => {
      let stage: Stage | undefined;
      beforeAll(async () => {
        stage = await Stage.make(user);
      });
      afterAll(() => stage?.clean());
      define(() => {
        if (stage === undefined) throw new Error("internal: no stage yet");
        return stage;
      }, user);
    });
  }
}
