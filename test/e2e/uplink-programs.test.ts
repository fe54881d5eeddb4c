// Ways out of containers of an engine of an ordinary user: by a program, while there is one that works.
import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { processesOf } from "../support/footprint.ts";
import { Machine, MACHINE, OUTSIDE, TELLS } from "../support/machine.ts";
import { findUser, userUnavailable } from "../support/ordinary-users.ts";
import { commandName, isAlive } from "../support/proc.ts";
import { eventually, run } from "../support/processes.ts";
import { EngineThere } from "../support/ways-out.ts";

const isInstalled = async (name: string): Promise<boolean> =>
  (await run("sh", ["-c", `command -v ${name}`])).code === 0;
const missing: string[] = [];
for (const name of ["docker", "ip", "pasta", "slirp4netns"])
  if (!(await isInstalled(name))) missing.push(name);
if (!existsSync("/dev/net")) missing.push("/dev/net");

for (const name of ["slipway-test", "slipway-plain"] as const) {
  const unavailable =
    userUnavailable(name) ?? (missing.length > 0 ? `there is no ${missing.join(", ")}` : undefined);
  if (unavailable !== undefined) console.log(`programs as ways out, ${name}: skipped: ${unavailable}`);

  describe.skipIf(unavailable !== undefined)(`an engine of ${name}`, () => {
    let machine: Machine;
    let engine: EngineThere;

    beforeAll(async () => {
      machine = await Machine.make();
      await machine.serve(`require("net").createServer((s) => s.end("own")).listen(7001, "127.0.0.1");
        require("net").createServer((s) => s.end("all")).listen(7002, "0.0.0.0", () => console.log("ready"));`);
    });
    afterEach(() => engine?.end());
    afterAll(() => machine?.end());

    const startWith = async (wish: string): Promise<void> => {
      engine = new EngineThere(machine, findUser(name));
      await engine.start(wish);
      await engine.container("one");
    };
    const program = (): number | undefined =>
      processesOf(engine.root).find((pid) => /^(pasta|passt|slirp4netns)/.test(commandName(pid)));

    it.each(name === "slipway-test" ? ["pasta", "slirp4netns"] : ["slirp4netns"])(
      "has %s carry connections, and the proxy when that ends",
      async (wish) => {
        await startWith(wish);
        await engine.leavesBy(wish);
        expect(await engine.call("one", `tcp ${OUTSIDE} ${TELLS}`, `udp ${OUTSIDE} ${TELLS}`)).toEqual([
          MACHINE,
          MACHINE,
        ]);
        expect(await engine.call("one", `tcp ${MACHINE} 7002`, "tcp host.docker.internal 7002")).toEqual([
          "all",
          "all",
        ]);
        const addresses = [MACHINE, "169.254.77.2", "169.254.77.100", "127.0.0.1"];
        const loopbackOnly = addresses.map((address) => `tcp ${address} 7001`);
        expect(await engine.callInVain("one", ...loopbackOnly)).not.toContain("own");

        process.kill(program() ?? 0, "SIGKILL");
        const { refused } = await engine.leavesBy("proxy");
        expect(refused).toEqual([{ way: wish, reason: expect.stringContaining("it has ended") as string }]);
        expect(await engine.call("one", `tcp ${OUTSIDE} ${TELLS}`)).toEqual([MACHINE]);
      },
    );

    it.runIf(name === "slipway-test")("has none outlive the engine's namespaces", async () => {
      await startWith("auto");
      await eventually("a program carries", async () => {
        const { way } = await engine.egress();
        return way === "pasta" || way === "slirp4netns" ? way : undefined;
      });
      expect(await engine.call("one", `tcp ${OUTSIDE} 9`)).toEqual(["ECONNREFUSED"]);
      const carrying = program() ?? 0;
      process.kill(engine.anchor, "SIGKILL");
      await eventually("the program has ended", () => !isAlive(carrying) || undefined);
    });
  });
}
