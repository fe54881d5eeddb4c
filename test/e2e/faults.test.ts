// What the world gets wrong: the error names the service and shows its last words, and the rest of the project is left as it was.
import { createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const bystander = `
  bystander:
    image: slipway/host
    command: sleep 1000
    stop_grace_period: 0s
`;

describeEachEngine("faults", (engine) => {
  let project: TestProject | undefined;

  afterEach(async () => {
    await project?.succeed("down", "-v", "-t", "0");
    project = undefined;
  });

  async function fail(service: string, args: readonly string[] = ["up", "-d"]): Promise<string> {
    project = await makeProject(engine(), "faults", { "compose.yaml": `services:\n${bystander}${service}` });
    const result = await project.slipway(args);
    expect(result.code, result.stderr).toBe(1);
    expect(result.stderr).toContain("broken");
    expect(result.stderr).not.toContain("internal:");
    return result.stderr;
  }
  const bystanderRuns = async (): Promise<boolean> =>
    (await project?.succeed("ps", "--status", "running", "--services"))?.trim() === "bystander";

  it("a command that the image does not have", async () => {
    const error = await fail("  broken:\n    image: slipway/host\n    command: [no-such-command]\n");
    expect(error).toContain("no-such-command");
    expect(error).toMatch(/not found/);
    expect(await bystanderRuns()).toBe(true);
  });

  it("an image that is not there", async () => {
    const error = await fail("  broken:\n    image: localhost:1/no/such-image:1\n    pull_policy: missing\n");
    expect(error).toContain("localhost:1/no/such-image:1");
  });

  it("a health check that never passes: its output and the last lines of the log", async () => {
    const error = await fail(
      `  broken:
    image: slipway/host
    command: [sh, -c, "echo first words; echo last words; exec sleep 1000"]
    stop_grace_period: 0s
    healthcheck: { test: [CMD, sh, -c, "echo what the probe said; exit 1"], interval: 100ms, retries: 2 }
  dependant:
    image: slipway/host
    command: sleep 1000
    depends_on: { broken: { condition: service_healthy } }
`,
    );
    expect(error).toContain("unhealthy");
    expect(error).toContain("what the probe said");
    expect(error).toContain("last words");
    expect(await project?.succeed("ps", "-a", "--status", "running", "--services")).toContain("bystander");
  });

  it("a dependency that ends with an error: its exit code and its last lines", async () => {
    const error = await fail(
      `  broken:
    image: slipway/host
    command: [sh, -c, "echo cannot migrate; exit 3"]
  dependant:
    image: slipway/host
    command: sleep 1000
    depends_on: { broken: { condition: service_completed_successfully } }
`,
    );
    expect(error).toMatch(/exit(ed)?[^\n]*\b3\b/);
    expect(error).toContain("cannot migrate");
    expect(await bystanderRuns()).toBe(true);
  });

  it("a port that somebody else listens on", async (context) => {
    if (engine().kind === "docker")
      return context.skip("the port would have to be taken in dockerd's own namespace");
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const error = await fail(
        `  broken:\n    image: slipway/host\n    command: sleep 1000\n    stop_grace_period: 0s\n    ports: ["127.0.0.1:${port}:80"]\n`,
      );
      expect(error).toContain(String(port));
      expect(error).toMatch(/already (allocated|in use)/);
      expect(await bystanderRuns()).toBe(true);
    } finally {
      taken.close();
    }
  });
});
