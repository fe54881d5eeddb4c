// The engines that end-to-end and contract tests run on: the bundled one as root and as ordinary users, and a real Docker Engine.
import Docker from "dockerode";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesOf } from "./footprint.ts";
import { findUser, runAs, userUnavailable, type OrdinaryUser } from "./ordinary-users.ts";
import { copyPackage, packageFolder } from "./package-copy.ts";
import { signalIfThere } from "./proc.ts";
import { eventually, run, type CommandOptions, type CommandResult } from "./processes.ts";
import { dockerUnavailable, importHostStandIn, startRealDocker } from "./real-docker.ts";

/** One engine with everything a test needs to use it as a person would. */
export interface EngineUnderTest {
  readonly name: string;
  readonly kind: "bundled" | "docker";
  /** Undefined: root or whoever runs the tests. */
  readonly user: OrdinaryUser | undefined;
  /** For DOCKER_HOST. */
  readonly host: string;
  /** The path of that socket. */
  readonly socket: string;
  /** State directory of a bundled engine. */
  readonly root: string | undefined;
  /** A process in the network namespace of an engine that has one of its own. */
  readonly networkPid?: number;
  /** A folder the engine's user may read, with bin/, dist/ and examples/. */
  readonly package: string;
  /** A new folder that belongs to the engine's user; removed at the end. */
  folder(): Promise<string>;
  /** What a bundled engine says of itself; throws when its daemon does not run. */
  status(): Promise<EngineStatus>;
  /** Starts the daemon of a bundled engine, and throws when that fails; a Docker Engine runs already. */
  start(): Promise<void>;
  /** Any command, as the engine's user, with the engine's environment. */
  command(name: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  slipway(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  docker(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** The same, but throws with what was printed when the exit status is not 0. Returns stdout. */
  succeed(...args: string[]): Promise<string>;
  /** Removes all containers, and the networks that nobody uses then. */
  clear(): Promise<void>;
  /** A new client of its API. */
  client(): Docker;
  /** curl from where the engine publishes its ports. */
  curl(args: readonly string[]): Promise<CommandResult>;
  stop(): Promise<void>;
}

/** Of `slipway engine status`. */
export interface EngineStatus {
  readonly pid: number;
  /** The program that runs containers. */
  readonly binary: string;
  /** Files that were set aside. */
  readonly damaged: readonly string[];
}

/** One engine that could be tried: why it cannot (undefined: it can), and how to start it. */
export interface EngineChoice {
  readonly name: string;
  readonly unavailable: string | undefined;
  start(): Promise<EngineUnderTest>;
}

/** Every engine to try things on: the bundled one as root and as ordinary users, then Docker. */
export function engineChoices(): EngineChoice[] {
  const self = process.getuid?.() === 0 ? "root" : "this user";
  return [
    {
      name: `bundled engine, ${self}`,
      unavailable: process.platform === "linux" ? undefined : "the bundled engine needs Linux",
      start: () => startBundled(`bundled engine, ${self}`, undefined),
    },
    bundledAs("bundled engine, ordinary user with subordinate ids", "slipway-test"),
    bundledAs("bundled engine, ordinary user with one id", "slipway-plain"),
    { name: "Docker Engine", unavailable: dockerUnavailable(), start: startDocker },
  ];
}

function bundledAs(name: string, user: "slipway-test" | "slipway-plain"): EngineChoice {
  return { name, unavailable: userUnavailable(user), start: () => startBundled(name, findUser(user)) };
}

function curl(args: readonly string[]): Promise<CommandResult> {
  return run("curl", ["-s", "--max-time", "60", ...args]);
}

async function makeFolder(user: OrdinaryUser | undefined): Promise<string> {
  if (user === undefined) return mkdtemp(join(tmpdir(), "slipway-e2e-"));
  const made = await runAs(user, "mktemp", ["-d", "/tmp/slipway-e2e-XXXXXXXX"]);
  return made.stdout.trim();
}

/** What is made of an engine's socket and its command lines. */
function verbsOf({
  host,
  slipway,
  docker,
}: Pick<EngineUnderTest, "host" | "slipway" | "docker">): Pick<
  EngineUnderTest,
  "host" | "socket" | "slipway" | "docker" | "client" | "status" | "succeed" | "clear"
> {
  const socket = host.slice("unix://".length);
  const succeed = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await docker(args);
    if (code === 0) return stdout;
    throw new Error(`docker ${args.join(" ")} exited with ${code}\n${stderr}\n${stdout}`);
  };
  const clear = async (): Promise<void> => {
    const ids = (await succeed("ps", "-aq")).split("\n").filter(Boolean);
    if (ids.length > 0) await succeed("rm", "-fv", ...ids);
    await succeed("network", "prune", "-f");
  };
  const status = async (): Promise<EngineStatus> => {
    const { code, stdout, stderr } = await slipway(["engine", "status", "--format", "json"]);
    if (code !== 0) throw new Error(`slipway engine status exited with ${code}\n${stderr}`);
    return JSON.parse(stdout) as EngineStatus;
  };
  const client = (): Docker => new Docker({ socketPath: socket });
  return { host, socket, slipway, docker, client, status, succeed, clear };
}

async function startBundled(name: string, user: OrdinaryUser | undefined): Promise<EngineUnderTest> {
  const folders: string[] = [];
  const folder = async (): Promise<string> => {
    const made = await makeFolder(user);
    folders.push(made);
    return made;
  };
  const base = await folder();
  const root = join(base, "state");
  const socket = join(base, "engine.sock");
  const packaged = user === undefined ? packageFolder : await copyPackage(user);
  const host = `unix://${socket}`;
  const env = {
    SLIPWAY_ENGINE: "bundled",
    SLIPWAY_ROOT: root,
    SLIPWAY_SOCKET: socket,
    DOCKER_HOST: host,
    DOCKER_CONFIG: join(base, "docker"),
    XDG_CACHE_HOME: base,
  };
  const command = (
    program: string,
    args: readonly string[],
    options: CommandOptions = {},
  ): Promise<CommandResult> => {
    const merged = { ...options, env: { ...env, ...options.env } };
    if (user !== undefined) return runAs(user, program, args, merged);
    return run(program, args, { ...merged, env: { ...process.env, ...merged.env } });
  };
  const slipway = (args: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
    command(process.execPath, [join(packaged, "bin/slipway"), ...args], options);
  const start = async (): Promise<void> => {
    const { code, stderr } = await slipway(["engine", "start"]);
    if (code !== 0) throw new Error(`the engine does not start: ${stderr}`);
  };
  const stop = async (): Promise<void> => {
    const stopped = await slipway(["engine", "stop"]);
    const left = await eventually("the engine's processes have ended", () => {
      const living = processesOf(root);
      return living.length === 0 ? living : undefined;
    }).catch(() => processesOf(root));
    for (const pid of left) signalIfThere(pid, "SIGKILL");
    // Files of subordinate ids belong to nobody the engine's user could remove them as; root can.
    await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
    if (stopped.code !== 0) throw new Error(`engine stop failed: ${stopped.stderr}`);
    if (left.length > 0) throw new Error(`the engine left ${left.length} processes behind`);
  };
  const docker = (args: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
    command("docker", args, options);
  return {
    name,
    kind: "bundled",
    user,
    root,
    package: packaged,
    folder,
    command,
    start,
    ...verbsOf({ host, slipway, docker }),
    curl,
    stop,
  };
}

async function startDocker(): Promise<EngineUnderTest> {
  const engine = await startRealDocker();
  const folders: string[] = [];
  const folder = async (): Promise<string> => {
    const made = await makeFolder(undefined);
    folders.push(made);
    return made;
  };
  const config = await folder();
  const env = {
    ...process.env,
    DOCKER_HOST: engine.host,
    SLIPWAY_ENGINE: engine.host,
    DOCKER_CONFIG: config,
    XDG_CACHE_HOME: config,
  };
  const command = (
    program: string,
    args: readonly string[],
    options: CommandOptions = {},
  ): Promise<CommandResult> => run(program, args, { ...options, env: { ...env, ...options.env } });
  const stop = async (): Promise<void> => {
    await engine.stop();
    await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
  };
  const docker = (args: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
    command("docker", args, options);
  const slipway = (args: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
    command(process.execPath, [join(packageFolder, "bin/slipway"), ...args], options);
  try {
    await importHostStandIn(engine.host);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: "Docker Engine",
    kind: "docker",
    user: undefined,
    root: undefined,
    networkPid: engine.pid,
    package: packageFolder,
    folder,
    command,
    start: async () => undefined,
    ...verbsOf({ host: engine.host, slipway, docker }),
    curl: (args) =>
      run("nsenter", ["-t", String(engine.pid), "-n", "curl", "-s", "--max-time", "60", ...args]),
    stop,
  };
}
