import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { slipwayProgram } from "../support/cli.ts";
import { succeed } from "../support/processes.ts";

/** Prints, at the end of a command, which of Node's modules had to be compiled, those of a client of an engine included. */
const HOOK = `
const { internalBinding } = require("internal/test/binding");
process.on("exit", () => {
  require("node:http");
  const builtins = internalBinding("builtins");
  const { compiledWithCache, compiledWithoutCache } = builtins.getCacheUsage?.() ?? builtins;
  require("node:fs").writeFileSync("usage.json", JSON.stringify([[...compiledWithCache], [...compiledWithoutCache]]));
});
`;

it("leaves Node's kept code usable after a large project", async () => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-optimisation-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const services = Array.from({ length: 3000 }, (_, index) => `  s${index}: { image: a }\n`).join("");
  await writeFile(join(folder, "compose.yaml"), `services:\n${services}`);
  await writeFile(join(folder, "hook.cjs"), HOOK);
  const args = ["--expose-internals", "--no-warnings", "-r", "./hook.cjs", slipwayProgram, "config", "-q"];
  const env = { PATH: process.env["PATH"], HOME: folder };
  await succeed(process.execPath, args, { cwd: folder, env });
  const usage = await readFile(join(folder, "usage.json"), "utf8");
  const [kept, compiled] = JSON.parse(usage) as [string[], string[]];
  expect(kept).toContain("http");
  expect(compiled).toEqual([]);
});
