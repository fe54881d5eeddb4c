// What this kernel and user may do, asked once from the native binary.
import { execFile } from "node:child_process";
import { EngineError } from "../errors.ts";

/** Output of `slipway-native probe` (docs/native.md). */
export interface Probe {
  readonly uid: number;
  readonly kernel: string;
  /** Bounding set in hexadecimal. */
  readonly capabilities: string;
  readonly userNamespaces: boolean;
  /** A container's own namespaces, with a /proc of its own, can be made. */
  readonly containers: boolean;
  readonly overlay: boolean;
  readonly overlayUserxattr: boolean;
  readonly bridge: boolean;
  readonly veth: boolean;
  /** Containers can have rules that carry what is sent to their resolver to a port of its own. */
  readonly resolverRules: boolean;
  /** What containers send out can be carried on. */
  readonly egress: boolean;
  /** Their echo requests (ping) too. */
  readonly echo: boolean;
  /** Writable directory per controller, null where it cannot be written; `version` 1 or 2. */
  readonly cgroup: { readonly version: number; readonly [controller: string]: string | number | null };
  readonly newuidmap: boolean;
  readonly subuids: number;
  readonly tun: boolean;
  /** Why something was refused, by feature. */
  readonly reasons: Readonly<Record<string, string>>;
}

const CAP_SYS_ADMIN = 21n;
const CAP_SYS_RESOURCE = 24n;

/** True when the engine has to work as root of a user namespace of its own. */
export function needsUserNamespace(probe: Probe): boolean {
  return probe.uid !== 0 || !has(probe, CAP_SYS_ADMIN);
}

/** Whether processes can be given higher limits than the engine has itself. */
export function mayRaiseLimits(probe: Probe): boolean {
  return !needsUserNamespace(probe) && has(probe, CAP_SYS_RESOURCE);
}

function has({ capabilities }: Probe, capability: bigint): boolean {
  return (BigInt(`0x${capabilities}`) & (1n << capability)) !== 0n;
}

/** Whether the system gives this user more ids than its own for its namespaces, and the programs that hand them out. */
export function hasSubordinateIds(probe: Probe): boolean {
  return probe.newuidmap && probe.subuids > 0;
}

/** Runs `probe`, trying file systems in the state directory. Throws EngineError (unavailable) when the binary cannot run here or says something else. */
export function runProbe(binary: string, root: string): Promise<Probe> {
  return new Promise((resolve, reject) => {
    execFile(binary, ["probe", "--dir", root], (error, stdout, stderr) => {
      if (error !== null) {
        const said = stderr.trim().replace(/^slipway-native: /, "") || error.message;
        return reject(
          new EngineError("unavailable", `it cannot be found out what this machine allows: ${said}`, {
            cause: error,
          }),
        );
      }
      try {
        resolve(JSON.parse(stdout) as Probe);
      } catch (cause) {
        reject(
          new EngineError("unavailable", `${binary} probe: not JSON: ${stdout.slice(0, 200)}`, { cause }),
        );
      }
    });
  });
}
