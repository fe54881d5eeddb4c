// Whole lives of containers through the API, with everything a client can have open meanwhile: what an engine keeps of them it would keep
// for ever.
import type Docker from "dockerode";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineUnderTest } from "./engines.ts";
import { descriptorsOf } from "./proc.ts";
import { eventually } from "./processes.ts";

/** Memory of a daemon, in bytes, with the garbage just collected; and its open descriptors. */
export interface DaemonMemory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly descriptors: number;
}

// Loaded into the daemon before its own code: it collects garbage and tells what is left when it is sent a signal. Functions are not
// optimized then: their code goes on growing for thousands of cycles and would hide what is kept of each.
const PROBE = `
const { setFlagsFromString } = require("node:v8");
const { renameSync, writeFileSync } = require("node:fs");
setFlagsFromString("--expose-gc");
setFlagsFromString("--no-opt");
const collect = require("node:vm").runInNewContext("gc");
process.on("SIGUSR2", () => {
  collect();
  collect();
  writeFileSync(__filename + ".new", JSON.stringify({ pid: process.pid, ...process.memoryUsage() }));
  renameSync(__filename + ".new", __filename + ".json");
});
`;

/** A running bundled engine whose daemon tells its memory on request. */
export class MeasuredEngine {
  readonly pid: number;
  readonly docker: Docker;
  readonly #probe: string;

  private constructor(pid: number, docker: Docker, probe: string) {
    this.pid = pid;
    this.docker = docker;
    this.#probe = probe;
  }

  /** Starts the engine's daemon, which must not run yet. */
  static async start(engine: EngineUnderTest): Promise<MeasuredEngine> {
    const probe = join(await engine.folder(), "probe.cjs");
    writeFileSync(probe, PROBE);
    const env = { NODE_OPTIONS: `--require ${probe}` };
    const { code, stderr } = await engine.slipway(["engine", "start"], { env });
    if (code !== 0) throw new Error(`the engine does not start: ${stderr}`);
    return new MeasuredEngine((await engine.status()).pid, engine.client(), probe);
  }

  async memory(): Promise<DaemonMemory> {
    const answer = `${this.#probe}.json`;
    writeFileSync(answer, "{}");
    process.kill(this.pid, "SIGUSR2");
    const told = await eventually("the daemon tells its memory", () => {
      const said = JSON.parse(readFileSync(answer, "utf8")) as DaemonMemory & { pid?: number };
      return said.pid === this.pid ? said : undefined;
    });
    const { rss, heapUsed, external } = told;
    return { rss, heapUsed, external, descriptors: descriptorsOf(this.pid) };
  }
}

async function drain(stream: NodeJS.ReadableStream): Promise<void> {
  for await (const _ of stream) continue;
}

function hangUp(stream: NodeJS.ReadableStream): void {
  stream.on("error", () => undefined); // it is cut off on purpose
  (stream as NodeJS.ReadableStream & { destroy(): void }).destroy();
}

/** One container from create to remove, attached to, followed, measured and executed in; half of the clients vanish without a word. */
export async function oneLife(docker: Docker): Promise<void> {
  const events = await docker.getEvents({ filters: { type: ["container"] } });
  const container = await docker.createContainer({
    Image: "slipway/host",
    Cmd: ["sh", "-c", "echo begun; exec sleep 1000"],
    Volumes: { "/data": {} },
    ExposedPorts: { "80/tcp": {} },
    Labels: { purpose: "cycle" },
    Healthcheck: { Test: ["CMD", "true"], Interval: 1_000_000_000 },
    HostConfig: {
      Memory: 64 * 1024 * 1024,
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
    },
  });
  const attached = await container.attach({ stream: true, stdout: true, stderr: true });
  await container.start();
  const exec = await container.exec({ Cmd: ["echo", "here"], AttachStdout: true });
  await drain(await exec.start({}));
  const followed = await container.logs({ follow: true, stdout: true, stderr: true });
  const abandoned = await container.logs({ follow: true, stdout: true, stderr: true });
  const stats = await container.stats({ stream: true });
  hangUp(abandoned);
  hangUp(stats);
  const whole = drain(followed);
  await container.stop({ t: 0 });
  await whole;
  hangUp(attached);
  hangUp(events);
  await container.remove({ v: true });
}
