// Lists of containers, filtered: the same on the bundled engine and on Docker's.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { eventually } from "../support/processes.ts";
import { askApi, type ApiReply } from "./api-request.ts";

interface Row {
  readonly Names: readonly string[];
  readonly Command: string;
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
}

interface Details {
  readonly Image: string;
  readonly State: { readonly Status: string; readonly Health?: { readonly Status: string } };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string }>>;
    readonly Ports: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>>;
  };
}

describeEachEngine("a list of containers", (engine) => {
  const prefix = `list${randomBytes(4).toString("hex")}`;
  const ids: Record<string, string> = {};
  const ask = <Body>(words: string, body?: object): Promise<ApiReply<Body>> =>
    askApi<Body>(engine().host, words, body);
  let image = "";
  let network = "";
  let published = "";

  async function create(name: string, body: object): Promise<void> {
    const made = await ask<{ Id: string }>(`POST /containers/create?name=${prefix}-${name}`, {
      Image: "slipway/host",
      ...body,
    });
    expect(made).toMatchObject({ status: 201 });
    ids[name] = made.body.Id;
  }

  const inspect = async (name: string): Promise<Details> =>
    (await ask<Details>(`GET /containers/${ids[name]}/json`)).body;

  /** Runs, healthy, in a network, with a volume and a published port; has ended with 3; was never started. */
  beforeAll(async () => {
    await engine().start();
    await ask("POST /networks/create", { Name: `${prefix}-net` });
    await create("a", {
      Cmd: ["sleep", "1000"],
      Labels: { [prefix]: "blue", [`${prefix}-tier`]: "" },
      ExposedPorts: { "8080/tcp": {}, "6000/udp": {} },
      Healthcheck: { Test: ["CMD", "true"], Interval: 1e8 },
      HostConfig: {
        Binds: [`${prefix}-vol:/data`],
        NetworkMode: `${prefix}-net`,
        PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
      },
    });
    await create("b", { Cmd: ["sh", "-c", "exit 3"], Labels: { [prefix]: "red" } });
    await create("c", {
      Cmd: ["true"],
      ExposedPorts: { "9000/udp": {} },
      HostConfig: { Binds: ["/tmp:/mnt"], PortBindings: { "9000/udp": [{ HostPort: "" }] } },
    });
    for (const name of ["a", "b"]) await ask(`POST /containers/${ids[name]}/start`);
    await eventually("one is healthy and one has ended", async () => {
      const [a, b] = [await inspect("a"), await inspect("b")];
      return (a.State.Health?.Status === "healthy" && b.State.Status === "exited") || undefined;
    });
    const details = await inspect("a");
    image = details.Image;
    published = details.NetworkSettings.Ports["8080/tcp"]?.[0]?.HostPort ?? "";
    network = details.NetworkSettings.Networks[`${prefix}-net`]?.NetworkID ?? "";
  });

  afterAll(async () => {
    for (const id of Object.values(ids)) await ask(`DELETE /containers/${id}?force=1&v=1`);
    await ask(`DELETE /networks/${prefix}-net`);
    await ask(`DELETE /volumes/${prefix}-vol`);
  });

  const listed = (query: string, filters: object): Promise<ApiReply<readonly Row[]>> =>
    ask(`GET /containers/json?${query}&filters=${encodeURIComponent(JSON.stringify(filters))}`);

  /** What of ours is listed, newest first, one letter each; all there are but for the filters. */
  async function letters(filters: object, query = "all=1"): Promise<string> {
    const { status, body } = await listed(query, filters);
    if (status !== 200) return "refused";
    return body
      .flatMap(({ Names }) => Names)
      .filter((name) => name.startsWith(`/${prefix}`))
      .map((name) => name.at(-1))
      .join("");
  }

  /** The filters, which letters they let through, and with which other parameters. */
  const cases = (): readonly (readonly [filters: object, letters: string, query?: string])[] => [
    [{}, "cba"],
    [{}, "a", "all=0"],
    [{ id: [ids["a"]] }, "a"],
    [{ id: [ids["b"]?.slice(0, 12)] }, "b"],
    [{ id: [ids["b"]?.slice(20, 40)] }, ""],
    [{ id: ["nothing"] }, ""],
    [{ name: [`${prefix}-a`] }, "a"],
    [{ name: [`^/${prefix}-[ab]$`] }, "ba"],
    [{ name: [`^${prefix}-c$`, `${prefix}-a`] }, "ca"],
    [{ name: [`${prefix}-.$`] }, "cba"],
    [{ label: [prefix] }, "ba"],
    [{ label: [`${prefix}=blue`] }, "a"],
    [{ label: [prefix, `${prefix}-tier`] }, "a"],
    [{ label: [`${prefix}-tier=`] }, "a"],
    [{ label: [`${prefix}=blue`, `${prefix}=red`] }, ""],
    [{ status: ["exited"] }, "b", ""],
    [{ status: ["created", "running"] }, "ca", ""],
    [{ status: ["bogus"] }, "refused"],
    [{ exited: ["3"] }, "b"],
    [{ exited: ["3"] }, "", "all=0"],
    [{ exited: ["0"] }, ""],
    [{ exited: ["0", "3"] }, "b"],
    [{ exited: ["three"] }, "refused"],
    [{ health: ["healthy"] }, "a"],
    [{ health: ["none"] }, "cb"],
    [{ health: ["none", "healthy"] }, "cba"],
    [{ health: ["fine"] }, "refused"],
    [{ ancestor: ["slipway/host"] }, "cba"],
    [{ ancestor: ["slipway/host:latest"] }, "cba"],
    [{ ancestor: [image] }, "cba"],
    [{ ancestor: [image.slice(7, 20)] }, "cba"],
    [{ ancestor: ["slipway/other"] }, ""],
    [{ before: [`${prefix}-c`] }, "ba"],
    [{ before: [ids["b"]] }, "a"],
    [{ since: [`${prefix}-a`] }, "cb"],
    [{ since: [`${prefix}-a`], before: [`${prefix}-c`] }, "b"],
    [{ since: [`${prefix}-none`] }, "refused"],
    [{ before: [`${prefix}-none`] }, "refused"],
    [{ name: [`${prefix}-none`], since: [`${prefix}-none`] }, "refused"], // also where nothing is left to compare
    [{ volume: [`${prefix}-vol`] }, "a"],
    [{ volume: ["/data"] }, "a"],
    [{ volume: ["/tmp"], label: [] }, "c"],
    [{ volume: ["/mnt"] }, "c"],
    [{ volume: [`${prefix}-v`] }, ""],
    [{ network: [`${prefix}-net`] }, "a"],
    [{ network: [network] }, "a"],
    [{ network: [network.slice(0, 12)] }, "a"],
    [{ network: [`${prefix}-ne`] }, ""],
    [{ publish: [published] }, "a"],
    [{ publish: ["1", `${published}/tcp`] }, "a"],
    [{ publish: [`${published}/udp`] }, ""],
    [{ publish: [`${Number(published) - 1}-${Number(published) + 1}/tcp`] }, "a"],
    [{ publish: ["8080"] }, ""],
    [{ publish: ["no"] }, "refused"],
    [{ publish: ["80:80"] }, "refused"],
    [{ publish: ["90-80"] }, "refused"],
    [{ isolation: ["default"] }, "cba"],
    [{ expose: ["8080"] }, "a"],
    [{ expose: ["9000/udp", "8080/tcp"] }, "a"], // of what runs
    [{ expose: ["5999-6001/udp"] }, "a"],
    [{ expose: ["6000"] }, ""],
    [{ "is-task": ["false"] }, "cba"],
    [{ "is-task": ["true"] }, ""],
    [{ "is-task": ["maybe"] }, "refused"],
    [{ hat: ["red"] }, "refused"],
    [{ name: [prefix] }, "c", "limit=1"],
    [{ name: [prefix] }, "cb", "limit=2"],
    [{ name: [prefix], status: ["running"] }, "a", "limit=2"],
    [{ name: [prefix] }, "cba", "all=1&limit=0"],
    [{ name: { [prefix]: true }, status: { running: true } }, "a"],
  ];

  it("shows an image by its name as long as that is its own", async () => {
    const name = `${prefix}-image:1`;
    const rows = async (filters: object): Promise<string[]> => {
      const query = encodeURIComponent(JSON.stringify({ name: [`${prefix}-named`], ...filters }));
      const { body } = await ask<{ Image: string }[]>(`GET /containers/json?all=1&filters=${query}`);
      return body.map(({ Image }) => Image);
    };
    await ask(`POST /images/slipway/host/tag?repo=${prefix}-image&tag=1`);
    await create("named", { Image: name, Cmd: ["true"] });
    expect(await rows({ ancestor: [name] })).toEqual([name]);
    await ask(`DELETE /images/${name}`);
    const { Image } = await inspect("named");
    expect(await rows({})).toEqual([Image]);
    expect(await rows({ ancestor: [name] })).toEqual([]);
    expect(await rows({ ancestor: [Image] })).toEqual([Image]);
    await ask(`DELETE /containers/${ids["named"]}`);
    delete ids["named"];
  });

  it("holds what its filters let through", async () => {
    const found: (readonly [string, string])[] = [];
    const wanted: (readonly [string, string])[] = [];
    for (const [filters, expected, query] of cases()) {
      const title = `${JSON.stringify(filters)} ${query ?? ""}`;
      wanted.push([title, expected]);
      found.push([title, await letters(filters, query)]);
    }
    expect(found).toEqual(wanted);
  });

  it("shows commands, words with spaces in quotes", async () => {
    const { body } = await ask<Row[]>(`GET /containers/json?all=1&filters={"label":["${prefix}"]}`);
    expect(body.map(({ Command }) => Command).toSorted()).toEqual(["sh -c 'exit 3'", "sleep 1000"]);
  });

  it("tells sizes when asked", async () => {
    const [with_, without] = await Promise.all(
      ["size=1", "size=0"].map(async (query) => (await listed(query, { name: [`${prefix}-a`] })).body[0]),
    );
    expect(with_?.SizeRootFs).toBeGreaterThanOrEqual(0);
    expect(without).not.toHaveProperty("SizeRw");
    expect(without).not.toHaveProperty("SizeRootFs");
  });
});
