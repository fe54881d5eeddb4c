// Network namespaces of tests, each kept by a process that does nothing else.
import { spawn, type ChildProcess } from "node:child_process";
import { readProcLink } from "./proc.ts";
import { eventually } from "./processes.ts";

/** A process, and with it its network namespace, which ends with the process. */
export interface NetworkNamespace {
  readonly pid: number;
  /** Resolves when the process has ended. */
  end(): Promise<void>;
}

/** A new network namespace; there is nothing in it but a loopback interface that is down. `others`: more options of unshare. Needs root. */
export async function newNetworkNamespace(others: readonly string[] = []): Promise<NetworkNamespace> {
  const keeper = spawn("unshare", ["-n", ...others, "sleep", "3600"], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => keeper.once("close", () => resolve()));
  const pid = keeper.pid ?? 0;
  await eventually("a namespace", () => isElsewhere(keeper, pid) || undefined);
  const end = (): Promise<void> => {
    keeper.kill("SIGKILL");
    return ended;
  };
  return { pid, end };
}

function isElsewhere(keeper: ChildProcess, pid: number): boolean {
  if (keeper.exitCode !== null) throw new Error(`unshare ended with ${keeper.exitCode}`);
  return readProcLink(pid, "ns/net") !== readProcLink(process.pid, "ns/net");
}
