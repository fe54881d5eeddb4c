import { expect, it } from "vitest";
import { Interrupts } from "../../src/cli/context.ts";

it("any number of logs may listen to interrupts without a warning", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): number => warnings.push(warning);
  process.on("warning", note);
  const { signal } = new Interrupts();
  for (let count = 0; count < 40; count += 1) signal.addEventListener("abort", () => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});
