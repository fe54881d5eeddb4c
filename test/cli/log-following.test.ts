import { Writable } from "node:stream";
import { afterEach, expect, it } from "vitest";
import { followLogs } from "../../src/cli/log-following.ts";
import { LogPrinter } from "../../src/cli/log-printer.ts";
import { listProjectContainers } from "../../src/cli/project-containers.ts";
import { composeProject } from "../support/compose-project.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { up } from "../support/up.ts";

const engine = new FakeEngine();
afterEach(() => engine.dispose());

it("logs that are followed end when the user has had enough, though their containers run on", async () => {
  const command = `["sh", "-c", "echo begun; sleep infinity"]`;
  await up(engine, composeProject(`{name: demo, services: {a: {image: app, command: ${command}}}}`));
  const containers = await listProjectContainers(engine, "demo");
  const leaving = new AbortController();
  let printed = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      printed += String(chunk);
      leaving.abort();
      done();
    },
  });
  await followLogs(
    containers,
    {
      client: engine,
      project: "demo",
      printer: new LogPrinter("demo", { prefix: false, color: false }),
      request: { follow: true },
      timestamps: false,
      signal: leaving.signal,
    },
    output,
  );
  expect(printed).toContain("begun");
});
