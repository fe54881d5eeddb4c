import { expect, it } from "vitest";
import { describeForEveryUser } from "./every-user.ts";

describeForEveryUser("terminal", (stage, user) => {
  it("is the container's own console, of the size asked for, and can be resized", async () => {
    const script = "tty; stty size; ls -l /dev/console | cut -c1; read line; stty size; echo end";
    const { client } = stage().run({
      args: ["sh", "-c", script],
      more: [
        ["tty", "40", "120"],
        ["stdin", "open"],
      ],
    });
    await client.outputMatching(/40 120\r\nc\r\n/);
    expect(client.text()).toMatch(/^\/dev\/(pts\/0|console)\r\n/);
    client.resize(55, 133);
    client.input("go\n");
    await client.outputMatching(/55 133\r\nend\r\n/);
    expect((await client.exited()).status).toBe(0);
    expect(client.frames.some((frame) => frame.type === "E")).toBe(false);
  });

  it("interrupts the foreground on control-C", async () => {
    const { client } = stage().run({
      args: ["sh", "-c", "trap 'echo interrupted; exit 4' INT; echo up; while :; do sleep 0.01; done"],
      more: [
        ["tty", "24", "80"],
        ["stdin", "open"],
      ],
    });
    await client.outputMatching(/up/);
    client.input("\u0003");
    expect((await client.exited()).status).toBe(4);
    expect(client.text()).toContain("interrupted");
  });

  it("gives job control behind the small init", async () => {
    const { client } = stage().run({
      args: ["sh", "-i"],
      more: [["tty", "24", "80"], ["stdin", "open"], ["init"]],
    });
    client.input("sh -c 'echo $((40 + 2)); exec sleep 30'\n"); // in the foreground by the time it says 42
    await client.outputMatching(/^42\r$/m);
    client.input("\u0003");
    client.input("echo alive; exit 6\n");
    expect((await client.exited()).status).toBe(6);
    expect(client.text()).toMatch(/alive\r\n/);
    expect(client.text()).not.toContain("job control turned off");
  });

  it("outlives a process that closes and opens it again", async () => {
    const { client } = stage().run({
      args: ["sh", "-c", "exec <&- >&- 2>&-; sleep 0.05; exec >/dev/tty; echo back"],
      more: [["tty", "24", "80"]],
    });
    expect((await client.exited()).status).toBe(0);
    expect(client.text()).toBe("back\r\n");
  });

  it("loses nothing of what was written just before the end", async () => {
    const { client } = stage().run({ args: ["seq", "1", "20000"], more: [["tty", "24", "80"]] });
    await client.exited();
    const lines = client.text().trim().split("\r\n");
    expect(lines.length).toBe(20_000);
    expect(lines.at(-1)).toBe("20000");
  });

  it.runIf(user.hasIds)("belongs to the user of the process", async () => {
    const { client } = stage().run({
      args: ["sh", "-c", "stat -L -c %U /dev/fd/0; echo direct > /dev/console"],
      more: [
        ["tty", "24", "80"],
        ["user", "web"],
      ],
    });
    await client.exited();
    expect(client.text()).toBe("web\r\ndirect\r\n");
  });
});
