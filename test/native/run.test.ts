import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandName, isAlive, kilobytesOf, readProc } from "../support/proc.ts";
import { eventually } from "../support/processes.ts";
import { describeForEveryUser } from "./every-user.ts";
import { containerSpecification } from "./specification.ts";

describeForEveryUser("run", (stage, user) => {
  it("tells the exit status after all output, and keeps it", async () => {
    const { client, place, ended } = stage().run({ args: ["sh", "-c", "echo out; echo err >&2; exit 7"] });
    const { status, oom } = await client.exited();
    expect({ status, oom, out: client.text(), err: client.text("E") }).toEqual({
      status: 7,
      oom: false,
      out: "out\n",
      err: "err\n",
    });
    expect(client.frames.at(-1)?.type).toBe("X");
    expect(readFileSync(join(place.folder, "exit"), "utf8")).toBe(await client.first("X"));
    expect(await ended).toBe(0);
    expect(existsSync(join(place.folder, "ctl"))).toBe(false);
  });

  it("sends signals to the first process and counts death by signal n as 128 + n", async () => {
    const trapped = stage().run({
      args: ["sh", "-c", "trap 'exit 9' TERM; echo up; while :; do sleep 0.01; done"],
    });
    await trapped.client.outputMatching(/up/);
    trapped.client.kill(15);
    expect((await trapped.client.exited()).status).toBe(9);

    const killed = stage().run({ args: ["sleep", "60"] });
    await killed.client.first("S");
    killed.client.kill(9);
    expect((await killed.client.exited()).status).toBe(137);
  });

  it.each([
    { args: ["nosuchcommand"], frame: '127 exec: "nosuchcommand": executable file not found in $PATH' },
    { args: ["/no/such"], frame: '127 exec: "/no/such": stat /no/such: no such file or directory' },
    { args: ["/etc/passwd"], frame: '126 exec: "/etc/passwd": permission denied' },
    { args: ["/etc"], frame: '126 exec: "/etc": is a directory: permission denied' },
  ])("refuses $args as Docker does", async ({ args, frame }) => {
    const { client, place, ended } = stage().run({ args });
    expect(await client.first("F")).toBe(frame);
    expect(await ended).toBe(1);
    expect(existsSync(join(place.folder, "exit"))).toBe(false);
    expect(existsSync(join(place.folder, "ctl"))).toBe(false);
  });

  it("says which step failed", async () => {
    const { client } = stage().run({
      args: ["true"],
      more: [["mount", "bind", "/no/such/source", "/mnt", ""]],
    });
    expect(await client.first("F")).toBe("128 mounting /no/such/source on /mnt: no such file or directory");
    const { client: unknown } = stage().run({ args: ["true"], more: [["colour", "red"]] });
    expect(await unknown.first("F")).toBe('128 specification: unknown directive "colour"');
    const profile = [["apparmor", "no-such-profile"]] as const;
    const { client: unconfined } = stage().run({ args: ["true"], more: profile });
    expect(await unconfined.first("F")).toMatch(
      /^128 unable to apply apparmor profile: apparmor failed to apply profile no-such-profile: ./,
    );
  });

  it("holds the process until it is told to go", async () => {
    const place = stage().place();
    const held = stage().start("run", place, containerSpecification(place, { args: ["touch", "/started"] }));
    const pid = Number(await held.client.first("R"));
    expect(commandName(pid)).toBe("slipway-shim");
    expect(existsSync(join(place.folder, "upper/started"))).toBe(false);
    held.client.send("G");
    expect((await held.client.exited()).status).toBe(0);
    expect(existsSync(join(place.folder, "upper/started"))).toBe(true);
  });

  it("undoes everything when the first connection closes before it is told to go", async () => {
    const place = stage().place();
    const held = stage().start("run", place, containerSpecification(place, { args: ["touch", "/started"] }));
    const pid = Number(await held.client.first("R"));
    held.client.close();
    expect(await held.ended).toBe(1);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(place.folder, "exit"))).toBe(false);
    expect(existsSync(join(place.folder, "ctl"))).toBe(false);
    expect(existsSync(join(place.folder, "upper/started"))).toBe(false);
  });

  it("undoes everything when the first connection has closed before there is something to tell it", async () => {
    const place = stage().place();
    const specification = containerSpecification(place, {
      args: ["touch", "/started"],
      // Which ports it got is told before anything else.
      more: [["publish", "tcp", "127.0.0.1", "0", "127.0.0.1", "80"]],
    });
    const held = stage().start("run", place, specification);
    held.client.close();
    expect(await held.ended).toBe(1);
    expect(readdirSync(place.folder).filter((name) => /^(ctl|exit)/.test(name))).toEqual([]);
    expect(existsSync(join(place.folder, "upper/started"))).toBe(false);
  });

  it("lives on without its first connection once it may go", async () => {
    const { client, place } = stage().run({ args: ["sh", "-c", "sleep 0.2; exit 3"] });
    await client.first("S");
    client.close();
    await eventually("the exit file", () => existsSync(join(place.folder, "exit")) || undefined);
    expect(readFileSync(join(place.folder, "exit"), "utf8")).toMatch(/^3 0 \d+\.\d{9}$/);
  });

  it("takes the container down when the shim is killed", async () => {
    const { client, process: shim } = stage().run({ args: ["sleep", "60"] });
    const pid = Number(await client.first("R"));
    await client.first("S");
    shim.kill("SIGKILL");
    expect(await eventually("the end of the process", () => !isAlive(pid) || undefined)).toBe(true);
  });

  it("keeps a small init in front of the command when asked to", async () => {
    const script =
      "(sleep 0.05 & ) ; trap 'exit 5' USR1; ps -o pid,comm; echo up; while :; do sleep 0.01; done";
    const { client } = stage().run({ args: ["sh", "-c", script], more: [["init"]] });
    await client.outputMatching(/up/);
    expect(client.text()).toMatch(/^ +1 slipway-init$/m);
    client.kill(10);
    expect((await client.exited()).status).toBe(5);
  });

  it("refuses a command behind the small init as it does without", async () => {
    const { client } = stage().run({ args: ["nosuchcommand"], more: [["init"]] });
    expect(await client.first("F")).toBe('127 exec: "nosuchcommand": executable file not found in $PATH');
  });

  it("uses little memory while it waits", async () => {
    const { client, process: shim } = stage().run({ args: ["sleep", "60"] });
    await client.first("S");
    // The rest is the binary's own pages, which all shims share; how many of them are mapped is the kernel's choice.
    expect(kilobytesOf(shim.pid ?? 0, "status", "RssAnon")).toBeLessThan(256);
    client.kill(9);
    await client.exited();
  });

  it.runIf(user.rootless)("is nobody's root but its user's", async () => {
    const { client } = stage().run({ args: ["sleep", "60"] });
    const pid = Number(await client.first("R"));
    expect(readProc(pid, "status")).toMatch(new RegExp(`^Uid:\\s+${user.uid}\\s`, "m"));
    client.kill(9);
    await client.exited();
  });
});
