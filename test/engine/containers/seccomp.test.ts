import { describe, expect, it } from "vitest";
import { defaultRules } from "../../../src/engine/containers/seccomp-default.ts";
import { parseProfile, planProfile } from "../../../src/engine/containers/seccomp-profile.ts";
import { ALLOW, compileFilter, failWith } from "../../../src/engine/containers/seccomp-program.ts";
import type { Comparison } from "../../../src/engine/containers/seccomp-program.ts";
import { architectureOf } from "../../../src/engine/containers/seccomp-syscalls.ts";
import type { Architecture } from "../../../src/engine/containers/seccomp-syscalls.ts";
import { runFilter } from "./bpf.ts";

const [EPERM, ENOSYS] = [failWith(1), failWith(38)];
const x64 = architectureOf("x64") as Architecture;
const x86 = x64.compatible as Architecture;
const arm64 = architectureOf("arm64") as Architecture;
const DOCKERS_CAPABILITIES = ["CHOWN", "SYS_CHROOT", "MKNOD", "NET_RAW", "SETUID"];

function builtin(architecture: Architecture, ...more: string[]): Buffer {
  const { compatible } = architecture;
  return compileFilter(
    [architecture, ...(compatible === undefined ? [] : [compatible])].map((each) => ({
      audit: each.audit,
      rules: defaultRules(each, new Set([...DOCKERS_CAPABILITIES, ...more])),
      otherwise: EPERM,
      lastKnown: Math.max(...each.numbers.values()),
    })),
  );
}

const ask =
  (program: Buffer, architecture = x64) =>
  (name: string, ...values: (number | bigint)[]): number =>
    runFilter(program, {
      number: architecture.numbers.get(name) ?? -1,
      audit: architecture.audit,
      arguments: values.map(BigInt),
    }).verdict;

describe("the numbers of system calls", () => {
  it("are those of the headers", () => {
    const some = ["read", "clone", "ptrace", "io_pgetevents", "rseq", "pidfd_send_signal", "clone3", "mseal"];
    expect(some.map((name) => x64.numbers.get(name))).toEqual([0, 56, 101, 333, 334, 424, 435, 462]);
    expect(some.map((name) => arm64.numbers.get(name))).toEqual([63, 220, 117, 292, 293, 424, 435, 462]);
    const older = ["restart_syscall", "socketcall", "clone", "keyctl", "semget", "clock_settime64", "clone3"];
    expect(older.map((name) => x86.numbers.get(name))).toEqual([0, 102, 120, 288, 393, 404, 435]);
    expect(architectureOf("mips")).toBeUndefined();
  });
});

describe("the default filter", () => {
  const said = ask(builtin(x64));

  it.each([
    "read",
    "execve",
    "openat2",
    "ptrace",
    "mknod",
    "chroot",
    "landlock_add_rule",
    "setxattrat",
    "rseq",
  ])("lets %s through", (name) => expect(said(name)).toBe(ALLOW));

  it.each([
    ["add_key", "keyctl", "request_key", "mount", "unshare", "setns", "bpf", "perf_event_open", "syslog"],
    ["io_uring_setup", "kexec_load", "userfaultfd", "pivot_root", "open_by_handle_at", "reboot", "uselib"],
    ["acct", "init_module", "settimeofday", "clock_settime", "iopl", "mbind", "kcmp", "vhangup", "quotactl"],
  ])("refuses %s, %s, %s, %s…", (...names) => {
    for (const name of names) expect([name, said(name)]).toEqual([name, EPERM]);
  });

  it("refuses namespaces, however they are asked for", () => {
    expect(said("clone", 0x11)).toBe(ALLOW);
    expect(said("clone", 0x3d0f00)).toBe(ALLOW);
    expect(said("clone", 0x10000000 | 0x11)).toBe(EPERM);
    expect(said("clone", 0x20000)).toBe(EPERM);
    expect(said("clone3")).toBe(ENOSYS);
    const admin = ask(builtin(x64, "SYS_ADMIN"));
    expect([admin("clone", 0x10000000), admin("clone3"), admin("mount")]).toEqual([ALLOW, ALLOW, ALLOW]);
  });

  it("looks at the personality and at the family of a socket", () => {
    for (const value of [0, 8, 0x20000, 0x20008, 0xffffffff]) expect(said("personality", value)).toBe(ALLOW);
    for (const value of [0x40000, 1, 0x1_0000_0000n]) expect(said("personality", value)).toBe(EPERM);
    for (const family of [0, 1, 2, 10, 11, 13, 16, 17, 18, 44, 45])
      expect(said("socket", family)).toBe(ALLOW);
    for (const family of [12, 38, 40, 46, 0x1_0000_0002n]) expect(said("socket", family)).toBe(EPERM);
  });

  it.each([
    ["DAC_READ_SEARCH", "open_by_handle_at"],
    ["SYS_PTRACE", "kcmp"],
    ["SYS_TIME", "clock_settime"],
    ["BPF", "bpf"],
    ["SYSLOG", "syslog"],
    ["SYS_NICE", "set_mempolicy"],
  ])("gives to %s what it is for", (capability, name) => {
    expect(ask(builtin(x64, capability))(name)).toBe(ALLOW);
  });

  it("knows no other processor's calls, nor calls that are newer", () => {
    const program = builtin(x64);
    expect(runFilter(program, { number: 0, audit: 0x40000028 }).verdict).toBe(ENOSYS);
    expect(runFilter(program, { number: 468, audit: x86.audit }).verdict).toBe(ENOSYS);
    for (const number of [468, 9999, 0x40000000, 0x40000001, 0xffffffff]) {
      expect(runFilter(program, { number }).verdict).toBe(ENOSYS);
    }
  });

  it("is short, and asks little of each call", () => {
    const program = builtin(x64);
    expect(program.length / 8).toBeLessThan(650);
    const steps = [...x64.numbers.values()].map((number) => runFilter(program, { number }).steps);
    expect(Math.max(...steps)).toBeLessThan(50);
    expect(runFilter(program, { number: 0 }).steps).toBeLessThan(15);
  });

  it("is as strict with 32-bit programs", () => {
    const older = ask(builtin(x64), x86);
    for (const name of [
      "read",
      "waitpid",
      "mmap2",
      "clone",
      "sigreturn",
      "set_thread_area",
      "ipc",
      "chown32",
    ])
      expect([name, older(name)]).toEqual([name, ALLOW]);
    for (const name of ["keyctl", "umount", "umount2", "stime", "clock_settime64", "vm86", "uselib", "iopl"])
      expect([name, older(name)]).toEqual([name, EPERM]);
    expect([older("clone", 0x10000000), older("clone3"), older("socketcall", 1)]).toEqual([
      EPERM,
      ENOSYS,
      ENOSYS,
    ]);
    expect([older("socket", 2), older("socket", 38), older("personality", 0x40000)]).toEqual([
      ALLOW,
      EPERM,
      EPERM,
    ]);
  });

  it("is as strict on ARM", () => {
    const arm = ask(builtin(arm64), arm64);
    expect([arm("openat"), arm("keyctl"), arm("clone", 0x10000000), arm("clone3")]).toEqual([
      ALLOW,
      EPERM,
      EPERM,
      ENOSYS,
    ]);
  });
});

describe("conditions on arguments", () => {
  const values = [
    0n,
    1n,
    5n,
    6n,
    0xffff_ffffn,
    0x1_0000_0000n,
    0x1_0000_0005n,
    0x5_0000_0000n,
    2n ** 64n - 1n,
  ];
  const meets: Record<Comparison, (a: bigint, b: bigint) => boolean> = {
    "==": (a, b) => a === b,
    "!=": (a, b) => a !== b,
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
  };
  it.each(Object.keys(meets) as Comparison[])("compare 64 bits with %s", (comparison) => {
    for (const value of values) {
      const rule = { conditions: [{ argument: 3, comparison, value }], verdict: ALLOW };
      const rules = new Map([[7, [rule]]]);
      const program = compileFilter([{ audit: x64.audit, rules, otherwise: EPERM, lastKnown: 9 }]);
      for (const given of values) {
        const { verdict } = runFilter(program, { number: 7, arguments: [0n, 0n, 0n, given] });
        expect([given, comparison, value, verdict]).toEqual([
          given,
          comparison,
          value,
          meets[comparison](given, value) ? ALLOW : EPERM,
        ]);
      }
    }
  });
});

function planned(profile: object, capabilities: string[] = []): Buffer {
  return compileFilter(
    planProfile(parseProfile(JSON.stringify(profile)), {
      architecture: x64,
      capabilities: new Set(capabilities),
      kernel: "6.1.0-18-amd64",
    }),
  );
}

describe("a profile of the client's own", () => {
  it("allows what it names, and tells programs that newer calls are not there", () => {
    const said = ask(
      planned({
        defaultAction: "SCMP_ACT_ERRNO",
        defaultErrnoRet: 13,
        syscalls: [{ names: ["read", "statx", "not_a_call"], action: "SCMP_ACT_ALLOW" }],
      }),
    );
    expect([said("read"), said("write"), said("statx"), said("clone3")]).toEqual([
      ALLOW,
      failWith(13),
      ALLOW,
      ENOSYS,
    ]);
  });

  it("forbids what it names, and lets through the rest", () => {
    const said = ask(
      planned({
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [
          { name: "chmod", action: "SCMP_ACT_ERRNO" },
          { names: ["mkdir"], action: "SCMP_ACT_KILL_PROCESS" },
          { names: ["rmdir"], action: "SCMP_ACT_LOG" },
        ],
      }),
    );
    expect([said("chmod"), said("mkdir"), said("rmdir"), said("mseal")]).toEqual([
      EPERM,
      0x80000000,
      0x7ffc0000,
      ALLOW,
    ]);
  });

  it("may ask for capabilities, kernels, processors and arguments", () => {
    const profile = {
      defaultAction: "SCMP_ACT_ERRNO",
      archMap: [{ architecture: "SCMP_ARCH_X86_64" }],
      syscalls: [
        { names: ["mount"], action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_SYS_ADMIN"] } },
        { names: ["umount2"], action: "SCMP_ACT_ALLOW", excludes: { caps: ["CAP_SYS_ADMIN"] } },
        { names: ["ptrace"], action: "SCMP_ACT_ALLOW", includes: { minKernel: "4.8" } },
        { names: ["bpf"], action: "SCMP_ACT_ALLOW", includes: { minKernel: "6.2" } },
        { names: ["arch_prctl"], action: "SCMP_ACT_ALLOW", includes: { arches: ["amd64"] } },
        { names: ["iopl"], action: "SCMP_ACT_ALLOW", includes: { arches: ["arm64"] } },
        {
          names: ["socket"],
          action: "SCMP_ACT_ALLOW",
          args: [
            { index: 0, value: 1, op: "SCMP_CMP_EQ" },
            { index: 1, value: 1, op: "SCMP_CMP_EQ" },
          ],
        },
        {
          names: ["kill"],
          action: "SCMP_ACT_ALLOW",
          args: [
            { index: 1, value: 15, op: "SCMP_CMP_EQ" },
            { index: 1, value: 9, op: "SCMP_CMP_EQ" },
          ],
        },
        {
          names: ["open"],
          action: "SCMP_ACT_ALLOW",
          args: [{ index: 1, value: 3, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }],
        },
      ],
    };
    const [plain, admin] = [ask(planned(profile)), ask(planned(profile, ["SYS_ADMIN"]))];
    expect([plain("mount"), admin("mount"), plain("umount2"), admin("umount2")]).toEqual([
      EPERM,
      ALLOW,
      ALLOW,
      EPERM,
    ]);
    expect([plain("ptrace"), plain("bpf"), plain("arch_prctl"), plain("iopl")]).toEqual([
      ALLOW,
      EPERM,
      ALLOW,
      EPERM,
    ]);
    expect([plain("socket", 1, 1), plain("socket", 1, 2), plain("socket", 2, 1)]).toEqual([
      ALLOW,
      EPERM,
      EPERM,
    ]);
    expect([plain("kill", 1, 15), plain("kill", 1, 9), plain("kill", 1, 1)]).toEqual([ALLOW, ALLOW, EPERM]);
    expect([plain("open", 0, 0x8000), plain("open", 0, 0x8001)]).toEqual([ALLOW, EPERM]);
  });

  it("is for 32-bit programs where it names them", () => {
    const syscalls = [
      { names: ["waitpid", "read"], action: "SCMP_ACT_ALLOW", includes: { arches: ["amd64"] } },
    ];
    const defaultAction = "SCMP_ACT_ERRNO";
    const archMap = [
      { architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] },
      { architecture: "SCMP_ARCH_AARCH64", subArchitectures: ["SCMP_ARCH_ARM"] },
    ];
    const architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"];
    for (const profile of [
      { defaultAction, archMap, syscalls },
      { defaultAction, architectures, syscalls },
    ]) {
      const program = planned(profile);
      const older = ask(program, x86);
      expect([older("waitpid"), older("read"), older("write")]).toEqual([ALLOW, ALLOW, EPERM]);
      expect([ask(program)("read"), ask(program)("write")]).toEqual([ALLOW, ENOSYS]);
    }
    expect(ask(planned({ defaultAction, syscalls }), x86)("read")).toBe(ENOSYS);
  });

  it.each([
    ["{", "Decoding seccomp profile failed"],
    ["{}", "it has no defaultAction"],
    [JSON.stringify({ defaultAction: "SCMP_ACT_NOTIFY" }), "not supported: SCMP_ACT_NOTIFY"],
    [
      JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_MIPS"] }),
      "not for this processor",
    ],
    [
      JSON.stringify({
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [
          { names: ["read"], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: 0, op: "ABOUT" }] },
        ],
      }),
      "unknown operator: ABOUT",
    ],
  ])("that is wrong is refused: %s", (text, message) => {
    const subject = { architecture: x64, capabilities: new Set<string>(), kernel: "6.1" };
    expect(() => planProfile(parseProfile(text), subject)).toThrow(message);
  });
});
