// Image endpoints answer as a Docker Engine does: the same requests to every engine, the same statuses, texts and fields.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeArchive } from "../native/archive-trees.ts";
import { describeEachEngine } from "../support/each-engine.ts";
import { askApi, type ApiReply } from "./api-request.ts";

type Reply = ApiReply<unknown>;

interface Listed {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly SharedSize: number;
}

const filtered = (filters: object): string => encodeURIComponent(JSON.stringify(filters));

function message({ body }: Reply): string {
  return (body as { message: string }).message;
}

describeEachEngine("the API of images", (engine) => {
  const prefix = `api${randomBytes(4).toString("hex")}`;
  let id: string;
  let other: string;
  const api = (words: string, body?: Buffer | object): Promise<Reply> => askApi(engine().host, words, body);
  const list = async (query: string): Promise<Listed[]> =>
    (await api(`GET /images/json?${query}`)).body as Listed[];
  const tagsOf = async (filters: object): Promise<string[]> =>
    (await list(`filters=${filtered(filters)}`))
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .filter((name) => name.includes(prefix))
      .toSorted();

  beforeAll(async () => {
    await engine().start();
    const archive = await makeArchive([{ name: "f", contents: "x".repeat(1000) }]);
    const changes = ['CMD ["/f"]', "ENV A=b", "LABEL number=1", "VOLUME /v"].map(
      (line) => `&changes=${encodeURIComponent(line)}`,
    );
    const made = await api(
      `POST /images/create?fromSrc=-&repo=${prefix}&tag=1&message=why${changes.join("")}`,
      archive,
    );
    id = (made.body as { status: string }).status;
    const second = await api(
      `POST /images/create?fromSrc=-&repo=${prefix}other&tag=1`,
      await makeArchive([{ name: "g", contents: "y" }]),
    );
    other = (second.body as { status: string }).status;
    await api(`POST /images/${prefix}:1/tag?repo=${prefix}/deep&tag=2`);
  });
  afterAll(async () => {
    for (const image of [id, other]) await api(`DELETE /images/${image}?force=1`);
  });

  it("an imported image is found by every name it has, with what it was given", async () => {
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    for (const ref of [
      `${prefix}:1`,
      id,
      id.slice(7),
      id.slice(7, 19),
      id.slice(0, 19),
      `docker.io/library/${prefix}:1`,
    ]) {
      const { status, body } = await api(`GET /images/${ref}/json`);
      expect([ref, status]).toEqual([ref, 200]);
      expect(body).toMatchObject({ Id: id, Os: "linux", Comment: "why", RootFS: { Type: "layers" } });
      expect(body).toMatchObject({
        Config: { Cmd: ["/f"], Env: ["A=b"], Labels: { number: "1" }, Volumes: { "/v": {} } },
      });
      expect((body as { RepoTags: string[] }).RepoTags.toSorted()).toEqual([
        `${prefix}/deep:2`,
        `${prefix}:1`,
      ]);
    }
    const { body } = await api(`GET /images/${prefix}:1/history`);
    expect(body).toMatchObject([
      { Id: id, Comment: "why", Tags: expect.arrayContaining([`${prefix}:1`]) as string[] },
    ]);
  });

  it("clients of older versions find the fields that went", async () => {
    const { body } = await api(`GET /v1.40/images/${prefix}:1/json`);
    expect(body).toMatchObject({ VirtualSize: (body as { Size: number }).Size });
    expect(body).toHaveProperty("ContainerConfig");
  });

  it("docker-compose 1, which speaks the newest version, finds the image's volumes where it looks for them", async () => {
    const { body } = await api(`GET /images/${prefix}:1/json`);
    expect(body).toHaveProperty("ContainerConfig");
  });

  it.each<[object, string[]]>([
    [{ reference: ["PREFIX"] }, ["PREFIX:1"]],
    [{ reference: ["PREFIX:*"] }, ["PREFIX:1"]],
    [{ reference: ["PREFIX/*"] }, ["PREFIX/deep:2"]],
    [{ reference: ["PREFIX*"] }, ["PREFIX:1", "PREFIXother:1"]],
    [{ reference: ["*/deep:2"] }, ["PREFIX/deep:2"]],
    [{ reference: { PREFIX: true } }, ["PREFIX:1"]],
    [{ label: ["number"] }, ["PREFIX/deep:2", "PREFIX:1"]],
    [{ label: ["number=1"] }, ["PREFIX/deep:2", "PREFIX:1"]],
    [{ label: ["number=2"] }, []],
    [{ dangling: ["true"] }, []],
    [{ dangling: ["false"], reference: ["PREFIX"] }, ["PREFIX:1"]],
    [{ before: ["PREFIX:1"] }, []],
  ])("the list with %j", async (filters, names) => {
    const given = JSON.parse(JSON.stringify(filters).replaceAll("PREFIX", prefix)) as object;
    expect(await tagsOf(given)).toEqual(names.map((name) => name.replace("PREFIX", prefix)).toSorted());
  });

  it("filters that are none are refused", async () => {
    for (const filters of [{ bogus: ["x"] }, { dangling: ["x"] }]) {
      const reply = await api(`GET /images/json?filters=${filtered(filters)}`);
      expect(reply.status).toBe(400);
      expect(message(reply)).toMatch(/invalid filter '(bogus|dangling=\[x\])'/i);
    }
    const unknown = await api(`GET /images/json?filters=${filtered({ before: [`${prefix}none`] })}`);
    expect([unknown.status, message(unknown)]).toEqual([404, expect.stringMatching(/no such image/i)]);
  });

  it("what is not there is told with the words that clients look for", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const calls = [
      `GET /images/${prefix}none/json`,
      `GET /images/${digest}/json`,
      `GET /images/${prefix}@${digest}/json`,
      `GET /images/${"0".repeat(64)}/json`,
      `GET /images/${prefix}none/history`,
      `GET /images/${prefix}none/get`,
      `POST /images/${prefix}none/tag?repo=x`,
      `DELETE /images/${prefix}none`,
    ];
    for (const call of calls) {
      const reply = await api(call);
      expect([call, reply.status, message(reply)]).toEqual([
        call,
        404,
        expect.stringMatching(/no such image/i),
      ]);
    }
  });

  it("names that cannot be are refused", async () => {
    const ambiguous = await api(`POST /images/${prefix}:1/tag?repo=sha256&tag=2`);
    expect([ambiguous.status, message(ambiguous)]).toEqual([
      400,
      "refusing to create an ambiguous tag using digest algorithm as name",
    ]);
    for (const [repo, text] of [
      ["Upper", "must be lowercase"],
      ["a".repeat(64), "cannot specify 64-byte hexadecimal strings"],
    ]) {
      // Docker answers 500 or 400, by its age.
      const reply = await api(`POST /images/${prefix}:1/tag?repo=${repo}&tag=2`);
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(message(reply)).toContain(text);
    }
    const change = await api(
      `POST /images/create?fromSrc=-&changes=${encodeURIComponent("RUN x")}`,
      Buffer.alloc(1024),
    );
    expect(message(change)).toMatch(/^run is not a valid change command/i);
  });

  it("what a container uses is kept, name by name", async () => {
    const create = await api(`POST /containers/create?name=${prefix}`, { Image: `${prefix}:1`, Cmd: ["/f"] });
    const container = (create.body as { Id: string }).Id.slice(0, 12);
    const short = id.slice(7, 19);
    try {
      const byId = await api(`DELETE /images/${short}`);
      expect([byId.status, message(byId)]).toEqual([
        409,
        `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
      ]);
      expect(await api(`DELETE /images/${prefix}/deep:2`)).toEqual({
        status: 200,
        body: [{ Untagged: `${prefix}/deep:2` }],
      });
      const last = await api(`DELETE /images/${prefix}:1`);
      expect([last.status, message(last)]).toEqual([
        409,
        `conflict: unable to remove repository reference "${prefix}:1" (must force) - ` +
          `container ${container} is using its referenced image ${short}`,
      ]);
      const single = await api(`DELETE /images/${short}`);
      expect([single.status, message(single)]).toEqual([
        409,
        `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container ${container}`,
      ]);
      expect(await api("POST /images/prune")).toMatchObject({ status: 200, body: { SpaceReclaimed: 0 } });
    } finally {
      await api(`DELETE /containers/${prefix}`);
      await api(`POST /images/${id}/tag?repo=${prefix}/deep&tag=2`);
    }
  });

  it("an image for another platform is not taken for one that is asked for", async () => {
    const call = `POST /containers/create?platform=${encodeURIComponent("linux/s390x")}`;
    const reply = await api(call, { Image: `${prefix}:1`, Cmd: ["/f"] });
    expect([reply.status, message(reply)]).toEqual([
      404,
      expect.stringContaining(
        "was found but does not match the specified platform: wanted linux/s390x, actual: linux/",
      ),
    ]);
  });

  it("removal tells what has gone, names first", async () => {
    await api(`POST /images/${other}/tag?repo=${prefix}other&tag=2`);
    expect((await api(`DELETE /images/${prefix}other:2`)).body).toEqual([{ Untagged: `${prefix}other:2` }]);
    const gone = (await api(`DELETE /images/${prefix}other:1`)).body as object[];
    expect(gone.slice(0, 2)).toEqual([{ Untagged: `${prefix}other:1` }, { Deleted: other }]);
    expect(gone[2]).toEqual({ Deleted: expect.stringMatching(/^sha256:/) as string });
  });
});
