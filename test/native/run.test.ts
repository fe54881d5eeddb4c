// Every kind of engine runs the same containers: as root, and as root of a user namespace with many ids or one.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage, engineUsers } from "./stage.ts";

for (const user of engineUsers()) {
  if (user.unavailable !== undefined) console.log(`run as ${user.name}: skipped: ${user.unavailable}`);

  describe.skipIf(user.unavailable !== undefined)(`run as ${user.name}`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await Stage.make(user);
    });
    afterAll(() => stage?.clean());

    it("tells the exit status after all output, and keeps it", async () => {
      const { client, place, ended } = stage.run({ args: ["sh", "-c", "echo out; echo err >&2; exit 7"] });
      const { status, oom } = await client.exited();
      expect({ status, oom, out: client.text(), err: client.text("E") }).toEqual({
        status: 7,
        oom: false,
        out: "out\n",
        err: "err\n",
      });
      expect(client.frames.at(-1)?.type).toBe("X");
      expect(readFileSync(join(place.folder, "exit"), "utf8")).toBe(await client.first("X"));
      expect(await ended).toBe(0);
      expect(existsSync(join(place.folder, "ctl"))).toBe(false);
    });

  });
}
