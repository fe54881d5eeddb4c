// bench/start.bench.ts
import Docker from "dockerode";

// test/support/engines.ts
import { mkdtemp as mkdtemp3, rm as rm2 } from "node:fs/promises";
import { tmpdir as tmpdir3 } from "node:os";
import { join as join3 } from "node:path";

// test/support/footprint.ts
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

// test/support/processes.ts
import { spawn } from "node:child_process";
function run(command, args, options = {}) {
  const spawnOptions = { stdio: "pipe", env: options.env ?? process.env };
  if (options.cwd !== void 0) spawnOptions.cwd = options.cwd;
  const child = spawn(command, args, spawnOptions);
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text) => output.stdout += text);
  child.stderr?.setEncoding("utf8").on("data", (text) => output.stderr += text);
  child.stdin?.on("error", () => {
  });
  child.stdin?.end(options.input ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeout ?? 6e4);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 143), ...output });
    });
  });
}
async function succeed(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.code === 0) return result.stdout;
  throw new Error(
    `${command} ${args.join(" ")} exited with ${result.code}
${result.stderr}
${result.stdout}`
  );
}
async function eventually(what, check, timeout = 2e4) {
  const end = Date.now() + timeout;
  for (; ; ) {
    const value = await check();
    if (value !== void 0) return value;
    if (Date.now() > end) throw new Error(`waited ${timeout} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

// test/support/footprint.ts
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
function readLink(path) {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
function processesOf(root) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = /* @__PURE__ */ new Map();
  const found = /* @__PURE__ */ new Set();
  for (const pid of all) {
    const [state, parent] = read(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
    if (state === void 0 || parent === void 0 || state === "Z") continue;
    parents.set(pid, parent);
    const traces = read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`) + readLink(`/proc/${pid}/cwd`);
    if (traces.includes(root)) found.add(pid);
  }
  const belongs = (pid) => pid !== void 0 && (found.has(pid) || belongs(parents.get(pid)));
  return [...parents.keys()].filter(belongs).map(Number);
}

// test/support/ordinary-users.ts
import { readFileSync as readFileSync2 } from "node:fs";
function findUser(name) {
  if (process.getuid?.() !== 0) return void 0;
  const line = readFileSync2("/etc/passwd", "utf8").split("\n").find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, , , home] = line?.split(":") ?? [];
  if (uid === void 0 || home === void 0) return void 0;
  const subordinateIds = readFileSync2("/etc/subuid", "utf8").split("\n").some((entry) => entry.startsWith(`${name}:`));
  return { name, uid: Number(uid), home, subordinateIds };
}
function userUnavailable(name) {
  if (process.getuid?.() !== 0) return `acting as ${name} needs root`;
  return findUser(name) === void 0 ? `there is no user ${name} on this machine` : void 0;
}
function runAs(user, command, args, options = {}) {
  const env = {
    PATH: process.env["PATH"],
    LANG: "C.UTF-8",
    HOME: user.home,
    USER: user.name,
    ...options.env
  };
  return run("setpriv", ["--reuid", user.name, "--regid", user.name, "--init-groups", command, ...args], {
    cwd: user.home,
    ...options,
    env
  });
}

// test/support/package-copy.ts
import { rmSync } from "node:fs";
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
var packageFolder = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
var copied;
async function copyPackage(user) {
  const readable = await runAs(user, "test", ["-r", join(packageFolder, "dist/cli.js")], { cwd: "/" });
  if (readable.code === 0) return packageFolder;
  copied ??= copyRunnable();
  return copied;
}
async function copyRunnable() {
  const target = await mkdtemp(join(tmpdir(), "slipway-package-"));
  process.on("exit", () => rmSync(target, { recursive: true, force: true }));
  for (const name of ["bin", "dist", "examples", "native", "package.json"]) {
    await cp(join(packageFolder, name), join(target, name), { recursive: true });
  }
  const listed = await succeed("npm", ["ls", "--omit=dev", "--all", "--parseable"], { cwd: packageFolder });
  for (const path of listed.trim().split("\n").slice(1)) {
    await cp(path, join(target, path.slice(packageFolder.length + 1)), { recursive: true });
  }
  await succeed("chmod", ["-R", "a+rX", target]);
  return target;
}

// test/support/real-docker.ts
import { spawn as spawn2 } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp as mkdtemp2, rm, writeFile } from "node:fs/promises";
import { tmpdir as tmpdir2 } from "node:os";
import { basename, join as join2 } from "node:path";
function dockerUnavailable() {
  if (process.platform !== "linux") return "a Docker Engine is started on Linux only";
  if (process.getuid?.() !== 0) return "starting dockerd needs root";
  if (!["/usr/sbin/dockerd", "/usr/bin/dockerd"].some((path) => existsSync(path)))
    return "dockerd is not installed (Debian: docker.io)";
  return void 0;
}
var script = `
ip link set lo up
mount --make-rprivate /
mount -t tmpfs tmpfs /run
exec dockerd --cgroup-parent "/$2" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" -H "unix://$1/docker.sock" >"$1/log" 2>&1
`;
async function startRealDocker() {
  const folder = await mkdtemp2(join2(tmpdir2(), "dockerd-"));
  await writeFile(join2(folder, "start.sh"), script);
  const child = spawn2(
    "unshare",
    ["-n", "-m", "sh", "-e", join2(folder, "start.sh"), folder, basename(folder)],
    { stdio: "ignore" }
  );
  const exited = new Promise((resolve) => child.on("exit", () => resolve()));
  const host = `unix://${join2(folder, "docker.sock")}`;
  const stop = async () => {
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
        join2(folder, "docker.sock"),
        "http://docker/_ping"
      ]);
      return answer.code === 0 ? true : void 0;
    });
  } catch (error) {
    const log = await run("tail", ["-n", "20", join2(folder, "log")]);
    await stop();
    throw new Error(`dockerd did not start:
${log.stdout}`, { cause: error });
  }
  if (child.pid === void 0) throw new Error("dockerd has no pid");
  return { host, pid: child.pid, stop };
}
async function importHostStandIn(host) {
  const folder = await mkdtemp2(join2(tmpdir2(), "host-stand-in-"));
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
        folder
      ],
      { env }
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
var standInScript = `
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

// test/support/engines.ts
function engineChoices() {
  const self = process.getuid?.() === 0 ? "root" : "this user";
  return [
    {
      name: `bundled engine, ${self}`,
      unavailable: process.platform === "linux" ? void 0 : "the bundled engine needs Linux",
      start: () => startBundled(`bundled engine, ${self}`, void 0)
    },
    bundledAs("bundled engine, ordinary user with subordinate ids", "slipway-test"),
    bundledAs("bundled engine, ordinary user with one id", "slipway-plain"),
    { name: "Docker Engine", unavailable: dockerUnavailable(), start: startDocker }
  ];
}
function bundledAs(name, user) {
  return { name, unavailable: userUnavailable(user), start: () => startBundled(name, findUser(user)) };
}
function curl(args) {
  return run("curl", ["-s", "--max-time", "20", ...args]);
}
async function makeFolder(user) {
  if (user === void 0) return mkdtemp3(join3(tmpdir3(), "slipway-e2e-"));
  const made = await runAs(user, "mktemp", ["-d", "/tmp/slipway-e2e-XXXXXXXX"]);
  return made.stdout.trim();
}
async function startBundled(name, user) {
  const folders = [];
  const folder = async () => {
    const made = await makeFolder(user);
    folders.push(made);
    return made;
  };
  const base = await folder();
  const root = join3(base, "state");
  const socket = join3(base, "engine.sock");
  const packaged = user === void 0 ? packageFolder : await copyPackage(user);
  const host = `unix://${socket}`;
  const env = {
    SLIPWAY_ENGINE: "bundled",
    SLIPWAY_ROOT: root,
    SLIPWAY_SOCKET: socket,
    DOCKER_HOST: host,
    DOCKER_CONFIG: join3(base, "docker")
  };
  const command = (program, args, options = {}) => {
    const merged = { ...options, env: { ...env, ...options.env } };
    if (user !== void 0) return runAs(user, program, args, merged);
    return run(program, args, { ...merged, env: { ...process.env, ...merged.env } });
  };
  const slipway = (args, options) => command(process.execPath, [join3(packaged, "bin/slipway"), ...args], options);
  const stop = async () => {
    const stopped = await slipway(["engine", "stop"]);
    const left = await eventually("the engine's processes have ended", () => {
      const living = processesOf(root);
      return living.length === 0 ? living : void 0;
    }).catch(() => processesOf(root));
    for (const pid of left) process.kill(pid, "SIGKILL");
    await Promise.all(folders.map((path) => rm2(path, { recursive: true, force: true })));
    if (stopped.code !== 0) throw new Error(`engine stop failed: ${stopped.stderr}`);
    if (left.length > 0) throw new Error(`the engine left ${left.length} processes behind`);
  };
  const docker = (args, options) => command("docker", args, options);
  return {
    name,
    kind: "bundled",
    user,
    host,
    root,
    package: packaged,
    folder,
    command,
    slipway,
    docker,
    curl,
    stop
  };
}
async function startDocker() {
  const engine = await startRealDocker();
  const folders = [];
  const folder = async () => {
    const made = await makeFolder(void 0);
    folders.push(made);
    return made;
  };
  const config = await folder();
  const env = {
    ...process.env,
    DOCKER_HOST: engine.host,
    SLIPWAY_ENGINE: engine.host,
    DOCKER_CONFIG: config
  };
  const command = (program, args, options = {}) => run(program, args, { ...options, env: { ...env, ...options.env } });
  const stop = async () => {
    await engine.stop();
    await Promise.all(folders.map((path) => rm2(path, { recursive: true, force: true })));
  };
  try {
    await importHostStandIn(engine.host);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: "Docker Engine",
    kind: "docker",
    user: void 0,
    host: engine.host,
    root: void 0,
    networkPid: engine.pid,
    package: packageFolder,
    folder,
    command,
    slipway: (args, options) => command(process.execPath, [join3(packageFolder, "bin/slipway"), ...args], options),
    docker: (args, options) => command("docker", args, options),
    curl: (args) => run("nsenter", ["-t", String(engine.pid), "-n", "curl", "-s", "--max-time", "20", ...args]),
    stop
  };
}

// bench/measure.ts
import { setTimeout as setTimeout2 } from "node:timers/promises";
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === void 0) throw new Error("median of nothing");
  return middle;
}
var PAUSE_MILLISECONDS = 30;
async function timeSides(sides, rounds, warmup = 1) {
  const times = new Map(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds + warmup; round += 1) {
    for (const side of sides) {
      await setTimeout2(PAUSE_MILLISECONDS);
      const start = performance.now();
      await side.once();
      if (round >= warmup) times.get(side.name)?.push(performance.now() - start);
    }
  }
  return times;
}
var format = (value) => value < 100 ? value.toFixed(1) : value.toFixed(0);
function describeTimes(name, values) {
  const range = `min ${format(Math.min(...values))}, max ${format(Math.max(...values))}, n=${values.length}`;
  return { text: `${name.padEnd(44)} median ${format(median(values))} ms (${range})` };
}
function describeRatio(name, a, b, goal) {
  const ratio = median(a) / median(b);
  const met = ratio <= goal;
  return {
    text: `${name.padEnd(44)} ratio ${ratio.toFixed(3)}, goal at most ${goal.toFixed(3)}: ${met ? "met" : "MISSED"}`,
    met
  };
}
function describeFigure(name, value, goal, unit) {
  const met = value <= goal;
  return {
    text: `${name.padEnd(44)} ${format(value)} ${unit}, goal at most ${goal} ${unit}: ${met ? "met" : "MISSED"}`,
    met
  };
}

// bench/start.bench.ts
var WARMUP = 2;
function throughApi(engine, command) {
  const toExit = [];
  const docker = new Docker({ socketPath: engine.host.slice("unix://".length) });
  return {
    name: `API create+start+exit+remove, ${engine.name}`,
    toExit,
    async once() {
      const start = performance.now();
      const container = await docker.createContainer({ Image: "slipway/host", Cmd: command });
      await container.start();
      const { StatusCode } = await container.wait();
      if (StatusCode !== 0) throw new Error(`the container ended with ${StatusCode}`);
      toExit.push(performance.now() - start);
      await container.remove();
    }
  };
}
function throughCli(engine, command) {
  return {
    name: `docker run --rm, ${engine.name}`,
    async once() {
      const result = await engine.docker(["run", "--rm", "slipway/host", ...command]);
      if (result.code !== 0) throw new Error(result.stderr);
    }
  };
}
var bench = {
  claim: "a trivial container: at most 25 ms from create to exit and 1/10 of `docker run --rm` on dockerd; at most 1/15 with the removal",
  async *run({ quick }) {
    const engines = [];
    try {
      for (const choice of engineChoices()) {
        if (choice.unavailable === void 0) engines.push(await choice.start());
        else yield { text: `${choice.name}: left out, ${choice.unavailable}` };
      }
      for (const engine of engines) if (engine.kind === "bundled") await engine.slipway(["engine", "start"]);
      const command = ["/bin/true"];
      const api = engines.map((engine) => throughApi(engine, command));
      const sides = engines.flatMap((engine, index) => [
        api[index] ?? throughApi(engine, command),
        throughCli(engine, command)
      ]);
      const times = await timeSides(sides, quick ? 2 : 20, WARMUP);
      for (const [name, values] of times) yield describeTimes(name, values);
      const docker = engines.find(({ kind }) => kind === "docker");
      const run2 = times.get(`docker run --rm, ${docker?.name}`);
      for (const [index, engine] of engines.entries()) {
        if (engine.kind === "docker") continue;
        const toExit = api[index]?.toExit.slice(WARMUP) ?? [];
        const whole = times.get(`API create+start+exit+remove, ${engine.name}`) ?? [];
        yield describeFigure(`create to exit, ${engine.name}`, median(toExit), 25, "ms");
        if (run2 === void 0) continue;
        yield describeRatio(`create to exit / docker run --rm on dockerd`, toExit, run2, 1 / 10);
        yield describeRatio(`with the removal / docker run --rm on dockerd`, whole, run2, 1 / 15);
      }
    } finally {
      for (const engine of engines) await engine.stop();
    }
  }
};
export {
  bench
};
