import { readFileSync, readlinkSync } from "node:fs";
import { expect, it } from "vitest";
import { describeForEveryUser } from "./every-user.ts";
import { execSpecification } from "./specification.ts";
import type { Running } from "./stage.ts";

async function end(running: Running): Promise<void> {
  running.client.kill(9);
  await running.client.exited();
}

describeForEveryUser("exec", (stage, user) => {
  async function container(): Promise<Running> {
    const running = stage().run({ args: ["sleep", "60"], more: [["init"]] });
    await running.client.first("S");
    return running;
  }

  it("runs in the container's namespaces and tells its own status", async () => {
    const target = await container();
    const kinds = ["pid", "net", "ipc", "uts", "mnt", "cgroup"];
    const script = `${kinds.map((kind) => `readlink /proc/self/ns/${kind}`).join("; ")}; hostname; exit 9`;
    const added = await stage().exec(target, { args: ["sh", "-c", script] });
    expect((await added.client.exited()).status).toBe(9);
    const pid = await target.client.first("R");
    const expected = kinds.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
    expect(added.client.text().trim().split("\n")).toEqual([...expected, "box"]);
    expect(readFileSync(`${target.place.folder}/log`, "utf8")).toBe("");
    await end(target);
  });

  it("has the capabilities, the user, the folder and the environment asked for", async () => {
    const target = await container();
    const added = await stage().exec(target, {
      args: ["sh", "-c", "id -u; pwd; echo $COLOUR; grep CapBnd /proc/self/status"],
      capabilities: [0, 5],
      more: [
        ["user", user.hasIds ? "web" : "root"],
        ["cwd", "/tmp"],
        ["env", "COLOUR=red"],
      ],
    });
    await added.client.exited();
    expect(added.client.text()).toBe(`${user.hasIds ? 1000 : 0}\n/tmp\nred\nCapBnd:\t0000000000000021\n`);
    await end(target);
  });

  it("refuses commands as Docker does", async () => {
    const target = await container();
    const added = await stage().exec(target, { args: ["nosuchcommand"] });
    expect(await added.client.first("F")).toBe(
      '127 exec: "nosuchcommand": executable file not found in $PATH',
    );
    await end(target);
  });

  it("does not make the folder to run in, as the container's first process does", async () => {
    const target = await container();
    const added = await stage().exec(target, { args: ["true"], more: [["cwd", "/no/such"]] });
    expect(await added.client.first("F")).toBe(
      '126 chdir to cwd ("/no/such") set in config.json failed: no such file or directory',
    );
    const looking = await stage().exec(target, { args: ["test", "-e", "/no"] });
    expect((await looking.client.exited()).status).toBe(1);
    await end(target);
  });

  it("is told that the container is not running", async () => {
    const target = await container();
    const pid = Number(await target.client.first("R"));
    await end(target);
    await target.ended;
    const late = stage().start(
      "exec",
      target.place,
      execSpecification(target.place, pid, { args: ["true"] }),
    );
    expect(await late.client.first("F")).toBe("128 exec: the container is not running");
  });

  it("ends with the container", async () => {
    const target = await container();
    const added = await stage().exec(target, { args: ["sleep", "60"] });
    await added.client.first("S");
    await end(target);
    expect((await added.client.exited()).status).toBe(137);
  });

  it("takes signals for its process", async () => {
    const target = await container();
    const added = await stage().exec(target, { args: ["sleep", "60"] });
    await added.client.first("S");
    added.client.kill(15);
    expect((await added.client.exited()).status).toBe(143);
    await end(target);
  });

  it("gives a terminal of the container", async () => {
    const target = await container();
    const added = await stage().exec(target, {
      args: ["sh", "-c", "tty; stty size"],
      more: [["tty", "30", "100"]],
    });
    expect((await added.client.exited()).status).toBe(0);
    expect(added.client.text()).toBe("/dev/pts/0\r\n30 100\r\n");
    await end(target);
  });

  it("gives no terminal that the container has made up", async () => {
    const target = await container();
    const trick = await stage().exec(target, {
      args: ["sh", "-c", "mkdir /fake; mkfifo /fake/ptmx; rm -r /dev/ptmx; ln -s / /dev/ptmx; true"],
    });
    await trick.client.exited();
    const added = await stage().exec(target, { args: ["tty"], more: [["tty", "1", "1"]] });
    expect((await added.client.exited()).status).toBe(0);
    await end(target);
  });
});
