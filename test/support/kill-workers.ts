// The load on an engine that is about to be killed: workers that use every part of it at once, each until its connection breaks.
import type Docker from "dockerode";
import { Readable } from "node:stream";
import { dockerArchive, makeImage } from "../engine/images/image-archives.ts";
import type { Expectation, Ledger, PromisedContainer } from "./kill-ledger.ts";

/** What all workers of one round have in common. */
export interface Load {
  readonly docker: Docker;
  readonly ledger: Ledger;
  /** Tells this round's names from all others. */
  readonly round: number;
  /** A container that writes numbered lines for ever. */
  readonly counter: string;
  /** Given the log's lines that a follower has received when it is cut off. */
  readonly onFollowed: (lines: readonly string[]) => void;
}

type Worker = (load: Load, worker: number) => Promise<never>;

const SLEEP = "echo begun; exec sleep 1000";

/** The kinds of life that containers of the load have. */
const lives: readonly ((number: number) => {
  readonly command: string;
  readonly expectation: Expectation;
  readonly hostConfig: Docker.HostConfig;
})[] = [
  (number) => ({
    command: `echo begun; exit ${1 + (number % 100)}`,
    expectation: { kind: "ends", exitCode: 1 + (number % 100) },
    hostConfig: { Memory: 64 * 1024 * 1024, Tmpfs: { "/scratch": "" } },
  }),
  () => ({
    command: SLEEP,
    expectation: { kind: "runs" },
    hostConfig: {
      Memory: 64 * 1024 * 1024,
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
    },
  }),
  () => ({
    command: "echo begun; exit 3",
    expectation: { kind: "comes back" },
    hostConfig: { RestartPolicy: { Name: "always" } },
  }),
  () => ({
    command: SLEEP,
    expectation: { kind: "runs" },
    hostConfig: { RestartPolicy: { Name: "unless-stopped" }, Init: true },
  }),
];

async function beginLife(load: Load, name: string, number: number): Promise<PromisedContainer> {
  const { docker, ledger } = load;
  const life = lives[number % lives.length]?.(number);
  if (life === undefined) throw new Error("no kind of life");
  const { command, expectation, hostConfig } = life;
  const container = await docker.createContainer({
    name,
    Image: "slipway/host",
    Cmd: ["sh", "-c", command],
    Volumes: { "/data": {} },
    ExposedPorts: { "80/tcp": {} },
    HostConfig: hostConfig,
  });
  const promised = ledger.promise(container.id, name, expectation);
  await container.start();
  promised.started = true;
  return promised;
}

/** Runs a command that fails where the container has ended meanwhile, which is no fault. */
async function tryExec(docker: Docker, id: string): Promise<void> {
  try {
    const exec = await docker.getContainer(id).exec({ Cmd: ["echo", "here"], AttachStdout: true });
    const stream = await exec.start({});
    for await (const _ of stream) continue;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 409) throw error;
  }
}

/** Containers made, started, looked into, stopped and removed, one life after the other. */
const containers: Worker = async (load, worker) => {
  for (let number = worker; ; number++) {
    const promised = await beginLife(load, `load-${load.round}-${worker}-${number}`, number);
    const container = load.docker.getContainer(promised.id);
    await tryExec(load.docker, promised.id);
    if (number % 4 === 3) {
      promised.stopping = true;
      await container.stop({ t: 0 });
      promised.stopped = true;
    }
    if (number % 5 === 0) continue; // left for whoever comes after the kill
    promised.removing = true;
    await container.remove({ force: true, v: true });
    promised.removed = true;
  }
};

const networks: Worker = async (load, worker) => {
  const { docker, ledger, round } = load;
  for (let number = 0; ; number++) {
    const names = ["a", "b"].map((letter) => `load-${round}-${worker}-${number}-${letter}`);
    const [own = "", other = ""] = names;
    for (const Name of names) await ledger.make("network", Name, () => docker.createNetwork({ Name }));
    const container = await docker.createContainer({
      name: own,
      Image: "slipway/host",
      Cmd: ["sh", "-c", SLEEP],
      HostConfig: { NetworkMode: own },
    });
    const promised = ledger.promise(container.id, own, { kind: "runs" });
    await container.start();
    promised.started = true;
    await docker.getNetwork(other).connect({ Container: container.id });
    await docker.getNetwork(own).disconnect({ Container: container.id });
    if (number % 3 === 2) continue;
    promised.removing = true;
    await container.remove({ force: true });
    promised.removed = true;
    for (const name of names) await ledger.remove("network", name, () => docker.getNetwork(name).remove());
  }
};

const volumes: Worker = async ({ docker, ledger, round }, worker) => {
  for (let number = 0; ; number++) {
    const Name = `load-${round}-${worker}-${number}`;
    await ledger.make("volume", Name, () =>
      docker.createVolume({ Name, Labels: { number: String(number) } }),
    );
    if (number % 3 !== 0) await ledger.remove("volume", Name, () => docker.getVolume(Name).remove());
  }
};

async function drain(stream: NodeJS.ReadableStream): Promise<void> {
  let said = "";
  for await (const piece of stream) said += String(piece);
  const failure = /"errorDetail":.*/.exec(said);
  if (failure !== null) throw new Error(failure[0]);
}

/** Every round an image of its own, so that its layers come and go as well. */
const images: Worker = async ({ docker, ledger, round }, worker) => {
  for (let number = 0; ; number++) {
    const base = `load-${round}-${worker}:${number}`;
    const contents = `${base} `.repeat(20_000);
    const image = await makeImage([[{ name: "file", contents }], [{ name: "other", contents: base }]]);
    const archive = await dockerArchive([{ image, names: [base] }]);
    const load = async (): Promise<void> =>
      drain((await docker.loadImage(Readable.from([archive]))) as NodeJS.ReadableStream);
    await ledger.make("tag", base, load);
    const second = `${base}-second`;
    const [repo = "", tag = ""] = second.split(":");
    await ledger.make("tag", second, () => docker.getImage(base).tag({ repo, tag }));
    await ledger.remove("tag", base, () => docker.getImage(base).remove());
    if (number % 2 === 0) await ledger.remove("tag", second, () => docker.getImage(second).remove());
  }
};

/** Reads the counter's log until it is cut off. */
const follower: Worker = async ({ docker, counter, onFollowed }) => {
  const log = await docker
    .getContainer(counter)
    .logs({ follow: true, stdout: true, stderr: true, tail: 100 });
  let received = "";
  try {
    for await (const piece of log) received += (piece as Buffer).toString("latin1");
  } finally {
    // What is cut off in the middle of a line is nobody's fault.
    onFollowed(received.split("\n").slice(0, -1));
  }
  throw new Error("the followed log has ended");
};

/** Restarts and renames one container again and again. */
const restarts: Worker = async ({ docker, ledger, round }, worker) => {
  const name = `load-${round}-${worker}-restarted`;
  const container = await docker.createContainer({ name, Image: "slipway/host", Cmd: ["sh", "-c", SLEEP] });
  const promised = ledger.promise(container.id, name, { kind: "runs" });
  await container.start();
  promised.started = true;
  promised.stopping = true; // a restart ends it in between
  for (let number = 0; ; number++) {
    await container.restart({ t: 0 });
    await container.rename({ name: `${name}-${number}` });
  }
};

/** The load of one round: all of these at once. */
export const workers: readonly Worker[] = [
  containers,
  containers,
  containers,
  networks,
  volumes,
  images,
  follower,
  restarts,
];
