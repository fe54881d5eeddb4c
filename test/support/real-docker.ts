// A real Docker Engine for comparison: Debian's dockerd in its own network and mount namespace, with its own state, so that
// neither its bridges nor its firewall rules reach the host.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { eventually, run, succeed } from "./processes.ts";

export interface RealDocker {
  /** `unix://…` for DOCKER_HOST. */
  readonly host: string;
  /** A process in its network namespace: `nsenter -t PID -n` reaches its published ports. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Why no real Docker Engine can be started here; undefined when one can. */
export function dockerUnavailable(): string | undefined {
  if (process.platform !== "linux") return "a Docker Engine is started on Linux only";
  if (process.getuid?.() !== 0) return "starting dockerd needs root";
  if (!["/usr/sbin/dockerd", "/usr/bin/dockerd"].some((path) => existsSync(path)))
    return "dockerd is not installed (Debian: docker.io)";
  return undefined;
}

const script = `
ip link set lo up
mount --make-rprivate /
mount -t tmpfs tmpfs /run
exec dockerd --cgroup-parent "/$2" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" -H "unix://$1/docker.sock" >"$1/log" 2>&1
`;

/** Starts dockerd and waits until it answers; throws with the end of its log when it does not. */
export async function startRealDocker(): Promise<RealDocker> {
  const folder = await mkdtemp(join(tmpdir(), "dockerd-"));
  await writeFile(join(folder, "start.sh"), script);
  const child = spawn(
    "unshare",
    ["-n", "-m", "sh", "-e", join(folder, "start.sh"), folder, basename(folder)],
    { stdio: "ignore" },
  );
  const exited = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const host = `unix://${join(folder, "docker.sock")}`;
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
    const groups = `*/${basename(folder)}*`;
    await run("sh", ["-c", 'find /sys/fs/cgroup -depth -type d -path "$1" -exec rmdir {} \\;', "sh", groups]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually("dockerd answers", async () => {
      if (child.exitCode !== null) throw new Error("dockerd ended");
      const answer = await run("curl", [
        "-sf",
        "--unix-socket",
        join(folder, "docker.sock"),
        "http://docker/_ping",
      ]);
      return answer.code === 0 ? true : undefined;
    });
  } catch (error) {
    const log = await run("tail", ["-n", "20", join(folder, "log")]);
    await stop();
    throw new Error(`dockerd did not start:\n${log.stdout}`, { cause: error });
  }
  if (child.pid === undefined) throw new Error("dockerd has no pid");
  return { host, pid: child.pid, stop };
}

/** Imports a small stand-in for slipway/host (the running node with its libraries, and busybox) into a Docker Engine. */
export async function importHostStandIn(host: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "host-stand-in-"));
  try {
    await succeed("sh", ["-ec", standInScript, "sh", folder, process.execPath]);
    const env = { ...process.env, DOCKER_HOST: host };
    const changes = ["--change", 'CMD ["/bin/sh"]', "--change", "ENV PATH=/usr/local/bin:/usr/bin:/bin"];
    await succeed(
      "sh",
      [
        "-ec",
        `tar -C "$1" -c . | docker import ${changes.map((c) => `'${c}'`).join(" ")} - slipway/host`,
        "sh",
        folder,
      ],
      { env },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const standInScript = `
cd "$1"
mkdir -p bin usr/bin usr/local/bin etc tmp root var/lib proc sys dev
chmod 1777 tmp
cp "$(command -v busybox)" bin/busybox
for name in $(bin/busybox --list); do [ "$name" = busybox ] || ln -sf busybox "bin/$name"; done
cp "$2" usr/local/bin/node
ldd "$2" | grep -o '/[^ ]*' | while read -r library; do mkdir -p ".$(dirname "$library")"; cp -L "$library" ".$library"; done
printf 'root:x:0:0:root:/root:/bin/sh\\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\\n' > etc/passwd
printf 'root:x:0:\\nnogroup:x:65534:\\n' > etc/group
`;
