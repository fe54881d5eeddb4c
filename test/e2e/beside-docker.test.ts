// Two bundled engines and a real Docker Engine in one network namespace, where Docker's firewall forwards nothing it does not know.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageFolder } from "../support/package-copy.ts";
import { eventually } from "../support/processes.ts";
import { dockerUnavailable, importHostStandIn, startRealDocker } from "../support/real-docker.ts";
import type { RealDocker } from "../support/real-docker.ts";

const unavailable = dockerUnavailable();
if (unavailable !== undefined) console.log(`engines side by side: skipped: ${unavailable}`);

const serve = (name: string): string[] => [
  "node",
  "-e",
  `require("http").createServer((_, r) => r.end("${name}")).listen(80)`,
];
/** As process 1 it would hear no other signal, and be waited for. */
const killed = ["--stop-signal", "KILL"];
const get = (url: string): string[] => [
  "node",
  "-e",
  `fetch("${url}").then((r) => r.text()).then(console.log, (e) => console.log(String(e.cause?.code)))`,
];

/** What is said of a port that is taken. */
const taken = (port: number): RegExp =>
  new RegExp(
    `driver failed programming external connectivity on endpoint late \\([0-9a-f]{64}\\): Bind for 0.0.0.0:${port} failed: port is already allocated`,
  );

describe.skipIf(unavailable !== undefined)("engines side by side", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-beside-"));
  let real: RealDocker;

  const inside = (...command: string[]): string =>
    execFileSync("nsenter", ["-t", String(real.pid), "-n", ...command], { encoding: "utf8" }).trim();
  const firewall = (): string =>
    inside("iptables-save")
      .replaceAll(/^#.*$/gm, "")
      .replaceAll(/\[\d+:\d+\]/g, "");
  /** Without how far each has come up, which the kernel notes when it finds the time. */
  const links = (): string => inside("ip", "-o", "link").replaceAll(/<[^>]*>| state \S+/g, "");
  /** But for what engines try whether they may use it by (docs/networks.md). */
  const othersLinks = (): string =>
    links()
      .replaceAll(/^.*: slw.*\n?/gm, "")
      .trim();
  const host = (name: string): string => `unix://${join(folder, name, "engine.sock")}`;
  const engine = (name: string, ...args: string[]): string =>
    inside("env", `SLIPWAY_ROOT=${join(folder, name)}`, "SLIPWAY_ENGINE=bundled", process.execPath, join(packageFolder, "bin/slipway"), "engine", ...args); // prettier-ignore
  const docker = (at: string, ...args: string[]): string =>
    inside("env", `DOCKER_HOST=${at}`, `DOCKER_CONFIG=${folder}`, "docker", ...args);
  const answer = (port: number): Promise<string> =>
    eventually(`an answer from port ${port}`, () => {
      const { stdout } = spawnSync(
        "nsenter",
        ["-t", String(real.pid), "-n", "curl", "-s", `http://127.0.0.1:${port}/`],
        { encoding: "utf8" },
      );
      return stdout === "" ? undefined : stdout;
    });

  beforeAll(async () => {
    real = await startRealDocker();
    await importHostStandIn(real.host);
  });
  afterAll(async () => {
    try {
      // Those that a failure has left running.
      for (const name of ["one", "two"]) if (existsSync(join(folder, name))) engine(name, "stop");
    } finally {
      await real?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("have networks of the same names and subnets, reach each other's published ports, and change nothing of the firewall", async () => {
    expect(firewall()).toContain(":FORWARD DROP");
    docker(real.host, "network", "create", "--subnet", "10.90.0.0/24", "app");
    docker(real.host, "run", "-d", ...killed, "--name", "web", "--network", "app", "-p", "8000:80", "slipway/host", ...serve("docker")); // prettier-ignore
    expect(await answer(8000)).toBe("docker");
    const rules = firewall();
    const before = links();

    for (const [name, port] of [
      ["one", 8001],
      ["two", 8002],
    ] as const) {
      engine(name, "start");
      const at = host(name);
      docker(at, "network", "create", "--subnet", "10.90.0.0/24", "app");
      docker(at, "run", "-d", ...killed, "--name", "web", "--network", "app", "--ip", "10.90.0.2", "-p", `${port}:80`, "slipway/host", ...serve(name)); // prettier-ignore
      expect(await answer(port)).toBe(name);
    }
    expect(firewall()).toBe(rules);
    expect(othersLinks()).toBe(before);

    for (const name of ["one", "two"]) {
      const from = (url: string): string =>
        docker(host(name), "run", "--rm", "--network", "app", "slipway/host", ...get(url));
      expect(from("http://web/")).toBe(name);
      expect(from("http://10.90.0.2/")).toBe(name);
      expect(from("http://host.docker.internal:8000/")).toBe("docker");
      expect(from("http://host.docker.internal:8001/")).toBe("one");
      expect(from("http://host.docker.internal:8002/")).toBe("two");
    }
    expect(docker(real.host, "exec", "web", ...get("http://10.90.0.1:8002/"))).toBe("two");

    const refusal = (at: string, port: number): string => {
      const words = ["run", "--rm", "--name", "late", "-p", `${port}:80`, "slipway/host", "true"];
      const environment = ["env", `DOCKER_HOST=${at}`, `DOCKER_CONFIG=${folder}`, "docker", ...words];
      return spawnSync("nsenter", ["-t", String(real.pid), "-n", ...environment], { encoding: "utf8" })
        .stderr;
    };
    expect(refusal(real.host, 8000)).toMatch(taken(8000));
    expect(refusal(real.host, 8001)).toContain("listen tcp4 0.0.0.0:8001: bind: address already in use");
    for (const name of ["one", "two"])
      for (const port of [8000, 8001, 8002]) expect(refusal(host(name), port)).toMatch(taken(port));

    for (const name of ["one", "two"]) engine(name, "stop");
    expect(firewall()).toBe(rules);
    expect(links()).toBe(before);
    expect(await answer(8000)).toBe("docker");
  });
});
