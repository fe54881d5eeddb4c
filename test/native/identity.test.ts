import { expect, it } from "vitest";
import type { Directive } from "../../src/engine/collaborators.ts";
import { describeForEveryUser } from "./every-user.ts";

const SHOW = "echo $(id -u) $(id -g) $(id -G) $HOME";

describeForEveryUser(
  "identity",
  (stage) => {
    const cases: readonly (readonly [directives: readonly Directive[], shown: string])[] = [
      [[], "0 0 0 /root"],
      [[["user", "web"]], "1000 1001 1001 10 /home/web"],
      [[["user", "1000"]], "1000 1001 1001 10 /home/web"],
      [[["user", "web:audio"]], "1000 63 63 /home/web"],
      [[["user", "web:5"]], "1000 5 5 /home/web"],
      [[["user", "4321"]], "4321 0 0 /"],
      [[["user", "4321:1234"]], "4321 1234 1234 /"],
      [[["user", ":wheel"]], "0 10 10 /root"],
      [
        [
          ["user", "web"],
          ["group", "audio"],
          ["group", "77"],
        ],
        "1000 1001 1001 10 63 77 /home/web",
      ],
      [
        [
          ["user", "web"],
          ["env", "HOME=/elsewhere"],
        ],
        "1000 1001 1001 10 /elsewhere",
      ],
    ];
    it.each(cases)("resolves %j", async (directives, shown) => {
      expect((await stage().shell(SHOW, directives)).out.trim()).toBe(shown);
    });

    it.each([
      ["ghost", "128 unable to find user ghost: no matching entries in passwd file"],
      ["2147483648", "128 uids and gids must be in range 0-2147483647"],
      ["web:-1", "128 uids and gids must be in range 0-2147483647"],
      ["web:ghosts", "128 unable to find group ghosts: no matching entries in group file"],
    ])("refuses %s", async (user, text) => {
      const { client } = stage().run({ args: ["true"], more: [["user", user]] });
      expect(await client.first("F")).toBe(text);
    });

    it("sets the file mode mask", async () => {
      expect((await stage().shell("umask")).out).toBe("0022\n");
      expect((await stage().shell("umask", [["umask", "0077"]])).out).toBe("0077\n");
    });

    it("sets resource limits, and warns of what cannot be raised", async () => {
      const { client } = stage().run({
        args: ["sh", "-c", "ulimit -Sn; ulimit -Hn; ulimit -c"],
        more: [
          ["rlimit", "7", "256", "512"],
          ["rlimit", "4", "0", "0"],
        ],
      });
      await client.exited();
      expect(client.text()).toBe("256\n512\n0\n");
      expect(client.frames.some((frame) => frame.type === "N")).toBe(false);
    });
  },
  (user) => user.hasIds,
);

describeForEveryUser(
  "identity without ids",
  (stage) => {
    it("runs as root instead and warns", async () => {
      const { client } = stage().run({ args: ["sh", "-c", SHOW], more: [["user", "web"]] });
      await client.exited();
      expect(client.text()).toBe("0 0 0 /home/web\n");
      expect(await client.first("N")).toContain("user 1000 is not available without subordinate ids");
    });

    it("clamps a resource limit that it may not raise, and warns", async () => {
      const { client } = stage().run({
        args: ["sh", "-c", "ulimit -Hn"],
        more: [["rlimit", "7", "9000000", "9000000"]],
      });
      await client.exited();
      expect(Number(client.text())).toBeLessThan(9_000_000);
      expect(await client.first("N")).toContain("resource limit 7 cannot be raised");
    });
  },
  (user) => !user.hasIds,
);
