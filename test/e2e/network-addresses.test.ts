// Addresses and interfaces beyond one subnet for each network: what containers are given, and whether they reach each other by it.
import { afterEach, beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { freePort } from "../support/ports.ts";
import { eventually, run } from "../support/processes.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;
const image = "slipway/host";

/** A server on all addresses that says its name and whom it sees. */
const server = (name: string): string[] => [
  "node",
  "-e",
  `require("net").createServer((s) => { s.on("error", () => s.destroy()); s.end("${name} " + s.remoteAddress); }).listen(80, "::")`,
];

/** Prints what a server says, or why it cannot be reached. */
const ask = (host: string): string[] => [
  "node",
  "-e",
  `const s = require("net").connect(80, "${host}"); s.setTimeout(5000, () => { console.log("silence"); process.exit(); });
   s.on("error", (e) => console.log(e.code)); s.pipe(process.stdout);`,
];

describeEachEngine("addresses", (engine) => {
  beforeAll(async () => {
    await engine().start();
  });
  const docker = async (...args: string[]): Promise<string> => (await engine().succeed(...args)).trim();
  const asks = (from: string, host: string): Promise<string> =>
    eventually(`an answer from ${host} to ${from}`, async () => {
      const answer = await docker("exec", from, ...ask(host));
      return answer === "ECONNREFUSED" ? undefined : answer;
    });
  const shown = (name: string, network: string): Promise<string> =>
    docker(
      "inspect",
      "-f",
      `{{with index .NetworkSettings.Networks "${network}"}}{{.IPAddress}}/{{.IPPrefixLen}} {{.Gateway}} {{.GlobalIPv6Address}}{{end}}`,
      name,
    );
  afterEach(() => engine().clear());

  it.skipIf(!hasDocker)("may be link-local besides", async () => {
    await docker("network", "create", "--subnet", "10.70.0.0/24", "one");
    await docker("run", "-d", "--name", "web", "--network", "one", "--link-local-ip", "169.254.3.4", image, ...server("web")); // prettier-ignore
    await docker("run", "-d", "--name", "app", "--network", "one", image, "sleep", "300");
    await docker("network", "disconnect", "one", "app");
    await docker("network", "connect", "--link-local-ip", "169.254.3.5", "one", "app");
    expect(await asks("app", "169.254.3.4")).toBe("web ::ffff:169.254.3.5");
    const wrong = await engine().docker(["network", "connect", "--link-local-ip", "nonsense", "one", "web"]);
    expect(wrong.stderr).toMatch(/invalid link-local IP address: \[?nonsense/i);
  });

  it.skipIf(!hasDocker)("are of all subnets of a network, whose members reach each other", async (test) => {
    test.skip(engine().kind === "docker", "Docker's bridges have one subnet of a family");
    const port = await freePort();
    // The first subnet has room for one.
    await docker("network", "create", "--ipv6", "--subnet", "10.71.0.0/30", "--subnet", "10.71.1.0/24", "--subnet", "fd00:71::/64", "--subnet", "fd00:72::/64", "two"); // prettier-ignore
    await docker("network", "create", "other");
    const subnets = await docker("network", "inspect", "-f", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", "two"); // prettier-ignore
    await docker("run", "-d", "--name", "web", "--network", "two", "--ip", "10.71.0.2", "-p", `${port}:80`, image, ...server("web")); // prettier-ignore
    await docker("run", "-d", "--name", "db", "--network", "two", "--ip", "10.71.1.9", "--ip6", "fd00:72::9", image, ...server("db")); // prettier-ignore
    expect(subnets.split(" ").toSorted()).toEqual(["10.71.0.0/30", "10.71.1.0/24", "fd00:71::/64", "fd00:72::/64"]); // prettier-ignore
    expect(await shown("db", "two")).toBe("10.71.1.9/24 10.71.1.1 fd00:72::9");
    expect(await asks("db", "10.71.0.2")).toBe("web ::ffff:10.71.1.9");
    expect(await asks("web", "10.71.1.9")).toBe("db ::ffff:10.71.0.2");
    expect(await asks("web", "fd00:72::9")).toMatch(/^db fd00:7[12]::/);
    expect(await asks("db", "web")).toMatch(/^web /);
    expect((await engine().curl(["--http0.9", `127.0.0.1:${port}`])).stdout).toContain("web ");
    await docker("run", "-d", "--name", "late", "--network", "other", image, "sleep", "300");
    await docker("network", "connect", "two", "late");
    expect(await shown("late", "two")).toMatch(/^10\.71\.1\.\d+\/24 10\.71\.1\.1 fd00:7[12]::/);
    expect(await asks("late", "10.71.0.2")).toMatch(/^web ::ffff:10\.71\.1\./);
  });

  it.skipIf(!hasDocker)("of IPv6 alone reach each other on several networks at once", async (test) => {
    test.skip(engine().kind === "docker", "this Docker Engine has no networks without IPv4");
    for (const number of [5, 6])
      await docker("network", "create", "--ipv4=false", "--ipv6", "--subnet", `fd00:${number}::/64`, `six${number}`); // prettier-ignore
    await docker("run", "-d", "--name", "web", "--network", "six5", "--network", "six6", image, ...server("web")); // prettier-ignore
    await docker("run", "-d", "--name", "app", "--network", "six6", image, "sleep", "300");
    expect(await shown("web", "six5")).toBe("/0  fd00:5::2");
    expect(await asks("app", "fd00:6::2")).toBe("web fd00:6::3");
    await docker("network", "disconnect", "six5", "web");
    expect(await asks("app", "web")).toBe("web fd00:6::3");
  });
});
