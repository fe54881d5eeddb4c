// The lower layers of slipway/host that are not the machine's own folders: a small root with generated settings, and a layer
// that lies over /usr so that the first levels of it belong to the container's root also where the machine's are not writable.
// A skeleton never changes once it is in place, because running containers have it mounted; a changed machine gets another, and so does one that
// was started anew: nobody waits for the disk to have it, so a power failure may leave a part of it under the name of the whole.
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemAccounts } from "./host-accounts.ts";
import { candidateNames, copyPublic, publicNames } from "./public-files.ts";

/** Raised whenever a skeleton of the same machine would come out different. */
const generation = "1";
/** Where the image has the node that runs the engine. */
export const nodePathInImage = "/opt/slipway/node/bin/node";

const nameServiceSwitch =
  ["passwd", "group", "shadow"].map((name) => `${name}: files\n`).join("") +
  "hosts: files dns\nnetworks: files\nprotocols: files\nservices: files\n";

const plainFolders = (
  "dev proc sys run run/lock home media mnt opt srv etc " +
  "var var/cache var/lib var/log var/mail var/opt var/spool"
).split(" ");
const usrFolders = (
  "bin games include lib libexec local sbin share src " +
  "local/bin local/etc local/games local/include local/lib local/sbin local/share local/src"
).split(" ");

export interface HostSkeleton {
  /** Lower layer of `/`. */
  readonly root: string;
  /** Lies over the machine's /usr. */
  readonly usr: string;
  /**
   * Folders of the machine, absolute, that the container gets as copy-on-write overlays: /usr and what is not part of it. What the
   * machine has mounted further down (a volume with somebody's sources, say) is not seen through them.
   */
  readonly hostFolders: readonly string[];
  /** Set when the node that runs the engine is not in any of those folders: bound to `nodePathInImage`. */
  readonly boundNode: string | undefined;
}

/** The machine that a skeleton is made of; tests give another root than `/`. */
export interface HostMachine {
  readonly rootPath: string;
  readonly nodePath: string;
  /** Another one after each start of the machine. */
  readonly bootId: string;
}

/** Makes the skeleton of this machine below `parent` unless it is there already; older ones are left to `removeOtherSkeletons`. */
export function ensureHostSkeleton(parent: string, machine: HostMachine): HostSkeleton {
  const { links, folders } = topLevel(machine.rootPath);
  const inHostFolder = folders.some((folder) => machine.nodePath.startsWith(`${folder}/`));
  const place = join(parent, signature(machine, links));
  const skeleton: HostSkeleton = {
    root: join(place, "root"),
    usr: join(place, "usr"),
    hostFolders: folders,
    boundNode: inHostFolder ? undefined : machine.nodePath,
  };
  if (existsSync(place)) return skeleton;
  const temporary = `${place}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    makeRoot(join(temporary, "root"), machine, { links, folders, nodeIsBound: !inHostFolder });
    makeUsr(join(temporary, "usr"), machine.rootPath);
    renameSync(temporary, place);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  return skeleton;
}

/** Only while no container that was started from this image runs. */
export function removeOtherSkeletons(parent: string, current: HostSkeleton): void {
  const kept = dirname(current.root);
  for (const name of readdirSync(parent)) {
    const place = join(parent, name);
    if (place !== kept) rmSync(place, { recursive: true, force: true });
  }
}

/** /bin, /lib and their like: links into /usr on merged machines, folders of their own on others. */
function topLevel(rootPath: string): { links: ReadonlyMap<string, string>; folders: readonly string[] } {
  const links = new Map<string, string>();
  const folders = ["/usr"];
  const names = readdirSync(rootPath).filter((name) => /^(s?bin|lib(32|64|x32)?)$/.test(name));
  for (const name of names.toSorted()) {
    const path = join(rootPath, name);
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) links.set(name, readlinkSync(path));
    else if (stat.isDirectory()) folders.push(`/${name}`);
  }
  return { links, folders };
}

/** Cheap: one lstat per source, no contents. */
function signature(machine: HostMachine, links: ReadonlyMap<string, string>): string {
  const etc = join(machine.rootPath, "etc");
  const sources = ["passwd", "group", ...candidateNames(etc)].flatMap((name) => {
    const stat = lstatSync(`${etc}/${name}`, { throwIfNoEntry: false });
    return stat === undefined ? [] : [[name, stat.mtimeMs, stat.size, stat.ino]];
  });
  const all = JSON.stringify([generation, machine.bootId, machine.nodePath, [...links], sources]);
  return createHash("sha256").update(all).digest("hex").slice(0, 16);
}

function makeRoot(
  root: string,
  machine: HostMachine,
  layout: { links: ReadonlyMap<string, string>; folders: readonly string[]; nodeIsBound: boolean },
): void {
  const folder = (name: string, mode: number): void => {
    mkdirSync(join(root, name), { recursive: true });
    chmodSync(join(root, name), mode);
  };
  folder("", 0o755);
  for (const name of [...plainFolders, ...layout.folders]) folder(name, 0o755);
  for (const name of ["tmp", "var/tmp"]) folder(name, 0o1777);
  folder("root", 0o700);
  for (const [name, target] of layout.links) symlinkSync(target, join(root, name));
  symlinkSync("/run", join(root, "var/run"));
  symlinkSync("/run/lock", join(root, "var/lock"));
  makeSettings(join(root, "etc"), join(machine.rootPath, "etc"));
  folder(dirname(nodePathInImage), 0o755);
  for (const name of ["opt/slipway", "opt/slipway/node"]) chmodSync(join(root, name), 0o755);
  if (layout.nodeIsBound) writeExecutable(join(root, nodePathInImage));
  else symlinkSync(machine.nodePath, join(root, nodePathInImage));
}

function makeSettings(etc: string, hostEtc: string): void {
  const write = (name: string, text: string): void => {
    writeFileSync(join(etc, name), text);
    chmodSync(join(etc, name), 0o644);
  };
  const accounts = systemAccounts({
    passwd: readFileSync(join(hostEtc, "passwd"), "utf8"),
    group: readFileSync(join(hostEtc, "group"), "utf8"),
  });
  write("passwd", accounts.passwd);
  write("group", accounts.group);
  write("nsswitch.conf", nameServiceSwitch);
  // Containers get their own over these; they are here so that nothing has to be created for it.
  for (const name of ["hosts", "hostname", "resolv.conf"]) write(name, "");
  symlinkSync("/proc/self/mounts", join(etc, "mtab"));
  for (const name of publicNames(hostEtc)) copyPublic(join(hostEtc, name), join(etc, name));
}

function makeUsr(usr: string, rootPath: string): void {
  const hostUsr = realpathSync(join(rootPath, "usr"));
  mkdirSync(usr, { recursive: true });
  chmodSync(usr, 0o755);
  for (const name of usrFolders) {
    // A folder here would hide a link of the machine (such as /usr/lib64 or /usr/local/bin on some).
    const stat = lstatSync(join(hostUsr, name), { throwIfNoEntry: false });
    if (!stat?.isDirectory()) continue;
    mkdirSync(join(usr, name), { recursive: true });
    chmodSync(join(usr, name), 0o755);
  }
}

/** The empty file that the bind mount of the real one covers. */
function writeExecutable(path: string): void {
  writeFileSync(path, "");
  chmodSync(path, 0o755);
}
