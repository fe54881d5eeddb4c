// The README's first lines, on every engine: a person brings the guestbook up, uses it, and takes it down.
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { freePort } from "../support/ports.ts";
import type { CommandResult } from "../support/processes.ts";

describeEachEngine("guestbook", (engine) => {
  let port = 0;
  let file = "";

  beforeAll(async () => {
    port = await freePort();
    file = join(engine().package, "examples/guestbook/compose.yaml");
  });

  const slipway = async (...args: string[]): Promise<CommandResult> =>
    engine().slipway(["-f", file, ...args], { env: { GUESTBOOK_PORT: String(port) } });
  const succeed = async (...args: string[]): Promise<string> => {
    const result = await slipway(...args);
    expect(result.stderr + result.stdout, `slipway ${args.join(" ")}`).not.toContain("internal:");
    if (result.code !== 0)
      throw new Error(`slipway ${args.join(" ")} exited with ${result.code}\n${result.stderr}`);
    return result.stdout;
  };
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  const messages = async (): Promise<string[]> => {
    const { stdout } = await engine().curl([url("/messages")]);
    return (JSON.parse(stdout) as { message: string }[]).map(({ message }) => message);
  };

  it("comes up healthy and serves its page and its JSON", async () => {
    await succeed("up", "--wait");
    expect((await engine().curl([url("/")])).stdout).toContain("<title>The Slipway guestbook</title>");
    await engine().curl(["-d", "message=hello", url("/messages")]);
    expect(await messages()).toEqual(["hello"]);
  });

  it("answers the config's limit: too long a message is refused", async () => {
    const { stdout } = await engine().curl(["-d", `message=${"x".repeat(281)}`, url("/messages")]);
    expect(JSON.parse(stdout)).toEqual({ error: "at most 280 characters" });
  });

  it("shows logs, processes and what a command inside sees", async () => {
    expect(await succeed("logs", "web")).toMatch(/^web-1 +\| web: listening on 8000$/m);
    const hostname = (await succeed("exec", "web", "cat", "/etc/hostname")).trim();
    expect(hostname).toMatch(/^[0-9a-f]{12}$/);
    const table = await succeed("ps");
    for (const service of ["web", "api", "store"])
      expect(table).toMatch(new RegExp(`guestbook-${service}-1 .* ${service} .*\\(healthy\\)`));
    expect(
      await succeed("ps", "--format", '{{.Label "com.docker.compose.service"}} {{.State | upper}}'),
    ).toBe("api RUNNING\nstore RUNNING\nweb RUNNING\n");
  });

  it("keeps the store out of the web service's reach", async () => {
    const probe =
      "fetch(process.argv[1], { signal: AbortSignal.timeout(2000) }).then(() => process.exit(0), () => process.exit(9))";
    expect((await slipway("exec", "-T", "web", "node", "-e", probe, "http://store:8000/health")).code).toBe(
      9,
    );
    expect((await slipway("exec", "-T", "api", "node", "-e", probe, "http://store:8000/health")).code).toBe(
      0,
    );
    const address = await succeed(
      "exec",
      "-T",
      "store",
      "node",
      "-p",
      "Object.values(require('os').networkInterfaces()).flat().find((a) => !a.internal && a.family === 'IPv4').address",
    );
    expect(
      (await slipway("exec", "-T", "web", "node", "-e", probe, `http://${address.trim()}:8000/health`)).code,
    ).toBe(9);
  });

  it("changes nothing when nothing changed", async () => {
    const before = await succeed("ps", "-q");
    expect((await slipway("plan")).code).toBe(0);
    await succeed("up", "-d");
    expect(await succeed("ps", "-q")).toBe(before);
  });

  it("recreates only what a changed value reaches, and says which value", async () => {
    const changed = { GUESTBOOK_PORT: String(port), GUESTBOOK_LONGEST: "5" };
    const plan = await engine().slipway(["-f", file, "plan"], { env: changed });
    expect(plan.code).toBe(2);
    expect(plan.stdout).toContain("api");
    const up = await engine().slipway(["-f", file, "up", "--wait"], { env: changed });
    expect(up.code, up.stderr).toBe(0);
    const { stdout } = await engine().curl(["-d", "message=too long", url("/messages")]);
    expect(JSON.parse(stdout)).toEqual({ error: "at most 5 characters" });
  });

  it("stops, starts and restarts", async () => {
    await succeed("stop", "web");
    expect((await engine().curl([url("/messages")])).code).not.toBe(0);
    await succeed("start", "web");
    await succeed("restart", "api");
    await succeed("up", "--wait");
    expect(await messages()).toEqual(["hello"]);
  });

  it("keeps messages through down and up, and removes them with down -v", async () => {
    await succeed("down");
    expect(await succeed("ps", "-a", "-q")).toBe("");
    await succeed("up", "--wait");
    expect(await messages()).toEqual(["hello"]);
    await succeed("down", "-v");
    await succeed("up", "--wait");
    expect(await messages()).toEqual([]);
    await succeed("down", "-v");
  });

  it("leaves nothing of the project behind", async () => {
    const label = ["--filter", "label=com.docker.compose.project=guestbook", "-q"];
    expect((await engine().docker(["ps", "-a", ...label])).stdout).toBe("");
    expect((await engine().docker(["network", "ls", ...label])).stdout).toBe("");
    expect((await engine().docker(["volume", "ls", ...label])).stdout).toBe("");
  });
});
