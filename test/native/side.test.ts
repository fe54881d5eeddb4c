// A container with a network: its interface, its published ports and its DNS, all carried by the side process.
import { chownSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Directive } from "../../src/engine/collaborators.ts";
import { childrenOf, commandName, readProc } from "../support/proc.ts";
import { eventually, succeed } from "../support/processes.ts";
import { describeForEveryUser } from "./every-user.ts";
import type { Stage } from "./stage.ts";

const ENDPOINT: Directive = [
  "endpoint",
  "eth0",
  "br0",
  "10.9.0.2/24",
  "02:42:0a:09:00:02",
  "10.9.0.1",
  "",
  "",
  "1500",
  "",
];

async function makeBridge(stage: Stage): Promise<void> {
  const options = ["--anchor", String(stage.anchor), ...(stage.user.rootless ? ["--rootless"] : [])];
  const ids = [`--reuid=${stage.user.uid}`, `--regid=${stage.user.uid}`, "--clear-groups"];
  await succeed("setpriv", [...ids, stage.binary, ...options, "net", "bridge-add", "br0", "10.9.0.1/24"]);
}

function ask(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (data: string) => (answer += data));
    socket.on("error", reject).on("close", () => resolve(answer));
  });
}

function sideProcessesOf(shim: number): number[] {
  return childrenOf(shim).filter((pid) => commandName(pid) === "slipway-side");
}

describeForEveryUser("side process", (stage, user) => {
  it("carries interface, ports and names, without privileges, and ends before the exit is told", async () => {
    await makeBridge(stage());
    const place = stage().place();
    writeFileSync(join(place.folder, "names"), "10.9.0.7 store store.example\n", { mode: 0o600 });
    chownSync(join(place.folder, "names"), user.uid, user.uid);
    const script = "ip -o -4 addr show eth0; ip route; nslookup store 127.0.0.11; nc -l -p 80 -e cat";
    const running = stage().run(
      {
        args: ["sh", "-c", script],
        more: [
          ENDPOINT,
          ["publish", "tcp", "127.0.0.1", "0", "10.9.0.2", "80"],
          ["resolver", "61053"],
          ["names", join(place.folder, "names")],
        ],
      },
      place,
    );
    const { client } = running;
    const port = Number(/^tcp 127\.0\.0\.1 (\d+) 80$/m.exec(await client.first("P"))?.[1]);
    await client.outputMatching(/Address: 10\.9\.0\.7/);
    expect(client.text()).toMatch(/10\.9\.0\.2\/24/);
    expect(client.text()).toMatch(/default via 10\.9\.0\.1 dev eth0/);

    const side = sideProcessesOf(running.process.pid ?? 0)[0] ?? 0;
    const status = readProc(side, "status");
    expect(status).toMatch(/NoNewPrivs:\t1/);
    expect(status).toMatch(/CapEff:\t000000000000000[04]\n/); // 4: reading the names table, as nobody
    const isUser = new RegExp(`^Uid:\\t${user.uid}\\t`, "m").test(status);
    expect(isUser).toBe(!user.hasIds); // there may be nobody else to be

    // Refused until the container listens.
    const answer = await eventually("an answer", () => ask(port, "hello").catch(() => undefined));
    expect(answer).toBe("hello");
    await client.exited();
    const server = createServer().listen(port, "127.0.0.1"); // the port is free at once
    await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
    server.close();
  });

  it("is started again when it is killed: ports and names come back", async () => {
    await makeBridge(stage());
    const place = stage().place();
    writeFileSync(join(place.folder, "names"), "10.9.0.7 store\n", { mode: 0o600 });
    chownSync(join(place.folder, "names"), user.uid, user.uid);
    const running = stage().run(
      {
        args: ["sh", "-c", "nc -ll -p 80 -e cat & while read line; do nslookup store 127.0.0.11; done"],
        more: [
          ENDPOINT,
          ["stdin", "open"],
          ["publish", "tcp", "", "0", "10.9.0.2", "80"],
          ["resolver", "61053"],
          ["names", join(place.folder, "names")],
        ],
      },
      place,
    );
    const { client } = running;
    const port = Number(/^tcp 0\.0\.0\.0 (\d+) 80$/m.exec(await client.first("P"))?.[1]);
    const shim = running.process.pid ?? 0;
    await eventually("an answer", () => ask(port, "hello").catch(() => undefined));
    let side = await eventually("a side process", () => sideProcessesOf(shim)[0]);
    for (let time = 0; time < 2; time += 1) {
      const killed = side;
      process.kill(killed, "SIGKILL");
      side = await eventually("another", () => sideProcessesOf(shim).find((pid) => pid !== killed));
      expect(await ask(port, "again")).toBe("again");
    }
    client.input("\n");
    await client.outputMatching(/Address: 10\.9\.0\.7/);
    running.process.kill("SIGKILL");
  });

  it("says that a port is taken, and leaves nothing", async () => {
    await makeBridge(stage());
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const port = String((server.address() as AddressInfo).port);
    const { client, ended } = stage().run({
      args: ["true"],
      more: [ENDPOINT, ["publish", "tcp", "127.0.0.1", port, "10.9.0.2", "80"]],
    });
    expect(await client.first("F")).toContain(`Bind for 127.0.0.1:${port} failed: port is already allocated`);
    expect(await ended).toBe(1);
    server.close();
  });

  it("says that an interface cannot be made", async () => {
    const { client } = stage().run({
      args: ["true"],
      more: [ENDPOINT.with(2, "nobridge") as unknown as Directive],
    });
    expect(await client.first("F")).toMatch(/^128 /);
  });

  it("dies with the shim", async () => {
    await makeBridge(stage());
    const { client, process: shim } = stage().run({
      args: ["sleep", "60"],
      more: [ENDPOINT, ["publish", "tcp", "127.0.0.1", "0", "10.9.0.2", "80"]],
    });
    await client.first("S");
    const port = Number((await client.first("P")).split(" ")[2]);
    shim.kill("SIGKILL");
    const isRefused = await eventually("the port to be free", () =>
      ask(port, "").then(
        () => undefined,
        () => true,
      ),
    );
    expect(isRefused).toBe(true);
  });
});
