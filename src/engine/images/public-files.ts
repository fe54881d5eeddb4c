// Which of the machine's settings may be seen in slipway/host, and how they are copied. The rule is narrow on purpose: a fixed
// list of things that are the same on every machine of its kind, and of those only what everyone on this machine may read.
import { constants, copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { chmodSync, readlinkSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** Below /etc. A name may end in `*`. */
const publicSettings = [
  "alternatives",
  "ca-certificates/extracted",
  "crypto-policies",
  "debian_version",
  "ethertypes",
  "fonts",
  "inputrc",
  "java*",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "locale.alias",
  "localtime",
  "magic",
  "magic.mime",
  "mime.types",
  "os-release",
  "perl",
  "pki/ca-trust/extracted/pem",
  "pki/tls/cert.pem",
  "pki/tls/certs",
  "pki/tls/openssl.cnf",
  "protocols",
  "python3*",
  "rpc",
  "services",
  "shells",
  "ssl/ca-bundle.pem",
  "ssl/cert.pem",
  "ssl/certs",
  "ssl/openssl.cnf",
  "terminfo",
  "timezone",
] as const;

const largestScanned = 4 * 1024 * 1024;
const worldReadable = 0o004;

/** The names below `etc` that may be copied if they exist. */
export function candidateNames(etc: string): string[] {
  const present = readdirSync(etc);
  return publicSettings.flatMap((name) =>
    name.endsWith("*") ? present.filter((entry) => entry.startsWith(name.slice(0, -1))) : [name],
  );
}

/** The names below `etc` that exist and may be copied. */
export function publicNames(etc: string): string[] {
  return candidateNames(etc).filter(
    (name) => lstatSync(join(etc, name), { throwIfNoEntry: false }) !== undefined,
  );
}

/** Copies files, folders and symbolic links (as they are); leaves out what not everyone may read, and private keys. */
export function copyPublic(source: string, target: string): void {
  const stat = lstatSync(source);
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  if (stat.isSymbolicLink()) {
    symlinkSync(readlinkSync(source), target);
  } else if ((stat.mode & worldReadable) === 0) {
    return;
  } else if (stat.isDirectory()) {
    mkdirSync(target, { recursive: true });
    chmodSync(target, 0o755);
    for (const entry of readdirSync(source)) copyPublic(join(source, entry), join(target, entry));
  } else if (stat.isFile() && stat.size <= largestScanned && !isPrivateKey(source)) {
    copyFileSync(source, target, constants.COPYFILE_EXCL);
    chmodSync(target, stat.mode & 0o755);
  }
}

function isPrivateKey(path: string): boolean {
  return readFileSync(path).includes("PRIVATE KEY-----");
}
