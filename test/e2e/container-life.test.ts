// How containers are stopped, restarted and probed, and what an exec finds around it: the same on the bundled engine and on Docker's.
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { busyboxImage, busyboxUnavailable, importBusybox } from "../support/busybox-image.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import { eventually } from "../support/processes.ts";
import { askApi, type ApiReply } from "./api-request.ts";

interface Attached {
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
}

interface Details {
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly FailingStreak: number;
      readonly Log: readonly object[];
    };
  };
}

/** Says by its status which signal it got. */
const TELL_TALE = [
  "sh",
  "-c",
  "trap 'exit 5' USR1; trap 'exit 6' TERM; trap 'exit 7' USR2; echo up; while :; do sleep 0.05; done",
];
const DEAF = ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"];
const HOUR = 3600e9;

/** Given up after two restarts. */
const isOver = ({ State, RestartCount }: Details): boolean => State.Status === "exited" && RestartCount === 2;

describeEachEngine("a container", (engine) => {
  const prefix = `life${randomBytes(4).toString("hex")}`;
  const ids: string[] = [];
  const ask = <Body = { readonly message: string }>(words: string, body?: object): Promise<ApiReply<Body>> =>
    askApi<Body>(engine().host, words, body);
  const inspect = async (id: string): Promise<Details> =>
    (await ask<Details>(`GET /containers/${id}/json`)).body;

  async function run(body: object, name = ""): Promise<string> {
    const made = await ask<{ Id: string }>(`POST /containers/create?name=${name}`, {
      Image: "slipway/host",
      ...body,
    });
    expect(made).toMatchObject({ status: 201 });
    ids.push(made.body.Id);
    expect(await ask(`POST /containers/${made.body.Id}/start`)).toMatchObject({ status: 204 });
    return made.body.Id;
  }

  async function runUntilUp(body: object): Promise<string> {
    const id = await run(body);
    await eventually("it is up", async () => {
      const { body: log } = await ask<string>(`GET /containers/${id}/logs?stdout=1`);
      return log.includes("up") || undefined;
    });
    return id;
  }

  const until = (id: string, what: string, holds: (details: Details) => boolean): Promise<Details> =>
    eventually(what, async () => {
      const details = await inspect(id);
      return holds(details) ? details : undefined;
    });

  /** Seconds. */
  async function stop(id: string, query = ""): Promise<number> {
    const begin = performance.now();
    expect(await ask(`POST /containers/${id}/stop?${query}`)).toMatchObject({ status: 204 });
    return (performance.now() - begin) / 1000;
  }

  beforeAll(() => engine().start());
  afterEach(async () => {
    for (const id of ids.splice(0)) await ask(`DELETE /containers/${id}?force=1&v=1`);
  });
  afterAll(() => ask(`DELETE /images/${prefix}:1`));

  it.skipIf(busyboxUnavailable !== undefined)("is stopped with its image's signal, or its own", async () => {
    await importBusybox(engine());
    const base = await run({ Image: busyboxImage, Cmd: ["true"] });
    const made = await ask(`POST /commit?container=${base}&repo=${prefix}&tag=1`, { StopSignal: "SIGUSR1" });
    expect(made).toMatchObject({ status: 201 });
    for (const [body, status] of [
      [{ Cmd: TELL_TALE }, 6],
      [{ Cmd: TELL_TALE, StopSignal: "SIGUSR2" }, 7],
      [{ Cmd: TELL_TALE, StopSignal: "10" }, 5],
      [{ Cmd: TELL_TALE, Image: `${prefix}:1` }, 5],
      [{ Cmd: TELL_TALE, Image: `${prefix}:1`, StopSignal: "USR2" }, 7],
    ] as const) {
      const id = await runUntilUp(body);
      await stop(id);
      expect([body, (await inspect(id)).State.ExitCode]).toEqual([body, status]);
    }
  });

  it("has its own time to stop, or what the request gives it", async () => {
    const own = await runUntilUp({ Cmd: DEAF, StopTimeout: 1 });
    const seconds = await stop(own);
    expect(seconds).toBeGreaterThan(0.9);
    expect(seconds).toBeLessThan(10);
    const asked = await runUntilUp({ Cmd: DEAF, StopTimeout: 100 });
    expect(await stop(asked, "t=0")).toBeLessThan(50);
    for (const id of [own, asked]) expect((await inspect(id)).State.ExitCode).toBe(137);
  });

  it("is restarted as often as its policy says, and again from the beginning when it is started by hand", async () => {
    const id = await run({
      Cmd: ["sh", "-c", "exit 9"],
      HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } },
    });
    const first = await until(id, "it is given up", isOver);
    expect(first.State.ExitCode).toBe(9);
    await ask(`POST /containers/${id}/start`);
    await until(
      id,
      "it is given up again",
      (now) => isOver(now) && now.State.StartedAt > first.State.StartedAt,
    );
    const fine = await run({
      Cmd: ["true"],
      HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } },
    });
    expect(await until(fine, "it has ended", ({ State }) => State.Status === "exited")).toMatchObject({
      RestartCount: 0,
    });
  });

  it("that always comes back stays down when it is stopped", async () => {
    const id = await run({ Cmd: ["sh", "-c", "exit 9"], HostConfig: { RestartPolicy: { Name: "always" } } });
    await until(id, "it has come back", ({ RestartCount }) => RestartCount >= 2);
    await stop(id, "t=0");
    expect((await inspect(id)).State).toMatchObject({ Status: "exited" });
  });

  it("may fail its probes as long as its start takes", async () => {
    const probe = { Test: ["CMD", "false"], Interval: 1e8, Retries: 1 };
    const patient = await run({ Cmd: ["sleep", "1000"], Healthcheck: { ...probe, StartPeriod: HOUR } });
    const strict = await run({ Cmd: ["sleep", "1000"], Healthcheck: probe });
    await until(strict, "it is unhealthy", ({ State }) => State.Health?.Status === "unhealthy");
    const probed = await until(patient, "it was probed", ({ State }) => (State.Health?.Log.length ?? 0) >= 3);
    expect(probed.State.Health).toMatchObject({ Status: "starting", FailingStreak: 0 });
    await ask(`POST /containers/${patient}/kill`);
    await until(patient, "nobody takes it for well", ({ State }) => State.Health?.Status === "unhealthy");
  });

  it("has the variables of its links in execs, too", async () => {
    const db = await run(
      { Cmd: ["sleep", "1000"], Env: ["SECRET=x"], ExposedPorts: { "5432/tcp": {} } },
      `${prefix}-db`,
    );
    const web = await run(
      {
        Cmd: ["sleep", "1000"],
        Env: ["DATABASE_ENV_SECRET=mine"],
        HostConfig: { Links: [`${prefix}-db:database`] },
      },
      `${prefix}-web`,
    );
    const read = async (script: string): Promise<string[]> => {
      const { stdout } = await engine().docker(["exec", "-e", "MORE=1", web, "sh", "-c", script]);
      return stdout
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("DATABASE") || line === "MORE=1")
        .toSorted();
    };
    const own = await read("tr '\\0' '\\n' </proc/1/environ");
    expect(own).toContain(`DATABASE_NAME=/${prefix}-web/database`);
    expect(own).toContain("DATABASE_ENV_SECRET=mine");
    expect(own.filter((line) => line.startsWith("DATABASE_PORT")).length).toBeGreaterThan(3);
    expect(await read("env")).toEqual([...own, "MORE=1"]);
    expect(await ask(`GET /containers/${db}/json`)).toMatchObject({ status: 200 });
  });

  it.each(["/v1.24", "/v1.41"])("is not made with two networks at once by %s", async (version) => {
    const names = ["one", "two"].map((name) => `${prefix}-${name}`);
    for (const Name of names) await ask("POST /networks/create", { Name });
    const EndpointsConfig = Object.fromEntries(names.map((name) => [name, {}]));
    for (const NetworkMode of [undefined, "bridge", names[0]]) {
      const made = await ask(`POST ${version}/containers/create`, {
        Image: "slipway/host",
        HostConfig: { NetworkMode },
        NetworkingConfig: { EndpointsConfig },
      });
      expect(made).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining("network endpoints: ") as unknown },
      });
    }
    for (const name of names) await ask(`DELETE /networks/${name}`);
  });

  it("is on the network it is made with, and not on its mode's, before API 1.44", async () => {
    const [one, two] = [`${prefix}-mode`, `${prefix}-endpoint`];
    for (const Name of [one, two]) await ask("POST /networks/create", { Name });
    for (const [NetworkMode, network] of [
      [one, two],
      ["bridge", two],
      ["default", two],
      [two, two],
      ["none", two],
      [one, "none"],
    ] as const) {
      const made = await ask<{ readonly Id: string }>("POST /v1.41/containers/create", {
        Image: "slipway/host",
        Cmd: ["sleep", "1000"],
        HostConfig: { NetworkMode },
        NetworkingConfig: { EndpointsConfig: { [network]: {} } },
      });
      expect(made.status).toBe(201);
      const networks = async (): Promise<readonly string[]> => {
        const { body } = await ask<Attached>(`GET /containers/${made.body.Id}/json`);
        return Object.keys(body.NetworkSettings.Networks);
      };
      expect({ NetworkMode, on: await networks() }).toEqual({ NetworkMode, on: [network] });
      expect(await ask(`POST /containers/${made.body.Id}/start`)).toMatchObject({ status: 204 });
      expect({ NetworkMode, on: await networks() }).toEqual({ NetworkMode, on: [network] });
      await ask(`DELETE /containers/${made.body.Id}?force=1`);
    }
    for (const name of [one, two]) await ask(`DELETE /networks/${name}`);
  });
});

describeEachEngine(
  "a container, by later versions of the API",
  (engine) => {
    const ids: string[] = [];
    const ask = <Body = { readonly message: string }>(
      words: string,
      body?: object,
    ): Promise<ApiReply<Body>> => askApi<Body>(engine().host, words, body);
    const run = async (body: object): Promise<string> => {
      const made = await ask<{ Id: string }>("POST /v1.44/containers/create", {
        Image: "slipway/host",
        ...body,
      });
      ids.push(made.body.Id);
      await ask(`POST /containers/${made.body.Id}/start`);
      return made.body.Id;
    };
    beforeAll(() => engine().start());
    afterAll(async () => {
      for (const id of ids) await ask(`DELETE /containers/${id}?force=1`);
    });

    it("is stopped with the signal of the request", async () => {
      const id = await run({ Cmd: TELL_TALE, StopSignal: "USR2" });
      await eventually("it is up", async () => {
        const { body } = await ask<string>(`GET /containers/${id}/logs?stdout=1`);
        return body.includes("up") || undefined;
      });
      expect(await ask(`POST /containers/${id}/stop?signal=SIGUSR1`)).toMatchObject({ status: 204 });
      expect((await ask<Details>(`GET /containers/${id}/json`)).body.State.ExitCode).toBe(5);
    });

    it("is probed more often while it starts", async () => {
      const id = await run({
        Cmd: ["sh", "-c", "sleep 0.5; touch /tmp/ready; sleep 1000"],
        Healthcheck: {
          Test: ["CMD", "test", "-e", "/tmp/ready"],
          Interval: HOUR,
          StartPeriod: HOUR,
          StartInterval: 5e7,
        },
      });
      const healthy = await eventually("it is healthy", async () => {
        const { body } = await ask<Details>(`GET /containers/${id}/json`);
        return body.State.Health?.Status === "healthy" ? body.State.Health : undefined;
      });
      expect(healthy.FailingStreak).toBe(0);
    });
  },
  { only: "bundled" },
);
