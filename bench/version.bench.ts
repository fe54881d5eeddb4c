import { packageFolder } from "../test/support/package-copy.ts";
import { succeed } from "../test/support/processes.ts";
import { describeRatio, describeTimes, timeSides, type Bench } from "./measure.ts";

const node =
  (...args: string[]) =>
  async (): Promise<void> =>
    void (await succeed(process.execPath, args));

export const bench: Bench = {
  claim: "`slipway --version` takes at most 1.4 times as long as `node -e 0`",
  async *run({ quick }) {
    const times = await timeSides(
      [
        { name: "slipway --version", once: node(`${packageFolder}/bin/slipway`, "--version") },
        { name: "node -e 0", once: node("-e", "0") },
      ],
      quick ? 3 : 20,
    );
    const slipway = times.get("slipway --version") ?? [];
    const bare = times.get("node -e 0") ?? [];
    yield describeTimes("slipway --version", slipway);
    yield describeTimes("node -e 0", bare);
    yield describeRatio("slipway --version / node -e 0", slipway, bare, 1.4);
  },
};
