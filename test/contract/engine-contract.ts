// What the orchestrator relies on in an engine, as tests. The same suite runs against the engine in memory, our own and
// a real Docker Engine, so that the first is a fair stand-in for the others.
/* oxlint-disable vitest/expect-expect, vitest/valid-title -- tests are defined through a function that cleans up after them */

import { randomBytes } from "node:crypto";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  EngineClientError,
  type ApiObject,
  type EngineClient,
  type OutputChunk,
} from "../../src/client/index.ts";

/** An engine for the suite, and how to leave it. */
export interface ContractEngine {
  readonly client: EngineClient;
  close(): Promise<void>;
}

/** What one test makes it removes again: everything carries the test's own label. */
class Bench {
  readonly client: EngineClient;
  readonly image: string;
  readonly label: string;
  readonly prefix: string;

  constructor(client: EngineClient, image: string) {
    this.client = client;
    this.image = image;
    this.prefix = `contract-${randomBytes(5).toString("hex")}`;
    this.label = `dev.slipway.contract=${this.prefix}`;
  }

  get labels(): Record<string, string> {
    return { "dev.slipway.contract": this.prefix };
  }

  name(suffix: string): string {
    return `${this.prefix}-${suffix}`;
  }

  async create(suffix: string, command: readonly string[], body: ApiObject = {}): Promise<string> {
    const { id } = await this.client.createContainer(this.name(suffix), {
      Image: this.image,
      Cmd: command,
      Labels: this.labels,
      HostConfig: { NetworkMode: "none" },
      ...body,
    });
    return id;
  }

  async run(suffix: string, script: string, body: ApiObject = {}): Promise<string> {
    const id = await this.create(suffix, ["sh", "-c", script], body);
    await this.client.startContainer(id);
    return id;
  }

  async clean(): Promise<void> {
    const filter = { labels: [this.label] };
    for (const { Id } of await this.client.listContainers(filter)) {
      await this.client.removeContainer(Id, { force: true, volumes: true });
    }
    for (const { Id } of await this.client.listNetworks(filter)) await this.client.removeNetwork(Id);
    for (const { Name } of await this.client.listVolumes(filter)) await this.client.removeVolume(Name);
  }
}

async function text(output: AsyncIterable<OutputChunk>, stream?: OutputChunk["stream"]): Promise<string> {
  let all = "";
  for await (const chunk of output) {
    if (stream === undefined || chunk.stream === stream) all += chunk.bytes.toString("utf8");
  }
  return all;
}

/** The failure of a call; a call that succeeds fails the test. */
async function failureOf(call: Promise<unknown>): Promise<EngineClientError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof EngineClientError) return error;
    throw error;
  }
  throw new Error("the call succeeded");
}

const never = new AbortController().signal;

type BenchTest = (title: string, run: (bench: Bench) => Promise<void>) => void;

/**
 * Defines the suite for one engine. `hostImage`: an image the engine has, with `sh`, `sleep`, `cat`, `test`, `true` and
 * `false` on its PATH.
 */
export function describeEngineContract(
  name: string,
  makeEngine: () => Promise<ContractEngine>,
  hostImage: string,
): void {
  describe(`engine contract: ${name}`, () => {
    let engine: ContractEngine;
    beforeAll(async () => {
      engine = await makeEngine();
    });
    afterAll(async () => {
      await engine.close();
    });
    const benchTest: BenchTest = (title, run) => {
      test(title, async () => {
        const bench = new Bench(engine.client, hostImage);
        try {
          await run(bench);
        } finally {
          await bench.clean();
        }
      });
    };
    describeImages(benchTest);
    describeLifecycle(benchTest);
    describeOutput(benchTest);
    describeHealthAndEvents(benchTest);
    describeNetworks(benchTest);
    describeVolumes(benchTest);
  });
}

function describeImages(benchTest: BenchTest): void {
  benchTest("says its version, and what images it has", async ({ client, image }) => {
    const { apiVersion, server } = await client.version();
    expect(apiVersion).toMatch(/^1\.\d+$/);
    expect(server).toMatch(/^[A-Z][a-z]+\/\S+ \(linux\)$/);
    expect((await client.inspectImage(image))?.Id).toMatch(/^sha256:/);
    expect(await client.inspectImage("slipway.invalid/missing:1")).toBeUndefined();
  });

  benchTest(
    "keeps an image as long as there is a container of it, and says when it has none",
    async (bench) => {
      const { client, image } = bench;
      await bench.create("user", ["true"]);
      expect((await failureOf(client.removeImage(image, { force: false }))).code).toBe("conflict");
      expect((await client.inspectImage(image))?.Id).toMatch(/^sha256:/);
      const missing = client.removeImage("slipway-test/no-such-image", { force: false });
      expect((await failureOf(missing)).code).toBe("image-not-found");
    },
  );

  benchTest("refuses a container of an image that it does not have", async (bench) => {
    const body = { Image: "slipway.invalid/missing:1", Cmd: ["true"] };
    const call = bench.client.createContainer(bench.name("a"), body);
    expect((await failureOf(call)).code).toBe("image-not-found");
  });
}

function describeLifecycle(benchTest: BenchTest): void {
  benchTest("takes a container from created over running to exited", async (bench) => {
    const { client } = bench;
    const id = await bench.create("a", ["sleep", "infinity"]);
    expect((await client.inspectContainer(id)).State).toMatchObject({ Status: "created", Running: false });
    await client.startContainer(id);
    await client.startContainer(id);
    expect((await client.inspectContainer(id)).State).toMatchObject({ Status: "running", Running: true });
    await client.stopContainer(id, { timeout: 0 });
    await client.stopContainer(id, { timeout: 0 });
    const { State } = await client.inspectContainer(id);
    expect(State).toMatchObject({ Status: "exited", Running: false });
    expect([137, 143]).toContain(State.ExitCode);
    await client.startContainer(id);
    expect((await client.inspectContainer(id)).State.Running).toBe(true);
  });

  benchTest("gives the exit code of the program, while and after it is waited for", async (bench) => {
    const id = await bench.run("a", "sleep 0.05; exit 3");
    expect(await bench.client.waitContainer(id, never)).toBe(3);
    expect(await bench.client.waitContainer(id, never)).toBe(3);
    expect((await bench.client.inspectContainer(id)).State).toMatchObject({ Status: "exited", ExitCode: 3 });
  });

  benchTest("gives a name to one container at a time", async (bench) => {
    const { client } = bench;
    const first = await bench.create("a", ["true"]);
    expect((await failureOf(bench.create("a", ["true"]))).code).toBe("conflict");
    const second = await bench.create("b", ["true"]);
    expect((await failureOf(client.renameContainer(second, bench.name("a")))).code).toBe("conflict");
    await client.renameContainer(first, bench.name("c"));
    await client.renameContainer(second, bench.name("a"));
    expect((await client.inspectContainer(second)).Name).toBe(`/${bench.name("a")}`);
    expect((await client.inspectContainer(bench.name("c"))).Id).toBe(first);
  });

  benchTest("lists by label, stopped ones too", async (bench) => {
    const id = await bench.create("a", ["true"]);
    const other = await bench.create("b", ["true"], { Labels: { ...bench.labels, role: "other" } });
    const both = await bench.client.listContainers({ labels: [bench.label] });
    expect(both.map(({ Id }) => Id).toSorted()).toEqual([id, other].toSorted());
    const one = await bench.client.listContainers({ labels: [bench.label, "role=other"] });
    expect(one).toMatchObject([{ Id: other, Names: [`/${bench.name("b")}`], State: "created" }]);
  });

  benchTest("lists of what runs all that an inspection says of it", async (bench) => {
    const { client } = bench;
    const network = bench.name("net");
    const volume = bench.name("data");
    await client.createNetwork({ Name: network, Driver: "bridge", Labels: bench.labels });
    await client.createVolume({ Name: volume, Labels: bench.labels });
    const id = await bench.run("a", "sleep infinity", {
      HostConfig: { NetworkMode: network, Binds: [`${volume}:/data`] },
      NetworkingConfig: { EndpointsConfig: { [network]: {} } },
      Healthcheck: { Test: ["CMD", "true"], Interval: 100e6, Timeout: 5e9 },
    });
    const health = async (): Promise<string | undefined> =>
      (await client.inspectContainer(id)).State.Health?.Status;
    await expect.poll(health).toBe("healthy");
    const details = await client.inspectContainer(id);
    const [listed] = await client.listContainers({ labels: [bench.label] });
    expect(listed?.Status).toMatch(/\(healthy\)$/);
    expect(listed).toMatchObject({
      Names: [details.Name],
      ImageID: details.Image,
      Labels: details.Config.Labels,
      State: details.State.Status,
      HostConfig: { NetworkMode: details.HostConfig["NetworkMode"] },
    });
    expect(Object.keys(listed?.NetworkSettings?.Networks ?? {})).toEqual([network]);
    const { Type, Name, Source, Destination } = details.Mounts[0] ?? {};
    expect(listed?.Mounts).toMatchObject([{ Type, Name, Source, Destination }]);
  });

  benchTest("keeps what runs from being removed, unless forced", async (bench) => {
    const { client } = bench;
    const id = await bench.run("a", "sleep infinity");
    const remove = (force: boolean) => client.removeContainer(id, { force, volumes: false });
    expect((await failureOf(remove(false))).code).toBe("conflict");
    await remove(true);
    expect((await failureOf(client.inspectContainer(id))).code).toBe("not-found");
    expect((await failureOf(remove(true))).code).toBe("not-found");
    expect((await failureOf(client.startContainer(id))).code).toBe("not-found");
  });

  benchTest("does not kill what does not run", async (bench) => {
    const id = await bench.create("a", ["sleep", "infinity"]);
    expect((await failureOf(bench.client.killContainer(id, "SIGKILL"))).code).toBe("conflict");
    await bench.client.startContainer(id);
    await bench.client.killContainer(id, "SIGKILL");
    expect(await bench.client.waitContainer(id, never)).toBe(137);
  });

  benchTest("restarts what runs and what does not", async (bench) => {
    const id = await bench.create("a", ["sleep", "infinity"]);
    await bench.client.restartContainer(id, { timeout: 0 });
    expect((await bench.client.inspectContainer(id)).State.Running).toBe(true);
    await bench.client.restartContainer(id, { timeout: 0 });
    expect((await bench.client.inspectContainer(id)).State.Running).toBe(true);
  });

  benchTest("refuses to start a program that is not there, and leaves the container", async (bench) => {
    const id = await bench.create("a", ["no-such-program"]);
    expect((await failureOf(bench.client.startContainer(id))).code).toBe("command-not-found");
    expect((await bench.client.inspectContainer(id)).State.Running).toBe(false);
  });
}

function describeOutput(benchTest: BenchTest): void {
  benchTest("keeps both streams of a container's output, and gives the last lines", async (bench) => {
    const { client } = bench;
    const id = await bench.run("a", "echo one; echo two >&2; sleep 0.05; echo three");
    await client.waitContainer(id, never);
    const read = (tail: number | "all") => client.containerLogs(id, { tail, tty: false }, never);
    expect(await text(read("all"), "stdout")).toBe("one\nthree\n");
    expect(await text(read("all"), "stderr")).toBe("two\n");
    expect(await text(read(1))).toBe("three\n");
  });

  benchTest("follows output until the container ends", async (bench) => {
    const id = await bench.run("a", "echo one; sleep 0.05; echo two");
    const request = { follow: true, tty: false };
    expect(await text(bench.client.containerLogs(id, request, never))).toBe("one\ntwo\n");
  });

  benchTest("runs commands in a running container", async (bench) => {
    const { client } = bench;
    const id = await bench.run("a", "sleep infinity");
    const request = { command: ["sh", "-c", "echo out; exit 5"], tty: false, stdin: false };
    const session = await client.exec(id, request);
    expect(await text(session.output)).toBe("out\n");
    expect(await session.exitCode()).toBe(5);
    await client.stopContainer(id, { timeout: 0 });
    expect((await failureOf(client.exec(id, request))).code).toBe("conflict");
  });

  benchTest("unpacks files into a container that has not been started", async (bench) => {
    const { client } = bench;
    const id = await bench.create("a", ["cat", "/run/secrets/token"]);
    const archive = pack();
    archive.entry({ name: "run/secrets/token", mode: 0o444 }, "s3cr3t");
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    await client.putArchive(id, "/", Buffer.concat(chunks));
    await client.startContainer(id);
    expect(await client.waitContainer(id, never)).toBe(0);
    expect(await text(client.containerLogs(id, { tty: false }, never))).toBe("s3cr3t");
  });
}

function describeHealthAndEvents(benchTest: BenchTest): void {
  benchTest(
    "tells what happens to the containers of a label, in order, until told to stop",
    async (bench) => {
      const { client } = bench;
      const abort = new AbortController();
      const events = await client.events({ labels: [bench.label] }, abort.signal);
      const id = await bench.run("a", "exit 0");
      await client.waitContainer(id, never);
      await client.removeContainer(id, { force: true, volumes: true });
      const actions: string[] = [];
      for await (const event of events) {
        expect(event.Actor.ID).toBe(id);
        expect(event.Actor.Attributes["name"]).toBe(bench.name("a"));
        actions.push(event.Action);
        if (event.Action === "destroy") abort.abort();
      }
      expect(actions.filter((action) => ["create", "start", "die", "destroy"].includes(action))).toEqual([
        "create",
        "start",
        "die",
        "destroy",
      ]);
    },
  );

  benchTest("runs the health check and tells when the health changes", async (bench) => {
    const { client } = bench;
    const abort = new AbortController();
    const events = await client.events({ labels: [bench.label] }, abort.signal);
    const millisecond = 1e6;
    const id = await bench.run("a", "sleep infinity", {
      Healthcheck: { Test: ["CMD", "true"], Interval: 100 * millisecond, Timeout: 5e9, Retries: 1 },
    });
    for await (const { Action } of events) if (Action === "health_status: healthy") break;
    abort.abort();
    expect((await client.inspectContainer(id)).State.Health?.Status).toBe("healthy");
  });

  benchTest("calls a container unhealthy whose check fails as often as allowed", async (bench) => {
    const { client } = bench;
    const abort = new AbortController();
    const events = await client.events({ labels: [bench.label] }, abort.signal);
    const id = await bench.run("a", "sleep infinity", {
      Healthcheck: { Test: ["CMD", "false"], Interval: 100e6, Timeout: 5e9, Retries: 2 },
    });
    for await (const { Action } of events) if (Action === "health_status: unhealthy") break;
    abort.abort();
    const { Health } = (await client.inspectContainer(id)).State;
    expect(Health?.Status).toBe("unhealthy");
    expect(Health?.FailingStreak).toBeGreaterThanOrEqual(2);
    expect(Health?.Log?.at(-1)?.ExitCode).toBe(1);
  });
}

function describeNetworks(benchTest: BenchTest): void {
  benchTest("keeps a network as long as a running container is on it", async (bench) => {
    const { client } = bench;
    const network = bench.name("net");
    const { id } = await client.createNetwork({ Name: network, Driver: "bridge", Labels: bench.labels });
    expect(await client.inspectNetwork(network)).toMatchObject({
      Id: id,
      Name: network,
      Labels: bench.labels,
    });
    const container = await bench.run("a", "sleep infinity", {
      HostConfig: { NetworkMode: network },
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ["web"] } } },
    });
    const details = await client.inspectContainer(container);
    expect(Object.keys(details.NetworkSettings.Networks)).toEqual([network]);
    expect((await failureOf(client.removeNetwork(id))).code).toBe("conflict");
    await client.stopContainer(container, { timeout: 0 });
    await client.disconnectNetwork(network, container);
    await client.removeNetwork(id);
    expect((await failureOf(client.inspectNetwork(id))).code).toBe("not-found");
    expect((await failureOf(client.removeNetwork(id))).code).toBe("not-found");
  });

  benchTest("connects a container to further networks before its start", async (bench) => {
    const { client } = bench;
    const names = [bench.name("n1"), bench.name("n2")] as const;
    for (const Name of names) await client.createNetwork({ Name, Driver: "bridge", Labels: bench.labels });
    const id = await bench.create("a", ["sleep", "infinity"], {
      HostConfig: { NetworkMode: names[0] },
      NetworkingConfig: { EndpointsConfig: { [names[0]]: {} } },
    });
    await client.connectNetwork(names[1], id, { Aliases: ["second"] });
    await client.startContainer(id);
    const { Networks } = (await client.inspectContainer(id)).NetworkSettings;
    expect(Object.keys(Networks).toSorted()).toEqual([...names].toSorted());
  });

  benchTest("takes all endpoints in the create call from API 1.44 on, and one before", async (bench) => {
    const { client } = bench;
    const names = [bench.name("n1"), bench.name("n2")] as const;
    for (const Name of names) await client.createNetwork({ Name, Driver: "bridge", Labels: bench.labels });
    const minor = Number((await client.version()).apiVersion.split(".")[1]);
    const creation = bench.create("a", ["true"], {
      HostConfig: { NetworkMode: names[0] },
      NetworkingConfig: { EndpointsConfig: { [names[0]]: {}, [names[1]]: {} } },
    });
    if (minor < 44) {
      expect((await failureOf(creation)).code).toBe("invalid");
      return;
    }
    const { Networks } = (await client.inspectContainer(await creation)).NetworkSettings;
    expect(Object.keys(Networks).toSorted()).toEqual([...names].toSorted());
  });
}

function describeVolumes(benchTest: BenchTest): void {
  benchTest("keeps a volume as long as a container mounts it", async (bench) => {
    const { client } = bench;
    const Name = bench.name("data");
    await client.createVolume({ Name, Labels: bench.labels });
    await client.createVolume({ Name, Labels: bench.labels });
    expect(await client.inspectVolume(Name)).toMatchObject({ Name, Driver: "local", Labels: bench.labels });
    const id = await bench.create("a", ["true"], {
      HostConfig: { NetworkMode: "none", Binds: [`${Name}:/data:rw`] },
    });
    expect((await client.inspectContainer(id)).Mounts).toMatchObject([
      { Type: "volume", Name, Destination: "/data" },
    ]);
    expect((await failureOf(client.removeVolume(Name))).code).toBe("conflict");
    await client.removeContainer(id, { force: true, volumes: true });
    await client.removeVolume(Name);
    expect((await failureOf(client.inspectVolume(Name))).code).toBe("not-found");
    expect((await failureOf(client.removeVolume(Name))).code).toBe("not-found");
  });

  benchTest("removes anonymous volumes with their container when asked to", async (bench) => {
    const { client } = bench;
    const volumeOf = async (id: string) => (await client.inspectContainer(id)).Mounts[0]?.Name ?? "";
    const kept = await bench.create("a", ["true"], { Volumes: { "/data": {} } });
    const gone = await bench.create("b", ["true"], { Volumes: { "/data": {} } });
    const [keptVolume, goneVolume] = [await volumeOf(kept), await volumeOf(gone)];
    expect(keptVolume).toMatch(/^[0-9a-f]{64}$/);
    await client.removeContainer(kept, { force: true, volumes: false });
    await client.removeContainer(gone, { force: true, volumes: true });
    expect((await client.inspectVolume(keptVolume)).Name).toBe(keptVolume);
    expect((await failureOf(client.inspectVolume(goneVolume))).code).toBe("not-found");
    await client.removeVolume(keptVolume);
  });
}
