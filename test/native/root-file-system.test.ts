import { chownSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Directive } from "../../src/engine/collaborators.ts";
import { describeForEveryUser } from "./every-user.ts";
import { containerSpecification } from "./specification.ts";

describeForEveryUser("root file system", (stage, user) => {
  /** A folder of the user's with one file. */
  function source(folder: string, name: string): string {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "file"), `${name}\n`);
    chownSync(path, user.uid, user.uid);
    chownSync(join(path, "file"), user.uid, user.uid);
    return path;
  }

  it("is there again when the container is started again", async () => {
    const place = stage().place();
    for (const expected of ["", "again\n", "again\nagain\n"]) {
      const { client } = stage().run(
        { args: ["sh", "-c", "touch /kept; cat /kept; echo again >> /kept"] },
        place,
      );
      expect((await client.exited()).status).toBe(0);
      expect(client.text()).toBe(expected);
    }
  });

  it("has as many layers as an image may have", async () => {
    const place = stage().place();
    const layers = Array.from({ length: 120 }, (_, number) => {
      const layer = join(place.folder, `layer-with-a-long-name-${"x".repeat(40)}-${number}`);
      mkdirSync(layer);
      writeFileSync(join(layer, `from-${number}`), "");
      return layer;
    });
    const directives = containerSpecification(place, { args: ["sh", "-c", "ls / | grep -c from-"] }).map(
      (directive): Directive => {
        if (directive[1] !== "overlay") return directive;
        return directive.with(
          4,
          String(directive[4]).replace("lowerdir=", `lowerdir=${layers.join(":")}:`),
        ) as unknown as Directive;
      },
    );
    const { client } = stage().start("run", place, directives);
    client.attach();
    client.send("G");
    await client.exited();
    expect(client.text()).toBe("120\n");
  });

  it("takes folders and files of the host, and creates what they go on", async () => {
    const place = stage().place();
    const folder = source(place.folder, "shared");
    const { client } = stage().run(
      {
        args: ["sh", "-c", "cat /new/deep/folder/file /etc/new/file; echo back > /new/deep/folder/answer"],
        more: [
          ["mount", "rbind", folder, "/new/deep/folder", "rw,rprivate"],
          ["mount", "bind", join(folder, "file"), "/etc/new/file", "ro"],
        ],
      },
      place,
    );
    await client.exited();
    expect(client.text()).toBe("shared\nshared\n");
    expect(readFileSync(join(folder, "answer"), "utf8")).toBe("back\n");
  });

  it("goes on where a link of the image leads, inside", async () => {
    const place = stage().place();
    const folder = source(place.folder, "shared");
    symlinkSync("/not/there/yet", join(place.folder, "upper/link"));
    const more: Directive[] = [["mount", "bind", folder, "/link/below", ""]];
    const { client } = stage().run({ args: ["cat", "/not/there/yet/below/file"], more }, place);
    await client.exited();
    expect(client.text()).toBe("shared\n");
  });

  it("keeps what is read-only so, with all below", async () => {
    const place = stage().place();
    const folder = source(place.folder, "shared");
    const script =
      "touch /ro/x || echo refused; touch /ro/sub/x || echo refused; mount -o remount,rw /ro || echo refused";
    const { client } = stage().run(
      {
        args: ["sh", "-c", script],
        more: [
          ["mount", "bind", folder, "/ro", "ro"],
          ["mount", "tmpfs", "tmpfs", "/rw", "size=64k,mode=1777"],
        ],
      },
      place,
    );
    await client.exited();
    expect(client.text()).toBe("refused\nrefused\nrefused\n");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("passes options on to temporary file systems", async () => {
    const { out } = await stage().shell(
      "head -c 100000 /dev/zero > /scratch/x || echo full; stat -c %a /scratch; cp /bin/busybox /exec/ && /exec/busybox true || echo no",
      [
        ["mount", "tmpfs", "tmpfs", "/scratch", "size=64k,mode=700,noexec"],
        ["mount", "tmpfs", "tmpfs", "/exec", "noexec,nosuid,nodev"],
      ],
    );
    expect(out).toBe("full\n700\nno\n");
  });
});
