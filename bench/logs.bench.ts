import type Docker from "dockerode";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { onEachEngine } from "./each-engine.ts";
import { describeFigure, median, type Bench, type BenchRow } from "./measure.ts";

const LINE = 128;
const MEGABYTE = 1_000_000;

/** Megabytes per second that a container can log while nobody looks, and that a client can read of it. */
async function throughput(docker: Docker, megabytes: number): Promise<{ written: number; read: number }> {
  const count = Math.floor((megabytes * MEGABYTE) / LINE);
  const container = await docker.createContainer({
    Image: "slipway/host",
    Cmd: ["sh", "-c", `yes ${"x".repeat(LINE - 1)} | head -n ${count}`],
  });
  try {
    const begun = performance.now();
    await container.start();
    await container.wait();
    const ended = performance.now();
    const stream = await container.logs({ stdout: true, stderr: true, follow: true });
    let bytes = 0;
    for await (const piece of stream) bytes += (piece as Buffer).length;
    const read = performance.now();
    if (bytes < count * LINE) throw new Error(`${bytes} bytes of ${count * LINE} came back`);
    return { written: (megabytes * 1000) / (ended - begun), read: (megabytes * 1000) / (read - ended) };
  } finally {
    await container.remove({ force: true });
  }
}

/** Milliseconds since 1970 of the time before a log record. */
function written(record: string): number | undefined {
  const match = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)Z /.exec(record);
  return match === null ? undefined : Date.parse(`${match[1]}Z`) + Number(match[2]) * 1000;
}

/** Milliseconds from a line's entry into the log to its arrival at a client that follows. */
async function followLatency(docker: Docker, lines: number): Promise<number[]> {
  const container = await docker.createContainer({
    Image: "slipway/host",
    Cmd: ["sh", "-c", `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); sleep 0.05; echo line; done`],
  });
  try {
    await container.start();
    const stream = await container.logs({ stdout: true, stderr: true, follow: true, timestamps: true });
    const latencies: number[] = [];
    for await (const piece of stream) {
      const arrived = performance.timeOrigin + performance.now();
      const time = written((piece as Buffer).toString("latin1"));
      if (time !== undefined) latencies.push(arrived - time);
    }
    return latencies;
  } finally {
    await container.remove({ force: true });
  }
}

async function* measure(engine: EngineUnderTest, quick: boolean): AsyncGenerator<BenchRow> {
  await engine.start();
  const docker = engine.client();
  const { written, read } = await throughput(docker, quick ? 5 : 100);
  yield {
    text: `${engine.name}: logs written at ${written.toFixed(0)} MB/s, read at ${read.toFixed(0)} MB/s`,
  };
  const latencies = await followLatency(docker, quick ? 5 : 60);
  const name = `${engine.name}: a followed line arrives after`;
  yield engine.kind === "bundled"
    ? describeFigure(name, median(latencies), 10, "ms")
    : { text: `${name} ${median(latencies).toFixed(1)} ms` };
}

export const bench: Bench = {
  claim:
    "logs: a followed line arrives within 10 ms; how much can be written and read is shown beside dockerd",
  run: ({ quick }) => onEachEngine((engine) => measure(engine, quick)),
};
