// A program that makes the calls and says what the kernel answers, in containers.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostConfig } from "../../../src/engine/api-types/host-config.ts";
import { collect, openRealEngine, refusal, runToEnd } from "./real-engine.ts";
import type { RealEngine } from "./real-engine.ts";

const PROBE = `
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#define SAY(what, ...) do { errno = 0; long r = syscall(__VA_ARGS__); printf("%s %s\\n", what, r < 0 ? strerrorname_np(errno) : "ok"); } while (0)
// As a 32-bit program calls.
#define OLD(what, number, first) do { long r; __asm__ volatile("int $0x80" : "=a"(r) : "a"((long)number), "b"((long)first), "c"(0L), "d"(0L) : "memory"); \\
  errno = (int)-r; printf("%s %s\\n", what, (int)r < 0 ? strerrorname_np(errno) : "ok"); } while (0)
int main(void) {
  SAY("keyctl", SYS_keyctl, 0, -3, 0);
  SAY("add_key", SYS_add_key, "user", "a", "b", 1, -2);
  SAY("unshare", SYS_unshare, CLONE_NEWUSER);
  SAY("clone", SYS_clone, CLONE_NEWUSER | 0x80000000, 0, 0, 0, 0);
  SAY("clone3", SYS_clone3, 0, 0);
  SAY("personality", SYS_personality, 0x40000);
  SAY("personality?", SYS_personality, 0xffffffff);
  SAY("ptrace", SYS_ptrace, 0, 0, 0, 0);
  SAY("io_uring_setup", SYS_io_uring_setup, 1, 0);
  SAY("mount", SYS_mount, 0, 0, 0, 0, 0);
  SAY("chmod", SYS_fchmodat, -100, "/tmp", 01777);
  SAY("unknown", 4000);
  SAY("socket", SYS_socket, 38, 5, 0);
#ifdef __x86_64__
  SAY("x32", 0x40000000 + SYS_getpid);
  OLD("old-getpid", 20, 0);
  OLD("old-keyctl", 288, 0);
  OLD("old-unshare", 310, CLONE_NEWUSER);
  OLD("old-socketcall", 102, 1);
  OLD("old-socket", 359, 38);
#endif
  return 0;
}
`;

/** Of the kernel alone: no 32-bit library is needed to build it. */
const OLDER = `
.globl _start
_start:
  movl $4, %eax
  movl $1, %ebx
  movl $text, %ecx
  movl $13, %edx
  int $0x80
  movl $1, %eax
  movl $7, %ebx
  int $0x80
.section .rodata
text: .ascii "from 32 bits\\n"
.section .note.GNU-stack,"",@progbits
`;

const compiler = spawnSync("cc", ["--version"]).status === 0;
if (!compiler) console.warn("tests of filters in containers are skipped: no C compiler");

describe.skipIf(refusal !== undefined || !compiler)("the filter of a container", () => {
  let engine: RealEngine;
  let tools: string;
  beforeAll(async () => {
    engine = await openRealEngine();
    tools = join(engine.root, "tools");
    mkdirSync(tools);
    writeFileSync(join(tools, "probe.c"), PROBE);
    execFileSync("cc", ["-static", "-o", join(tools, "probe"), join(tools, "probe.c")]);
  });
  afterAll(() => engine.end());

  const answers = async (host: HostConfig = {}): Promise<Record<string, string>> => {
    const { stdout, stderr } = await runToEnd(engine, {
      Cmd: ["/tools/probe"],
      HostConfig: { Binds: [`${tools}:/tools:ro`], ...host },
    });
    expect(stderr).toBe("");
    return Object.fromEntries(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" ") as [string, string]),
    );
  };

  const REFUSED = {
    keyctl: "EPERM",
    add_key: "EPERM",
    unshare: "EPERM",
    clone: "EPERM",
    clone3: "ENOSYS",
    personality: "EPERM",
    "personality?": "ok",
    ptrace: "ok",
    io_uring_setup: "EPERM",
    mount: "EPERM",
    chmod: "ok",
    unknown: "ENOSYS",
    socket: "EPERM",
    ...(process.arch === "x64"
      ? {
          x32: "ENOSYS",
          "old-getpid": "ok",
          "old-keyctl": "EPERM",
          "old-unshare": "EPERM",
          "old-socketcall": "ENOSYS",
          "old-socket": "EPERM",
        }
      : {}),
  };

  it("refuses what Docker's refuses, with and without no-new-privileges", async () => {
    expect(await answers()).toEqual(REFUSED);
    expect(await answers({ SecurityOpt: ["no-new-privileges"] })).toEqual(REFUSED);
  });

  it.skipIf(process.arch !== "x64")("lets 32-bit programs run", async () => {
    writeFileSync(join(tools, "older.S"), OLDER);
    const built = spawnSync("cc", ["-m32", "-nostdlib", "-static", "-o", "older", "older.S"], { cwd: tools });
    expect(built.stderr.toString()).toBe("");
    const { status, stdout } = await runToEnd(engine, {
      Cmd: ["/tools/older"],
      HostConfig: { Binds: [`${tools}:/tools:ro`] },
    });
    expect([status, stdout]).toEqual([7, "from 32 bits\n"]);
  });

  it("is there for users other than root, and for further processes", async () => {
    const id = await engine.create({
      Cmd: ["sleep", "600"],
      User: "1000",
      HostConfig: { Binds: [`${tools}:/tools:ro`] },
    });
    await engine.containers.start(id);
    const { Id } = await engine.execs.create(id, { Cmd: ["/tools/probe"], AttachStdout: true });
    const { output } = await engine.execs.startAttached(Id, { tty: false });
    expect((await collect(output)).stdout).toContain("keyctl EPERM\nadd_key EPERM\nunshare EPERM\n");
    await engine.containers.remove(id, { force: true, volumes: true });
  });

  it("is not there when the container is unconfined or privileged", async () => {
    const open = { keyctl: "ok", unshare: "ok", personality: "ok", clone3: "EINVAL" };
    expect(await answers({ SecurityOpt: ["seccomp=unconfined"] })).toMatchObject(open);
    expect(await answers({ Privileged: true })).toMatchObject(open);
  });

  it("follows the capabilities, and a profile of the client's own", async () => {
    expect(await answers({ CapAdd: ["SYS_ADMIN"] })).toMatchObject({ unshare: "ok", keyctl: "EPERM" });
    const profile = JSON.stringify({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["fchmodat"], action: "SCMP_ACT_ERRNO", errnoRet: 95 }],
    });
    expect(await answers({ SecurityOpt: [`seccomp=${profile}`] })).toMatchObject({
      chmod: "EOPNOTSUPP",
      keyctl: "ok",
    });
    await expect(
      engine.create({ Cmd: ["true"], HostConfig: { SecurityOpt: ["seccomp={"] } }),
    ).rejects.toThrow("Decoding seccomp profile failed");
  });
});
