// Runs tests on Debian's kernel, with control groups of version 2 and with AppArmor: in a virtual machine that has this machine's files
// to read and a disk of its own to write to. `npm run test:debian-kernel [-- command]`; docs/containers.md says what it needs.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "slipway-debian-kernel");
/** What has to be there before this machine's files are. */
const FIRST_MODULES = ["virtio_pci", "virtio_blk", "9pnet_virtio", "9p", "crc32c_generic", "ext4", "overlay"];
const MACHINE = "-accel tcg,thread=multi -cpu max -smp 2 -m 3G -display none -no-reboot -nic none".split(" ");
const TESTS = [
  "test/native/cgroup.test.ts",
  "test/engine/containers/apparmor.real.test.ts",
  "test/engine/containers/exec.real.test.ts",
  "test/engine/containers/limits.real.test.ts",
  "test/engine/containers/resources.real.test.ts",
  "test/e2e/apparmor.test.ts",
  "test/e2e/docker-cli-limits.test.ts",
  "test/e2e/resource-limits.test.ts",
];

function capture(command, args, options = {}) {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], ...options });
}

/** Fills the cache's folder of that name, once: what was begun and not finished is begun again. */
function cached(name, fill) {
  const folder = join(cache, name);
  if (existsSync(join(folder, "complete"))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  fill(folder);
  mkdirSync(join(folder, "complete"));
  return folder;
}

/** Fetches a package without installing it: the path of its archive. */
function fetchPackage(name, folder) {
  capture("apt-get", ["download", "-q", name], { cwd: folder });
  return join(
    folder,
    readdirSync(folder).find((file) => file.endsWith(".deb")),
  );
}

/** The folder in which Debian's kernel is unpacked. */
function fetchKernel() {
  const found = /Depends: (linux-image-\S+)/.exec(capture("apt-cache", ["depends", "linux-image-amd64"]));
  if (found === null) throw new Error("apt knows no linux-image-amd64 (apt-get update?)");
  return cached(found[1], (folder) => {
    const archive = fetchPackage(found[1], folder);
    capture("dpkg-deb", ["-x", archive, folder]);
    rmSync(archive);
    capture("busybox", ["depmod", "-b", folder, release(folder)]);
  });
}

/** A tar archive of what loads profiles of AppArmor, to be unpacked over the machine's root. */
function fetchAppArmor() {
  const folder = cached("apparmor", (made) => {
    const archive = fetchPackage("apparmor", made);
    execFileSync("sh", ["-ec", 'dpkg-deb --fsys-tarfile "$0" > "$1"', archive, join(made, "files.tar")]);
    rmSync(archive);
  });
  return join(folder, "files.tar");
}

function release(kernel) {
  return readdirSync(join(kernel, "lib/modules"))[0];
}

/** Files of modules in the order in which they can be loaded. */
function moduleFiles(kernel) {
  const root = join(kernel, "lib/modules", release(kernel));
  const lines = readFileSync(join(root, "modules.dep"), "utf8").split("\n");
  const needs = new Map(
    lines.map((line) => line.split(":")).map(([file, rest = ""]) => [file, rest.split(" ").filter(Boolean)]),
  );
  const files = new Set();
  const add = (file) => {
    for (const needed of needs.get(file) ?? []) add(needed);
    files.add(join(root, file));
  };
  for (const name of FIRST_MODULES) {
    const file = [...needs.keys()].find((path) => basename(path) === `${name}.ko`);
    if (file !== undefined) add(file); // else the kernel has it built in
  }
  return [...files];
}

/** The first file system: busybox, the modules, and what mounts the rest. */
function makeInitramfs(kernel, folder) {
  const root = join(folder, "initramfs");
  mkdirSync(join(root, "modules"), { recursive: true });
  copyFileSync("/bin/busybox", join(root, "busybox"));
  symlinkSync("busybox", join(root, "sh"));
  copyFileSync(join(here, "boot.sh"), join(root, "init"));
  chmodSync(join(root, "init"), 0o755);
  moduleFiles(kernel).forEach((file, index) => {
    copyFileSync(file, join(root, "modules", `${String(index).padStart(2, "0")}.ko`));
  });
  const archive = join(folder, "initramfs.cpio");
  execFileSync("sh", ["-c", `cd "$1" && find . | busybox cpio -o -H newc > "$2"`, "sh", root, archive]);
  return archive;
}

function runMachine(kernel, folder, words) {
  const disk = join(folder, "disk");
  capture("mke2fs", ["-q", "-F", "-t", "ext4", disk, "16G"]);
  const version = release(kernel);
  const args = [
    ...MACHINE,
    "-kernel",
    join(kernel, `boot/vmlinuz-${version}`),
    "-initrd",
    makeInitramfs(kernel, folder),
    "-virtfs",
    "local,path=/,mount_tag=host,readonly=on,security_model=none,multidevs=remap",
    "-drive",
    `file=${disk},format=raw,if=virtio,cache=unsafe,discard=unmap`,
    "-serial",
    "stdio",
    "-serial",
    `file:${join(folder, "status")}`,
    "-append",
    `console=ttyS0 quiet panic=-1 cgroup_no_v1=all slipway_modules=${join(kernel, "lib/modules")} ` +
      `slipway_package=${join(here, "../..")} slipway_words=${Buffer.from(words.join("\n")).toString("base64")} ` +
      `slipway_apparmor=${fetchAppArmor()} slipway_path=${process.env["PATH"]}`,
  ];
  const machine = spawn("qemu-system-x86_64", args, { stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve, reject) => {
    machine.on("error", reject);
    machine.on("close", () => resolve(Number(readFileSync(join(folder, "status"), "utf8").trim() || 1)));
  });
}

const words = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "slipway-debian-kernel-"));
try {
  process.exitCode = await runMachine(
    fetchKernel(),
    folder,
    words.length > 0 ? words : ["npx", "vitest", "run", "--testTimeout=180000", ...TESTS],
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
