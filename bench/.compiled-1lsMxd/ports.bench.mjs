// bench/ports.bench.ts
import { spawn as spawn3 } from "node:child_process";
import { createServer as createServer2 } from "node:net";

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
  const output2 = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text) => output2.stdout += text);
  child.stderr?.setEncoding("utf8").on("data", (text) => output2.stderr += text);
  child.stdin?.on("error", () => {
  });
  child.stdin?.end(options.input ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeout ?? 6e4);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 143), ...output2 });
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

// test/support/ports.ts
import { createServer } from "node:net";
function freePort() {
  return new Promise((resolve, reject) => {
    const server2 = createServer().once("error", reject);
    server2.listen(0, "127.0.0.1", () => {
      const address = server2.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server2.close(() => resolve(port));
    });
  });
}

// bench/measure.ts
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === void 0) throw new Error("median of nothing");
  return middle;
}

// bench/ports.bench.ts
var server = `
require("net").createServer((socket) => {
  socket.setNoDelay();
  socket.on("error", () => socket.destroy());
  socket.once("data", (first) => {
    if (first[0] === 69) {
      socket.write(first);
      return socket.on("data", (bytes) => socket.write(bytes));
    }
    let left = Number(first.subarray(1));
    const block = Buffer.alloc(256 * 1024);
    const more = () => {
      while (left > 0 && socket.write(block)) left -= block.length;
      if (left <= 0) socket.end();
    };
    socket.on("drain", () => { left -= block.length; more(); });
    more();
  });
}).listen(Number(process.argv[1] ?? 0), "0.0.0.0", function () { console.log(this.address().port); });
`;
var client = `
const { connect } = require("net");
const [host, port, bytes, trips] = process.argv.slice(1);
const megabytes = () => new Promise((resolve, reject) => {
  const socket = connect(Number(port), host);
  let received = 0, start;
  socket.on("connect", () => { start = process.hrtime.bigint(); socket.write("B" + bytes); });
  socket.on("data", (chunk) => { received += chunk.length; });
  socket.on("error", reject);
  socket.on("end", () => resolve(received / 1e6 / (Number(process.hrtime.bigint() - start) / 1e9)));
});
const roundTrips = () => new Promise((resolve, reject) => {
  const socket = connect(Number(port), host);
  const times = [];
  let start;
  const send = () => { start = process.hrtime.bigint(); socket.write("E"); };
  socket.setNoDelay();
  socket.on("connect", send);
  socket.on("error", reject);
  socket.on("data", () => {
    times.push(Number(process.hrtime.bigint() - start) / 1000);
    if (times.length < Number(trips)) return send();
    socket.destroy();
    resolve(times);
  });
});
megabytes().then(async (rate) => console.log(JSON.stringify({ rate, times: await roundTrips() })));
`;
function output(command, args) {
  const child = spawn3(command, args, { stdio: ["ignore", "pipe", "inherit"], timeout: 6e4 });
  let text = "";
  child.stdout.on("data", (part) => text += String(part));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on(
      "close",
      (code) => code === 0 ? resolve(text) : reject(new Error(`${command} exited with ${code}`))
    );
  });
}
function clientArguments(host, port, amounts) {
  return ["-e", client, host, String(port), String(amounts.bytes), String(amounts.trips)];
}
function toPort(name, port, amounts, pid) {
  const enter = pid === void 0 ? [] : ["nsenter", "-t", String(pid), "-n"];
  const [command = "", ...args] = [
    ...enter,
    process.execPath,
    ...clientArguments("127.0.0.1", port, amounts)
  ];
  return {
    name,
    measure: async () => JSON.parse(await output(command, args))
  };
}
function outOf(engine, container, port, amounts) {
  return {
    name: `out of a container, ${engine.name}`,
    async measure() {
      const args = clientArguments("host.docker.internal", port, amounts);
      const result = await engine.docker(["exec", container, "node", ...args]);
      if (result.code !== 0) throw new Error(result.stderr);
      return JSON.parse(result.stdout);
    }
  };
}
async function succeed2(engine, args) {
  const result = await engine.docker(args);
  if (result.code !== 0) throw new Error(`docker ${args[0]}: ${result.stderr}`);
  return result.stdout.trim();
}
async function namespaceOf(engine) {
  if (engine.kind === "bundled") return void 0;
  const folder = engine.host.slice("unix://".length).replace(/\/[^/]*$/, "");
  return Number((await output("cat", [`${folder}/pid`])).trim());
}
async function waysOf(engine, hostPort, amounts) {
  if (engine.kind === "bundled") await engine.slipway(["engine", "start"]);
  const port = await freePort();
  const id = await succeed2(engine, [
    "run",
    "-d",
    "-p",
    `${port}:80`,
    "slipway/host",
    "node",
    "-e",
    server,
    "80"
  ]);
  const way = toPort(`published port, ${engine.name}`, port, amounts, await namespaceOf(engine));
  const trial = toPort("trial", port, { bytes: 1, trips: 1 }, await namespaceOf(engine));
  await eventually("the server answers", () => trial.measure().catch(() => void 0));
  return engine.kind === "bundled" ? [way, outOf(engine, id, hostPort, amounts)] : [way];
}
function rows(name, { rates, times }) {
  const sorted = times.toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  return {
    text: `${name.padEnd(64)} ${median(rates).toFixed(0)} MB/s, round trip ${median(times).toFixed(0)} us (p95 ${p95.toFixed(0)})`
  };
}
async function measureAll(ways, rounds) {
  const figures = new Map(ways.map(({ name }) => [name, { rates: [], times: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) {
      const { rate, times } = await way.measure();
      figures.get(way.name)?.rates.push(rate);
      figures.get(way.name)?.times.push(...times);
    }
  }
  return figures;
}
async function direct() {
  const reserved = createServer2().listen(0);
  const { port } = reserved.address();
  await new Promise((resolve) => reserved.close(resolve));
  const child = spawn3(process.execPath, ["-e", server, String(port)], {
    stdio: ["ignore", "pipe", "inherit"]
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return { port, end: () => child.kill() };
}
var bench = {
  claim: "a published port carries at least half of what a server without a container does, and about as much as dockerd's",
  async *run({ quick }) {
    const amounts = quick ? { bytes: 64e6, trips: 100 } : { bytes: 1e9, trips: 2e3 };
    const engines = [];
    const host = await direct();
    try {
      const ways = [toPort("direct", host.port, amounts)];
      for (const choice of engineChoices()) {
        if (choice.unavailable !== void 0) {
          yield { text: `${choice.name}: left out, ${choice.unavailable}` };
          continue;
        }
        const engine = await choice.start();
        engines.push(engine);
        ways.push(...await waysOf(engine, host.port, amounts));
      }
      const figures = await measureAll(ways, quick ? 1 : 5);
      for (const [name, measured] of figures) yield rows(name, measured);
      const rateOf = (name) => median(figures.get(name)?.rates ?? []);
      const bundled = engines.find(({ kind, user }) => kind === "bundled" && user === void 0);
      const docker = engines.find(({ kind }) => kind === "docker");
      if (bundled === void 0) return;
      const ours = rateOf(`published port, ${bundled.name}`);
      yield atLeast("published port / direct", ours / rateOf("direct"), 0.5);
      if (docker !== void 0)
        yield atLeast("published port / dockerd's", ours / rateOf(`published port, ${docker.name}`), 0.8);
    } finally {
      host.end();
      for (const engine of engines) await engine.stop();
    }
  }
};
function atLeast(name, ratio, goal) {
  const met = ratio >= goal;
  return {
    text: `${name.padEnd(64)} ratio ${ratio.toFixed(2)}, goal at least ${goal}: ${met ? "met" : "MISSED"}`,
    met
  };
}
export {
  bench
};
