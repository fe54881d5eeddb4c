// The contract suite on every real engine that this machine can start.
import { join } from "node:path";
import { describe } from "vitest";
import { connectEngine } from "../../src/client/index.ts";
import { engineChoices, type EngineUnderTest } from "../support/engines.ts";
import { packageFolder } from "../support/package-copy.ts";
import { describeEngineContract, type ContractEngine } from "./engine-contract.ts";

async function connect(engine: EngineUnderTest): Promise<ContractEngine> {
  await engine.start();
  const { client } = await connectEngine({
    requested: engine.host,
    env: {},
    platform: process.platform,
    home: await engine.folder(),
    uid: process.getuid?.() ?? 0,
    engineScript: join(packageFolder, "dist/engine.js"),
    onNote: () => undefined,
  });
  return { client, close: () => engine.stop() };
}

for (const choice of engineChoices()) {
  const reason = choice.unavailable === undefined ? "" : ` [skipped: ${choice.unavailable}]`;
  describe.skipIf(choice.unavailable !== undefined)(`contract${reason}`, () => {
    describeEngineContract(choice.name, async () => connect(await choice.start()), "slipway/host");
  });
}
