// `crun run` and `runc run` of a bundle that isolates as much as the bundled engine does by default: the same namespaces, mounts, masks,
// capabilities and filter of system calls, cgroups of its own, a network namespace with nothing but `lo`.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { MASKED_PATHS, READONLY_PATHS } from "../src/engine/containers/host-config.ts";
import { defaultRules } from "../src/engine/containers/seccomp-default.ts";
import { ALLOW } from "../src/engine/containers/seccomp-program.ts";
import { architectureOf } from "../src/engine/containers/seccomp-syscalls.ts";
import type { Side } from "./measure.ts";

const CAPABILITIES = (
  "CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD " +
  "AUDIT_WRITE SETFCAP"
)
  .split(" ")
  .map((name) => `CAP_${name}`);

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: "SCMP_ARCH_X86_64",
  arm64: "SCMP_ARCH_AARCH64",
};

/** The calls that the engine's default filter allows whatever their arguments, and `clone` and `personality` with the harmless ones. */
function seccomp(): object {
  const architecture = architectureOf(process.arch);
  if (architecture === undefined) throw new Error(`there is no filter for ${process.arch}`);
  const rules = defaultRules(architecture, new Set(CAPABILITIES.map((name) => name.slice("CAP_".length))));
  const names = [...architecture.numbers]
    .filter(([, number]) =>
      rules.get(number)?.some((rule) => rule.verdict === ALLOW && rule.conditions.length === 0),
    )
    .map(([name]) => name);
  const action = "SCMP_ACT_ALLOW";
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    architectures: [ARCHITECTURES[process.arch]],
    syscalls: [
      { names: [...names, "socket"], action },
      {
        names: ["clone"],
        action,
        args: [{ index: 0, value: 0x7e020000, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }],
      },
      { names: ["personality"], action, args: [{ index: 0, value: 0, op: "SCMP_CMP_EQ" }] },
    ],
  };
}

function mount(destination: string, type: string, source: string, options: string): object {
  return { destination, type, source, options: options.split(",") };
}

function configuration(rootfs: string, command: readonly string[]): object {
  const sets = ["bounding", "effective", "permitted"];
  return {
    ociVersion: "1.0.2",
    process: {
      user: { uid: 0, gid: 0 },
      args: command,
      env: ["PATH=/bin"],
      cwd: "/",
      capabilities: Object.fromEntries(sets.map((set) => [set, CAPABILITIES])),
    },
    root: { path: rootfs },
    hostname: "box",
    mounts: [
      mount("/proc", "proc", "proc", "nosuid,noexec,nodev"),
      mount("/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"),
      mount("/dev/pts", "devpts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"),
      mount("/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=65536k"),
      mount("/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"),
      mount("/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro"),
      mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid,noexec,nodev,ro"),
    ],
    linux: {
      namespaces: ["pid", "network", "ipc", "uts", "mount", "cgroup"].map((type) => ({ type })),
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
      resources: { devices: [{ allow: false, access: "rwm" }] },
      seccomp: seccomp(),
    },
  };
}

// crun refuses the hybrid layout of cgroups, so the empty second version is out of sight for it.
const LOOP = `
umount /sys/fs/cgroup/unified 2>/dev/null
while read -r name; do "$1" --root "$2" run --bundle "$3" "$name" </dev/null >&2; echo $?; done
`;

/** A shell that runs one container per line it is given, so that starting a runtime costs a fork of something small. */
export class OciRuntime implements Side {
  readonly name: string;
  readonly #shell: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  #count = 0;

  private constructor(runtime: string, folder: string, bundle: string) {
    this.name = `${runtime} run`;
    const args = ["-m", "sh", "-c", LOOP, "sh", runtime, join(folder, "state"), bundle];
    this.#shell = spawn("unshare", args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#shell.stdout })[Symbol.asyncIterator]();
  }

  /** Why that runtime cannot be tried; undefined when it can. */
  static unavailable(runtime: string): string | undefined {
    if (process.getuid?.() !== 0) return "needs root";
    return spawnSync(runtime, ["--version"]).status === 0 ? undefined : `${runtime} is not installed`;
  }

  /** A bundle of that root file system, below `folder`. */
  static open(
    runtime: string,
    options: { folder: string; rootfs: string; command: readonly string[] },
  ): OciRuntime {
    const bundle = join(options.folder, "bundle");
    mkdirSync(bundle, { recursive: true });
    const config = join(bundle, "config.json");
    if (!existsSync(config))
      writeFileSync(config, JSON.stringify(configuration(options.rootfs, options.command)));
    return new OciRuntime(runtime, options.folder, bundle);
  }

  async once(): Promise<void> {
    this.#shell.stdin.write(`slipway-bench-${process.pid}-${(this.#count += 1)}\n`);
    const { value } = (await this.#answers.next()) as { value: string };
    if (value !== "0") throw new Error(`${this.name} ended with ${value}`);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#shell.once("exit", resolve));
    this.#shell.stdin.end();
    await ended;
  }
}
