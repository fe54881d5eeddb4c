// Networks as people use them, with the docker command line.
import { afterEach, beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { processesOf } from "../support/footprint.ts";
import { freePort } from "../support/ports.ts";
import { commandName, killAndWait, signalIfThere } from "../support/proc.ts";
import { eventually, run } from "../support/processes.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;
const image = "slipway/host";

/** A server that says its name to whoever connects. */
const server = (port: number, name: string): string[] => [
  "node",
  "-e",
  `require("net").createServer((s) => { s.on("error", () => s.destroy()); s.end("${name}\\n"); }).listen(${port}, "::")`,
];

/** Prints what a server says, or why it cannot be reached. `patience`: milliseconds until it calls that silence. */
const client = (host: string, port: number, patience = 15_000): string[] => [
  "node",
  "-e",
  `const s = require("net").connect(${port}, "${host}"); s.setTimeout(${patience}, () => { console.log("silence"); process.exit(); });
   s.on("error", (e) => console.log(e.code)); s.pipe(process.stdout);`,
];

/** What the server on a published port says, once it is there. */
const answered = (port: number, host = "127.0.0.1"): Promise<string> =>
  eventually(`an answer from ${host}:${port}`, async () => {
    const { stdout } = await run("node", client(host, port, 1500).slice(1));
    return /^[A-Z]+$|^silence$|^$/.test(stdout.trim()) ? undefined : stdout.trim();
  });

/** Opens that many connections to an echo, says something on each, ends its side, and counts those on which it comes back whole. */
const many = `
const { connect } = require("net");
const [host, port, count] = process.argv.slice(1);
const one = (text) => new Promise((resolve) => {
  const socket = connect({ host, port: Number(port), allowHalfOpen: true });
  let said = "";
  socket.on("data", (bytes) => (said += bytes));
  socket.on("error", () => resolve(false));
  socket.on("end", () => resolve(said === text));
  all.push(() => socket.end(text));
  socket.on("connect", () => { if (++open === Number(count)) for (const end of all) end(); });
});
let open = 0;
const all = [];
Promise.all(Array.from({ length: Number(count) }, (_, i) => one("hello " + i))).then((done) => {
  const whole = done.filter(Boolean).length;
  if (whole > 0) console.log(whole);
});
`;

describeEachEngine(
  "networks",
  (engine) => {
    beforeAll(async () => {
      await engine().start();
    });
    const docker = async (...args: string[]): Promise<string> => (await engine().succeed(...args)).trim();
    afterEach(() => engine().clear());

    it.skipIf(!hasDocker)(
      "reach published ports by the host's names, other containers' and their own",
      async () => {
        const port = await freePort();
        await docker("network", "create", "front");
        await docker(
          "run",
          "-d",
          "--name",
          "web",
          "--network",
          "front",
          "-p",
          `${port}:80`,
          image,
          ...server(80, "web"),
        );
        expect(await answered(port)).toBe("web");
        const other = ["run", "--rm", "--add-host", "machine:host-gateway", image];
        expect(await docker(...other, ...client("host.docker.internal", port))).toBe("web");
        expect(await docker(...other, ...client("machine", port))).toBe("web");
        expect(await docker("exec", "web", ...client("host.docker.internal", port))).toBe("web");
      },
    );

    it.skipIf(!hasDocker)("keep the host's loopback to the host", async () => {
      const port = await freePort();
      await docker("run", "-d", "--name", "own", "-p", `127.0.0.1:${port}:80`, image, ...server(80, "own"));
      expect(await answered(port)).toBe("own");
      expect(await docker("run", "--rm", image, ...client("host.docker.internal", port))).toBe("ECONNRESET");
    });

    it.skipIf(!hasDocker)("have IPv6 where it is asked for", async () => {
      const port = await freePort();
      await docker("network", "create", "--ipv6", "--subnet", "fd00:77:1::/64", "six");
      await docker("run", "-d", "--name", "web", "--network", "six", "--ip6", "fd00:77:1::50", "-p", `[::1]:${port}:80`, image, ...server(80, "six")); // prettier-ignore
      expect(await answered(port, "::1")).toBe("six");
      const lookup = `require("dns").promises.resolve6("web").then((a) => console.log(a.join()))`;
      expect(await docker("run", "--rm", "--network", "six", image, "node", "-e", lookup)).toBe(
        "fd00:77:1::50",
      );
      expect(await docker("run", "--rm", "--network", "six", image, ...client("fd00:77:1::50", 80))).toBe(
        "six",
      );
    });

    it.skipIf(!hasDocker)("give addresses from the range, leave out those that are spoken for", async () => {
      await docker("network", "create", "--subnet", "10.88.0.0/16", "--ip-range", "10.88.5.0/30", "--gateway", "10.88.5.1", "--aux-address", "printer=10.88.5.2", "ranged"); // prettier-ignore
      const format =
        "{{.NetworkSettings.Networks.ranged.IPAddress}} {{.NetworkSettings.Networks.ranged.Gateway}}";
      const start = async (...more: string[]): Promise<string> => {
        const id = await docker("run", "-d", "--network", "ranged", ...more, image, "sleep", "60");
        return docker("inspect", "-f", format, id);
      };
      expect(await start("--ip", "10.88.9.9", "--mac-address", "02:00:00:00:00:99")).toBe(
        "10.88.9.9 10.88.5.1",
      );
      const addresses = [await start(), await start()].toSorted();
      expect(addresses).toEqual(["10.88.5.0 10.88.5.1", "10.88.5.3 10.88.5.1"]);
      const refused = await engine().docker(["run", "--rm", "--network", "ranged", image, "true"]);
      expect(refused.stderr).toContain("no available IPv4 addresses on this network's address pools: ranged");
    });

    it.skipIf(!hasDocker)(
      "are several at create, and lead out by the one of the highest priority",
      async () => {
        await docker("network", "create", "--subnet", "10.96.0.0/24", "first");
        await docker("network", "create", "--subnet", "10.97.0.0/24", "second");
        const both = ["--network", "first", "--network", "name=second,gw-priority=1"];
        const routes = await docker("run", "--rm", ...both, image, "cat", "/proc/net/route");
        expect(routes).toMatch(/^eth0\t00000000\t0100610A\t/m); // 10.97.0.1
        expect(routes).toMatch(/^eth1\t0000600A\t/m); // 10.96.0.0
      },
    );

    it.skipIf(!hasDocker)("keep containers apart that are not to talk to each other", async () => {
      const port = await freePort();
      const option = "com.docker.network.bridge.enable_icc=false";
      await docker("network", "create", "--subnet", "10.89.0.0/24", "-o", option, "apart");
      await docker("run", "-d", "--name", "web", "--network", "apart", "--ip", "10.89.0.5", "-p", `${port}:80`, image, ...server(80, "web")); // prettier-ignore
      expect(await answered(port)).toBe("web");
      const other = ["run", "--rm", "--network", "apart", image];
      expect(await docker(...other, ...client("10.89.0.5", 80, 1500))).toMatch(/^silence$|^EHOSTUNREACH$/);
      expect(await docker(...other, ...client("10.89.0.1", port))).toBe("web");
    });

    it.skipIf(!hasDocker)("honour the bridge driver's options", async () => {
      const options = [
        "com.docker.network.driver.mtu=1400",
        "com.docker.network.container_iface_prefix=lan",
        "com.docker.network.bridge.host_binding_ipv4=127.0.0.1",
        "com.docker.network.bridge.name=mybridge",
      ];
      await docker("network", "create", ...options.flatMap((option) => ["-o", option]), "tuned");
      const link = await docker(
        "run",
        "--rm",
        "--network",
        "tuned",
        image,
        "sh",
        "-c",
        "cat /sys/class/net/lan0/mtu",
      );
      expect(link).toBe("1400");
      await docker(
        "run",
        "-d",
        "--name",
        "web",
        "--network",
        "tuned",
        "-p",
        "80",
        image,
        ...server(80, "web"),
      );
      expect(await docker("port", "web")).toMatch(/^80\/tcp -> 127\.0\.0\.1:\d+$/);
      const again = await engine().docker(["network", "create", "-o", options[3] ?? "", "second"]);
      expect(again.stderr).toContain("networks have same bridge name: mybridge");
      const wrong = await engine().docker([
        "network",
        "create",
        "-o",
        "com.docker.network.driver.mtu=much",
        "x",
      ]);
      expect(wrong.stderr).toContain('"much" is not a number from 68 to 65535');
    });

    /** Pids of the engine's processes of that name. */
    const named = (name: string): number[] =>
      processesOf(engine().root ?? "").filter((pid) => commandName(pid) === name);
    const kill = async (name: string): Promise<void> => {
      const before = named(name);
      expect(before.length).toBeGreaterThan(0);
      for (const pid of before) signalIfThere(pid, "SIGKILL");
      await eventually(`another ${name}`, () => {
        const now = named(name);
        return (now.length >= before.length && !now.some((pid) => before.includes(pid))) || undefined;
      });
    };

    it.skipIf(!hasDocker)(
      "come back when the processes that carry them are killed, and the engine with them",
      async () => {
        const port = await freePort();
        await docker("network", "create", "front");
        await docker("run", "-d", "--name", "web", "--network", "front", "-p", `${port}:80`, image, ...server(80, "web")); // prettier-ignore
        await docker("run", "-d", "--name", "other", "--network", "front", image, "sleep", "300");
        expect(await answered(port)).toBe("web");
        const works = async (): Promise<void> => {
          expect(await answered(port)).toBe("web");
          // A process that has just been started may not serve yet.
          for (const [name, at] of [
            ["web", 80],
            ["host.docker.internal", port],
          ] as const)
            await expect
              .poll(() => docker("exec", "other", ...client(name, at, 1500)), { message: name })
              .toBe("web");
        };
        await kill("slipway-side");
        await works();
        await kill("slipway-egress");
        await works();
        await killAndWait((await engine().status()).pid);
        await Promise.all([kill("slipway-side"), kill("slipway-egress")]);
        await engine().start();
        await works();
        await docker("restart", "-t", "0", "web");
        await works();
      },
    );

    it.skipIf(!hasDocker)(
      "carry a thousand connections at once in and out, and the end of what each side says",
      async () => {
        const port = await freePort();
        const echo = `require("net").createServer({ allowHalfOpen: true }, (s) => { s.on("error", () => s.destroy()); s.pipe(s); }).listen(80, "::")`;
        await docker("run", "-d", "--name", "echo", "-p", `${port}:80`, image, "node", "-e", echo);
        expect(await eventually("the echo", async () => (await run("node", ["-e", many, "127.0.0.1", String(port), "1"])).stdout.trim() || undefined)).toBe("1"); // prettier-ignore
        expect((await run("node", ["-e", many, "127.0.0.1", String(port), "1000"])).stdout.trim()).toBe(
          "1000",
        );
        // Out of a container by the host, and in again.
        const through = [
          "run",
          "--rm",
          image,
          "node",
          "-e",
          many,
          "host.docker.internal",
          String(port),
          "1000",
        ];
        expect(await docker(...through)).toBe("1000");
      },
    );

    it.skipIf(!hasDocker)("publish many ports at once", async () => {
      // Below those that programs on this machine are given by the kernel.
      const first = 20_000 + Math.floor(Math.random() * 8000);
      const last = first + 299;
      const range = `127.0.0.1:${first}-${last}:${first}-${last}/udp`;
      const args = ["run", "-d", "--name", "many", "-p", range, image, "sleep", "60"];
      await docker(...args);
      expect((await docker("port", "many")).split("\n")).toHaveLength(last - first + 1);
    });

    it.skipIf(!hasDocker)("publish ranges, and say when a port is taken", async () => {
      const port = await freePort();
      const publish = `127.0.0.1:${port}-${Math.min(port + 5, 65_535)}:80`;
      const start = async (name: string): Promise<number> => {
        await docker("run", "-d", "--name", name, "-p", publish, image, ...server(80, name));
        return Number((await docker("port", name)).split(":")[1]);
      };
      const first = await start("one");
      const second = await start("two");
      expect(second).toBeGreaterThan(first);
      expect([await answered(first), await answered(second)]).toEqual(["one", "two"]);
      const taken = await engine().docker(["run", "--rm", "-p", `127.0.0.1:${first}:80`, image, "true"]);
      expect(taken.code).not.toBe(0);
      expect(taken.stderr).toContain(`Bind for 127.0.0.1:${first} failed: port is already allocated`);
    });
  },
  { only: "bundled" },
);
