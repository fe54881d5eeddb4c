// Containers of the real binary on bridges of a real anchor, as root and as root of user namespaces.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Directive } from "../../src/engine/collaborators.ts";
import { describeForEveryUser } from "./every-user.ts";
import type { Stage } from "./stage.ts";

function net(stage: Stage, ...args: string[]): void {
  const { uid, rootless } = stage.user;
  const anchor = ["--anchor", String(stage.anchor), ...(rootless ? ["--rootless"] : [])];
  const { status, stderr } = spawnSync(stage.binary, [...anchor, "net", ...args], {
    encoding: "utf8",
    uid,
    gid: uid,
  });
  if (status !== 0) throw new Error(stderr);
}

function on(bridge: string, network: number, number: number): Directive {
  return [
    "endpoint",
    "eth0",
    bridge,
    `10.${network}.0.${number}/24`,
    "",
    `10.${network}.0.1`,
    "",
    "",
    "",
    "",
  ];
}

describeForEveryUser("networks of containers", (stage) => {
  it("reach each other by name on one network, not on another, and publish ports", async () => {
    net(stage(), "bridge-add", "br-x", "10.1.0.1/24");
    net(stage(), "bridge-add", "br-y", "10.2.0.1/24");
    const table = join(stage().folder, "x.names");
    writeFileSync(table, "10.1.0.2 web\n");
    const serve = ["sh", "-c", "echo up; nc -ll -p 80 -e cat"];
    const names: Directive[] = [
      ["resolver", "61053"],
      ["names", table],
    ];
    const web = stage().run({
      args: serve,
      more: [on("br-x", 1, 2), ["publish", "tcp", "127.0.0.1", "0", "10.1.0.2", "80"], ...names],
    });
    const [, , port] = (await web.client.first("P")).trim().split(" ");
    await web.client.outputMatching(/up/);

    const near = await stage().shell(
      "echo nameserver 127.0.0.11 >/etc/resolv.conf; nslookup web 127.0.0.11; until echo hello | nc -w 2 10.1.0.2 80; do sleep 0.05; done",
      [on("br-x", 1, 3), ...names],
    );
    expect(near.out).toContain("10.1.0.2");
    expect(near.out).toContain("hello");
    const far = await stage().shell(
      "echo hello | nc -w 1 10.1.0.2 80; echo hello | nc -w 1 10.1.0.1 80; echo end",
      [on("br-y", 2, 2)],
    );
    expect(far.out).toBe("end\n");

    const client = connect(Number(port), "127.0.0.1");
    client.write("through\n");
    const [bytes] = (await once(client, "data")) as [Buffer];
    expect(String(bytes)).toBe("through\n");
    client.destroy();
    web.client.kill(9);
    await web.client.exited();
  });

  it("fail to start on a port that is taken, in Docker's words", async () => {
    net(stage(), "bridge-add", "br-x", "10.1.0.1/24");
    const first = stage().run({
      args: ["sleep", "60"],
      more: [on("br-x", 1, 5), ["publish", "tcp", "127.0.0.1", "0", "10.1.0.5", "80"]],
    });
    const port = (await first.client.first("P")).trim().split(" ")[2] ?? "";
    const second = stage().run({
      args: ["true"],
      more: [on("br-x", 1, 6), ["publish", "tcp", "127.0.0.1", port, "10.1.0.6", "80"]],
    });
    expect(await second.client.first("F")).toBe(
      `128 Bind for 127.0.0.1:${port} failed: port is already allocated`,
    );
    await first.client.first("S");
    first.client.kill(9);
    await first.client.exited();
  });
});
