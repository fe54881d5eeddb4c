// Processors that the machine does not have are refused as a Docker Engine refuses them, when a container is created and when it is updated.
import { cpus } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { askApi, type ApiReply } from "./api-request.ts";
import { describeEachEngine } from "../support/each-engine.ts";

const count = cpus().length;
const RANGE = `Range of CPUs is from 0.01 to ${count}.00, as there are only ${count} CPUs available`;
const ANYWHERE: readonly (readonly [limits: object, answer: string])[] = [
  [{ NanoCpus: (count + 1) * 1e9 }, RANGE],
  [{ NanoCpus: count * 1e9 + 1 }, RANGE],
];
const WITH_CPUSETS: readonly (readonly [limits: object, answer: string | RegExp])[] = [
  [{ CpusetCpus: "999" }, /^Requested CPUs are not available - requested 999, available: 0/],
  [{ CpusetCpus: "0-999" }, /^Requested CPUs are not available - requested 0-999, available: 0/],
  [{ CpusetMems: "99" }, /^Requested memory nodes are not available - requested 99, available: 0/],
  [{ CpusetCpus: "1-0" }, "Invalid value 1-0 for cpuset cpus: invalid format: 1-0"],
  [{ CpusetMems: "a" }, "Invalid value a for cpuset mems: invalid format: a"],
];

describeEachEngine("processors", (engine) => {
  const ids: string[] = [];
  let cases: readonly (readonly [limits: object, answer: string | RegExp])[] = [];
  const ask = <Body>(words: string, body?: object): Promise<ApiReply<Body>> =>
    askApi(engine().host, words, body);

  async function create(HostConfig: object): Promise<ApiReply<{ Id: string; message: string }>> {
    const made = await ask<{ Id: string; message: string }>("POST /containers/create", {
      Image: "slipway/host",
      Cmd: ["sleep", "1000"],
      HostConfig,
    });
    if (made.status === 201) ids.push(made.body.Id);
    return made;
  }

  beforeAll(async () => {
    await engine().start();
    const { body } = await ask<{ CPUSet: boolean }>("GET /info");
    cases = body.CPUSet ? [...ANYWHERE, ...WITH_CPUSETS] : ANYWHERE;
  });
  afterAll(() => Promise.all(ids.map((id) => ask(`DELETE /containers/${id}?force=1`))));

  it("that there are not are refused by create", async () => {
    for (const [limits, answer] of cases) {
      expect(await create(limits)).toMatchObject({
        status: 400,
        body: { message: expect.stringMatching(answer) as unknown },
      });
    }
    expect(await create({ NanoCpus: count * 1e9, CpusetCpus: "0", CpusetMems: "0" })).toMatchObject({
      status: 201,
    });
  });

  it.each(["created", "running"])(
    "that there are not are refused by an update of what is %s",
    async (state) => {
      const { body } = await create({});
      if (state === "running") await ask(`POST /containers/${body.Id}/start`);
      for (const [limits, answer] of cases) {
        const updated = await ask<{ message: string }>(`POST /containers/${body.Id}/update`, limits);
        expect(updated).toMatchObject({
          status: 400,
          body: { message: expect.stringMatching(answer) as unknown },
        });
      }
      const { body: details } = await ask<{ HostConfig: object }>(`GET /containers/${body.Id}/json`);
      expect(details.HostConfig).toMatchObject({ NanoCpus: 0, CpusetCpus: "", CpusetMems: "" });
    },
  );
});
