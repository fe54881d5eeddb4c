import { FakeEngine } from "../support/fake-engine.ts";
import { describeEngineContract } from "./engine-contract.ts";

for (const apiVersion of ["1.41", "1.48"]) {
  describeEngineContract(
    `in memory, API ${apiVersion}`,
    async () => {
      const engine = new FakeEngine({ apiVersion });
      return { client: engine, close: async () => engine.dispose() };
    },
    "app",
  );
}
