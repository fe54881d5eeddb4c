import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../support/processes.ts";
import { describeForEveryUser } from "./every-user.ts";
import { ShimClient } from "./shim-client.ts";

const INPUT_IS_OPEN = [["stdin", "open"]] as const;

describeForEveryUser("streams", (stage, user) => {
  it("carries input until it is closed, and output after that", async () => {
    const { client } = stage().run({ args: ["sh", "-c", "cat; echo end"], more: INPUT_IS_OPEN });
    client.input("one\n");
    client.input("two\n");
    await client.outputMatching(/two/);
    client.send("C");
    expect((await client.exited()).status).toBe(0);
    expect(client.text()).toBe("one\ntwo\nend\n");
  });

  it("carries more input than any buffer holds", async () => {
    const { client } = stage().run({ args: ["sh", "-c", "sleep 0.1; wc -c"], more: INPUT_IS_OPEN });
    for (let piece = 0; piece < 64; piece++) client.input("x".repeat(50_000));
    client.send("C");
    await client.exited();
    expect(client.text()).toBe("3200000\n");
  });

  it("gives /dev/null where no input was asked for", async () => {
    expect((await stage().shell("cat; readlink /proc/self/fd/0")).out).toBe("/dev/null\n");
  });

  it("closes input with the first connection that fed it, when it is to be open once", async () => {
    const { client, place } = stage().run({ args: ["sh", "-c", "cat; echo end"], more: [["stdin", "once"]] });
    await client.first("S");
    const other = await ShimClient.connect(join(place.folder, "ctl"));
    other.input("from another\n");
    await client.outputMatching(/another/);
    other.close();
    expect((await client.exited()).status).toBe(0);
    expect(client.text()).toBe("from another\nend\n");
  });

  it("tells a new connection what is true, and sends output from then on", async () => {
    const { client, place } = stage().run({
      args: ["sh", "-c", "echo early; read x; echo late; exit 2"],
      more: INPUT_IS_OPEN,
    });
    await client.outputMatching(/early/);
    expect(statSync(join(place.folder, "ctl")).mode & 0o777).toBe(0o600);
    const second = await ShimClient.connect(join(place.folder, "ctl"));
    expect(await second.first("R")).toBe(await client.first("R"));
    await second.first("S");
    second.attach(1);
    const third = await ShimClient.connect(join(place.folder, "ctl"));
    await third.first("S");
    client.close(); // the engine has gone; the next one is here
    second.input("\n");
    expect((await second.exited()).status).toBe(2);
    expect(second.text()).toBe("late\n");
    expect(await third.first("X")).toBe(await second.first("X"));
    expect(third.text()).toBe("");
  });

  it("sends each connection the streams it has asked for", async () => {
    const { client, place } = stage().run({
      args: ["sh", "-c", "read x; echo out; echo err >&2"],
      more: INPUT_IS_OPEN,
    });
    await client.first("S");
    const second = await ShimClient.connect(join(place.folder, "ctl"));
    await second.first("S");
    second.attach(2);
    second.input("\n");
    await second.exited();
    await client.exited();
    expect([second.text("O"), second.text("E")]).toEqual(["", "err\n"]);
    expect([client.text("O"), client.text("E")]).toEqual(["out\n", "err\n"]);
  });

  it("slows the process down for a connection that does not read, and frees it when that closes", async () => {
    const { client, place } = stage().run({
      args: ["sh", "-c", "yes 0123456789abcdef | head -c 8000000; echo done >&2"],
    });
    await client.first("S");
    const slow = await ShimClient.connect(join(place.folder, "ctl"));
    await slow.first("S");
    client.attach(2);
    slow.attach(1);
    slow.pause();
    const log = join(place.folder, "log");
    // It comes to rest long before the end, and stays there.
    const size = await eventually("the log to come to rest", async () => {
      const before = statSync(log).size;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return before > 0 && statSync(log).size === before ? before : undefined;
    });
    expect(size).toBeLessThan(8_000_000);
    expect(client.text("E")).toBe("");
    slow.close();
    await client.exited();
    expect(client.text("E")).toBe("done\n");
  });

  it("tells the exit although a connection does not read", async () => {
    const { client, place } = stage().run({
      args: ["sh", "-c", "read x; head -c 60000 /dev/zero; exit 3"],
      more: INPUT_IS_OPEN,
    });
    await client.first("S");
    const slow = await ShimClient.connect(join(place.folder, "ctl"));
    await slow.first("S");
    slow.attach();
    slow.pause();
    client.input("\n");
    expect((await client.exited()).status).toBe(3);
    slow.close();
  });

  it("lets stdout be opened by name, by whoever the process runs as", async () => {
    const more = user.hasIds ? ([["user", "web"]] as const) : [];
    expect((await stage().shell("echo direct > /dev/stdout; echo more >> /dev/stderr", more)).out).toBe(
      "direct\n",
    );
  });

  it("ends although a process elsewhere holds the output open", async () => {
    const { out, status } = await stage().shell("sleep 60 & echo up; exit 8", [["ns", "pid", "host"]]);
    expect({ out, status }).toEqual({ out: "up\n", status: 8 });
  });
});
