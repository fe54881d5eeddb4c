// What a container sees of its networks, and what the API says of them: the same on every engine.
import { afterEach, beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { run } from "../support/processes.ts";

const hasDocker = (await run("sh", ["-c", "command -v docker"])).code === 0;
const image = "slipway/host";

/** Prints what the container's name server says of a name, or why it says nothing. `patience`: milliseconds until it is taken for silent. */
const lookup = (name: string, method = "resolve4", patience = 10_000): string[] => [
  "node",
  "-e",
  `new (require("dns").promises.Resolver)({ timeout: ${patience}, tries: 1 }).${method}("${name}")
     .then((found) => console.log(found.sort().join()), (error) => console.log(error.code))`,
];

/** A name server on port 53 of all addresses: every name is 192.0.2.53, and who asks for `long.…` is told to ask over TCP. */
const nameServer = `
const answer = (query, cut) => {
  const reply = Buffer.from(query.subarray(0, query.indexOf(0, 12) + 5));
  reply[2] |= cut ? 0x82 : 0x80;
  reply.writeUInt16BE(cut ? 0 : 1, 6);
  reply.writeUInt16BE(0, 10);
  return Buffer.concat([reply, Buffer.from(cut ? "" : "c00c00010001000000050004c0000235", "hex")]);
};
const udp = require("dgram").createSocket("udp4");
udp.on("message", (query, { port, address }) => udp.send(answer(query, query[12] === "long".length), port, address));
udp.bind(53);
require("net").createServer((socket) => {
  let asked = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    asked = Buffer.concat([asked, bytes]);
    if (asked.length < 2 || asked.length < asked.readUInt16BE(0) + 2) return;
    const reply = answer(asked.subarray(2), false);
    socket.end(Buffer.concat([Buffer.from([reply.length >> 8, reply.length & 255]), reply]));
  });
}).listen(53, "0.0.0.0");
`;

/** Finds a name server by the container's own, and asks it, over UDP and TCP. Prints whom it has found and what that says, or why it says nothing. */
const askNameServer = (host: string): string[] => [
  "node",
  "-e",
  `const { lookup, Resolver } = require("dns").promises;
   const ask = async () => {
     const found = await lookup("${host}", { all: true });
     const resolver = new Resolver({ timeout: 10_000, tries: 1 });
     resolver.setServers(found.map(({ address }) => address));
     return [...found.map(({ address }) => address), ...(await resolver.resolve4("short.test")), ...(await resolver.resolve4("long.test"))].join();
   };
   ask().then(console.log, (error) => console.log(error.code));`,
];

const serve = (name: string): string[] => [
  "node",
  "-e",
  `require("http").createServer((_, answer) => answer.end("${name}")).listen(80)`,
];

describeEachEngine("membership of networks", (engine) => {
  beforeAll(async () => {
    await engine().start();
  });
  const docker = async (...args: string[]): Promise<string> => (await engine().succeed(...args)).trim();
  const refusal = async (...args: string[]): Promise<string> => {
    const result = await engine().docker(args);
    expect(result.code).not.toBe(0);
    return result.stderr;
  };
  const start = (name: string, ...more: string[]): Promise<string> =>
    docker("run", "-d", "--name", name, ...more, image, "sleep", "300");
  const hosts = (name: string): Promise<string> => docker("exec", name, "cat", "/etc/hosts");
  /** The kernel tells in its own time how far an interface has come up. */
  const isUp = async (name: string): Promise<void> => {
    const state = (): Promise<string> => docker("exec", name, "cat", "/sys/class/net/eth0/operstate");
    await expect.poll(state).toBe("up");
  };
  const address = (name: string, network: string): Promise<string> =>
    docker("inspect", "-f", `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, name);
  afterEach(() => engine().clear());

  it.skipIf(!hasDocker)(
    "shows in /etc/hosts and routes as it changes, and leaves other lines alone",
    async () => {
      await docker("network", "create", "--subnet", "10.91.0.0/24", "one");
      await docker("network", "create", "--subnet", "10.92.0.0/24", "two");
      await start("web", "--network", "one", "--hostname", "shop", "--add-host", "far:192.0.2.9");
      await docker("exec", "web", "sh", "-c", "echo '192.0.2.8 mine' >> /etc/hosts");
      const [one] = [await address("web", "one")];
      await docker("network", "connect", "--ip", "10.92.0.77", "two", "web");
      expect(await hosts("web")).toMatch(/192\.0\.2\.9\tfar\n/);
      expect(await hosts("web")).toContain(`${one}\tshop\n`);
      expect(await hosts("web")).toContain("10.92.0.77\tshop");
      await docker("network", "disconnect", "one", "web");
      const after = await hosts("web");
      expect(after).not.toContain(`${one}\tshop`);
      // Docker 20.10 takes out the lines of all networks.
      expect(after.includes("10.92.0.77\tshop") || engine().kind === "docker").toBe(true);
      expect(after).toContain("192.0.2.8 mine");
      expect(await docker("exec", "web", "cat", "/proc/net/route")).toMatch(/\t00000000\t01005C0A\t/); // 10.92.0.1
    },
  );

  it.skipIf(!hasDocker)("is followed by published ports, which lead to nobody else meanwhile", async () => {
    await docker("network", "create", "--subnet", "10.93.0.0/24", "former");
    await docker("network", "create", "--subnet", "10.94.0.0/24", "later");
    await docker("run", "-d", "--name", "web", "--network", "former", "-p", "80", image, ...serve("web"));
    const [port = ""] = (await docker("port", "web", "80")).split("\n");
    const answer = async (): Promise<string> =>
      (await engine().curl([port.replace("0.0.0.0", "http://127.0.0.1")])).stdout;
    await expect.poll(answer, { timeout: 10_000 }).toBe("web");
    const former = await address("web", "former");
    await docker("network", "disconnect", "former", "web");
    const taken = ["--name", "other", "--network", "former", "--ip", former];
    await docker("run", "-d", ...taken, image, ...serve("other"));
    expect(await answer()).toBe("");
    await docker("network", "connect", "later", "web");
    const [again = ""] = (await docker("port", "web", "80")).split("\n");
    // Docker has given the port up meanwhile.
    expect(again === port || engine().kind === "docker").toBe(true);
    expect((await engine().curl([again.replace("0.0.0.0", "http://127.0.0.1")])).stdout).toBe("web");
  });

  it.skipIf(!hasDocker)(
    "makes containers known by names, aliases and links, with and without the network's name",
    async () => {
      await docker("network", "create", "one");
      await start("db", "--network", "one", "--network-alias", "store", "--hostname", "base");
      await start("cache-1", "--network", "one", "--network-alias", "cache");
      await start("cache-2", "--network", "one", "--network-alias", "cache");
      await start("web", "--network", "one", "--link", "db:postgres");
      const ip = await address("db", "one");
      const web = (name: string, method?: string): Promise<string> =>
        docker("exec", "web", ...lookup(name, method));
      for (const name of ["db", "store", "base", "postgres", "db.one", "store.one", "DB"])
        expect(await web(name), name).toBe(ip);
      expect(await web(ip, "reverse")).toBe("db.one");
      expect(await web("db", "resolve6")).toBe("ENODATA");
      const both = [await address("cache-1", "one"), await address("cache-2", "one")].toSorted().join();
      expect(await web("cache")).toBe(both);
      expect(await docker("exec", "db", ...lookup("postgres", "resolve4", 1000))).not.toBe(ip);
      await docker("stop", "-t", "0", "db");
      expect(await docker("exec", "web", ...lookup("db", "resolve4", 1000))).not.toBe(ip);
      await docker("start", "db");
      const again = await address("db", "one");
      expect([await web("db"), await web("postgres")]).toEqual([again, again]);
    },
  );

  it.skipIf(!hasDocker)(
    "leaves port 53 of all addresses to a name server in a container, beside the container's own",
    async () => {
      await docker("network", "create", "one");
      await docker("run", "-d", "--name", "dns", "--network", "one", image, "node", "-e", nameServer);
      await start("web", "--network", "one");
      const answers = [await address("dns", "one"), "192.0.2.53", "192.0.2.53"].join();
      await expect.poll(() => docker("exec", "web", ...askNameServer("dns"))).toBe(answers);
      const beside = ["run", "--rm", "--network", "container:dns", image];
      expect(await docker(...beside, ...lookup("web"))).toBe(await address("web", "one"));
      expect(await docker(...beside, ...askNameServer("dns"))).toBe(answers);
      expect(await docker("exec", "dns", "cat", "/etc/resolv.conf")).toContain("nameserver 127.0.0.11\n");
    },
  );

  it.skipIf(!hasDocker)("does not make containers known by name on the predefined network", async () => {
    await start("web");
    await start("other");
    expect(await docker("exec", "other", ...lookup("web", "resolve4", 1000))).not.toBe(
      await address("web", "bridge"),
    );
    expect(
      await refusal("run", "--rm", "--network", "bridge", "--network-alias", "x", image, "true"),
    ).toMatch(/network-scoped alias(es are only| is) supported/);
  });

  it.skipIf(!hasDocker)(
    "makes linked containers known on the predefined network, in files and variables",
    async () => {
      await start("db", "--expose", "5432", "-e", "MODE=fast");
      await start("web", "--link", "db:store");
      const line = async (): Promise<string> => `${await address("db", "bridge")}\tstore `;
      expect(await hosts("web")).toContain(await line());
      expect(await docker("exec", "web", "cat", "/proc/1/environ")).toContain(
        `STORE_PORT_5432_TCP=tcp://${await address("db", "bridge")}:5432`,
      );
      await docker("stop", "-t", "0", "db");
      await start("between");
      await docker("start", "db");
      expect(await hosts("web")).toContain(await line());
      await docker("stop", "-t", "0", "db", "web");
      expect(await refusal("start", "web")).toMatch(
        /cannot link to a non running container: \/db AS \/web\/store/i,
      );
    },
  );

  it.skipIf(!hasDocker)("gives the hardware address that the container asked for", async (test) => {
    // Docker's command line says it for each network, which takes API 1.44.
    test.skip(engine().kind === "docker", "needs API 1.44");
    await docker("network", "create", "one");
    await start("web", "--network", "one", "--mac-address", "02:00:00:00:00:42");
    expect(await docker("exec", "web", "cat", "/sys/class/net/eth0/address")).toBe("02:00:00:00:00:42");
    await docker("restart", "-t", "0", "web");
    expect(await docker("exec", "web", "cat", "/sys/class/net/eth0/address")).toBe("02:00:00:00:00:42");
  });

  it.skipIf(!hasDocker)("is told of the networks host and none, and none can be left", async () => {
    await docker("network", "create", "one");
    await start("hosted", "--network", "host");
    await start("alone", "--network", "none");
    const networks = (name: string): Promise<string> =>
      docker("inspect", "-f", "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{end}}", name);
    expect([await networks("hosted"), await networks("alone")]).toEqual(["host", "none"]);
    expect(await docker("network", "inspect", "-f", "{{range .Containers}}{{.Name}}{{end}}", "host")).toBe(
      "hosted",
    );
    expect(await refusal("network", "connect", "one", "hosted")).toContain(
      "container sharing network namespace with another container or host cannot be connected to any other network",
    );
    expect(await refusal("network", "connect", "one", "alone")).toContain("private (none) mode");
    await docker("network", "disconnect", "none", "alone");
    await docker("network", "connect", "one", "alone");
    await isUp("alone");
  });

  it.skipIf(!hasDocker)(
    "is shared with containers that are started in it, as long as its owner runs",
    async () => {
      await docker("network", "create", "one");
      await start("owner", "--network", "one", "--hostname", "shop");
      await start("guest", "--network", "container:owner");
      expect(await docker("exec", "guest", "hostname")).toBe("shop");
      expect(await hosts("guest")).toContain(`${await address("owner", "one")}\tshop`);
      // The owner has another namespace now, and its address there: nobody else may have that address still.
      await docker("restart", "-t", "0", "owner");
      expect(await docker("exec", "guest", "ls", "/sys/class/net")).toBe("lo");
      await docker("stop", "-t", "0", "owner", "guest");
      expect(await refusal("start", "guest")).toContain("cannot join network of a non running container");
      await docker("start", "owner", "guest");
      await isUp("guest");
    },
  );

  it.skipIf(!hasDocker)("refuses what cannot be, in the same words", async () => {
    await docker("network", "create", "--subnet", "10.93.0.0/24", "one");
    await start("web", "--network", "one", "--ip", "10.93.0.5");
    const create = (...args: string[]): Promise<string> => refusal("network", "create", ...args);
    expect(await create("one")).toContain("network with name one already exists");
    expect(await create("host")).toContain("operation is not permitted on predefined host network");
    expect(await create("-d", "host", "h")).toContain('only one instance of "host" network is allowed');
    expect(await create("--subnet", "10.93.0.0/16", "two")).toMatch(/overlap/);
    expect(await create("--subnet", "10.94.0.0/24", "--gateway", "10.94.0.255", "two")).toContain(
      "failed to allocate gateway (10.94.0.255): Address already in use",
    );
    expect(
      await create(
        "--subnet",
        "10.94.0.0/24",
        "--gateway",
        "10.94.0.1",
        "--aux-address",
        "a=10.94.0.1",
        "two",
      ),
    ).toContain("failed to allocate secondary ip address (a:10.94.0.1): Address already in use");
    expect(await create("--config-from", "nothing", "two")).toContain(
      'configuration network "nothing" does not exist',
    );
    expect(await refusal("network", "rm", "bridge")).toContain(
      "bridge is a pre-defined network and cannot be removed",
    );
    expect(await refusal("network", "rm", "one")).toContain("has active endpoints");
    expect(await refusal("network", "connect", "one", "web")).toContain(
      "endpoint with name web already exists in network one",
    );
    expect(await refusal("network", "disconnect", "bridge", "web")).toContain(
      "is not connected to network bridge",
    );
    expect(await refusal("run", "--rm", "--network", "one", "--ip", "10.93.0.5", image, "true")).toContain(
      "Address already in use",
    );
    expect(await refusal("network", "connect", "host", "web")).toContain(
      "container cannot be disconnected from host network or connected to host network",
    );
  });

  it.skipIf(!hasDocker)("has no drivers but its own", async (test) => {
    test.skip(engine().kind === "docker", "a Docker Engine takes fifteen seconds to look for a plugin");
    expect(await refusal("network", "create", "-d", "weave", "h")).toContain('plugin "weave" not found');
  });

  it.skipIf(!hasDocker)("makes networks like a configuration, which stays while they are there", async () => {
    await docker("network", "create", "--config-only", "--subnet", "10.95.0.0/24", "--label", "a=b", "plan");
    await docker("network", "create", "--config-from", "plan", "made");
    expect(
      await docker(
        "network",
        "inspect",
        "-f",
        "{{.ConfigFrom.Network}} {{(index .IPAM.Config 0).Subnet}} {{.Labels.a}}",
        "made",
      ),
    ).toBe("plan 10.95.0.0/24 b");
    expect(await refusal("network", "rm", "plan")).toContain('configuration network "plan" is in use');
    await docker("network", "rm", "made");
    await docker("network", "rm", "plan");
  });
});
