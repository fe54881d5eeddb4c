import { describe, expect, test, vi } from "vitest";
import type { EngineEvent } from "../../../src/engine/api-types/event.ts";
import { EngineEvents } from "../../../src/engine/events.ts";
import type { Occurrence } from "../../../src/engine/events.ts";

function container(action: string, attributes: Record<string, string> = {}, id = "c0ffee"): Occurrence {
  return {
    Type: "container",
    Action: action,
    Actor: { ID: id, Attributes: { name: "web", image: "x:1", ...attributes } },
  };
}

const network: Occurrence = {
  Type: "network",
  Action: "connect",
  Actor: { ID: "beef", Attributes: { name: "front", container: "c0ffee" } },
};

/** What a subscriber with these filters is given of what happened before; it ends at once, because its end is past. */
async function replay(events: EngineEvents, filters: Record<string, string[]> = {}): Promise<string[]> {
  const subscription = events.subscribe(
    { until: BigInt(Date.now() + 1) * 1_000_000n, filters: new Map(Object.entries(filters)) },
    new AbortController().signal,
  );
  const seen: string[] = [];
  for await (const event of subscription) seen.push(`${event.Type} ${event.Action}`);
  return seen;
}

describe("events", () => {
  test("carry time and scope, and for containers the older fields", async () => {
    const events = new EngineEvents();
    const heard: EngineEvent[] = [];
    events.listen((event) => heard.push(event));
    const before = Date.now() / 1000 - 1;
    events.emit(container("start"));
    events.emit(network);
    expect(heard[0]).toMatchObject({ status: "start", id: "c0ffee", from: "x:1", scope: "local" });
    expect(heard[1]).not.toHaveProperty("status");
    const { time, timeNano } = heard[0] ?? { time: 0, timeNano: 0 };
    expect(time).toBeGreaterThanOrEqual(Math.floor(before));
    expect(Math.floor(timeNano / 1e9)).toBe(time);
  });

  test("are stamped by the wall clock, also after it was set, and in the order they came", () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
    try {
      const events = new EngineEvents();
      const heard: EngineEvent[] = [];
      events.listen((event) => heard.push(event));
      for (const action of ["create", "start", "die"]) events.emit(container(action));
      expect(heard.map(({ timeNano }) => Math.floor(timeNano / 1e6))).toEqual(Array(3).fill(Date.now()));
      expect(new Set(heard.map(({ timeNano }) => timeNano)).size).toBe(3);
      expect(heard.toSorted((a, b) => a.timeNano - b.timeNano)).toEqual(heard);
      vi.setSystemTime(Date.now() - 7_200_000);
      events.emit(container("destroy"));
      expect(Math.floor((heard.at(-1)?.timeNano ?? 0) / 1e6)).toBe(Date.now());
    } finally {
      vi.useRealTimers();
    }
  });

  test("the past is replayed only when asked for, and at most the last 256", async () => {
    const events = new EngineEvents();
    for (let number = 0; number < 300; number++) events.emit(container(`a${number}`));
    const seen = await replay(events);
    expect(seen).toHaveLength(256);
    expect(seen[0]).toBe("container a44");

    const abort = new AbortController();
    const live = events.subscribe({ filters: new Map() }, abort.signal)[Symbol.asyncIterator]();
    events.emit(network);
    expect(((await live.next()).value as EngineEvent).Type).toBe("network");
    abort.abort();
    expect((await live.next()).done).toBe(true);
  });

  test("nothing is missed between subscribing and reading", async () => {
    const events = new EngineEvents();
    const abort = new AbortController();
    const subscription = events.subscribe({ filters: new Map() }, abort.signal);
    events.emit(container("create"));
    events.emit(container("start"));
    abort.abort();
    const seen: string[] = [];
    for await (const event of subscription) seen.push(event.Action);
    expect(seen).toEqual(["create", "start"]);
  });

  test("since an event, as clients are sent its time, is with that event", async () => {
    const events = new EngineEvents();
    for (const action of ["old", "first", "second"]) events.emit(container(action));
    const heard: EngineEvent[] = [];
    events.listen((event) => heard.push(event));
    for (const action of ["third", "last"]) events.emit(container(action));
    const since = BigInt(/"timeNano":(\d+)/.exec(JSON.stringify(heard[0]))?.[1] ?? "");
    const subscription = events.subscribe(
      { since, until: since, filters: new Map() },
      new AbortController().signal,
    );
    const seen: string[] = [];
    for await (const event of subscription) seen.push(event.Action);
    expect(seen).toEqual(["third"]);
  });

  test("since", async () => {
    const events = new EngineEvents();
    events.emit(container("old"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const since = BigInt(Date.now()) * 1_000_000n;
    events.emit(container("new"));
    const abort = new AbortController();
    const subscription = events.subscribe({ since, filters: new Map() }, abort.signal);
    abort.abort();
    const seen: string[] = [];
    for await (const event of subscription) seen.push(event.Action);
    expect(seen).toEqual(["new"]);
  });

  test("a subscriber that aborted is forgotten", async () => {
    const events = new EngineEvents();
    const subscription = events.subscribe({ filters: new Map() }, AbortSignal.abort());
    events.emit(network);
    expect((await subscription[Symbol.asyncIterator]().next()).done).toBe(true);
  });

  test("a subscriber that never reads is cut off", async () => {
    const events = new EngineEvents();
    const subscription = events.subscribe({ filters: new Map() }, new AbortController().signal);
    for (let number = 0; number < 9000; number++) events.emit(network);
    const drain = async (): Promise<number> => {
      let count = 0;
      for await (const event of subscription) count += event.time > 0 ? 1 : 0;
      return count;
    };
    await expect(drain()).rejects.toThrow("cut off");
  });
});

describe("filters", () => {
  const events = new EngineEvents();
  events.emit(container("create", { "com.example": "1", tier: "a" }));
  events.emit(container("health_status: healthy"));
  events.emit(container("exec_create: sh -c x"));
  events.emit(container("die", { name: "db", image: "y:2" }, "dead"));
  events.emit(network);
  events.emit({ Type: "image", Action: "tag", Actor: { ID: "sha256:1", Attributes: { name: "x:1" } } });
  const web = ["container create", "container health_status: healthy", "container exec_create: sh -c x"];

  test.each<[Record<string, string[]>, string[]]>([
    [{ type: ["network"] }, ["network connect"]],
    [{ type: ["network", "image"] }, ["network connect", "image tag"]],
    [{ event: ["die", "create"] }, ["container create", "container die"]],
    [{ event: ["health_status"] }, ["container health_status: healthy"]],
    [{ event: ["health_status: healthy"] }, ["container health_status: healthy"]],
    [{ event: ["exec_create"] }, ["container exec_create: sh -c x"]],
    [{ event: ["cre"] }, []],
    [{ container: ["web"] }, web],
    [{ container: ["c0ff"] }, web],
    [{ container: ["web", "dead"] }, [...web, "container die"]],
    [{ network: ["front"] }, ["network connect"]],
    [{ image: ["x:1"] }, [...web, "image tag"]],
    [{ image: ["y"] }, ["container die"]],
    [{ label: ["com.example"] }, ["container create"]],
    [{ label: ["com.example=1", "tier=a"] }, ["container create"]],
    [{ label: ["com.example=1", "tier=b"] }, []],
    [{ scope: ["local"], type: ["image"] }, ["image tag"]],
    [{ scope: ["swarm"] }, []],
    [{ volume: ["front"] }, []],
    [{ label: [], type: ["image"] }, ["image tag"]],
  ])("%j", async (filters, expected) => {
    expect(await replay(events, filters)).toEqual(expected);
  });
});
