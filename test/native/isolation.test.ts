// What a container must not see, change or reach.
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeForEveryUser } from "./every-user.ts";

describeForEveryUser("isolation", (stage, user) => {
  it("gives namespaces of its own", async () => {
    const kinds = ["pid", "net", "ipc", "uts", "mnt", "cgroup"];
    const script = kinds.map((kind) => `readlink /proc/self/ns/${kind}`).join("; ");
    const { out } = await stage().shell(`${script}; hostname; echo $$; cat /proc/1/comm; true`);
    const lines = out.trim().split("\n");
    for (const [index, kind] of kinds.entries())
      expect(lines[index]).not.toBe(readlinkSync(`/proc/self/ns/${kind}`));
    expect(lines.slice(kinds.length)).toEqual(["box", "1", "sh"]);
  });

  it("keeps exactly the capabilities asked for, and none for an ordinary user", async () => {
    const { out } = await stage().shell("grep ^Cap /proc/self/status");
    const sets = Object.fromEntries(
      out
        .trim()
        .split("\n")
        .map((line) => line.split(":\t")),
    );
    const docker = "00000000a80425fb";
    expect(sets).toEqual({
      CapInh: "0000000000000000",
      CapPrm: docker,
      CapEff: docker,
      CapBnd: docker,
      CapAmb: "0000000000000000",
    });
    if (!user.hasIds) return;
    const ordinary = await stage().shell("grep ^Cap /proc/self/status", [["user", "web"]]);
    expect(ordinary.out).toMatch(/CapPrm:\t0{16}\nCapEff:\t0{16}\nCapBnd:\t00000000a80425fb/);
  });

  it("hides what is masked and protects what is read-only", async () => {
    const script = [
      "ls -A /hidden | wc -l",
      "cat /proc/keys | wc -c",
      "ls -A /sys/firmware | wc -l",
      "echo 1 > /proc/sys/kernel/core_uses_pid || echo refused",
      "mkdir /hidden/x || echo refused",
    ].join("; ");
    const { out } = await stage().shell(script);
    expect(out).toBe("0\n0\n0\nrefused\nrefused\n");
  });

  it("has Docker's devices", async () => {
    const script =
      "echo x > /dev/null; head -c 3 /dev/zero | wc -c; head -c 3 /dev/urandom | wc -c; echo y > /dev/full || echo full; echo z > /dev/stdout";
    expect((await stage().shell(script)).out).toBe("3\n3\nfull\nz\n");
  });

  it("leaves no descriptor of the host open", async () => {
    const { client } = stage().run({ args: ["sleep", "60"] });
    const pid = await client.first("R");
    await client.first("S");
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    expect(open.map((link) => link.replace(/\d+/, ""))).toEqual(["/dev/null", "pipe:[]", "pipe:[]"]);
    client.kill(9);
    await client.exited();
  });

  it("lets no symbolic link of the image lead a mount, a mask or a device outside", async () => {
    const outside = join(stage().folder, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "file"), "untouched\n");
    const up = "../".repeat(20);
    const links = { absolute: outside, relative: `${up}${outside.slice(1)}`, file: join(outside, "file") };
    const place = stage().place();
    const source = join(place.folder, "source");
    mkdirSync(source);
    chownSync(source, user.uid, user.uid);
    writeFileSync(join(source, "mark"), "");
    for (const [name, target] of Object.entries(links))
      symlinkSync(target, join(place.folder, "upper", name));

    const { client } = stage().run(
      {
        args: ["sh", "-c", `ls ${outside} ${outside}/inner; ls -l ${outside}/null | cut -c1`],
        more: [
          ["mount", "bind", source, "/absolute", ""],
          ["mount", "bind", source, "/relative/inner", ""],
          ["mask", "/file"],
          ["device", "/absolute/null", "c", "1", "3", "666"],
        ],
      },
      place,
    );
    await client.exited();
    // Inside, the links lead to a folder of that name below the container's own root.
    expect(client.text()).toMatch(/mark[^]*mark/);
    expect(client.text()).toMatch(/^c$/m);
    expect(readFileSync(join(outside, "file"), "utf8")).toBe("untouched\n");
    for (const name of ["mark", "inner", "null"]) expect(existsSync(join(outside, name))).toBe(false);
  });

  it("gives no way to the host's binary", async () => {
    // With a script that is interpreted by /proc/self/exe the kernel executes the starting program itself once more, inside.
    const place = stage().place();
    const script = join(place.folder, "upper/again");
    writeFileSync(script, "#!/proc/self/exe\n", { mode: 0o755 });
    const before = readFileSync(stage().binary);
    const { client } = stage().run({ args: ["/again"] }, place);
    await client.closed();
    expect(client.frames.map((frame) => frame.type)).toContain("X");

    const { out } = await stage().shell("readlink /proc/1/exe; echo x > /proc/1/exe && echo written", [
      ["init"],
    ]);
    expect(out).not.toContain("written");
    expect(out).not.toContain(stage().binary);
    expect(readFileSync(stage().binary).equals(before)).toBe(true);
  });

  it("refuses a working directory that leads out through a descriptor", async () => {
    for (const number of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
      const { client } = stage().run({ args: ["pwd"], more: [["cwd", `/proc/self/fd/${number}`]] });
      expect(await client.first("F")).toMatch(/^12[68] /);
    }
  });

  it("creates the working directory", async () => {
    expect((await stage().shell("pwd; stat -c %u .", [["cwd", "/srv/a/b"]])).out).toBe("/srv/a/b\n0\n");
  });

  it("cannot be left by a second mount or a pivot", async () => {
    const { out } = await stage().shell(
      "mount -t tmpfs x /tmp && echo mounted; mknod /tmp/sda b 8 0 && cat /tmp/sda && echo read; true",
    );
    expect(out).not.toMatch(/mounted|read/);
  });

  it("makes the root read-only on request, but not what is mounted on it", async () => {
    const script = "touch /x || echo refused; touch /dev/shm/x && echo fine";
    expect((await stage().shell(script, [["readonly-rootfs"]])).out).toBe("refused\nfine\n");
  });

  it("forbids new privileges on request", async () => {
    const script = "grep NoNewPrivs /proc/self/status";
    expect((await stage().shell(script)).out).toBe("NoNewPrivs:\t0\n");
    expect((await stage().shell(script, [["no-new-privileges"]])).out).toBe("NoNewPrivs:\t1\n");
  });

  it("loads a seccomp program, with and without the promise", async () => {
    const place = stage().place();
    const program = join(place.folder, "seccomp");
    writeFileSync(program, refuseCall(process.arch === "arm64" ? 34 : 83));
    for (const promise of [[], [["no-new-privileges"]] as const]) {
      const { out } = await stage().shell("mkdir /tmp/d; echo $?; grep Seccomp: /proc/self/status", [
        ["seccomp", program],
        ...promise,
      ]);
      expect(out).toBe("1\nSeccomp:\t2\n");
    }
  });

  it("sets kernel parameters of its own namespaces", async () => {
    const { out } = await stage().shell("cat /proc/sys/net/ipv4/ip_unprivileged_port_start", [
      ["sysctl", "net.ipv4.ip_unprivileged_port_start", "7"],
    ]);
    expect(out).toBe("7\n");
    const { client } = stage().run({ args: ["true"], more: [["sysctl", "net.no.such", "1"]] });
    expect(await client.first("F")).toMatch(/^128 sysctl: net\.no\.such: /);
  });

  it("joins the namespaces it is told to", async () => {
    const first = stage().run({ args: ["sleep", "60"] });
    const pid = await first.client.first("R");
    await first.client.first("S");
    const more = ["pid", "net", "ipc", "uts"].map((kind) => ["ns", kind, `/proc/${pid}/ns/${kind}`] as const);
    const { out } = await stage().shell("readlink /proc/self/ns/net; ps -o comm | grep sleep", more);
    expect(out).toBe(`${readlinkSync(`/proc/${pid}/ns/net`)}\nsleep\n`);
    first.client.kill(9);
    await first.client.exited();
  });

  it("shares the host's namespaces on request", async () => {
    const { out } = await stage().shell("readlink /proc/self/ns/net; readlink /proc/self/ns/pid", [
      ["ns", "net", "host"],
      ["ns", "pid", "host"],
    ]);
    expect(out).toBe(`${readlinkSync("/proc/self/ns/net")}\n${readlinkSync("/proc/self/ns/pid")}\n`);
  });
});

/** A program that answers one system call with EPERM and allows the rest. */
function refuseCall(number: number): Buffer {
  const instructions: readonly (readonly [code: number, yes: number, no: number, value: number])[] = [
    [0x20, 0, 0, 0], // load the number
    [0x15, 0, 1, number], // is it this one?
    [0x06, 0, 0, 0x0005_0001], // EPERM
    [0x06, 0, 0, 0x7fff_0000], // allow
  ];
  const program = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, yes, no, value]] of instructions.entries()) {
    program.writeUInt16LE(code, index * 8);
    program.writeUInt8(yes, index * 8 + 2);
    program.writeUInt8(no, index * 8 + 3);
    program.writeUInt32LE(value, index * 8 + 4);
  }
  return program;
}
